with latest as (
    {{ latest('stg_rates__exchange_rates', 'currency, day') }}
),

dollars as (
    select
        day,
        per_euro as usd_per_euro
    from latest
    where currency = 'USD'
),

quoted as (
    select
        latest.day,
        latest.currency,
        dollars.usd_per_euro / latest.per_euro as usd_per_unit
    from latest
    inner join dollars on latest.day = dollars.day
    union all
    select
        day,
        'EUR' as currency,
        usd_per_euro as usd_per_unit
    from dollars
),

-- A day without one (a weekend, a holiday, today) has the one before.
spans as (
    select
        currency,
        day as first_day,
        usd_per_unit,
        coalesce(
            lead(day) over (partition by currency order by day) - 1,
            {{ utc_day('ops.now()') }}
        ) as last_day
    from quoted
    where currency <> 'USD'
),

daily as (
    select
        spans.currency,
        days.day::date as day,
        spans.usd_per_unit
    from spans
    cross join
        lateral generate_series(spans.first_day, spans.last_day, interval '1 day') as days (day)
)

select * from daily
