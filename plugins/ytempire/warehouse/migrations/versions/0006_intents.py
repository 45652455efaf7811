"""Paid calls as intents, and budgets that they are reserved in."""

from alembic import op

revision = "0006"
down_revision = "0005"

DO = """
create table ops.budgets (
    scope     text not null check (scope in ('video', 'channel', 'customer', 'provider', 'house')),
    name      text not null,
    period    text not null check (period in ('life', 'day', 'month')),
    begins    date not null,
    unit      text not null,
    cap       numeric(18, 6) check (cap >= 0),
    reserved  numeric(18, 6) not null default 0 check (reserved >= 0),
    spent     numeric(18, 6) not null default 0 check (spent >= 0),
    primary key (scope, name, period, begins, unit)
);
comment on table ops.budgets is
    'What may be spent, is promised to calls under way, and was spent; no cap: it only counts.';
comment on column ops.budgets.begins is 'First UTC day of the period; of a life 0001-01-01.';

create table ops.intents (
    intent_id     text primary key,
    purchase      text not null,
    number        integer not null,
    stage_run_id  text not null references ops.stage_runs,
    provider      text not null,
    kind          text not null,
    state         text not null
        check (state in ('reserved', 'sent', 'done', 'void', 'ambiguous')),
    foreseen      jsonb not null,
    reservations  jsonb not null,
    reserved_at   timestamptz not null default ops.now(),
    sent_at       timestamptz,
    settled_at    timestamptz,
    unique (purchase, number)
);
create index on ops.intents (state, reserved_at) where state in ('reserved', 'sent');
comment on table ops.intents is
    'Each paid call, written down with its reservation before it is sent, settled once after.';

alter table ops.ledger add column intent_id text references ops.intents;
create unique index on ops.ledger (intent_id, unit) where intent_id is not null;

insert into ops.budgets (scope, name, period, begins, unit, cap, spent)
select 'provider', provider, 'day', utc_day, unit, allowance, reserved from ops.allowances;
drop table ops.allowances;
"""

UNDO = """
create table ops.allowances (
    provider   text not null,
    unit       text not null,
    utc_day    date not null,
    reserved   numeric(18, 3) not null default 0 check (reserved >= 0),
    allowance  numeric(18, 3) not null,
    primary key (provider, unit, utc_day),
    check (reserved <= allowance)
);
insert into ops.allowances (provider, unit, utc_day, reserved, allowance)
select name, unit, begins, reserved + spent, greatest(cap, reserved + spent) from ops.budgets
where scope = 'provider' and period = 'day' and unit <> 'usd' and cap is not null;
alter table ops.ledger drop column intent_id;
drop table ops.intents, ops.budgets;
"""


def upgrade() -> None:
    op.execute(DO)


def downgrade() -> None:
    op.execute(UNDO)
