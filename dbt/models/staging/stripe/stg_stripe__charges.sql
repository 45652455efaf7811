with source as (
    select * from {{ source('stripe', 'stripe_charges') }}
),

renamed as (
    select
        charge_id,
        coalesce(customer_id, 'guest') as customer_id,
        balance_transaction_id,

        status,
        failure_code,
        upper(currency) as currency,

        {{ major('amount_minor', 'currency') }} as amount,
        {{ major('amount_refunded_minor', 'currency') }} as amount_refunded,

        is_disputed,
        is_simulated,

        created_at,
        fetched_at,
        run_id
    from source
)

select * from renamed
