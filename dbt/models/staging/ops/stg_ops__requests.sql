with source as (
    select * from {{ source('ops', 'requests') }}
),

renamed as (
    select
        request_id,
        channel_id,

        source,
        state,

        requested_at
    from source
)

select * from renamed
