"""Landing of any size: monthly partitions, the order in which rows landed, and a note of rewrites.

`landing` numbers rows as they land. Loads hold a lock that a build waits for, so that every number
up to the sequence's last is there to be seen when a build begins: it reads what came after the one
before. What is altered or removed later bears no new number; `ops.rewrites` tells of it.
"""

from alembic import op

revision = "0009"
down_revision = "0008"

#: Table -> the column whose month a row is kept under.
BY_MONTH = {
    "youtube_video_days": "day",
    "youtube_reach_days": "day",
    "youtube_video_counts": "fetched_at",
}
PLAIN = (
    "youtube_channels", "youtube_videos", "youtube_channel_days", "youtube_retention",
    "youtube_reports", "trend_signals", "pulls",
)  # fmt: skip
#: Tables that models read no further back than they must.
MODELLED = (*BY_MONTH, "youtube_channel_days", "youtube_retention", "youtube_reports")

GROUND = """
create schema raw_months;
comment on schema raw_months is 'Partitions of `raw`: a Pacific (or, of looks, UTC) month each.';
create sequence raw.landings;

create table ops.rewrites (
    rewrite_id    bigint generated always as identity primary key,
    table_name    text not null,
    rewritten_at  timestamptz not null default ops.now()
);
comment on table ops.rewrites is
    'Landed rows were altered or removed: the next build and the next look at the landing are '
    'of everything.';

create function ops.note_rewrite() returns trigger language plpgsql as $$
begin
    if tg_op = 'TRUNCATE' then
        insert into ops.rewrites (table_name) values (tg_table_name);
    elsif exists (select from before) then
        insert into ops.rewrites (table_name) values (tg_table_name);
    end if;
    return null;
end
$$;

create function raw.make_months(p_table text, p_first date, p_last date) returns integer
language plpgsql as $$
declare
    key text;
    month timestamptz;
    part text;
    bounds text[];
    made integer := 0;
begin
    select attname into key
    from pg_partitioned_table join pg_attribute on attrelid = partrelid and attnum = partattrs[0]
    where partrelid = format('raw.%I', p_table)::regclass;
    if key is null then
        return 0;
    end if;
    for month in select generate_series(
        date_trunc('month', greatest(p_first, (ops.now() - interval '10 years')::date), 'UTC'),
        least(p_last, (ops.now() + interval '2 months')::date),
        interval '1 month'
    ) loop
        part := p_table || to_char(month at time zone 'UTC', '"_"YYYY"_"MM');
        continue when to_regclass(format('raw_months.%I', part)) is not null;
        perform pg_advisory_xact_lock(hashtextextended('raw.make_months', 3));
        continue when to_regclass(format('raw_months.%I', part)) is not null;
        bounds := array[
            to_char(month at time zone 'UTC', 'YYYY-MM-DD"T00:00:00Z"'),
            to_char(month at time zone 'UTC' + interval '1 month', 'YYYY-MM-DD"T00:00:00Z"')];
        execute format('create table raw_months.%I (like raw.%I including all)', part, p_table);
        execute format(
            'with moved as (delete from raw_months.%1$I where %2$I >= %3$L and %2$I < %4$L '
            'returning *) insert into raw_months.%5$I select * from moved',
            p_table || '_others', key, bounds[1], bounds[2], part);
        execute format(
            'alter table raw.%I attach partition raw_months.%I for values from (%L) to (%L)',
            p_table, part, bounds[1], bounds[2]);
        made := made + 1;
    end loop;
    return made;
end
$$;
comment on function raw.make_months(text, date, date) is
    'Makes the partitions that are missing of these months, and moves what had to be kept in the '
    'one for all others meanwhile; returns how many.';
"""

PARTITION = """
alter table raw.{table} rename to {table}_whole;
create table raw.{table} (
    like raw.{table}_whole including defaults including comments,
    landing bigint not null default nextval('raw.landings')
) partition by range ({key});
create table raw_months.{table}_others partition of raw.{table} default;
comment on table raw.{table} is {comment};
insert into raw.{table} select * from raw.{table}_whole;
select raw.make_months('{table}', min({key})::date, max({key})::date) from raw.{table}_whole;
drop table raw.{table}_whole;
"""
INDEXES = """
create index on raw.youtube_video_days (youtube_video_id, day, fetched_at desc);
create index on raw.youtube_reach_days (channel_id, day, reported_at desc);
create index on raw.youtube_reach_days (youtube_video_id, day, fetched_at desc);
create index on raw.youtube_video_counts (youtube_video_id, fetched_at desc);
create index on raw.pulls (source, channel_id, fetched_at desc);
"""
LANDING = "create index on raw.{table} using brin (landing) with (autosummarize = on);"
COMMENTS = {
    "youtube_video_days": "One row per video, Pacific day and version: YouTube restates days, each "
    "change is kept.",
    "youtube_reach_days": "One row per video, Pacific day and report: channel_reach_basic_a1; an "
    "empty id: deleted ones.",
    "youtube_video_counts": "One row per video and pull: cumulative counters, "
    "videos.batchGetStats.",
}
NOTED = """
create trigger note_update after update on raw.{table} referencing old table as before
    for each statement execute function ops.note_rewrite();
create trigger note_delete after delete on raw.{table} referencing old table as before
    for each statement execute function ops.note_rewrite();
create trigger note_truncate after truncate on raw.{table}
    for each statement execute function ops.note_rewrite();
"""
WHOLE = """
create table raw.{table}_whole (like raw.{table} including defaults including comments);
insert into raw.{table}_whole select * from raw.{table};
drop table raw.{table};
alter table raw.{table}_whole rename to {table};
alter table raw.{table} drop column landing;
comment on table raw.{table} is {comment};
"""
UNDO = """
drop index raw.pulls_source_channel_id_fetched_at_idx;
drop function raw.make_months(text, date, date);
drop schema raw_months;
drop sequence raw.landings;
drop function ops.note_rewrite();
drop table ops.rewrites;
"""


def upgrade() -> None:
    op.execute(GROUND)
    for table, key in BY_MONTH.items():
        comment = f"'{COMMENTS[table]}'"
        op.execute(PARTITION.format(table=table, key=key, comment=comment))
    op.execute(INDEXES)
    for table in PLAIN:
        op.execute(
            f"alter table raw.{table} "
            "add column landing bigint not null default nextval('raw.landings')"
        )
    for table in (*BY_MONTH, *PLAIN):
        op.execute(LANDING.format(table=table))
    for table in MODELLED:
        op.execute(NOTED.format(table=table))


def downgrade() -> None:
    for table in BY_MONTH:
        op.execute(WHOLE.format(table=table, comment=f"'{COMMENTS[table]}'"))
    op.execute(INDEXES.rpartition("create index on raw.pulls")[0])
    for table in PLAIN:
        op.execute(f"alter table raw.{table} drop column landing")
    for table in set(MODELLED) - set(BY_MONTH):
        for event in ("update", "delete", "truncate"):
            op.execute(f"drop trigger note_{event} on raw.{table}")
    op.execute(UNDO)
