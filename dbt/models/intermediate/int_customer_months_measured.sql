{{ config(materialized='table') }}

with spans as (
    select * from {{ ref('int_subscription_items_spanned') }}
),

rates as (
    select * from {{ ref('int_exchange_rates_daily') }}
),

firsts as (
    select
        customer_id,
        currency,
        {{ utc_month('min(starts_at)') }} as first_month
    from spans
    group by customer_id, currency
),

-- A month is measured at its end; the one that runs, now.
months as (
    select
        firsts.customer_id,
        firsts.currency,
        series.month::date as month,
        least((series.month + interval '1 month') at time zone 'UTC', ops.now()) as measured_at
    from firsts
    cross join
        lateral generate_series(
            firsts.first_month::timestamp,
            {{ utc_month('ops.now()') }}::timestamp,
            interval '1 month'
        ) as series (month)
),

measured as (
    select
        months.customer_id,
        months.currency,
        months.month,
        months.measured_at,
        coalesce(sum(spans.monthly_amount), 0) as mrr,
        coalesce(bool_or(spans.is_simulated), false) as is_simulated
    from months
    left join spans
        on
            months.customer_id = spans.customer_id
            and months.currency = spans.currency
            and months.measured_at > spans.starts_at
            and months.measured_at <= spans.ends_at
    group by months.customer_id, months.currency, months.month, months.measured_at
),

-- The rate of the first month with money is the customer's for good: a currency that moves
-- makes no customer bigger.
converted as (
    select
        measured.*,
        case when measured.currency = 'USD' then 1 else rates.usd_per_unit end as spot_rate,
        first_value(
            case when measured.currency = 'USD' then 1 else rates.usd_per_unit end
        ) over (
            partition by measured.customer_id, measured.currency
            order by (measured.mrr = 0)::integer, measured.month
        ) as booked_rate
    from measured
    left join rates
        on
            measured.currency = rates.currency
            and {{ utc_day("(measured.measured_at - interval '1 second')") }} = rates.day
)

select
    customer_id,
    currency,
    month,
    mrr,
    booked_rate,
    round(mrr * booked_rate, 2) as mrr_usd,
    round(mrr * spot_rate, 2) as mrr_spot_usd,
    is_simulated
from converted
