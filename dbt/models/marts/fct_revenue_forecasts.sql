with forecasts as (
    select * from {{ ref('stg_forecasts__revenue_forecasts') }}
),

latest as (
    select distinct on (channel_id, grain, day)
        channel_id,
        grain,
        day,

        low_usd,
        likely_usd,
        high_usd,
        known_usd,

        learnt_from,
        learnt_until,
        learnt_days,
        made_at,
        is_simulated
    from forecasts
    order by channel_id asc, grain asc, day asc, made_at desc
)

select * from latest
