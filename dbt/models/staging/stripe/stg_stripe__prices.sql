with source as (
    select * from {{ source('stripe', 'stripe_prices') }}
),

renamed as (
    select
        price_id,
        product_id,

        upper(currency) as currency,
        type,
        recurring_interval,
        usage_type,
        pack_rounding,

        {{ major('unit_amount_minor', 'currency') }} as unit_amount,
        interval_count,
        pack_size,

        is_active,
        is_simulated,

        created_at,
        fetched_at,
        run_id
    from source
)

select * from renamed
