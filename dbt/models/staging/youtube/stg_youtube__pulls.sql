with source as (
    select * from {{ source('youtube', 'pulls') }}
),

renamed as (
    select
        run_id,
        channel_id,

        source,

        rows_landed,

        watermark,
        fetched_at
    from source
)

select * from renamed
