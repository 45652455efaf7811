-- Invariant: a missing exchange rate fails, it never makes a sum smaller. (A test of one model, as
-- dbt builds what follows a model only after tests that look at nothing beside it.)
select
    movement,
    customer_id,
    currency,
    created_at
from {{ ref('int_payments_converted') }}
where amount_usd is null
