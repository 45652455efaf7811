"""What a customer pays by their own price and without tax, and who had a channel before."""

from alembic import op

revision = "0022"
down_revision = "0021"

STRIPE = """
alter table raw.stripe_prices
    add column pack_size      bigint,
    add column pack_rounding  text;
comment on column raw.stripe_prices.pack_size is
    'Units that are billed together, such as 1,000; null: each by itself.';
comment on column raw.stripe_prices.pack_rounding is 'Whether a begun pack counts: up or down.';

alter table raw.stripe_invoice_lines
    add column unit_amount_minor   numeric,
    add column included_tax_minor  bigint;
comment on column raw.stripe_invoice_lines.unit_amount_minor is
    'Of a unit (of a pack, where the price has packs), in the currency of the line.';
comment on column raw.stripe_invoice_lines.included_tax_minor is
    'The part of `amount_minor` less its discounts that is tax.';
"""
OWNERS = """
create table ops.channel_owners (
    channel_id  text not null references ops.channels on delete cascade,
    owner       text not null,
    until       timestamptz not null,
    primary key (channel_id, until)
);
comment on table ops.channel_owners is
    'Who had a channel before: one row for each time that it went to another owner.';

create function ops.keep_channel_owner() returns trigger language plpgsql as $$
begin
    insert into ops.channel_owners (channel_id, owner, until)
    values (old.channel_id, old.owner, ops.now())
    on conflict do nothing;
    return null;
end
$$;
create trigger keep_channel_owner after update of owner on ops.channels
    for each row when (old.owner <> new.owner) execute function ops.keep_channel_owner();
"""
UNDO = """
drop trigger keep_channel_owner on ops.channels;
drop function ops.keep_channel_owner();
drop table ops.channel_owners;
alter table raw.stripe_invoice_lines drop column included_tax_minor, drop column unit_amount_minor;
alter table raw.stripe_prices drop column pack_rounding, drop column pack_size;
"""


def upgrade() -> None:
    op.execute(STRIPE)
    op.execute(OWNERS)


def downgrade() -> None:
    op.execute(UNDO)
