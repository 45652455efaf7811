-- How much of YouTube's quota is left today?
select
    project,
    bucket,
    used,
    held,
    headroom,
    forecast_exhausted_at
from {{ ref('fct_quota_days') }}
where day = (now() at time zone 'America/Los_Angeles')::date
order by project, bucket
