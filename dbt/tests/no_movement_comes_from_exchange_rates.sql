-- Invariant: who pays the same in their own currency has not moved.
with months as (
    select
        customer_id,
        month,
        array_agg(array[currency, mrr::text] order by currency) filter (where mrr > 0) as paid
    from {{ ref('int_customer_months_measured') }}
    group by customer_id, month
),

compared as (
    select
        customer_id,
        month,
        paid,
        lag(paid) over (partition by customer_id order by month) as paid_before
    from months
)

select
    compared.customer_id,
    compared.month,
    compared.paid,
    movements.amount_usd
from compared
inner join {{ ref('fct_mrr_movements') }} as movements
    on compared.customer_id = movements.customer_id and compared.month = movements.month
where compared.paid is not distinct from compared.paid_before
