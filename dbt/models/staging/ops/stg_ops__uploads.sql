with source as (
    select * from {{ source('ops', 'uploads') }}
),

renamed as (
    select
        video_id,
        channel_id,
        youtube_video_id,

        state,

        bytes,

        opened_at,
        finished_at
    from source
)

select * from renamed
