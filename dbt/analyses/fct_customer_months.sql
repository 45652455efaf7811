-- Which customers cost more than they pay?
select
    customer_id,
    month,
    mrr_usd,
    cost_to_serve_usd,
    gross_margin_usd
from {{ ref('fct_customer_months') }}
where gross_margin_usd < 0
order by gross_margin_usd
limit 20
