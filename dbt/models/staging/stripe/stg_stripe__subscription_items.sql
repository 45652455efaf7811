with source as (
    select * from {{ source('stripe', 'stripe_subscription_items') }}
),

renamed as (
    select
        subscription_item_id,
        subscription_id,
        price_id,

        quantity,

        is_deleted,
        is_simulated,

        created_at,
        period_started_at,
        period_ends_at,
        fetched_at,
        run_id
    from source
)

select * from renamed
