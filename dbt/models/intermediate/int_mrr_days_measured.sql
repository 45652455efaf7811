-- At UTC's midnight, as the months of customers are measured.
with dates as (
    select
        day,
        least((day + 1)::timestamp at time zone 'UTC', ops.now()) as measured_at
    from {{ ref('dim_dates') }}
),

spans as (
    select * from {{ ref('int_subscription_items_spanned') }}
),

-- The customer's own rate, as their months have it.
rates as (
    select distinct
        customer_id,
        currency,
        booked_rate
    from {{ ref('int_customer_months_measured') }}
),

by_customer as (
    select
        dates.day,
        spans.customer_id,
        round(sum(spans.monthly_amount) * rates.booked_rate, 2) as mrr_usd,
        bool_or(spans.is_simulated) as is_simulated
    from dates
    inner join spans
        on dates.measured_at > spans.starts_at and dates.measured_at <= spans.ends_at
    inner join rates
        on spans.customer_id = rates.customer_id and spans.currency = rates.currency
    group by dates.day, spans.customer_id, spans.currency, rates.booked_rate
),

by_day as (
    select
        day,
        sum(mrr_usd) as mrr_usd,
        count(distinct customer_id) filter (where mrr_usd > 0) as paying_customers,
        bool_or(is_simulated) as is_simulated
    from by_customer
    group by day
)

select * from by_day
