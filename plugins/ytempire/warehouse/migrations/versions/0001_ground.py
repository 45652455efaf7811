"""The ground: `ops` (transactional truth) and `raw` (append-only landing).

Money is numeric USD, times are timestamptz in UTC, a `day` is a Pacific calendar day.
"""

from alembic import op

revision = "0001"
down_revision = None

OPS = """
create table ops.channels (
    channel_id          text primary key check (channel_id ~ '^[a-z0-9][a-z0-9-]{1,39}$'),
    youtube_channel_id  text unique,
    title               text not null,
    niche               text not null,
    language            text not null default 'en',
    owner               text not null default 'house',
    formats             text[] not null default '{short}',
    identity            jsonb not null default '{}',
    watches             text[] not null default '{}',
    state               text not null default 'active'
                        check (state in ('active', 'resting', 'reauth_required', 'paused')),
    is_simulated        boolean not null default false,
    created_at          timestamptz not null default now()
);
comment on table ops.channels is 'One row per channel that the house runs.';
comment on column ops.channels.watches is
    'YouTube ids of other people''s channels in the niche: where trends are looked for.';

create table ops.grants (
    channel_id  text primary key references ops.channels,
    token       bytea not null,
    scopes      text[] not null,
    updated_at  timestamptz not null default now()
);
comment on column ops.grants.token is 'The OAuth grant, encrypted with the newest Fernet key.';

create table ops.requests (
    request_id    text primary key,
    channel_id    text not null references ops.channels,
    slot          text,
    topic         text not null,
    format        text not null check (format in ('short', 'wide')),
    tier          text not null default 'standard'
                  check (tier in ('premium', 'standard', 'economy')),
    script        text,
    evidence      jsonb not null default '{}',
    source        text not null check (source in ('plan', 'person', 'first-cycle', 'history')),
    state         text not null default 'queued'
                  check (state in ('queued', 'accepted', 'published', 'rejected')),
    requested_at  timestamptz not null default now(),
    unique (channel_id, slot)
);
comment on column ops.requests.slot is
    'The publishing slot that this request fills; unique per channel, so a double trigger is one.';
comment on column ops.requests.script is
    'The person''s own words; null: the writer tells the topic.';

create table ops.videos (
    video_id            text primary key,
    request_id          text not null unique references ops.requests,
    channel_id          text not null references ops.channels,
    title               text not null,
    format              text not null check (format in ('short', 'wide')),
    tier                text not null,
    state               text not null default 'accepted'
                        check (state in ('accepted', 'written', 'narrated', 'painted', 'assembled',
                                         'checked', 'published', 'failed', 'removed')),
    seconds             numeric(10, 3),
    youtube_video_id    text unique,
    published_at        timestamptz,
    removed_at          timestamptz,
    is_simulated        boolean not null default false,
    created_at          timestamptz not null default now()
);

create table ops.artifacts (
    video_id    text not null references ops.videos,
    kind        text not null,
    path        text not null,
    sha256      text not null,
    bytes       bigint not null check (bytes > 0),
    created_at  timestamptz not null default now(),
    primary key (video_id, kind)
);
comment on table ops.artifacts is 'A stage''s result: present means done, a rerun starts after it.';

create table ops.stage_runs (
    stage_run_id  text primary key,
    video_id      text not null references ops.videos,
    stage         text not null,
    attempt       integer not null check (attempt > 0),
    state         text not null check (state in ('running', 'succeeded', 'failed', 'reused')),
    queued_at     timestamptz,
    started_at    timestamptz not null default now(),
    finished_at   timestamptz,
    progress      real not null default 0 check (progress between 0 and 1),
    note          text not null default '',
    device        text not null default 'cpu',
    confidence    real check (confidence between 0 and 1),
    error         text,
    unique (video_id, stage, attempt)
);

create table ops.ledger (
    line_id         bigint generated always as identity primary key,
    stage_run_id    text references ops.stage_runs,
    video_id        text references ops.videos,
    channel_id      text references ops.channels,
    provider        text not null,
    kind            text not null,
    unit            text not null,
    quantity        numeric(18, 6) not null check (quantity >= 0),
    unit_price_usd  numeric(18, 9) not null check (unit_price_usd >= 0),
    amount_usd      numeric(18, 6) not null check (amount_usd >= 0),
    price_version   text not null,
    is_failed       boolean not null default false,
    is_simulated    boolean not null default false,
    booked_at       timestamptz not null default now()
);
comment on table ops.ledger is
    'Every cost, line by line; lines are added, never changed.';
create index on ops.ledger (video_id);
create index on ops.ledger (stage_run_id);

create table ops.quota (
    project      text not null,
    bucket       text not null check (bucket in ('uploads', 'search', 'stats', 'default')),
    pacific_day  date not null,
    used         integer not null default 0 check (used >= 0),
    quota_limit  integer not null,
    primary key (project, bucket, pacific_day),
    check (used <= quota_limit)
);

create table ops.uploads (
    video_id          text primary key references ops.videos,
    channel_id        text not null references ops.channels,
    marker            text not null unique,
    state             text not null check (state in ('opened', 'sent', 'dressed')),
    session_uri       text not null,
    bytes             bigint not null check (bytes > 0),
    youtube_video_id  text unique,
    opened_at         timestamptz not null default now(),
    finished_at       timestamptz
);
comment on column ops.uploads.session_uri is
    'Stored before the first byte is sent; a restart asks it before anything else.';
"""

RAW = """
create table raw.youtube_channels (
    run_id              text not null,
    fetched_at          timestamptz not null,
    channel_id          text,
    youtube_channel_id  text,
    title               text,
    subscribers         bigint,
    views               bigint,
    videos              bigint,
    is_simulated        boolean
);
create index on raw.youtube_channels (channel_id, fetched_at desc);
comment on table raw.youtube_channels is 'One row per channel and pull: channels.list.';

create table raw.youtube_videos (
    run_id            text not null,
    fetched_at        timestamptz not null,
    channel_id        text,
    youtube_video_id  text,
    title             text,
    published_at      timestamptz,
    seconds           numeric(10, 3),
    privacy_status    text,
    upload_status     text,
    is_simulated      boolean
);
create index on raw.youtube_videos (youtube_video_id, fetched_at desc);
comment on table raw.youtube_videos is
    'One row per video and change of its metadata: videos.list, snippet + status + contentDetails.';

create table raw.youtube_video_counts (
    run_id            text not null,
    fetched_at        timestamptz not null,
    channel_id        text,
    youtube_video_id  text,
    views             bigint,
    likes             bigint,
    comments          bigint,
    is_simulated      boolean
);
create index on raw.youtube_video_counts (youtube_video_id, fetched_at desc);
comment on table raw.youtube_video_counts is
    'One row per video and pull: cumulative counters, videos.batchGetStats.';

create table raw.youtube_video_days (
    run_id                text not null,
    fetched_at            timestamptz not null,
    channel_id            text,
    youtube_video_id      text,
    day                   date,
    views                 bigint,
    engaged_views         bigint,
    watch_minutes         numeric(18, 4),
    likes                 bigint,
    comments              bigint,
    shares                bigint,
    subscribers_gained    bigint,
    subscribers_lost      bigint,
    revenue_usd           numeric(18, 6),
    ad_impressions        bigint,
    monetized_playbacks   bigint,
    is_simulated          boolean
);
create index on raw.youtube_video_days (youtube_video_id, day, fetched_at desc);
comment on table raw.youtube_video_days is
    'One row per video, Pacific day and version: YouTube restates days, each change is kept.';

create table raw.youtube_channel_days (
    run_id                text not null,
    fetched_at            timestamptz not null,
    channel_id            text,
    day                   date,
    views                 bigint,
    engaged_views         bigint,
    watch_minutes         numeric(18, 4),
    likes                 bigint,
    comments              bigint,
    shares                bigint,
    subscribers_gained    bigint,
    subscribers_lost      bigint,
    revenue_usd           numeric(18, 6),
    ad_impressions        bigint,
    monetized_playbacks   bigint,
    is_simulated          boolean
);
create index on raw.youtube_channel_days (channel_id, day, fetched_at desc);
comment on table raw.youtube_channel_days is 'One row per channel, Pacific day and version.';

create table raw.trend_signals (
    run_id            text not null,
    fetched_at        timestamptz not null,
    niche             text,
    topic             text,
    youtube_video_id  text,
    title             text,
    channel_title     text,
    published_at      timestamptz,
    views             bigint,
    views_per_hour    numeric(18, 3),
    is_simulated      boolean
);
create index on raw.trend_signals (niche, fetched_at desc);
comment on table raw.trend_signals is
    'One row per watched video and look: what moves in a niche. Titles are untrusted text.';

create table raw.pulls (
    source        text not null,
    channel_id    text not null,
    run_id        text not null,
    fetched_at    timestamptz not null,
    watermark     timestamptz not null,
    rows_landed   integer not null,
    primary key (source, channel_id, run_id)
);
comment on table raw.pulls is
    'One row per source, channel and run, written in the transaction of its rows.';
"""


def upgrade() -> None:
    op.execute("create schema if not exists ops")
    op.execute("create schema if not exists raw")
    op.execute(OPS)
    op.execute(RAW)


def downgrade() -> None:
    op.execute("drop schema raw cascade")
    op.execute("drop schema ops cascade")
