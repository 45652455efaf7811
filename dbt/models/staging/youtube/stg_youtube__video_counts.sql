with source as (
    select * from {{ source('youtube', 'youtube_video_counts') }}
),

renamed as (
    select
        youtube_video_id,
        channel_id,

        views,
        likes,
        comments,

        is_simulated,

        fetched_at,
        run_id,
        landing
    from source
)

select * from renamed
