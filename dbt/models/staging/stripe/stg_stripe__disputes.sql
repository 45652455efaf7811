with source as (
    select * from {{ source('stripe', 'stripe_disputes') }}
),

renamed as (
    select
        dispute_id,
        charge_id,

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
