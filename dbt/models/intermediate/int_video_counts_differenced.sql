with counts as (
    select * from {{ ref('stg_youtube__video_counts') }}
),

paired as (
    select
        *,
        lag(views) over video as previous_views,
        lag(fetched_at) over video as previous_fetched_at,
        lead(fetched_at) over video is null as is_latest
    from counts
    window video as (partition by youtube_video_id order by fetched_at, run_id)
),

differenced as (
    select
        youtube_video_id,
        channel_id,

        views,
        likes,
        comments,
        previous_views,
        round(extract(epoch from fetched_at - previous_fetched_at) / 3600, 4) as gap_h,
        -- A counter that falls was corrected by YouTube; what it lost is no viewing.
        case when views >= previous_views then views - previous_views end as views_delta,
        case when views < previous_views then previous_views - views end as views_lost,

        coalesce(views < previous_views, false) as is_reset,
        is_latest,
        is_simulated,

        fetched_at
    from paired
)

select * from differenced
