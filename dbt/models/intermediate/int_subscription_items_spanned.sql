{{ config(materialized='table') }}

with lines as (
    select * from {{ ref('int_subscription_lines_normalized') }}
),

versions as (
    select
        *,
        row_number() over (
            partition by subscription_item_id order by fetched_at asc, run_id asc
        ) as version,
        lag((price_id, quantity, is_deleted)::text) over (
            partition by subscription_item_id order by fetched_at asc, run_id asc
        ) as was
    from {{ ref('stg_stripe__subscription_items') }}
),

prices as (
    {{ latest('stg_stripe__prices', 'price_id') }}
),

subscriptions as (
    {{ latest('stg_stripe__subscriptions', 'subscription_id') }}
),

-- From its moment on a line says what the item costs a month; a credit alone says: nothing.
invoiced as (
    select
        subscription_item_id,
        subscription_id,
        customer_id,
        currency,
        period_started_at as starts_at,
        max(period_ends_at) as ends_at,
        coalesce(sum(monthly_amount) filter (where not is_credit), 0) as monthly_amount,
        max(paid_share) filter (where not is_credit) as paid_share,
        bool_or(is_simulated) as is_simulated
    from lines
    group by subscription_item_id, subscription_id, customer_id, currency, period_started_at
),

-- What changed since, and is on no invoice yet.
compared as (
    select
        versions.subscription_item_id,
        versions.price_id,
        versions.quantity,
        versions.is_deleted,
        versions.is_simulated,
        versions.fetched_at,
        invoiced.subscription_id,
        invoiced.customer_id,
        invoiced.currency,
        invoiced.ends_at,
        invoiced.paid_share,
        invoiced.monthly_amount as was_amount,
        row_number() over (
            partition by versions.subscription_item_id, versions.version
            order by invoiced.starts_at desc
        ) as place
    from versions
    inner join invoiced
        on
            versions.subscription_item_id = invoiced.subscription_item_id
            and versions.fetched_at >= invoiced.starts_at
    where
        versions.version > 1
        and versions.was <> (versions.price_id, versions.quantity, versions.is_deleted)::text
),

changed as (
    select
        compared.subscription_item_id,
        compared.subscription_id,
        compared.customer_id,
        compared.currency,
        compared.fetched_at as starts_at,
        compared.ends_at,
        case
            when compared.is_deleted then 0
            else round(
                prices.unit_amount * {{ packs_of('compared.quantity', 'prices') }}
                * compared.paid_share
                / ({{ months_of('prices.recurring_interval', 'prices.interval_count') }}), 6
            )
        end as monthly_amount,
        compared.paid_share,
        compared.is_simulated
    from compared
    inner join prices on compared.price_id = prices.price_id
    where
        compared.place = 1
        and compared.fetched_at < compared.ends_at
        and compared.was_amount > 0
        and prices.usage_type = 'licensed'
        and (
            compared.is_deleted
            or (prices.unit_amount is not null and prices.currency = compared.currency)
        )
),

told as (
    select * from invoiced
    union all
    select * from changed
),

ordered as (
    select
        told.*,
        subscriptions.ended_at,
        subscriptions.status in ('active', 'past_due')
        and not subscriptions.cancel_at_period_end
        and subscriptions.paused_collection is null as goes_on,
        lead(told.starts_at) over (
            partition by told.subscription_item_id order by told.starts_at
        ) as next_starts_at
    from told
    inner join subscriptions on told.subscription_id = subscriptions.subscription_id
),

-- A renewal's invoice is a draft for an hour: nobody has left meanwhile.
spanned as (
    select
        subscription_item_id,
        subscription_id,
        customer_id,

        currency,

        monthly_amount,

        is_simulated,

        starts_at,
        least(
            case
                when next_starts_at is null and goes_on
                    then ends_at + interval '{{ var("renewal_grace_hours") }} hours'
                else ends_at
            end,
            next_starts_at,
            ended_at
        ) as ends_at
    from ordered
)

select * from spanned
where starts_at < ends_at and monthly_amount <> 0
