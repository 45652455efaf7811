with source as (
    select * from {{ source('ops', 'channels') }}
),

renamed as (
    select
        channel_id,
        youtube_channel_id,

        title,
        niche,
        language,
        owner,
        formats,
        state,

        is_simulated,

        created_at
    from source
)

select * from renamed
