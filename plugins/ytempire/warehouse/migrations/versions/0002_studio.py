"""The studio with real providers: allowances, fallbacks, GPU samples, scripts, ratings, reviews."""

from alembic import op

revision = "0002"
down_revision = "0001"

STUDIO = """
alter table ops.channels add column voicing jsonb not null default '{}';
comment on column ops.channels.voicing is 'How the channel sounds: voice by provider, pace.';

alter table ops.videos drop constraint videos_state_check;
alter table ops.videos add constraint videos_state_check
    check (state in ('accepted', 'written', 'narrated', 'painted', 'assembled', 'checked',
                     'in_review', 'rejected', 'published', 'failed', 'removed'));

create table ops.allowances (
    provider   text not null,
    unit       text not null,
    utc_day    date not null,
    reserved   numeric(18, 3) not null default 0 check (reserved >= 0),
    allowance  numeric(18, 3) not null,
    primary key (provider, unit, utc_day),
    check (reserved <= allowance)
);
comment on table ops.allowances is
    'What a provider lets us use a day, such as ElevenLabs'' characters; reserved before the call.';

create table ops.fallbacks (
    fallback_id   bigint generated always as identity primary key,
    stage_run_id  text not null references ops.stage_runs,
    capability    text not null,
    wanted        text not null,
    used          text not null,
    reason        text not null,
    happened_at   timestamptz not null default now()
);
create index on ops.fallbacks (stage_run_id);
comment on table ops.fallbacks is 'Every time that something else served than what was wanted.';

create table ops.gpu_samples (
    sampled_at       timestamptz not null default now(),
    host             text not null,
    device           text not null,
    memory_used_mb   integer not null check (memory_used_mb >= 0),
    memory_total_mb  integer not null check (memory_total_mb > 0),
    utilisation_pct  real not null check (utilisation_pct between 0 and 100),
    stage_run_id     text references ops.stage_runs,
    primary key (host, device, sampled_at)
);
comment on table ops.gpu_samples is
    'What NVML said of each card while a stage ran, at most every 5 s; empty without a card.';

create table ops.scripts (
    script_id     bigint generated always as identity primary key,
    video_id      text not null references ops.videos,
    channel_id    text not null references ops.channels,
    title         text not null,
    body          text not null,
    language      text not null,
    is_own_words  boolean not null,
    written_at    timestamptz not null default now(),
    discarded_at  timestamptz
);
create index on ops.scripts (channel_id, written_at desc);
create unique index on ops.scripts (video_id) where discarded_at is null;
comment on table ops.scripts is
    'What was said in each video: a new script is held against the channel''s last 50.';
comment on column ops.scripts.discarded_at is 'A person wanted another script than this.';

create table ops.script_orders (
    batch_id    text primary key,
    request_id  text not null unique references ops.requests,
    ordered_at  timestamptz not null default now(),
    taken_at    timestamptz
);
comment on table ops.script_orders is
    'Scripts of planned videos that a batch writes within a day, at half the price.';

create table ops.ratings (
    video_id    text not null references ops.videos,
    content     text not null,
    part        text not null,
    score       real not null check (score between 0 and 100),
    confidence  real not null check (confidence between 0 and 1),
    method      text not null check (method in ('measured', 'judged')),
    evidence    text not null default '',
    rated_at    timestamptz not null default now(),
    primary key (video_id, content, part)
);
comment on column ops.ratings.content is
    'Hash of what was rated (script, title, thumbnail, cut): other content is another rating.';

create table ops.policy_findings (
    finding_id  bigint generated always as identity primary key,
    video_id    text not null references ops.videos,
    content     text not null,
    category    text not null,
    severity    text not null check (severity in ('severe', 'warn')),
    field       text not null,
    excerpt     text not null,
    rule        text not null,
    found_by    text not null check (found_by in ('rule', 'model')),
    confidence  real not null check (confidence between 0 and 1),
    found_at    timestamptz not null default now()
);
create index on ops.policy_findings (video_id);

create table ops.reviews (
    review_id   text primary key,
    video_id    text not null references ops.videos,
    content     text not null,
    state       text not null default 'waiting'
                check (state in ('waiting', 'approved', 'edited', 'redo', 'rejected', 'timed_out')),
    confidence  real not null check (confidence between 0 and 1),
    score       real not null check (score between 0 and 100),
    reasons     jsonb not null default '[]',
    features    jsonb not null default '{}',
    changes     jsonb not null default '{}',
    note        text not null default '',
    decided_by  text,
    asked_at    timestamptz not null default now(),
    decided_at  timestamptz,
    unique (video_id, content)
);
comment on table ops.reviews is
    'One row per question to a person; with its answer it is a label for learning.';
comment on column ops.reviews.features is
    'What the question was asked on: the parts of the rating.';

create table ops.releases (
    video_id    text not null references ops.videos,
    content     text not null,
    verdict     text not null check (verdict in ('clear', 'review', 'blocked')),
    confidence  real not null check (confidence between 0 and 1),
    reasons     jsonb not null default '[]',
    decided_at  timestamptz not null default now(),
    primary key (video_id, content)
);
comment on table ops.releases is
    'May this content go out? A retry of the same content meets the same answer.';
"""

UNDO = """
drop table ops.releases, ops.reviews, ops.policy_findings, ops.ratings, ops.script_orders,
    ops.scripts,
    ops.gpu_samples, ops.fallbacks, ops.allowances;
alter table ops.videos drop constraint videos_state_check;
alter table ops.videos add constraint videos_state_check
    check (state in ('accepted', 'written', 'narrated', 'painted', 'assembled', 'checked',
                     'published', 'failed', 'removed'));
alter table ops.channels drop column voicing;
"""


def upgrade() -> None:
    op.execute(STUDIO)


def downgrade() -> None:
    op.execute(UNDO)
