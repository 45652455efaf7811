with source as (
    select * from {{ source('stripe', 'stripe_balances') }}
),

renamed as (
    select
        upper(currency) as currency,

        {{ major('available_minor', 'currency') }} as available,
        {{ major('pending_minor', 'currency') }} as pending,

        is_simulated,

        fetched_at,
        run_id
    from source
)

select * from renamed
