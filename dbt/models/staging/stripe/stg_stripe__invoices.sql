with source as (
    select * from {{ source('stripe', 'stripe_invoices') }}
),

renamed as (
    select
        invoice_id,
        customer_id,
        subscription_id,

        status,
        billing_reason,
        upper(currency) as currency,

        {{ major('subtotal_minor', 'currency') }} as subtotal,
        {{ major('tax_minor', 'currency') }} as tax,
        {{ major('total_minor', 'currency') }} as total,
        {{ major('amount_paid_minor', 'currency') }} as amount_paid,

        is_simulated,

        created_at,
        finalized_at,
        paid_at,
        voided_at,
        uncollectible_at,
        fetched_at,
        run_id
    from source
)

select * from renamed
