with source as (
    select * from {{ source('youtube', 'youtube_retention') }}
),

renamed as (
    select
        youtube_video_id,
        channel_id,

        elapsed_ratio,
        watch_ratio,
        relative_performance,

        is_simulated,

        fetched_at,
        run_id,
        landing
    from source
)

select * from renamed
