with source as (
    select * from {{ source('youtube', 'youtube_reach_days') }}
),

renamed as (
    select
        report_id,
        channel_id,
        -- YouTube tells deleted videos together, under no id.
        nullif(youtube_video_id, '') as youtube_video_id,

        impressions,
        ctr,

        is_simulated,

        day,
        reported_at,
        fetched_at,
        run_id,
        landing
    from source
)

select * from renamed
