with source as (
    select * from {{ source('stripe', 'stripe_customers') }}
),

renamed as (
    select
        customer_id,

        owner,
        country,
        upper(currency) as currency,

        is_deleted,
        is_simulated,

        created_at,
        fetched_at,
        run_id
    from source
)

select * from renamed
