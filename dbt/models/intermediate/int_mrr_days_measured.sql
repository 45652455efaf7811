-- At UTC's midnight, as the months of customers are measured. What a customer pays changes on a few
-- days only, so the changes are summed up: asking each day about everybody took ten seconds.
with dates as (
    select day from {{ ref('dim_dates') }}
),

spans as (
    select
        *,
        greatest(
            {{ utc_day('starts_at') }}, (select min(dates.day) from dates)
        ) as first_day,
        case when ends_at < ops.now() then {{ utc_day('ends_at') }} end as next_day
    from {{ ref('int_subscription_items_spanned') }}
    where starts_at < ops.now()
),

-- The customer's own rate, as their months have it.
rates as (
    select distinct
        customer_id,
        currency,
        booked_rate
    from {{ ref('int_customer_months_measured') }}
),

changes as (
    select
        customer_id,
        currency,
        first_day as day,
        monthly_amount as amount,
        is_simulated::integer as simulated
    from spans
    where next_day is null or next_day > first_day
    union all
    select
        customer_id,
        currency,
        next_day as day,
        -monthly_amount as amount,
        -is_simulated::integer as simulated
    from spans
    where next_day > first_day
),

levels as (
    select
        changes.customer_id,
        changes.currency,
        changes.day,
        round(
            sum(sum(changes.amount)) over (
                partition by changes.customer_id, changes.currency
                order by changes.day
            ) * rates.booked_rate, 2
        ) as mrr_usd,
        sum(changes.simulated) as simulated
    from changes
    inner join rates
        on changes.customer_id = rates.customer_id and changes.currency = rates.currency
    group by changes.customer_id, changes.currency, changes.day, rates.booked_rate
),

steps as (
    select
        customer_id,
        day,
        mrr_usd - coalesce(
            lag(mrr_usd) over (partition by customer_id, currency order by day), 0
        ) as step_usd,
        simulated
    from levels
),

-- Whoever pays in two currencies is one customer.
customers as (
    select
        customer_id,
        day,
        sum(step_usd) as step_usd,
        sum(sum(step_usd)) over (
            partition by customer_id order by day
        ) > 0 as is_paying,
        sum(simulated) as simulated
    from steps
    group by customer_id, day
),

arrivals as (
    select
        *,
        is_paying::integer - coalesce(
            lag(is_paying) over (partition by customer_id order by day), false
        )::integer as arrived
    from customers
),

days as (
    select
        day,
        sum(step_usd) as step_usd,
        sum(arrived) as arrived,
        sum(simulated) as simulated
    from arrivals
    group by day
)

select
    dates.day,
    coalesce(sum(days.step_usd) over until_then, 0) as mrr_usd,
    coalesce(sum(days.arrived) over until_then, 0)::bigint as paying_customers,
    coalesce(sum(days.simulated) over until_then > 0, false) as is_simulated
from dates
left join days on dates.day = days.day
window until_then as (order by dates.day)
