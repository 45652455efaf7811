-- Invariant: a missing exchange rate fails, it never makes a sum smaller.
select
    'mrr' as amount_of,
    customer_id,
    currency,
    month::text as at
from {{ ref('int_customer_months_measured') }}
where mrr > 0 and (mrr_usd is null or mrr_spot_usd is null)
union all
select
    movement as amount_of,
    customer_id,
    currency,
    created_at::text as at
from {{ ref('int_payments_converted') }}
where amount_usd is null
