with source as (
    select * from {{ source('stripe', 'stripe_invoice_lines') }}
),

renamed as (
    select
        invoice_line_id,
        invoice_id,
        subscription_id,
        subscription_item_id,
        price_id,

        upper(currency) as currency,

        quantity,
        {{ major('unit_amount_minor', 'currency') }} as unit_amount,
        {{ major('amount_minor', 'currency') }} as amount,
        {{ major('discount_minor', 'currency') }} as discount,
        {{ major('included_tax_minor', 'currency') }} as included_tax,

        is_proration,
        is_simulated,

        period_started_at,
        period_ends_at,
        fetched_at,
        run_id
    from source
)

select * from renamed
