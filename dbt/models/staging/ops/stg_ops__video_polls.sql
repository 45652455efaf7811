with source as (
    select * from {{ source('ops', 'video_polls') }}
),

renamed as (
    select
        youtube_video_id,
        channel_id,

        published_at,
        days_asked_at,
        retention_at,
        missing_since,
        removed_at
    from source
)

select * from renamed
