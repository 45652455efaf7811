with source as (
    select * from {{ source('forecasts', 'revenue_forecasts') }}
),

renamed as (
    select
        channel_id,

        grain,

        low_usd,
        likely_usd,
        high_usd,
        known_usd,
        days as learnt_days,

        is_simulated,

        day,
        first_day as learnt_from,
        last_day as learnt_until,
        fetched_at as made_at,
        run_id
    from source
)

select * from renamed
