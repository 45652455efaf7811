with lines as (
    {{ latest('stg_stripe__invoice_lines', 'invoice_line_id') }}
),

invoices as (
    {{ latest('stg_stripe__invoices', 'invoice_id') }}
),

prices as (
    {{ latest('stg_stripe__prices', 'price_id') }}
),

subscriptions as (
    {{ latest('stg_stripe__subscriptions', 'subscription_id') }}
),

-- What was paid, or is still asked for while its subscription lives on.
counted as (
    select
        lines.*,
        subscriptions.customer_id,
        -- Of a price in several currencies Stripe tells one amount: the line has its own. A price
        -- of tiers has none.
        case
            when prices.unit_amount is not null
                then
                    {{ packs_of('lines.quantity', 'prices') }} * coalesce(
                        lines.unit_amount,
                        case when prices.currency = lines.currency then prices.unit_amount end
                    )
        end as period_amount,
        {{ months_of('prices.recurring_interval', 'prices.interval_count') }} as months,
        (prices.interval_count::text || ' ' || prices.recurring_interval)::interval as whole
    from lines
    inner join invoices on lines.invoice_id = invoices.invoice_id
    inner join prices on lines.price_id = prices.price_id
    inner join subscriptions on lines.subscription_id = subscriptions.subscription_id
    where
        prices.usage_type = 'licensed'
        and lines.period_ends_at > lines.period_started_at
        and (
            invoices.status = 'paid'
            or (
                invoices.status = 'open'
                and subscriptions.status in ('active', 'past_due')
            )
        )
),

-- By its price, not by its amount where there is one: cents of a proration, scaled up to a month,
-- would make movements of nothing. A trial's line is of 0.
normalized as (
    select
        invoice_line_id,
        subscription_item_id,
        subscription_id,
        customer_id,

        currency,

        case
            when amount = 0 then 0
            else (amount - coalesce(discount, 0) - coalesce(included_tax, 0)) / amount
        end as paid_share,
        case
            when amount = 0 then 0
            else coalesce(
                period_amount,
                amount
                * extract(epoch from (period_ends_at - (period_ends_at - whole)))
                / extract(epoch from (period_ends_at - period_started_at))
            ) / months
        end as list_amount,

        amount < 0 as is_credit,
        is_simulated,

        period_started_at,
        period_ends_at
    from counted
)

select
    *,
    round(list_amount * paid_share, 6) as monthly_amount
from normalized
