"""The operators' views, `desk`; requests that can be given another place, or be called off.

The views run with their owner's rights: the dashboards' login reads them and nothing behind them.
"""

from alembic import op

revision = "0017"
down_revision = "0016"

QUEUE = """
alter table ops.requests drop constraint requests_state_check;
alter table ops.requests
    add constraint requests_state_check
        check (state in ('queued', 'accepted', 'published', 'rejected', 'cancelled')),
    add column place bigint not null default 0;
comment on column ops.requests.place is
    'Among requests of one tier the lowest is made first; those of one place by age.';
create index requests_not_ended on ops.requests (requested_at)
    where state in ('queued', 'accepted');
create index videos_of_a_kind on ops.videos (tier, format, published_at desc)
    where published_at is not null;
create index reviews_waiting on ops.reviews (asked_at) where state = 'waiting';
create index stage_runs_running on ops.stage_runs (stage) where state = 'running';
create index on ops.audit_log (target, audit_id desc);
"""

DESK = """
create schema desk;

create view desk.queue as
with waiting as (
    select request.*, video.video_id, video.title, video.state as video_state, video.waits_until
    from ops.requests as request
    left join ops.videos as video using (request_id)
    where request.state in ('queued', 'accepted')
        and (video.state is null or video.state not in ('published', 'rejected', 'removed'))
        and (video.state is distinct from 'failed'
             or request.requested_at > ops.now() - interval '7 days')
),

kinds as (
    select kind.tier, kind.format, avg(cost.amount_usd) as usd
    from (select distinct tier, format from waiting) as kind
    cross join lateral (
        select video_id from ops.videos as made
        where made.tier = kind.tier and made.format = kind.format
            and made.published_at is not null
        order by made.published_at desc limit 30
    ) as made
    cross join lateral (
        select sum(amount_usd) as amount_usd from ops.ledger as line
        where line.video_id = made.video_id
    ) as cost
    group by kind.tier, kind.format
)

select
    waiting.request_id, waiting.video_id, waiting.channel_id, channel.title as channel,
    channel.is_simulated, coalesce(waiting.title, waiting.topic) as title, waiting.format,
    waiting.tier, waiting.place, coalesce(waiting.video_state, waiting.state) as state,
    waiting.requested_at, waiting.slot, waiting.waits_until,
    coalesce(asked.actor, waiting.source) as asked_by,
    stage.stage, stage.started_at as stage_since,
    coalesce(spent.usd, 0) as cost_usd, kinds.usd as foreseen_usd
from waiting
join ops.channels as channel using (channel_id)
left join kinds using (tier, format)
left join lateral (
    select actor from ops.audit_log as entry
    where entry.target = waiting.request_id and entry.action = 'request.add'
    order by audit_id limit 1
) as asked on true
left join lateral (
    select run.stage, run.started_at from ops.stage_runs as run
    where run.video_id = waiting.video_id
    order by run.started_at desc limit 1
) as stage on true
left join lateral (
    select sum(amount_usd) as usd from ops.ledger as line
    where line.video_id = waiting.video_id
) as spent on true;
comment on view desk.queue is
    'One row per request that has not ended; failed ones of the last 7 days.';

create view desk.progress as
select
    video.request_id, video.video_id, video.title, video.state, channel.title as channel,
    run.stage, run.attempt, run.state as stage_state, run.device, run.note, run.started_at,
    round(extract(epoch from coalesce(run.finished_at, ops.now()) - run.started_at)) as seconds,
    least(1, (ended.stages
        + case when run.state = 'running' then run.progress else 0 end) / 6.0) as share
from ops.requests as request
join ops.videos as video using (request_id)
join ops.channels as channel on channel.channel_id = video.channel_id
left join lateral (
    select * from ops.stage_runs as run
    where run.video_id = video.video_id
    order by run.started_at desc limit 1
) as run on true
cross join lateral (
    select count(distinct stage) as stages from ops.stage_runs as run
    where run.video_id = video.video_id and run.state in ('succeeded', 'reused')
        and run.stage in ('write', 'narrate', 'paint', 'assemble', 'check', 'publish')
) as ended
where request.state = 'accepted'
    and video.state not in ('published', 'rejected', 'removed', 'failed');
comment on view desk.progress is
    'One row per video being made: its latest attempt, and the share of its six stages done.';

create view desk.gpu as
select
    latest.host, latest.device, latest.sampled_at, latest.memory_used_mb, latest.memory_total_mb,
    latest.utilisation_pct, latest.peak_mb
from (
    select distinct on (host, device)
        host, device, sampled_at, memory_used_mb, memory_total_mb, utilisation_pct,
        max(memory_used_mb) over (partition by host, device) as peak_mb
    from ops.gpu_samples
    where sampled_at > ops.now() - interval '1 hour'
    order by host, device, sampled_at desc
) as latest;
comment on view desk.gpu is 'One row per card sampled in the last hour: now, and its peak.';

create view desk.gpu_runs as
select run.video_id, video.title, run.device, run.started_at
from ops.stage_runs as run
join ops.videos as video using (video_id)
where run.state = 'running' and run.stage = 'paint';
comment on view desk.gpu_runs is 'One row per stage that holds a slot of the pool `gpu`.';

create view desk.reviews as
select
    review.review_id, review.video_id, video.request_id, video.title, channel.title as channel,
    review.confidence, review.score, review.reasons, review.asked_at
from ops.reviews as review
join ops.videos as video using (video_id)
join ops.channels as channel using (channel_id)
where review.state = 'waiting';
comment on view desk.reviews is 'One row per video that waits for a person.';

create view desk.quota as
select bucket, used, held, quota_limit, headroom, resets_at, forecast_exhausted_at
from ops.quota_forecast
where pacific_day = ops.pacific_day(ops.now());
comment on view desk.quota is 'One row per bucket of today: what is left, and until when.';

create view desk.channels as
select
    channel.channel_id, channel.title, channel.niche, channel.owner, channel.state,
    channel.state_reason, channel.state_since, channel.rest_until, channel.is_simulated,
    exists (select from ops.grants as grant_
            where grant_.channel_id = channel.channel_id) as is_connected
from ops.channels as channel;
comment on view desk.channels is 'One row per channel: its state, since when and why.';
"""

UNDO = """
drop schema desk cascade;
drop index ops.audit_log_target_audit_id_idx, ops.stage_runs_running, ops.reviews_waiting,
    ops.videos_of_a_kind, ops.requests_not_ended;
update ops.requests set state = 'rejected' where state = 'cancelled';
alter table ops.requests drop column place, drop constraint requests_state_check;
alter table ops.requests add constraint requests_state_check
    check (state in ('queued', 'accepted', 'published', 'rejected'));
"""


def upgrade() -> None:
    op.execute(QUEUE)
    op.execute(DESK)


def downgrade() -> None:
    op.execute(UNDO)
