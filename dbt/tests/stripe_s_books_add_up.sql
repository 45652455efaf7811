-- Invariant: charges - refunds - fees - disputes = what moved = payouts + change of balance.
with charges as (
    {{ latest('stg_stripe__charges', 'charge_id') }}
),

refunds as (
    {{ latest('stg_stripe__refunds', 'refund_id') }}
),

movements as (
    {{ latest('stg_stripe__balance_transactions', 'balance_transaction_id') }}
),

balances as (
    select distinct on (currency)
        currency,
        fetched_at,
        available + pending as held
    from {{ ref('stg_stripe__balances') }}
    order by currency asc, fetched_at desc
),

by_category as (
    select
        movements.currency,
        sum(movements.amount - movements.fee - movements.net) as unexplained,
        sum(movements.net) as net
    from movements
    inner join balances on movements.currency = balances.currency
    where movements.created_at <= balances.fetched_at
    group by movements.currency
)

select
    'a payment has no movement of its amount' as difference,
    charges.charge_id as subject,
    charges.currency,
    charges.amount as told,
    movements.amount as counted
from charges
left join movements on charges.balance_transaction_id = movements.balance_transaction_id
where
    charges.status = 'succeeded'
    and (
        movements.balance_transaction_id is null
        or (movements.currency = charges.currency and movements.amount <> charges.amount)
    )
union all
select
    'a refund has no movement of its amount' as difference,
    refunds.refund_id as subject,
    refunds.currency,
    -refunds.amount as told,
    movements.amount as counted
from refunds
left join movements on refunds.balance_transaction_id = movements.balance_transaction_id
where
    refunds.status = 'succeeded'
    and (
        movements.balance_transaction_id is null
        or (movements.currency = refunds.currency and movements.amount <> -refunds.amount)
    )
union all
select
    'a movement is not its amount less its fee' as difference,
    balance_transaction_id as subject,
    currency,
    amount - fee as told,
    net as counted
from movements
where amount - fee <> net
union all
select
    'what moved is not what Stripe holds' as difference,
    'balance' as subject,
    balances.currency,
    balances.held as told,
    by_category.net as counted
from balances
left join by_category on balances.currency = by_category.currency
where balances.held <> coalesce(by_category.net, 0)
