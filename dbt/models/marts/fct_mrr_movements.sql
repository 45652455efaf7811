with months as (
    select
        customer_id,
        month,
        mrr_usd,
        is_closed,
        is_simulated,
        coalesce(lag(mrr_usd) over history, 0) as opening_mrr_usd,
        coalesce(
            max(mrr_usd) over (
                partition by customer_id order by month
                rows between unbounded preceding and 1 preceding
            ), 0
        ) > 0 as has_paid_before
    from {{ ref('fct_customer_months') }}
    window history as (partition by customer_id order by month)
),

moved as (
    select
        customer_id,
        month,
        case
            when opening_mrr_usd = 0 and not has_paid_before then 'new'
            when opening_mrr_usd = 0 then 'reactivation'
            when mrr_usd = 0 then 'churn'
            when mrr_usd > opening_mrr_usd then 'expansion'
            else 'contraction'
        end as movement,
        mrr_usd - opening_mrr_usd as amount_usd,
        opening_mrr_usd,
        mrr_usd as closing_mrr_usd,
        is_closed,
        is_simulated
    from months
    where mrr_usd <> opening_mrr_usd
)

select * from moved
