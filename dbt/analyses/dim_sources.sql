-- Which sources are late or were never read, and since when?
select
    title,
    looked_at,
    told_until,
    late_at
from {{ ref('dim_sources') }}
where late_at is null or late_at < now()
order by late_at nulls first
