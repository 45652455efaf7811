with source as (
    select * from {{ source('youtube', 'youtube_reports') }}
),

renamed as (
    select
        report_id,
        channel_id,

        report_type,

        rows_read,

        day,
        reported_at,
        fetched_at,
        run_id,
        landing
    from source
)

select * from renamed
