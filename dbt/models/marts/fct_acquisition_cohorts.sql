with customers as (
    select * from {{ ref('dim_customers') }}
    where first_paid_month is not null
),

months as (
    select * from {{ ref('fct_customer_months') }}
),

movements as (
    select * from {{ ref('fct_mrr_movements') }}
),

spending as (
    select
        date_trunc('month', day)::date as cohort_month,
        platform as source,
        sum(spend_usd) as spend_usd,
        bool_or(is_simulated) as is_simulated
    from {{ ref('fct_marketing_days') }}
    group by date_trunc('month', day)::date, platform
),

lives as (
    select
        customers.customer_id,
        customers.first_paid_month as cohort_month,
        customers.source,
        customers.is_simulated,
        months.month,
        months.mrr_usd,
        months.is_paying,
        months.gross_margin_usd,
        months.is_closed,
        coalesce(movements.movement = 'churn', false) as is_churn,
        coalesce(
            lag(months.is_paying) over (
                partition by months.customer_id order by months.month
            ), false
        ) as is_at_risk
    from customers
    inner join months
        on
            customers.customer_id = months.customer_id
            and customers.first_paid_month <= months.month
    left join movements
        on
            months.customer_id = movements.customer_id
            and months.month = movements.month
),

-- Each source by itself, and all of them together under `all`.
each_and_all as (
    select * from lives
    union all
    select
        customer_id,
        cohort_month,
        'all' as source,
        is_simulated,
        month,
        mrr_usd,
        is_paying,
        gross_margin_usd,
        is_closed,
        is_churn,
        is_at_risk
    from lives
),

-- The month that runs has brought its whole MRR and few of its costs, and who will leave in it is
-- still there: it wins customers, and counts when it is over.
counted as (
    select
        cohort_month,
        source,
        count(distinct customer_id) as new_customers,
        sum(mrr_usd) filter (where is_closed) as mrr_usd,
        sum(gross_margin_usd) filter (where is_closed) as gross_margin_usd,
        count(*) filter (where is_closed and is_paying) as paying_months,
        count(*) filter (where is_closed and is_at_risk) as months_at_risk,
        count(*) filter (where is_closed and is_churn) as churns,
        bool_or(is_simulated) as is_simulated
    from each_and_all
    group by cohort_month, source
),

spent as (
    select
        cohort_month,
        source,
        spend_usd,
        is_simulated
    from spending
    union all
    select
        cohort_month,
        'all' as source,
        sum(spend_usd) as spend_usd,
        bool_or(is_simulated) as is_simulated
    from spending
    group by cohort_month
),

grown as (
    select
        cohort_month,
        source,
        month,
        sum(sum(gross_margin_usd)) over (
            partition by cohort_month, source order by month
        ) as cumulative_usd
    from each_and_all
    where is_closed
    group by cohort_month, source, month
),

-- The first month at whose end the cohort's margin has brought its spend home.
crossings as (
    select
        grown.cohort_month,
        grown.source,
        min(grown.month) as crossed_month
    from grown
    inner join spent
        on grown.cohort_month = spent.cohort_month and grown.source = spent.source
    where spent.spend_usd > 0 and grown.cumulative_usd >= spent.spend_usd
    group by grown.cohort_month, grown.source
),

joined as (
    select
        coalesce(counted.cohort_month, spent.cohort_month) as cohort_month,
        coalesce(counted.source, spent.source) as source,
        coalesce(counted.new_customers, 0) as new_customers,
        coalesce(spent.spend_usd, 0) as spend_usd,
        spent.spend_usd / nullif(counted.new_customers, 0) as cac_usd,
        counted.mrr_usd / nullif(counted.paying_months, 0) as arpa_usd,
        counted.gross_margin_usd / nullif(counted.mrr_usd, 0) as gross_margin_pct,
        counted.churns::numeric / nullif(counted.months_at_risk, 0) as churn_rate,
        coalesce(counted.months_at_risk, 0) as months_at_risk,
        coalesce(counted.gross_margin_usd, 0) as cumulative_margin_usd,
        coalesce(counted.is_simulated, false) or coalesce(spent.is_simulated, false)
            as is_simulated
    from counted
    full outer join spent
        on counted.cohort_month = spent.cohort_month and counted.source = spent.source
),

-- Churn's 95 % interval by Wilson's score, of the customer-months that could end in it.
scored as (
    select
        *,
        arpa_usd * gross_margin_pct as margin_a_month_usd,
        (churn_rate + 1.9208 / nullif(months_at_risk, 0))
        / (1 + 3.8416 / nullif(months_at_risk, 0)) as middle,
        1.96 * sqrt(
            churn_rate * (1 - churn_rate) / nullif(months_at_risk, 0)
            + 0.9604 / nullif(months_at_risk * months_at_risk, 0)
        ) / (1 + 3.8416 / nullif(months_at_risk, 0)) as reach
    from joined
),

bounded as (
    select
        *,
        greatest(middle - reach, 0) as churn_low,
        middle + reach as churn_high
    from scored
)

select
    bounded.cohort_month,
    bounded.source,
    bounded.source = 'all' as is_blended,
    bounded.new_customers,
    round(bounded.spend_usd, 2) as spend_usd,
    round(bounded.cac_usd, 2) as cac_usd,
    round(bounded.arpa_usd, 2) as arpa_usd,
    round(bounded.gross_margin_pct, 6) as gross_margin_pct,
    round(bounded.churn_rate, 6) as churn_rate,
    round(bounded.churn_low, 6) as churn_low,
    round(bounded.churn_high, 6) as churn_high,
    bounded.churn_rate = 0 as is_churn_free,
    round(bounded.margin_a_month_usd / nullif(bounded.churn_rate, 0), 2) as ltv_usd,
    -- Who costs more than they pay costs the more the longer they stay.
    round(
        bounded.margin_a_month_usd / nullif(
            case
                when bounded.margin_a_month_usd < 0 then bounded.churn_low
                else bounded.churn_high
            end, 0
        ), 2
    ) as ltv_low_usd,
    round(
        bounded.margin_a_month_usd / nullif(bounded.churn_rate, 0) / nullif(bounded.cac_usd, 0), 2
    ) as ltv_to_cac,
    case
        when bounded.margin_a_month_usd > 0
            then round(bounded.cac_usd / bounded.margin_a_month_usd, 1)
    end as payback_months,
    crossings.crossed_month,
    round(bounded.cumulative_margin_usd, 2) as cumulative_margin_usd,
    bounded.new_customers < {{ var('small_sample') }} as is_small_sample,
    bounded.is_simulated
from bounded
left join crossings
    on bounded.cohort_month = crossings.cohort_month and bounded.source = crossings.source
