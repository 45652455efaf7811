-- Where do viewers leave a video?
select
    video_id,
    elapsed_ratio,
    watch_ratio
from {{ ref('fct_video_retention') }}
order by video_id, elapsed_ratio
limit 100
