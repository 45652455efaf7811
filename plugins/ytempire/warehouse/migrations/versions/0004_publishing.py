"""Publishing that waits and chooses, pulls that ask by age, and what they land."""

from alembic import op

revision = "0004"
down_revision = "0003"

PUBLISHING = """
alter table ops.videos drop constraint videos_state_check;
alter table ops.videos add constraint videos_state_check
    check (state in ('accepted', 'written', 'narrated', 'painted', 'assembled', 'checked',
                     'in_review', 'rejected', 'waiting_quota', 'waiting_channel', 'published',
                     'failed', 'removed'));
alter table ops.videos
    add column publish_at timestamptz,
    add column waits_until timestamptz;
create unique index videos_have_a_slot_each on ops.videos (channel_id, publish_at)
    where publish_at is not null;
comment on column ops.videos.publish_at is 'The channel''s posting slot that it has taken.';
comment on column ops.videos.waits_until is 'When a waiting video is tried again.';

alter table ops.uploads drop constraint uploads_state_check;
alter table ops.uploads alter column session_uri drop not null;
alter table ops.uploads
    add constraint uploads_state_check check (state in ('opened', 'sent', 'dressed', 'handed')),
    add constraint a_sent_upload_had_a_session check (session_uri is not null or is_manual),
    add column is_manual boolean not null default false,
    add column publish_at timestamptz,
    add column closing_at timestamptz,
    add column lost_at timestamptz;
comment on column ops.uploads.is_manual is 'A person uploads it; nothing is sent by us.';
comment on column ops.uploads.closing_at is
    'When the last bytes began to travel: from then on the video may exist without our knowing.';
comment on column ops.uploads.lost_at is
    'When the session was found forgotten after that: another one waits until we have looked well.';

create table ops.dressings (
    video_id     text not null references ops.videos,
    kind         text not null check (kind in ('captions', 'playlist')),
    units        integer not null,
    youtube_id   text,
    done_at      timestamptz not null default ops.now(),
    primary key (video_id, kind)
);
comment on table ops.dressings is 'What a published video was given from the day''s spare quota.';

create table ops.choices (
    choice_id    bigint generated always as identity primary key,
    video_id     text references ops.videos,
    request_id   text references ops.requests,
    channel_id   text references ops.channels,
    publish_at   timestamptz,
    waits_for    text,
    waits_until  timestamptz,
    because      jsonb not null,
    decided_at   timestamptz not null default ops.now()
);
create index on ops.choices (video_id, decided_at desc);
comment on table ops.choices is
    'Every choice of a channel: who could have it, with what weight, who could not, and why.';
"""

PULLING = """
create table ops.video_polls (
    youtube_video_id  text primary key,
    channel_id        text not null references ops.channels,
    published_at      timestamptz not null,
    listed_at         timestamptz not null default ops.now(),
    described_at      timestamptz,
    counted_at        timestamptz,
    days_asked_at     timestamptz,
    retention_at      timestamptz,
    missing_since     timestamptz,
    removed_at        timestamptz
);
create index on ops.video_polls (channel_id, published_at desc);
comment on table ops.video_polls is
    'When each video was last asked about what: due is what is older than the rule.';

create table raw.youtube_reach_days (
    run_id            text not null,
    fetched_at        timestamptz not null,
    channel_id        text,
    youtube_video_id  text,
    day               date,
    impressions       bigint,
    ctr               numeric(9, 6),
    report_id         text,
    reported_at       timestamptz,
    is_simulated      boolean
);
create index on raw.youtube_reach_days (channel_id, day, reported_at desc);
create index on raw.youtube_reach_days (youtube_video_id, day, fetched_at desc);
comment on table raw.youtube_reach_days is
    'One row per video, Pacific day and report: channel_reach_basic_a1; an empty id: deleted ones.';

create table raw.youtube_retention (
    run_id                text not null,
    fetched_at            timestamptz not null,
    channel_id            text,
    youtube_video_id      text,
    elapsed_ratio         numeric(4, 2),
    watch_ratio           numeric(9, 6),
    relative_performance  numeric(9, 6),
    is_simulated          boolean
);
create index on raw.youtube_retention (youtube_video_id, elapsed_ratio, fetched_at desc);
comment on table raw.youtube_retention is
    'One row per video, hundredth of its length and version: how many still watch.';

create table raw.youtube_reports (
    report_id     text primary key,
    channel_id    text not null,
    report_type   text not null,
    day           date not null,
    reported_at   timestamptz not null,
    rows_read     integer not null,
    sha256        text not null,
    run_id        text not null,
    fetched_at    timestamptz not null
);
comment on table raw.youtube_reports is 'The Reporting API''s files that were taken, each once.';

create table raw.rejects (
    reject_id   bigint generated always as identity primary key,
    source      text not null,
    channel_id  text,
    table_name  text not null,
    run_id      text not null,
    reason      text not null,
    body        jsonb not null,
    fetched_at  timestamptz not null
);
comment on table raw.rejects is 'Rows that a source answered and no table may hold, and why.';

alter table raw.trend_signals
    add column source text not null default 'watched'
        check (source in ('watched', 'search', 'own')),
    add column query text,
    add column channel_id text,
    add column baseline_per_hour numeric(18, 3);
comment on column raw.trend_signals.source is
    'Whom it came from: a watched channel, a search, or our own videos by topic.';
comment on column raw.trend_signals.baseline_per_hour is
    'The median pace of what it is held against (its channel''s videos, or the search''s).';
"""

UNDO = """
alter table raw.trend_signals drop column source, drop column query, drop column channel_id,
    drop column baseline_per_hour;
drop table raw.rejects, raw.youtube_reports, raw.youtube_retention, raw.youtube_reach_days,
    ops.video_polls, ops.choices, ops.dressings;
delete from ops.uploads where session_uri is null or state = 'handed';
alter table ops.uploads drop constraint a_sent_upload_had_a_session,
    drop constraint uploads_state_check, drop column is_manual, drop column publish_at,
    drop column closing_at, drop column lost_at;
alter table ops.uploads alter column session_uri set not null;
alter table ops.uploads add constraint uploads_state_check
    check (state in ('opened', 'sent', 'dressed'));
update ops.videos set state = 'checked' where state in ('waiting_quota', 'waiting_channel');
alter table ops.videos drop constraint videos_state_check;
alter table ops.videos add constraint videos_state_check
    check (state in ('accepted', 'written', 'narrated', 'painted', 'assembled', 'checked',
                     'in_review', 'rejected', 'published', 'failed', 'removed'));
drop index ops.videos_have_a_slot_each;
alter table ops.videos drop column publish_at, drop column waits_until;
"""


def upgrade() -> None:
    op.execute(PUBLISHING)
    op.execute(PULLING)


def downgrade() -> None:
    op.execute(UNDO)
