with source as (
    select * from {{ source('product', 'product_events') }}
),

renamed as (
    select
        event_id,
        campaign_id,

        event,
        owner,
        source,

        is_simulated,

        occurred_at,
        fetched_at,
        run_id
    from source
)

select * from renamed
