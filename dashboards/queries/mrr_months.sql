-- Recurring revenue and its movements: of the whole house as reported, or of the customers of one
-- source by the same definitions. One row per month.
with lives as (
    select
        months.month,
        months.mrr_usd,
        months.is_paying,
        months.is_closed,
        months.is_simulated,
        movements.movement,
        movements.amount_usd,
        coalesce(
            lag(months.mrr_usd) over (partition by months.customer_id order by months.month), 0
        ) as opening_mrr_usd
    from marts.fct_customer_months as months
    inner join marts.dim_customers as customers using (customer_id)
    left join marts.fct_mrr_movements as movements using (customer_id, month)
    where customers.source = %(source)s
),

sums as (
    select
        month,
        sum(opening_mrr_usd) as opening_mrr_usd,
        coalesce(sum(amount_usd) filter (where movement = 'new'), 0) as new_usd,
        coalesce(sum(amount_usd) filter (where movement = 'expansion'), 0) as expansion_usd,
        coalesce(sum(amount_usd) filter (where movement = 'contraction'), 0) as contraction_usd,
        coalesce(sum(amount_usd) filter (where movement = 'churn'), 0) as churn_usd,
        coalesce(sum(amount_usd) filter (where movement = 'reactivation'), 0)
            as reactivation_usd,
        sum(mrr_usd) as closing_mrr_usd,
        count(*) filter (where opening_mrr_usd > 0) as opening_customers,
        count(*) filter (where is_paying) as customers,
        count(*) filter (where movement = 'new') as new_customers,
        count(*) filter (where movement = 'churn') as churned_customers,
        bool_and(is_closed) as is_closed,
        bool_or(is_simulated) as is_simulated
    from lives
    group by month
)

select
    month, opening_mrr_usd, new_usd, expansion_usd, contraction_usd, churn_usd, reactivation_usd,
    closing_mrr_usd, opening_customers, customers, new_customers, churned_customers,
    closing_mrr_usd / nullif(customers, 0) as arpa_usd,
    (opening_mrr_usd + expansion_usd + contraction_usd + churn_usd)
        / nullif(opening_mrr_usd, 0) as nrr,
    (opening_mrr_usd + contraction_usd + churn_usd) / nullif(opening_mrr_usd, 0) as grr,
    churned_customers::numeric / nullif(opening_customers, 0) as churn_rate,
    is_closed, is_simulated
from sums
where month between %(first)s and %(last)s

union all

select
    month, opening_mrr_usd, new_usd, expansion_usd, contraction_usd, churn_usd, reactivation_usd,
    closing_mrr_usd, opening_customers, customers, new_customers, churned_customers,
    arpa_usd, nrr, grr, churn_rate, is_closed, is_simulated
from marts.rpt_mrr_months
where %(source)s = 'all' and month between %(first)s and %(last)s

order by month
