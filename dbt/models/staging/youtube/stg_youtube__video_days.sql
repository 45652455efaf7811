with source as (
    select * from {{ source('youtube', 'youtube_video_days') }}
),

renamed as (
    select
        youtube_video_id,
        channel_id,

        views,
        engaged_views,
        watch_minutes,
        likes,
        comments,
        shares,
        subscribers_gained - subscribers_lost as subscribers_net,
        revenue_usd,
        ad_impressions,
        monetized_playbacks,

        is_simulated,

        day,
        fetched_at,
        run_id,
        landing
    from source
)

select * from renamed
