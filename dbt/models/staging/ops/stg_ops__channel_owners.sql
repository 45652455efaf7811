with source as (
    select * from {{ source('ops', 'channel_owners') }}
),

renamed as (
    select
        channel_id,

        owner,

        until as ends_at
    from source
)

select * from renamed
