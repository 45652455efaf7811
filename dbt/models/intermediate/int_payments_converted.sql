with charges as (
    {{ latest('stg_stripe__charges', 'charge_id') }}
),

refunds as (
    {{ latest('stg_stripe__refunds', 'refund_id') }}
),

disputes as (
    {{ latest('stg_stripe__disputes', 'dispute_id') }}
),

rates as (
    select * from {{ ref('int_exchange_rates_daily') }}
),

-- A refund lowers the month in which it is made, a dispute that was lost the one that it began in.
moved as (
    select
        charge_id as payment_id,
        customer_id,
        'charge' as movement,
        currency,
        amount,
        created_at
    from charges
    where status = 'succeeded'
    union all
    select
        refunds.refund_id as payment_id,
        charges.customer_id,
        'refund' as movement,
        refunds.currency,
        -refunds.amount as amount,
        refunds.created_at
    from refunds
    inner join charges on refunds.charge_id = charges.charge_id
    where refunds.status = 'succeeded'
    union all
    select
        disputes.dispute_id as payment_id,
        charges.customer_id,
        'dispute' as movement,
        disputes.currency,
        -disputes.amount as amount,
        disputes.created_at
    from disputes
    inner join charges on disputes.charge_id = charges.charge_id
    where disputes.status = 'lost'
),

converted as (
    select
        moved.payment_id,
        moved.customer_id,
        moved.movement,
        moved.currency,
        moved.amount,
        round(
            moved.amount
            * case when moved.currency = 'USD' then 1 else rates.usd_per_unit end, 2
        ) as amount_usd,
        moved.created_at,
        {{ utc_month('moved.created_at') }} as month
    from moved
    left join rates
        on
            moved.currency = rates.currency
            and {{ utc_day('moved.created_at') }} = rates.day
)

select * from converted
