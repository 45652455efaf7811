with source as (
    select * from {{ source('stripe', 'stripe_subscriptions') }}
),

renamed as (
    select
        subscription_id,
        customer_id,

        status,
        upper(currency) as currency,
        paused_collection,

        cancel_at_period_end,
        is_simulated,

        created_at,
        started_at,
        trial_started_at,
        trial_ends_at,
        cancel_at,
        canceled_at,
        ended_at,
        fetched_at,
        run_id
    from source
)

select * from renamed
