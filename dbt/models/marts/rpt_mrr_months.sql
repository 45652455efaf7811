with customers as (
    select
        month,
        sum(mrr_usd) as closing_mrr_usd,
        sum(mrr_spot_usd) as closing_mrr_spot_usd,
        count(*) filter (where is_paying) as customers,
        sum(cash_usd) as cash_usd,
        sum(cost_to_serve_usd) as cost_to_serve_usd,
        sum(gross_margin_usd) as gross_margin_usd,
        bool_and(is_closed) as is_closed,
        bool_or(is_simulated) as is_simulated
    from {{ ref('fct_customer_months') }}
    group by month
),

movements as (
    select
        month,
        sum(amount_usd) filter (where movement = 'new') as new_usd,
        sum(amount_usd) filter (where movement = 'expansion') as expansion_usd,
        sum(amount_usd) filter (where movement = 'contraction') as contraction_usd,
        sum(amount_usd) filter (where movement = 'churn') as churn_usd,
        sum(amount_usd) filter (where movement = 'reactivation') as reactivation_usd,
        count(*) filter (where movement = 'new') as new_customers,
        count(*) filter (where movement = 'churn') as churned_customers,
        count(*) filter (where movement = 'reactivation') as reactivated_customers
    from {{ ref('fct_mrr_movements') }}
    group by month
),

-- What the customers of the month before pay now, each no more than then.
kept as (
    select
        month,
        sum(opening_mrr_usd) as opening_mrr_usd,
        sum(mrr_usd) as kept_usd,
        sum(least(mrr_usd, opening_mrr_usd)) as kept_at_most_usd,
        count(*) as opening_customers
    from (
        select
            month,
            mrr_usd,
            lag(mrr_usd) over (partition by customer_id order by month) as opening_mrr_usd
        from {{ ref('fct_customer_months') }}
    ) as months
    where opening_mrr_usd > 0
    group by month
),

measured as (
    select
        customers.month,
        coalesce(kept.opening_mrr_usd, 0) as opening_mrr_usd,
        coalesce(movements.new_usd, 0) as new_usd,
        coalesce(movements.expansion_usd, 0) as expansion_usd,
        coalesce(movements.contraction_usd, 0) as contraction_usd,
        coalesce(movements.churn_usd, 0) as churn_usd,
        coalesce(movements.reactivation_usd, 0) as reactivation_usd,
        customers.closing_mrr_usd,
        customers.closing_mrr_spot_usd,
        coalesce(kept.opening_customers, 0) as opening_customers,
        customers.customers,
        coalesce(movements.new_customers, 0) as new_customers,
        coalesce(movements.churned_customers, 0) as churned_customers,
        coalesce(movements.reactivated_customers, 0) as reactivated_customers,
        round(customers.closing_mrr_usd / nullif(customers.customers, 0), 2) as arpa_usd,
        round(kept.kept_usd / nullif(kept.opening_mrr_usd, 0), 6) as nrr,
        round(kept.kept_at_most_usd / nullif(kept.opening_mrr_usd, 0), 6) as grr,
        round(
            coalesce(movements.churned_customers, 0)::numeric
            / nullif(kept.opening_customers, 0), 6
        ) as churn_rate,
        customers.cash_usd,
        customers.cost_to_serve_usd,
        customers.gross_margin_usd,
        customers.is_closed,
        customers.is_simulated
    from customers
    left join movements on customers.month = movements.month
    left join kept on customers.month = kept.month
)

select * from measured
