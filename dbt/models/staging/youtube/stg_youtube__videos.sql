with source as (
    select * from {{ source('youtube', 'youtube_videos') }}
),

renamed as (
    select
        youtube_video_id,
        channel_id,

        title,
        privacy_status,
        upload_status,

        seconds,

        is_simulated,

        published_at,
        fetched_at,
        run_id
    from source
)

select * from renamed
