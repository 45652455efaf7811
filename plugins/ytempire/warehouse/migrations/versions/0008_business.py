"""The business: Stripe's books, ad spend, product events, exchange rates, owners' logins.

Rows are versions: one is added when something in it changed (`warehouse.load.append_changed`).
Amounts of Stripe are in the currency's smallest unit (`*_minor`), as Stripe tells them.
"""

from alembic import op

revision = "0008"
down_revision = "0007"

_MARKS = """
    run_id        text not null,
    fetched_at    timestamptz not null,
    is_simulated  boolean not null,
"""

STRIPE = f"""
create table raw.stripe_customers ({_MARKS}
    customer_id   text,
    created_at    timestamptz,
    owner         text,
    currency      text,
    country       text,
    is_deleted    boolean
);
create index on raw.stripe_customers (customer_id, fetched_at desc);
comment on table raw.stripe_customers is 'One row per customer and version.';
comment on column raw.stripe_customers.owner is
    'Metadata `owner`: whose channels (`ops.channels.owner`) they are; null: none yet.';

create table raw.stripe_products ({_MARKS}
    product_id    text,
    created_at    timestamptz,
    name          text,
    is_active     boolean
);
create index on raw.stripe_products (product_id, fetched_at desc);
comment on table raw.stripe_products is 'One row per product and version.';

create table raw.stripe_prices ({_MARKS}
    price_id            text,
    product_id          text,
    created_at          timestamptz,
    currency            text,
    unit_amount_minor   numeric,
    type                text,
    recurring_interval  text,
    interval_count      integer,
    usage_type          text,
    is_active           boolean
);
create index on raw.stripe_prices (price_id, fetched_at desc);
comment on table raw.stripe_prices is 'One row per price and version.';
comment on column raw.stripe_prices.usage_type is 'licensed or metered; null: not recurring.';

create table raw.stripe_subscriptions ({_MARKS}
    subscription_id       text,
    customer_id           text,
    status                text,
    currency              text,
    created_at            timestamptz,
    started_at            timestamptz,
    trial_started_at      timestamptz,
    trial_ends_at         timestamptz,
    cancel_at_period_end  boolean,
    cancel_at             timestamptz,
    canceled_at           timestamptz,
    ended_at              timestamptz,
    paused_collection     text
);
create index on raw.stripe_subscriptions (subscription_id, fetched_at desc);
comment on table raw.stripe_subscriptions is 'One row per subscription and version.';
comment on column raw.stripe_subscriptions.paused_collection is
    'What is done with invoices while collection is paused (void, keep_as_draft, '
    'mark_uncollectible); null: it is not paused.';

create table raw.stripe_subscription_items ({_MARKS}
    subscription_item_id  text,
    subscription_id       text,
    price_id              text,
    quantity              numeric,
    created_at            timestamptz,
    period_started_at     timestamptz,
    period_ends_at        timestamptz,
    is_deleted            boolean
);
create index on raw.stripe_subscription_items (subscription_item_id, fetched_at desc);
comment on table raw.stripe_subscription_items is
    'One row per item of a subscription and version: what is subscribed to between invoices.';

create table raw.stripe_invoices ({_MARKS}
    invoice_id         text,
    customer_id        text,
    subscription_id    text,
    status             text,
    billing_reason     text,
    currency           text,
    subtotal_minor     bigint,
    tax_minor          bigint,
    total_minor        bigint,
    amount_paid_minor  bigint,
    created_at         timestamptz,
    finalized_at       timestamptz,
    paid_at            timestamptz,
    voided_at          timestamptz,
    uncollectible_at   timestamptz
);
create index on raw.stripe_invoices (invoice_id, fetched_at desc);
comment on table raw.stripe_invoices is 'One row per invoice and version.';

create table raw.stripe_invoice_lines ({_MARKS}
    invoice_line_id       text,
    invoice_id            text,
    subscription_id       text,
    subscription_item_id  text,
    price_id              text,
    is_proration          boolean,
    quantity              numeric,
    currency              text,
    amount_minor          bigint,
    discount_minor        bigint,
    period_started_at     timestamptz,
    period_ends_at        timestamptz
);
create index on raw.stripe_invoice_lines (invoice_line_id, fetched_at desc);
comment on table raw.stripe_invoice_lines is
    'One row per line of an invoice and version: what MRR of the past is made of.';
comment on column raw.stripe_invoice_lines.amount_minor is
    'Before discounts and without tax; of a proration that credits it is negative.';
comment on column raw.stripe_invoice_lines.discount_minor is 'The sum of its discounts, positive.';

create table raw.stripe_charges ({_MARKS}
    charge_id               text,
    customer_id             text,
    balance_transaction_id  text,
    status                  text,
    currency                text,
    amount_minor            bigint,
    amount_refunded_minor   bigint,
    failure_code            text,
    is_disputed             boolean,
    created_at              timestamptz
);
create index on raw.stripe_charges (charge_id, fetched_at desc);
comment on table raw.stripe_charges is 'One row per charge and version.';

create table raw.stripe_refunds ({_MARKS}
    refund_id               text,
    charge_id               text,
    balance_transaction_id  text,
    status                  text,
    reason                  text,
    currency                text,
    amount_minor            bigint,
    created_at              timestamptz
);
create index on raw.stripe_refunds (refund_id, fetched_at desc);
comment on table raw.stripe_refunds is 'One row per refund and version.';

create table raw.stripe_disputes ({_MARKS}
    dispute_id    text,
    charge_id     text,
    status        text,
    reason        text,
    currency      text,
    amount_minor  bigint,
    created_at    timestamptz
);
create index on raw.stripe_disputes (dispute_id, fetched_at desc);
comment on table raw.stripe_disputes is 'One row per dispute and version.';

create table raw.stripe_balance_transactions ({_MARKS}
    balance_transaction_id  text,
    type                    text,
    reporting_category      text,
    source_id               text,
    status                  text,
    currency                text,
    amount_minor            bigint,
    fee_minor               bigint,
    net_minor               bigint,
    exchange_rate           numeric,
    created_at              timestamptz,
    available_at            timestamptz
);
create index on raw.stripe_balance_transactions (balance_transaction_id, fetched_at desc);
comment on table raw.stripe_balance_transactions is
    'One row per movement of Stripe''s balance and version; payouts are negative ones.';

create table raw.stripe_balances ({_MARKS}
    currency         text,
    available_minor  bigint,
    pending_minor    bigint
);
create index on raw.stripe_balances (currency, fetched_at desc);
comment on table raw.stripe_balances is
    'What Stripe said that it holds: one row per currency and look.';
"""

OTHERS = f"""
create table raw.ad_spend ({_MARKS}
    platform     text,
    account_id   text,
    campaign_id  text,
    campaign     text,
    day          date,
    currency     text,
    spend        numeric(18, 6),
    impressions  bigint,
    clicks       bigint,
    conversions  numeric(18, 4)
);
create index on raw.ad_spend (platform, campaign_id, day, currency, fetched_at desc);
comment on table raw.ad_spend is
    'One row per campaign, day of its account, currency and version; spend in that currency.';

create table raw.product_events ({_MARKS}
    event_id     text,
    event        text,
    owner        text,
    occurred_at  timestamptz,
    source       text,
    campaign_id  text
);
create index on raw.product_events (event_id, fetched_at desc);
comment on table raw.product_events is
    'What customers did: signed_up, first_channel, first_video, paid; each once.';
comment on column raw.product_events.source is
    'Of a sign-up: the platform that it is attributed to, such as google_ads; or organic.';

create table raw.exchange_rates ({_MARKS}
    day       date,
    currency  text,
    per_euro  numeric(20, 10)
);
create index on raw.exchange_rates (currency, day, fetched_at desc);
comment on table raw.exchange_rates is
    'One row per banking day, currency and version: how much of it a euro buys (as the ECB says).';

create table raw.files (
    source      text not null,
    sha256      text not null,
    name        text not null,
    run_id      text not null,
    fetched_at  timestamptz not null,
    rows_read   integer not null,
    primary key (source, sha256)
);
comment on table raw.files is 'Files that were landed: the same one is read once.';

alter table raw.rejects add column replayed_at timestamptz;
comment on column raw.rejects.replayed_at is
    'When it landed after its source or our reading of it was mended; null: it waits.';
"""

OWNERS = """
create table ops.owner_logins (
    login       text primary key,
    owner       text not null,
    created_at  timestamptz not null default now()
);
comment on table ops.owner_logins is 'Which login of Postgres sees whose channels and customers.';

-- By who logged in, whatever role or setting a session has put on since.
create function ops.own_channels() returns setof text
language sql stable security definer set search_path = '' as $$
    select channel.channel_id from ops.channels as channel
    join ops.owner_logins as mine on mine.owner = channel.owner
    where mine.login = session_user
$$;
create function ops.own_customers() returns setof text
language sql stable security definer set search_path = '' as $$
    select latest.customer_id from (
        select distinct on (version.customer_id) version.customer_id, version.owner
        from raw.stripe_customers as version
        order by version.customer_id, version.fetched_at desc, version.run_id desc
    ) as latest
    join ops.owner_logins as mine on mine.owner = latest.owner
    where mine.login = session_user
$$;
revoke all on function ops.own_channels(), ops.own_customers() from public;
"""

UNDO = """
drop function ops.own_channels(), ops.own_customers();
drop table ops.owner_logins;
alter table raw.rejects drop column replayed_at;
drop table raw.files, raw.exchange_rates, raw.product_events, raw.ad_spend, raw.stripe_balances,
    raw.stripe_balance_transactions, raw.stripe_disputes, raw.stripe_refunds, raw.stripe_charges,
    raw.stripe_invoice_lines, raw.stripe_invoices, raw.stripe_subscription_items,
    raw.stripe_subscriptions, raw.stripe_prices, raw.stripe_products, raw.stripe_customers;
"""


def upgrade() -> None:
    op.execute(STRIPE)
    op.execute(OTHERS)
    op.execute(OWNERS)


def downgrade() -> None:
    op.execute(UNDO)
