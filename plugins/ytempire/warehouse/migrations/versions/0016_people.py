"""Who may sign in to the dashboards, and what each did: a log whose rows hang on each other."""

from alembic import op

revision = "0016"
down_revision = "0015"

PEOPLE = """
create table ops.people (
    person_id  bigint generated always as identity primary key,
    name       text not null check (name = lower(name) and name <> ''),
    role       text not null check (role in ('viewer', 'user', 'admin')),
    salt       bytea,
    digest     bytea,
    stamp      text not null default gen_random_uuid()::text,
    made_at    timestamptz not null default ops.now(),
    ended_at   timestamptz,
    check ((salt is null) = (digest is null))
);
create unique index on ops.people (name) where ended_at is null;
comment on table ops.people is 'Who may sign in to the dashboards; removed ones stay, ended.';
comment on column ops.people.digest is
    'scrypt of the password and the salt; null: signs in through the organisation only.';
comment on column ops.people.stamp is
    'Carried by each session; another one ends them all.';
"""
AUDIT = """
create table ops.audit_log (
    audit_id  bigint primary key,
    at        timestamptz not null default ops.now(),
    actor     text not null,
    action    text not null,
    target    text not null,
    outcome   text not null check (outcome in ('done', 'failed', 'refused')),
    details   jsonb not null,
    chain     bytea not null
);
create index on ops.audit_log (at);
comment on table ops.audit_log is
    'What people did, and were refused: each row digests itself and the row before it.';

create table ops.audit_head (
    is_only  boolean primary key default true check (is_only),
    rows     bigint not null,
    chain    bytea not null
);
comment on table ops.audit_head is
    'How many rows the audit log has and the digest it ends with: rows cut off its end are missed.';

create function ops.chained(entry ops.audit_log, before bytea) returns bytea
language sql immutable parallel safe as $$
    select sha256(before || convert_to(jsonb_build_array(
        entry.audit_id, extract(epoch from entry.at), entry.actor, entry.action, entry.target,
        entry.outcome, entry.details)::text, 'UTF8'))
$$;

-- The head's row is locked until the end of the transaction: rows are numbered as they follow.
create function ops.chain_entry() returns trigger language plpgsql as $$
declare
    head ops.audit_head;
begin
    insert into ops.audit_head (rows, chain) values (0, '') on conflict do nothing;
    select * into head from ops.audit_head for update;
    new.audit_id := head.rows + 1;
    new.chain := ops.chained(new, head.chain);
    update ops.audit_head set rows = new.audit_id, chain = new.chain;
    return new;
end
$$;

create function ops.keep_entry() returns trigger language plpgsql as $$
begin
    raise exception 'Rows of the audit log are added, never changed or removed.';
end
$$;

create trigger chain_entry before insert on ops.audit_log
    for each row execute function ops.chain_entry();
create trigger keep_entry before update or delete on ops.audit_log
    for each row execute function ops.keep_entry();
"""
DROP = """
drop table ops.audit_log cascade;
drop function ops.chain_entry(), ops.keep_entry();
drop table ops.audit_head;
drop table ops.people;
"""


def upgrade() -> None:
    op.execute(PEOPLE)
    op.execute(AUDIT)


def downgrade() -> None:
    op.execute(DROP)
