-- Invariant 4: below zero, `unattributed` would mean viewing counted twice. YouTube rounds minutes
-- to whole ones and revenue to tenths of a cent, video by video: that much is allowed. Days that
-- are not final may have been answered at different moments.
with videos as (
    select
        channel_id,
        day,
        count(*) as videos_reported
    from {{ ref('fct_video_days') }}
    group by channel_id, day
),

channels as (
    select * from {{ ref('fct_channel_days') }}
    where is_final
)

select
    channels.channel_id,
    channels.day,
    channels.unattributed_views,
    channels.unattributed_watch_minutes,
    channels.unattributed_revenue_usd
from channels
inner join videos
    on channels.channel_id = videos.channel_id and channels.day = videos.day
where
    channels.unattributed_views < 0
    or channels.unattributed_watch_minutes < -0.5 * (videos.videos_reported + 1)
    or channels.unattributed_revenue_usd
    < -0.0005 * (videos.videos_reported + 1)
