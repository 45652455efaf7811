-- Invariants 5 and 10: every day that ever landed is in the mart, in its latest version, also of
-- a video that is gone; and no day is there that YouTube never answered about.
with versions as (
    select
        *,
        max(fetched_at) over (
            partition by youtube_video_id, day
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

(
    select
        'missing or stale in the mart' as finding,
        missing.*
    from (
        select * from answers
        except
        select * from days
    ) as missing
)
union all
(
    select
        'never answered by YouTube' as finding,
        invented.*
    from (
        select * from days
        except
        select * from answers
    ) as invented
)
