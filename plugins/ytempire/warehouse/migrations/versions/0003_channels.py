"""Channels: profiles, findings, deletions, and quota that is held before it is spent.

`ops.now()` is the clock of all that counts days or waits: the database's, or the moment that a
replay has set for its own sessions (`warehouse.clock`), so that a year can be rehearsed.
"""

from alembic import op

revision = "0003"
down_revision = "0002"

CLOCK = """
create function ops.now() returns timestamptz language sql stable parallel safe
return coalesce(nullif(current_setting('ytempire.now', true), '')::timestamptz, now());

create function ops.pacific_day(at timestamptz) returns date language sql stable parallel safe
return (at at time zone 'America/Los_Angeles')::date;

create function ops.pacific_midnight(day date) returns timestamptz
language sql stable parallel safe
return day::timestamp at time zone 'America/Los_Angeles';
comment on function ops.pacific_midnight is 'When a Pacific day begins; days have 23 to 25 hours.';

alter table ops.requests alter column requested_at set default ops.now();
alter table ops.videos alter column created_at set default ops.now();
alter table ops.uploads alter column opened_at set default ops.now();
alter table ops.grants alter column updated_at set default ops.now();
"""

CHANNELS = """
alter table ops.channels
    add column posting jsonb not null default '{}',
    add column pacing jsonb not null default '{}',
    add column wording jsonb not null default '{}',
    add column rest_until timestamptz,
    add column state_reason text not null default '',
    add column state_since timestamptz not null default ops.now();
comment on column ops.channels.posting is 'When its videos become public.';
comment on column ops.channels.pacing is 'How many uploads a day, and how far apart.';
comment on column ops.channels.wording is 'Templates of titles, descriptions and tags.';
comment on column ops.channels.rest_until is 'A resting channel becomes active by itself then.';

alter table ops.grants
    add column key_id text not null default '',
    add column granted_at timestamptz not null default ops.now(),
    add column checked_at timestamptz,
    add column expires_at timestamptz;
comment on column ops.grants.key_id is
    'Fingerprint of the key that sealed the token: what a rotation has still to do.';
comment on column ops.grants.expires_at is
    'When Google lets the grant die by itself: 7 days for an OAuth app in testing mode.';

create table ops.channel_events (
    event_id     bigint generated always as identity primary key,
    channel_id   text not null references ops.channels,
    kind         text not null,
    severity     text not null check (severity in ('info', 'warning', 'critical')),
    video_id     text references ops.videos,
    detail       text not null default '',
    cause        text unique,
    happened_at  timestamptz not null default ops.now()
);
create index on ops.channel_events (channel_id, happened_at desc);
comment on table ops.channel_events is
    'What happened to a channel: what its health, and what a person is told, rests on.';
comment on column ops.channel_events.cause is
    'Names the cause, so that one cause is told once however many videos meet it.';

create table ops.deletions (
    deletion_id         bigint generated always as identity primary key,
    channel_id          text not null,
    youtube_channel_id  text,
    reason              text not null
                        check (reason in ('request', 'revoked_here', 'revoked_at_google',
                                          'expired')),
    requested_at        timestamptz not null default ops.now(),
    due_at              timestamptz not null,
    carried_out_at      timestamptz,
    removed             jsonb not null default '{}'
);
create unique index on ops.deletions (channel_id) where carried_out_at is null;
comment on table ops.deletions is
    'YouTube data that must go, by when, and what was removed (Developer Policies III.E.4).';
"""

QUOTA = """
alter table ops.quota drop constraint quota_check;
alter table ops.quota
    add column held integer not null default 0 check (held >= 0),
    add constraint quota_is_never_exceeded check (used + held <= quota_limit);
comment on column ops.quota.held is 'Reserved for bundles that are not wholly spent yet.';

create table ops.quota_holds (
    hold_key     text not null,
    project      text not null,
    bucket       text not null,
    pacific_day  date not null,
    units        integer not null check (units >= 0),
    expires_at   timestamptz not null,
    held_at      timestamptz not null default ops.now(),
    primary key (hold_key, project, bucket, pacific_day),
    foreign key (project, bucket, pacific_day) references ops.quota
);
create index on ops.quota_holds (project, bucket, pacific_day, expires_at);
comment on table ops.quota_holds is
    'What is left of each bundle''s reservation; a bundle holds once however often it is tried.';

create table ops.quota_hours (
    project      text not null,
    bucket       text not null,
    hour         timestamptz not null,
    purpose      text not null,
    used         integer not null,
    primary key (project, bucket, hour, purpose)
);
comment on table ops.quota_hours is 'What spent the quota, hour by hour.';

create function ops.take_quota(
    p_project text, p_units jsonb, p_limits jsonb, p_purpose text, p_hold text, p_hold_for interval
) returns void language plpgsql as $$
-- All of the units or none (the caller's statement is undone): error YQ001 names the short bucket.
-- Buckets are taken in one order, so that two callers never wait for each other in a circle.
declare
    v_day constant date := ops.pacific_day(ops.now());
    v_bucket text;
    v_units integer;
begin
    for v_bucket, v_units in
        select key, value::integer from jsonb_each_text(p_units) order by key
    loop
        for attempt in 1..3 loop
            update ops.quota set
                used = used + case when p_hold is null then v_units else 0 end,
                held = held + case when p_hold is null then 0 else v_units end
            where project = p_project and bucket = v_bucket and pacific_day = v_day
              and used + held + v_units <= quota_limit;
            exit when found;
            if attempt = 1 then  -- the first of its day
                insert into ops.quota (project, bucket, pacific_day, quota_limit)
                values (p_project, v_bucket, v_day, (p_limits ->> v_bucket)::integer)
                on conflict do nothing;
            elsif attempt = 2 then  -- what others held and never came back for
                perform ops.expire_quota_holds(p_project, v_bucket, v_day);
            else
                raise exception using errcode = 'YQ001', message = v_bucket;
            end if;
        end loop;
        if p_hold is null then
            insert into ops.quota_hours as hours (project, bucket, hour, purpose, used)
            values (p_project, v_bucket, date_trunc('hour', ops.now()), p_purpose, v_units)
            on conflict (project, bucket, hour, purpose)
                do update set used = hours.used + excluded.used;
        else
            insert into ops.quota_holds
                (hold_key, project, bucket, pacific_day, units, expires_at)
            values (p_hold, p_project, v_bucket, v_day, v_units, ops.now() + p_hold_for);
        end if;
    end loop;
end $$;

create function ops.hold_quota(
    p_project text, p_units jsonb, p_limits jsonb, p_hold text, p_hold_for interval
) returns void language plpgsql as $$
-- A key holds a bucket once a day: what it holds already (or has used of it) is not held again.
declare
    v_day constant date := ops.pacific_day(ops.now());
begin
    perform pg_advisory_xact_lock(hashtextextended(p_hold, 1));
    perform ops.take_quota(
        p_project,
        (select coalesce(jsonb_object_agg(wanted.key, wanted.value), '{}')
         from jsonb_each(p_units) as wanted
         where not exists (
             select from ops.quota_holds as hold
             where hold.hold_key = p_hold and hold.project = p_project
               and hold.bucket = wanted.key and hold.pacific_day = v_day)),
        p_limits, '', p_hold, p_hold_for);
end $$;

create function ops.use_quota(
    p_project text, p_units jsonb, p_limits jsonb, p_purpose text, p_hold text
) returns void language plpgsql as $$
-- What the key holds today becomes used; what it does not hold (its day is over) is taken anew.
declare
    v_day constant date := ops.pacific_day(ops.now());
    v_bucket text;
    v_units integer;
begin
    for v_bucket, v_units in
        select key, value::integer from jsonb_each_text(p_units) order by key
    loop
        update ops.quota_holds set units = units - v_units
        where hold_key = p_hold and project = p_project and bucket = v_bucket
          and pacific_day = v_day and units >= v_units;
        if found then
            update ops.quota set held = held - v_units, used = used + v_units
            where project = p_project and bucket = v_bucket and pacific_day = v_day;
            insert into ops.quota_hours as hours (project, bucket, hour, purpose, used)
            values (p_project, v_bucket, date_trunc('hour', ops.now()), p_purpose, v_units)
            on conflict (project, bucket, hour, purpose)
                do update set used = hours.used + excluded.used;
        else
            perform ops.take_quota(
                p_project, jsonb_build_object(v_bucket, v_units), p_limits, p_purpose, null, null);
        end if;
    end loop;
end $$;

create function ops.expire_quota_holds(p_project text, p_bucket text, p_day date)
returns void language sql as $$
    with expired as (
        delete from ops.quota_holds
        where project = p_project and bucket = p_bucket and pacific_day = p_day
          and expires_at <= ops.now()
        returning units
    )
    update ops.quota set held = held - (select coalesce(sum(units), 0) from expired)
    where project = p_project and bucket = p_bucket and pacific_day = p_day;
$$;

create function ops.release_quota(p_project text, p_hold text) returns void language plpgsql as $$
-- In the order in which buckets are taken.
declare
    v_held record;
begin
    for v_held in
        select bucket, pacific_day from ops.quota_holds
        where project = p_project and hold_key = p_hold
        order by bucket, pacific_day
    loop
        with released as (
            delete from ops.quota_holds
            where project = p_project and hold_key = p_hold
              and bucket = v_held.bucket and pacific_day = v_held.pacific_day
            returning units
        )
        update ops.quota set held = held - released.units
        from released
        where project = p_project
          and bucket = v_held.bucket and pacific_day = v_held.pacific_day;
    end loop;
end $$;

create function ops.close_quota(p_project text, p_bucket text, p_limit integer)
returns void language sql as $$
    delete from ops.quota_holds
    where project = p_project and bucket = p_bucket
      and pacific_day = ops.pacific_day(ops.now());
    insert into ops.quota as quota (project, bucket, pacific_day, used, quota_limit)
    values (p_project, p_bucket, ops.pacific_day(ops.now()), p_limit, p_limit)
    on conflict (project, bucket, pacific_day)
        do update set used = quota.quota_limit, held = 0;
$$;

create view ops.quota_forecast as
with hours as (
    select project, bucket, sum(used) as used
    from ops.quota_hours
    where hour > ops.now() - interval '6 hours'
      and hour >= ops.pacific_midnight(ops.pacific_day(ops.now()))
    group by project, bucket
),

paced as (
    select
        quota.project, quota.bucket, quota.pacific_day, quota.used, quota.held, quota.quota_limit,
        quota.quota_limit - quota.used - quota.held as headroom,
        quota.pacific_day = ops.pacific_day(ops.now()) as is_today,
        ops.pacific_midnight(quota.pacific_day + 1) as resets_at,
        case when quota.pacific_day = ops.pacific_day(ops.now())
            then coalesce(hours.used, 0) / greatest(1, least(6, extract(
                epoch from ops.now() - ops.pacific_midnight(quota.pacific_day)) / 3600))
        end as per_hour
    from ops.quota as quota
    left join hours using (project, bucket)
)

select
    project, bucket, pacific_day, used, held, quota_limit, headroom, resets_at,
    round(per_hour, 2) as per_hour,
    case when is_today and headroom = 0 then ops.now()
         when per_hour > 0 and ops.now() + headroom / per_hour * interval '1 hour' < resets_at
             then ops.now() + headroom / per_hour * interval '1 hour'
    end as forecast_exhausted_at
from paced;
comment on view ops.quota_forecast is
    'Each bucket and Pacific day: what is left, and when it ends at the pace of the last 6 hours.';
"""

UNDO = """
drop view ops.quota_forecast;
drop function ops.hold_quota, ops.use_quota, ops.take_quota, ops.expire_quota_holds,
    ops.release_quota, ops.close_quota;
drop table ops.quota_hours, ops.quota_holds;
alter table ops.quota drop constraint quota_is_never_exceeded;
update ops.quota set used = least(used + held, quota_limit);
alter table ops.quota drop column held, add constraint quota_check check (used <= quota_limit);
drop table ops.deletions, ops.channel_events;
alter table ops.grants drop column key_id, drop column granted_at, drop column checked_at,
    drop column expires_at;
alter table ops.channels drop column posting, drop column pacing, drop column wording,
    drop column rest_until, drop column state_reason, drop column state_since;
alter table ops.requests alter column requested_at set default now();
alter table ops.videos alter column created_at set default now();
alter table ops.uploads alter column opened_at set default now();
alter table ops.grants alter column updated_at set default now();
drop function ops.pacific_midnight, ops.pacific_day, ops.now;
"""


def upgrade() -> None:
    for part in (CLOCK, CHANNELS, QUOTA):
        op.execute(part)


def downgrade() -> None:
    op.execute(UNDO)
