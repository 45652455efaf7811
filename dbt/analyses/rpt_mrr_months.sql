-- How does MRR grow, and how much of it stays?
select
    month,
    opening_mrr_usd,
    closing_mrr_usd,
    customers,
    nrr,
    grr,
    churn_rate
from {{ ref('rpt_mrr_months') }}
where is_closed
order by month
