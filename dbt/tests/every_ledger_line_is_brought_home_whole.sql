-- Invariant 1: what videos bear plus what nobody bears is the ledger, line by line (and so per
-- month and channel), to a millionth of a dollar.
with ledger as (
    select
        line_id,
        amount_usd
    from {{ ref('stg_ops__ledger_lines') }}
    where {{ in_touched_cost_months('booked_at') }}
),

brought_home as (
    select
        line_id,
        sum(amount_usd) as amount_usd
    from {{ ref('fct_cost_lines') }}
    where {{ in_touched_cost_months('booked_at') }}
    group by line_id
)

select
    coalesce(ledger.line_id, brought_home.line_id) as line_id,
    ledger.amount_usd as ledger_usd,
    brought_home.amount_usd as brought_home_usd
from ledger
full outer join brought_home on ledger.line_id = brought_home.line_id
where ledger.amount_usd is distinct from brought_home.amount_usd
