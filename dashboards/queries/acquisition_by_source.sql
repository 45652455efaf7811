-- Each source over the months: what its new customers cost, and what its customers are worth by
-- their revenue, margin and churn in those of them that are over, with churn's 95 percent interval
-- (Wilson's score). One row per source, and one, `all`, of them together.
with won as (
    select
        source,
        sum(new_customers) as new_customers,
        sum(spend_usd) as spend_usd,
        sum(spend_usd) / nullif(sum(new_customers), 0) as blended_cac_usd,
        bool_or(is_simulated) as is_simulated
    from marts.fct_acquisition_cohorts
    where cohort_month between %(first)s and %(last)s
    group by source
),

lives as (
    select
        customers.customer_id,
        customers.source,
        months.month,
        months.mrr_usd,
        months.gross_margin_usd,
        months.is_paying,
        months.is_closed,
        coalesce(lag(months.is_paying) over (
            partition by months.customer_id order by months.month
        ), false) as is_at_risk
    from marts.dim_customers as customers
    inner join marts.fct_customer_months as months
        on customers.customer_id = months.customer_id
        and customers.first_paid_month <= months.month
),

counted as (
    select
        coalesce(source, 'all') as source,
        count(distinct customer_id) as customers,
        sum(mrr_usd) / nullif(count(*) filter (where is_paying), 0) as arpa_usd,
        sum(gross_margin_usd) / nullif(sum(mrr_usd), 0) as gross_margin_pct,
        nullif(count(*) filter (where is_at_risk), 0)::numeric as n,
        count(*) filter (where is_at_risk and not is_paying)
            / nullif(count(*) filter (where is_at_risk), 0)::numeric as churn_rate
    from lives
    where month between %(first)s and %(last)s and is_closed
    group by grouping sets ((source), ())
),

bounded as (
    select
        *,
        arpa_usd * gross_margin_pct as margin_a_month_usd,
        (churn_rate + 1.9208 / n) / (1 + 3.8416 / n) as middle,
        1.96 * sqrt(churn_rate * (1 - churn_rate) / n + 0.9604 / (n * n)) / (1 + 3.8416 / n)
            as reach
    from counted
)

select
    won.source,
    won.new_customers,
    won.spend_usd,
    case when won.spend_usd > 0 then won.blended_cac_usd end as cac_usd,
    bounded.customers,
    bounded.arpa_usd,
    bounded.gross_margin_pct,
    bounded.churn_rate,
    bounded.churn_rate = 0 as is_churn_free,
    -- Who costs more than they pay costs the more the longer they stay.
    case
        when bounded.margin_a_month_usd >= 0
            then bounded.margin_a_month_usd / nullif(bounded.middle + bounded.reach, 0)
        when bounded.middle - bounded.reach > 0.000001
            then bounded.margin_a_month_usd / (bounded.middle - bounded.reach)
    end as ltv_low_usd,
    bounded.margin_a_month_usd / nullif(bounded.churn_rate, 0) as ltv_usd,
    case
        when bounded.margin_a_month_usd < 0
            then bounded.margin_a_month_usd / nullif(bounded.middle + bounded.reach, 0)
        when bounded.middle - bounded.reach > 0.000001
            then bounded.margin_a_month_usd / (bounded.middle - bounded.reach)
    end as ltv_high_usd,
    case
        when bounded.margin_a_month_usd > 0 and won.spend_usd > 0
            then won.blended_cac_usd / bounded.margin_a_month_usd
    end as payback_months,
    coalesce(bounded.customers, 0) < 30 as is_small_sample,
    won.is_simulated
from won
left join bounded using (source)
order by won.source = 'all', won.new_customers desc, won.source
