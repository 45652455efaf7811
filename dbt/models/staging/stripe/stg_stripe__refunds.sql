with source as (
    select * from {{ source('stripe', 'stripe_refunds') }}
),

renamed as (
    select
        refund_id,
        charge_id,
        balance_transaction_id,

        status,
        reason,
        upper(currency) as currency,

        {{ major('amount_minor', 'currency') }} as amount,

        is_simulated,

        created_at,
        fetched_at,
        run_id
    from source
)

select * from renamed
