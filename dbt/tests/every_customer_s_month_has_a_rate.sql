-- Invariant: a missing exchange rate fails, it never makes a sum smaller.
select
    customer_id,
    currency,
    month,
    mrr
from {{ ref('int_customer_months_measured') }}
where mrr > 0 and (mrr_usd is null or mrr_spot_usd is null)
