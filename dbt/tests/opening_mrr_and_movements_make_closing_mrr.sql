-- Invariant: month by month and customer by customer, and for the house.
with by_customer as (
    select
        months.customer_id,
        months.month,
        months.mrr_usd,
        sum(coalesce(movements.amount_usd, 0)) over (
            partition by months.customer_id order by months.month
        ) as moved_usd
    from {{ ref('fct_customer_months') }} as months
    left join {{ ref('fct_mrr_movements') }} as movements
        on months.customer_id = movements.customer_id and months.month = movements.month
),

by_month as (
    select
        month,
        closing_mrr_usd as mrr_usd,
        opening_mrr_usd + new_usd + expansion_usd + contraction_usd + churn_usd
        + reactivation_usd as moved_usd
    from {{ ref('rpt_mrr_months') }}
)

select
    customer_id,
    month,
    mrr_usd,
    moved_usd
from by_customer
where mrr_usd <> moved_usd
union all
select
    'all' as customer_id,
    month,
    mrr_usd,
    moved_usd
from by_month
where mrr_usd <> moved_usd
