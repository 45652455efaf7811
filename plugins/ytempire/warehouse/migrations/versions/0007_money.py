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
create unique index on ops.ledger (intent_id, unit)
    where intent_id is not null and corrects is null;
drop index ops.ledger_video_id_idx;
create index on ops.ledger (video_id, line_id);
create index on ops.ledger (booked_at);

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
    low_usd     numeric(18, 6) not null,
    likely_usd  numeric(18, 6) not null,
    high_usd    numeric(18, 6) not null check (high_usd >= likely_usd and likely_usd >= low_usd),
    basis       text not null,
    made_at     timestamptz not null default ops.now(),
    primary key (video_id, stage)
);
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
drop table ops.alerts, ops.bills, ops.forecasts, ops.tier_choices;
drop trigger keep_line on ops.ledger;
drop trigger chain_line on ops.ledger;
drop function ops.chain_line(), ops.keep_line(), ops.chained(ops.ledger, bytea);
alter table ops.ledger alter column booked_at set default now();
alter table ops.ledger drop constraint ledger_only_corrections_are_negative;
delete from ops.ledger where corrects is not null;
alter table ops.ledger add constraint ledger_quantity_check check (quantity >= 0);
alter table ops.ledger add constraint ledger_amount_usd_check check (amount_usd >= 0);
alter table ops.ledger drop column chain;
drop index ops.ledger_intent_id_unit_idx;
alter table ops.ledger drop column corrects;
create unique index on ops.ledger (intent_id, unit) where intent_id is not null;
drop index ops.ledger_video_id_line_id_idx;
drop index ops.ledger_booked_at_idx;
create index on ops.ledger (video_id);
"""


def upgrade() -> None:
    op.execute(LEDGER)
    op.execute(REST)


def downgrade() -> None:
    op.execute(UNDO)
