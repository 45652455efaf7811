-- Invariant 5 for reach: a channel's impressions are all rows of the latest report of the day,
-- its clicks are theirs, and what videos and nobody have of it adds up.
with reach as (
    select
        *,
        max(reported_at) over (partition by channel_id, day) as latest_at
    from {{ ref('stg_youtube__reach_days') }}
    where {{ touched('day') }}
),

answers as (
    select
        channel_id,
        day,
        sum(impressions) as impressions,
        sum(impressions * ctr) as clicks
    from reach
    where reported_at = latest_at
    group by channel_id, day
),

videos as (
    select
        channel_id,
        day,
        sum(impressions) as impressions
    from {{ ref('fct_video_days') }}
    where {{ touched('day') }}
    group by channel_id, day
)

select
    days.channel_id,
    days.day,
    days.impressions,
    days.ctr,
    days.unattributed_impressions,
    answers.impressions as reported_impressions,
    answers.clicks as reported_clicks
from {{ ref('fct_channel_days') }} as days
left join answers
    on days.channel_id = answers.channel_id and days.day = answers.day
left join videos
    on days.channel_id = videos.channel_id and days.day = videos.day
where
    {{ touched('days.day') }}
    and (
        days.impressions is distinct from answers.impressions
        or abs(days.impressions * days.ctr - answers.clicks)
        > 0.000001 * days.impressions
        or coalesce(videos.impressions, 0) + days.unattributed_impressions
        <> days.impressions
        or days.unattributed_impressions < 0
    )
