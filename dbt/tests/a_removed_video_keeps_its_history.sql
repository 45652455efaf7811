-- Invariant 10: a video that has days is in dim_videos, removed or not.
select distinct days.youtube_video_id
from {{ ref('stg_youtube__video_days') }} as days
left join {{ ref('dim_videos') }} as videos
    on days.youtube_video_id = videos.youtube_video_id
where videos.video_id is null and {{ touched('days.day') }}
