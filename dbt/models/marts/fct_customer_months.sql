with customers as (
    select * from {{ ref('dim_customers') }}
),

recurring as (
    select
        customer_id,
        month,
        sum(mrr_usd) as mrr_usd,
        sum(mrr_spot_usd) as mrr_spot_usd
    from {{ ref('int_customer_months_measured') }}
    group by customer_id, month
),

payments as (
    select
        customer_id,
        month,
        sum(amount_usd) filter (where movement = 'charge') as charged_usd,
        -sum(amount_usd) filter (where movement = 'refund') as refunded_usd,
        -sum(amount_usd) filter (where movement = 'dispute') as disputed_usd
    from {{ ref('int_payments_converted') }}
    group by customer_id, month
),

-- Costs stay with whoever had the channel then.
costs as (
    select
        held.customer_id,
        days.cost_month as month,
        sum(days.amount_usd) as cost_to_serve_usd
    from {{ ref('fct_cost_days') }} as days
    inner join {{ ref('int_channels_held') }} as held
        on
            days.channel_id = held.channel_id
            and days.booked_date >= held.first_day
            and days.booked_date < held.next_day
    group by held.customer_id, days.cost_month
),

-- Every month from the first in which anything happened to the one that runs.
firsts as (
    select
        happened.customer_id,
        min(happened.month) as first_month
    from (
        select
            customer_id,
            month
        from recurring
        union all
        select
            customer_id,
            month
        from payments
        union all
        select
            customer_id,
            month
        from costs
    ) as happened
    group by happened.customer_id
),

months as (
    select
        firsts.customer_id,
        series.month::date as month
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
        months.month,
        coalesce(recurring.mrr_usd, 0) as mrr_usd,
        -- Without a rate it is unknown, and a test says so.
        case when recurring.customer_id is null then 0 else recurring.mrr_spot_usd end
            as mrr_spot_usd,
        coalesce(recurring.mrr_usd, 0) > 0 as is_paying,
        coalesce(payments.charged_usd, 0) as charged_usd,
        coalesce(payments.refunded_usd, 0) as refunded_usd,
        coalesce(payments.disputed_usd, 0) as disputed_usd,
        coalesce(costs.cost_to_serve_usd, 0) as cost_to_serve_usd
    from months
    left join recurring
        on months.customer_id = recurring.customer_id and months.month = recurring.month
    left join payments
        on months.customer_id = payments.customer_id and months.month = payments.month
    left join costs
        on months.customer_id = costs.customer_id and months.month = costs.month
)

select
    measured.customer_id,
    measured.month,
    measured.mrr_usd,
    measured.mrr_spot_usd,
    measured.is_paying,
    measured.charged_usd,
    measured.refunded_usd,
    measured.disputed_usd,
    measured.charged_usd - measured.refunded_usd - measured.disputed_usd as cash_usd,
    measured.cost_to_serve_usd,
    measured.mrr_usd - measured.cost_to_serve_usd as gross_margin_usd,
    measured.month < {{ utc_month('ops.now()') }} as is_closed,
    customers.is_simulated
from measured
left join customers on measured.customer_id = customers.customer_id
