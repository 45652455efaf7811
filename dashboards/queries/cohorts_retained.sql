-- What is left of the customers who first paid in a month, month by month. Shares, 0 to 1. One row
-- per month of the first payment and months since.
with lives as (
    select
        customers.first_paid_month as cohort_month,
        months.month,
        months.mrr_usd,
        months.is_paying,
        months.is_simulated,
        first_value(months.mrr_usd) over (
            partition by months.customer_id order by months.month
        ) as first_mrr_usd
    from marts.dim_customers as customers
    inner join marts.fct_customer_months as months
        on customers.customer_id = months.customer_id
        and customers.first_paid_month <= months.month
    where customers.first_paid_month between %(first)s and %(last)s
        and months.month <= %(last)s
        and (%(source)s = 'all' or customers.source = %(source)s)
)

select
    cohort_month,
    (
        12 * (date_part('year', month) - date_part('year', cohort_month))
        + date_part('month', month) - date_part('month', cohort_month)
    )::integer as age,
    count(*) as customers,
    avg(is_paying::integer) as customers_kept,
    sum(mrr_usd) / nullif(sum(first_mrr_usd), 0) as mrr_kept,
    bool_or(is_simulated) as is_simulated
from lives
group by cohort_month, month
order by cohort_month, age
