with source as (
    select * from {{ source('stripe', 'stripe_products') }}
),

renamed as (
    select
        product_id,

        name,

        is_active,
        is_simulated,

        created_at,
        fetched_at,
        run_id
    from source
)

select * from renamed
