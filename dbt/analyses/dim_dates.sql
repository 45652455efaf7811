-- Which Pacific days have 23 or 25 hours?
select
    day,
    hours,
    starts_at,
    ends_at
from {{ ref('dim_dates') }}
where hours <> 24
order by day
