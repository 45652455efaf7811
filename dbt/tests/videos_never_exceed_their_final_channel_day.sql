-- Invariant 4: videos with more than their channel would mean viewing counted twice. YouTube rounds
-- minutes to whole ones and revenue to tenths of a cent, video by video: that much is allowed. Days
-- that are not final may have been answered at different moments. A video that is gone, or that an
-- answer lacked, counts as far as it was told when its channel's day was: it is not restated since.
with channels as (
    -- Asked one by one: of a join, Postgres expects a single row, and goes on by a loop that takes
    -- minutes.
    select
        days.*,
        (
            select max(answers.fetched_at)
            from {{ ref('stg_youtube__channel_days') }} as answers
            where
                answers.channel_id = days.channel_id
                and answers.day = days.day
        ) as fetched_at
    from {{ ref('fct_channel_days') }} as days
    where days.is_final and {{ touched('days.day') }}
),

missing as (
    select
        videos.video_id,
        polls.missing_since
    from {{ ref('stg_ops__video_polls') }} as polls
    inner join {{ ref('dim_videos') }} as videos
        on polls.youtube_video_id = videos.youtube_video_id
    where polls.missing_since is not null
),

videos as (
    select
        days.*,
        missing.missing_since
    from {{ ref('fct_video_days') }} as days
    left join missing on days.video_id = missing.video_id
    where {{ touched('days.day') }}
),

compared as (
    select
        channels.channel_id,
        channels.day,
        channels.views,
        sum(videos.views) as views_of_videos,
        channels.watch_minutes,
        sum(videos.watch_minutes) as watch_minutes_of_videos,
        channels.revenue_usd,
        sum(videos.revenue_usd) as revenue_of_videos_usd,
        count(*) as videos_reported
    from channels
    inner join videos
        on channels.channel_id = videos.channel_id and channels.day = videos.day
    where
        videos.missing_since is null
        or videos.as_of >= channels.fetched_at
    group by
        channels.channel_id,
        channels.day,
        channels.views,
        channels.watch_minutes,
        channels.revenue_usd
)

select *
from compared
where
    views_of_videos > views
    or watch_minutes_of_videos > watch_minutes + 0.5 * (videos_reported + 1)
    or revenue_of_videos_usd > revenue_usd + 0.0005 * (videos_reported + 1)
