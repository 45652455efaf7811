-- Invariant 9: per project, bucket and Pacific day, whether it has 23, 24 or 25 hours.
select *
from {{ ref('fct_quota_days') }}
where used + held > quota_limit
