-- How did a channel's videos do, day by day, in the last two weeks, as far as it is final?
select
    day,
    video_id,
    views,
    watch_minutes,
    revenue_usd
from {{ ref('fct_video_days') }}
where
    is_final
    and day > current_date - 14
order by day asc, views desc nulls last
limit 100
