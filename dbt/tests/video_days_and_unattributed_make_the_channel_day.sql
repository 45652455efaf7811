-- Invariant 4.
with videos as (
    select
        channel_id,
        day,
        sum(views) as views,
        sum(watch_minutes) as watch_minutes,
        sum(revenue_usd) as revenue_usd
    from {{ ref('fct_video_days') }}
    where {{ touched('day') }}
    group by channel_id, day
),

channels as (
    select *
    from {{ ref('fct_channel_days') }}
    where {{ touched('day') }}
)

select
    channels.channel_id,
    channels.day,
    channels.views,
    videos.views as views_of_videos,
    channels.unattributed_views,
    channels.revenue_usd,
    videos.revenue_usd as revenue_of_videos_usd,
    channels.unattributed_revenue_usd
from channels
left join videos
    on channels.channel_id = videos.channel_id and channels.day = videos.day
where
    coalesce(videos.views, 0) + channels.unattributed_views <> channels.views
    or coalesce(videos.watch_minutes, 0) + channels.unattributed_watch_minutes
    <> channels.watch_minutes
    or coalesce(videos.revenue_usd, 0) + channels.unattributed_revenue_usd
    <> channels.revenue_usd
