with source as (
    select * from {{ source('stripe', 'stripe_balance_transactions') }}
),

renamed as (
    select
        balance_transaction_id,
        source_id,

        type,
        reporting_category,
        status,
        upper(currency) as currency,

        {{ major('amount_minor', 'currency') }} as amount,
        {{ major('fee_minor', 'currency') }} as fee,
        {{ major('net_minor', 'currency') }} as net,
        exchange_rate,

        is_simulated,

        created_at,
        available_at,
        fetched_at,
        run_id
    from source
)

select * from renamed
