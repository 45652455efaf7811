"""The ledger as a chain, choices of tiers, forecasts, providers' bills, alerts."""

from alembic import op

revision = "0007"
down_revision = "0006"

LEDGER = """
alter table ops.ledger alter column booked_at set default ops.now();
alter table ops.ledger add column corrects bigint references ops.ledger;
alter table ops.ledger add column chain bytea;
alter table ops.ledger drop constraint ledger_quantity_check;
alter table ops.ledger drop constraint ledger_amount_usd_check;
alter table ops.ledger add constraint ledger_only_corrections_are_negative
    check (corrects is not null or (quantity >= 0 and amount_usd >= 0));
comment on column ops.ledger.corrects is
    'The line of an unanswered call that the provider''s report has settled.';
comment on column ops.ledger.chain is
    'Digest of the line and of the chain of the line before it, of the same video.';

drop index ops.ledger_intent_id_unit_idx;
create unique index on ops.ledger (intent_id, unit, corrects) nulls not distinct
    where intent_id is not null;
drop index ops.ledger_video_id_idx;
create index on ops.ledger (video_id, line_id);
create index on ops.ledger (booked_at);
create index on ops.ledger (corrects) where corrects is not null;

create function ops.chained(line ops.ledger, before bytea) returns bytea
language sql immutable parallel safe as $$
    select sha256(coalesce(before, '') || convert_to(jsonb_build_array(
        line.line_id, line.stage_run_id, line.video_id, line.channel_id, line.provider, line.kind,
        line.unit, line.quantity, line.unit_price_usd, line.amount_usd, line.price_version,
        line.is_failed, line.is_simulated, extract(epoch from line.booked_at), line.intent_id,
        line.corrects)::text, 'UTF8'))
$$;

-- Lines of one video follow each other: who books has locked the video's budget.
create function ops.chain_line() returns trigger language plpgsql as $$
declare
    before bytea;
begin
    if new.video_id is null then
        perform pg_advisory_xact_lock(hashtextextended('ops.ledger', 2));
        select chain into before from ops.ledger
        where video_id is null order by line_id desc limit 1;
    else
        select chain into before from ops.ledger
        where video_id = new.video_id order by line_id desc limit 1;
    end if;
    new.chain := ops.chained(new, before);
    return new;
end
$$;

create function ops.keep_line() returns trigger language plpgsql as $$
begin
    raise exception 'Lines of the ledger are added, never changed; book a correction.';
end
$$;

do $$
declare
    line ops.ledger;
    before bytea;
    last_video text;
begin
    for line in select * from ops.ledger order by video_id, line_id loop
        if line.video_id is distinct from last_video then
            before := null;
        end if;
        last_video := line.video_id;
        before := ops.chained(line, before);
        update ops.ledger set chain = before where line_id = line.line_id;
    end loop;
end
$$;

alter table ops.ledger alter column chain set not null;
create trigger chain_line before insert on ops.ledger
    for each row execute function ops.chain_line();
create trigger keep_line before update or delete on ops.ledger
    for each row execute function ops.keep_line();
"""

BUDGETS = """
create function ops.period_begins(period text) returns date language sql stable as $$
    select case period
        when 'life' then date '0001-01-01'
        when 'day' then (ops.now() at time zone 'UTC')::date
        when 'month' then date_trunc('month', ops.now() at time zone 'UTC')::date
    end
$$;

create function ops.spent_so_far(p_scope text, p_name text, p_period text, p_begins date)
returns numeric language sql stable as $$
    select coalesce(sum(line.amount_usd), 0)
    from (
        select line.* from ops.ledger as line
        where line.corrects is null
          and (p_period = 'life'
               or line.booked_at >= p_begins::timestamp at time zone 'UTC'
              and line.booked_at < (p_begins + ('1 ' || p_period)::interval) at time zone 'UTC')
        union all
        select line.* from ops.ledger as line
        join ops.ledger as corrected on corrected.line_id = line.corrects
        where p_period = 'life'
           or line.booked_at >= p_begins::timestamp at time zone 'UTC'
          and corrected.booked_at >= p_begins::timestamp at time zone 'UTC'
          and corrected.booked_at < (p_begins + ('1 ' || p_period)::interval) at time zone 'UTC'
    ) as line left join ops.channels as channel using (channel_id)
    where not line.is_simulated
      and case p_scope
          when 'video' then line.video_id = p_name
          when 'channel' then line.channel_id = p_name
          when 'customer' then channel.owner = p_name
          when 'provider' then regexp_replace(line.provider, '(-batch)?(/.*)?$', '') = p_name
          else true
      end
$$;
comment on function ops.spent_so_far(text, text, text, date) is
    'What the ledger holds already of a budget that is counted for the first time; a correction '
    'counts in the period of the line that it corrects.';

create function ops.move_budgets(p_changes jsonb) returns table (
    scope text, name text, period text, begins date, unit text, amount numeric, refused_at numeric
) language plpgsql as $$
#variable_conflict use_column
declare
    change record;
    is_moved boolean;
begin
    for change in
        select x.scope, x.name, x.period, coalesce(x.begins, ops.period_begins(x.period)) as begins,
               x.unit, x.is_bound, x.cap, sum(x.reserved) as reserved, sum(x.spent) as spent
        from jsonb_to_recordset(p_changes) as x (
            scope text, name text, period text, begins date, unit text, is_bound boolean,
            cap numeric, reserved numeric, spent numeric)
        group by 1, 2, 3, 4, 5, 6, 7 order by 1, 2, 3, 4, 5
    loop
        for attempt in 1..3 loop
            update ops.budgets as budget
            set cap = case when change.is_bound then change.cap else budget.cap end,
                reserved = budget.reserved + change.reserved,
                spent = budget.spent + change.spent
            where budget.scope = change.scope and budget.name = change.name
              and budget.period = change.period and budget.begins = change.begins
              and budget.unit = change.unit
              and (not change.is_bound or change.cap is null
                   or budget.spent + budget.reserved + change.reserved <= change.cap);
            is_moved := found;
            exit when is_moved or attempt = 3;
            insert into ops.budgets (scope, name, period, begins, unit, cap, spent)
            values (change.scope, change.name, change.period, change.begins, change.unit,
                    change.cap, case change.unit when 'usd' then ops.spent_so_far(
                        change.scope, change.name, change.period, change.begins) else 0 end)
            on conflict on constraint budgets_pkey do nothing;
        end loop;
        scope := change.scope; name := change.name; period := change.period;
        begins := change.begins; unit := change.unit; amount := change.reserved;
        refused_at := null;
        if not is_moved then
            select budget.spent + budget.reserved into refused_at from ops.budgets as budget
            where budget.scope = change.scope and budget.name = change.name
              and budget.period = change.period and budget.begins = change.begins
              and budget.unit = change.unit;
        end if;
        return next;
        exit when refused_at is not null;
    end loop;
end
$$;
comment on function ops.move_budgets(jsonb) is
    'Changes budgets, each by one conditional update in the one order of locks, making those that '
    'are missing; stops at the first whose cap refuses it, for the caller to roll back.';
"""

INTENTS = """
alter table ops.budgets set (fillfactor = 50);
comment on table ops.intents is
    'Each paid call, written down with its reservation in the transaction before it is sent, '
    'settled once after.';
alter table ops.intents alter column sent_at set default ops.now();
update ops.intents set state = 'sent', sent_at = reserved_at where state = 'reserved';
alter table ops.intents alter column sent_at set not null;
alter table ops.intents drop column reserved_at;
alter table ops.intents drop constraint intents_state_check;
alter table ops.intents add constraint intents_state_check
    check (state in ('sent', 'done', 'void', 'ambiguous'));
create index on ops.intents (sent_at) where state = 'sent';
create index intents_by_day_idx on ops.intents (sent_at);

create function ops.buyer_of(p_stage_run_id text)
returns table (video_id text, channel_id text, customer text, day date)
language plpgsql stable as $$
begin
    return query
    select run.video_id, video.channel_id, channel.owner, (ops.now() at time zone 'UTC')::date
    from ops.stage_runs as run
    join ops.videos as video on video.video_id = run.video_id
    join ops.channels as channel on channel.channel_id = video.channel_id
    where run.stage_run_id = p_stage_run_id;
end
$$;
comment on function ops.buyer_of(text) is 'For whom a stage run works, and on which UTC day.';

create function ops.latest_intent(p_purchase text) returns setof ops.intents
language plpgsql as $$
begin
    perform pg_advisory_xact_lock(hashtextextended(p_purchase, 1));
    return query select * from ops.intents where purchase = p_purchase order by number desc limit 1;
end
$$;
comment on function ops.latest_intent(text) is
    'The newest intent of a purchase; until the transaction ends nobody else touches it.';
"""

ORDERS = """
alter table ops.script_orders drop constraint script_orders_pkey;
alter table ops.script_orders drop constraint script_orders_request_id_key;
alter table ops.script_orders add primary key (request_id);
alter table ops.script_orders alter column batch_id drop not null;
alter table ops.script_orders add unique (batch_id);
alter table ops.script_orders add column reservations jsonb not null default '[]';
comment on table ops.script_orders is
    'Scripts of planned videos that a batch writes within a day, at half the price; written down '
    'before it is handed in.';
comment on column ops.script_orders.batch_id is
    'Null: not handed in yet, or its worker died meanwhile: to be looked for at OpenAI.';
"""

REST = """
create table ops.tier_choices (
    video_id       text not null references ops.videos,
    stage          text not null,
    wanted         text not null check (wanted in ('premium', 'standard', 'economy')),
    chosen         text not null check (chosen in ('premium', 'standard', 'economy')),
    predicted_usd  numeric(18, 6) not null,
    left_usd       numeric(18, 6),
    reason         text not null,
    chosen_at      timestamptz not null default ops.now(),
    primary key (video_id, stage)
);
comment on table ops.tier_choices is
    'The tier that each stage of a video works in, chosen before it from what the rest may cost.';

create table ops.forecasts (
    video_id    text not null references ops.videos,
    stage       text not null,
    tier        text not null,
    base_usd    numeric(18, 6) not null,
    low_usd     numeric(18, 6) not null,
    likely_usd  numeric(18, 6) not null,
    high_usd    numeric(18, 6) not null check (high_usd >= likely_usd and likely_usd >= low_usd),
    basis       text not null,
    made_at     timestamptz not null default ops.now(),
    primary key (video_id, stage)
);
create index on ops.forecasts (stage, tier, made_at);
comment on table ops.forecasts is
    'What a stage, and under `video` the whole, was foreseen to cost before it began: 80 of 100 '
    'are meant to end between low and high.';

create table ops.bills (
    provider    text not null,
    utc_day     date not null,
    item        text not null,
    unit        text not null,
    quantity    numeric(18, 6) not null,
    fetched_at  timestamptz not null default ops.now(),
    primary key (provider, utc_day, item, unit)
);
comment on table ops.bills is 'What providers'' usage reports count, by day and item.';

create table ops.alerts (
    cause      text primary key,
    kind       text not null,
    severity   text not null check (severity in ('info', 'warning', 'critical')),
    title      text not null,
    body       text not null,
    raised_at  timestamptz not null default ops.now(),
    told_at    timestamptz
);
create index on ops.alerts (raised_at) where told_at is null;
comment on table ops.alerts is 'What people are told, once for each cause.';
comment on column ops.alerts.told_at is 'When it was handed to the configured channels.';
"""

UNDO = """
delete from ops.script_orders where batch_id is null;
alter table ops.script_orders drop column reservations;
alter table ops.script_orders drop constraint script_orders_batch_id_key;
alter table ops.script_orders drop constraint script_orders_pkey;
alter table ops.script_orders add primary key (batch_id);
alter table ops.script_orders add unique (request_id);
drop table ops.alerts, ops.bills, ops.forecasts, ops.tier_choices;
drop function ops.latest_intent(text);
drop index ops.intents_sent_at_idx, ops.intents_by_day_idx;
alter table ops.intents drop constraint intents_state_check;
alter table ops.intents add constraint intents_state_check
    check (state in ('reserved', 'sent', 'done', 'void', 'ambiguous'));
alter table ops.intents alter column sent_at drop not null;
alter table ops.intents alter column sent_at drop default;
alter table ops.intents add column reserved_at timestamptz not null default ops.now();
create index on ops.intents (state, reserved_at) where state in ('reserved', 'sent');
drop function ops.buyer_of(text);
drop function ops.move_budgets(jsonb);
drop function ops.spent_so_far(text, text, text, date);
drop function ops.period_begins(text);
drop trigger keep_line on ops.ledger;
drop trigger chain_line on ops.ledger;
drop function ops.chain_line(), ops.keep_line(), ops.chained(ops.ledger, bytea);
alter table ops.ledger alter column booked_at set default now();
alter table ops.ledger drop constraint ledger_only_corrections_are_negative;
delete from ops.ledger where corrects is not null;
alter table ops.ledger add constraint ledger_quantity_check check (quantity >= 0);
alter table ops.ledger add constraint ledger_amount_usd_check check (amount_usd >= 0);
alter table ops.ledger drop column chain;
drop index ops.ledger_intent_id_unit_corrects_idx;
alter table ops.ledger drop column corrects;
create unique index on ops.ledger (intent_id, unit) where intent_id is not null;
drop index ops.ledger_video_id_line_id_idx;
drop index ops.ledger_booked_at_idx;
create index on ops.ledger (video_id);
"""


def upgrade() -> None:
    for step in (LEDGER, BUDGETS, INTENTS, ORDERS, REST):
        op.execute(step)


def downgrade() -> None:
    op.execute(UNDO)
