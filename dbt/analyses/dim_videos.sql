-- Which videos of the last 30 days are watched most, an hour?
select
    video_id,
    channel_id,
    title,
    published_date,
    total_views,
    views_per_hour
from {{ ref('dim_videos') }}
where published_date > current_date - 30
order by views_per_hour desc nulls last
limit 20
