-- How many views had a video in its first day?
select
    video_id,
    max(views) as first_day_views
from {{ ref('fct_video_counts') }}
where age_h <= 24
group by video_id
order by first_day_views desc, video_id asc
limit 100
