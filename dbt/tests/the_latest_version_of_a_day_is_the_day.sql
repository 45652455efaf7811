-- Invariants 5 and 10: every day that ever landed is in the mart, in its latest version, also of
-- a video that is gone; and no day is there that YouTube never answered about.
with versions as (
    select
        *,
        max(fetched_at) over (
            partition by day, youtube_video_id
        ) as latest_fetched_at
    from {{ ref('stg_youtube__video_days') }}
    where {{ touched('day') }}
),

answers as (
    select
        coalesce(videos.video_id, versions.youtube_video_id) as video_id,
        versions.day,
        versions.views,
        versions.engaged_views,
        versions.watch_minutes,
        versions.revenue_usd
    from versions
    left join {{ ref('stg_ops__videos') }} as videos
        on versions.youtube_video_id = videos.youtube_video_id
    where versions.fetched_at = versions.latest_fetched_at
),

days as (
    select
        video_id,
        day,
        views,
        engaged_views,
        watch_minutes,
        revenue_usd
    from {{ ref('fct_video_days') }}
    where {{ touched('day') }}
)

-- One join, which may use the disk: what `except` compares, Postgres would hold in memory.
select
    case
        when answers.video_id is null then 'never answered by YouTube'
        when days.video_id is null then 'missing in the mart'
        else 'stale in the mart'
    end as finding,
    coalesce(answers.video_id, days.video_id) as video_id,
    coalesce(answers.day, days.day) as day,
    answers.views as answered_views,
    days.views,
    answers.engaged_views as answered_engaged_views,
    days.engaged_views,
    answers.watch_minutes as answered_watch_minutes,
    days.watch_minutes,
    answers.revenue_usd as answered_revenue_usd,
    days.revenue_usd
from answers
full join days
    on answers.video_id = days.video_id and answers.day = days.day
where
    answers.video_id is null
    or days.video_id is null
    or answers.views is distinct from days.views
    or answers.engaged_views is distinct from days.engaged_views
    or answers.watch_minutes is distinct from days.watch_minutes
    or answers.revenue_usd is distinct from days.revenue_usd
