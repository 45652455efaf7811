with source as (
    select * from {{ source('rates', 'exchange_rates') }}
),

renamed as (
    select
        currency,

        per_euro,

        is_simulated,

        day,
        fetched_at,
        run_id
    from source
)

select * from renamed
