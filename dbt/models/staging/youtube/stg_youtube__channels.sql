with source as (
    select * from {{ source('youtube', 'youtube_channels') }}
),

renamed as (
    select
        channel_id,
        youtube_channel_id,

        title,

        subscribers,
        views,
        videos,

        is_simulated,

        fetched_at,
        run_id
    from source
)

select * from renamed
