-- Videos to choose from, newest first. One row per video.
select
    videos.video_id,
    videos.title,
    channels.title as channel,
    videos.published_date,
    videos.is_simulated
from marts.dim_videos as videos
inner join marts.dim_channels as channels using (channel_id)
order by videos.published_at desc nulls first, videos.video_id
limit %(limit)s
