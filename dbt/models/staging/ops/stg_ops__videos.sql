-- A table: a video that changes state while dbt builds has one state in all models.
{{ config(materialized='table', indexes=[{'columns': ['video_id']}]) }}

with source as (
    select * from {{ source('ops', 'videos') }}
),

renamed as (
    select
        video_id,
        request_id,
        channel_id,
        youtube_video_id,

        title,
        format,
        tier,
        state,

        seconds,

        is_simulated,

        published_at,
        removed_at,
        created_at,
        changed_at
    from source
)

select * from renamed
