with listed as (
    {{ latest('stg_stripe__customers', 'customer_id') }}
),

-- Who was deleted before the first pull is in no list, and their money is: so whoever a
-- subscription or a payment names is one.
named as (
    select
        customer_id,
        bool_or(is_simulated) as is_simulated
    from (
        select
            customer_id,
            is_simulated
        from {{ ref('stg_stripe__subscriptions') }}
        union all
        select
            customer_id,
            is_simulated
        from {{ ref('stg_stripe__charges') }}
    ) as told
    group by customer_id
),

customers as (
    select
        coalesce(listed.customer_id, named.customer_id) as customer_id,
        listed.owner,
        listed.country,
        listed.currency,
        listed.is_deleted,
        coalesce(listed.is_simulated, named.is_simulated) as is_simulated,
        listed.created_at
    from listed
    full outer join named on listed.customer_id = named.customer_id
),

events as (
    {{ latest('stg_product__events', 'event_id') }}
),

sign_ups as (
    select distinct on (owner)
        owner,
        source,
        campaign_id,
        occurred_at
    from events
    where event = 'signed_up'
    order by owner asc, occurred_at asc
),

months as (
    select
        customer_id,
        min(month) filter (where mrr_usd > 0) as first_paid_month,
        sum(mrr_usd) filter (where month = {{ utc_month('ops.now()') }}) as mrr_usd
    from {{ ref('int_customer_months_measured') }}
    group by customer_id
),

-- Of several customers with one owner the first has the owner's channels.
owners as (
    select distinct on (owner)
        owner,
        customer_id
    from customers
    where owner is not null and not is_deleted
    order by owner asc, created_at asc, customer_id asc
),

described as (
    select
        customers.customer_id,
        owners.owner,

        customers.country,
        customers.currency,
        coalesce(sign_ups.source, 'unattributed') as source,
        sign_ups.campaign_id,

        coalesce(months.mrr_usd, 0) as mrr_usd,
        coalesce(months.mrr_usd, 0) > 0 as is_paying,
        customers.is_deleted,
        customers.is_simulated,

        sign_ups.occurred_at as signed_up_at,
        months.first_paid_month,
        customers.created_at
    from customers
    left join owners on customers.customer_id = owners.customer_id
    left join sign_ups on customers.owner = sign_ups.owner
    left join months on customers.customer_id = months.customer_id
)

select * from described
