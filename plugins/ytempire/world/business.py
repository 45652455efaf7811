"""What the house wrote itself: channels, requests, videos, runs, uploads, costs, quota."""

from __future__ import annotations

_CHANNELS = """
insert into ops.channels
    (channel_id, youtube_channel_id, title, niche, formats, is_simulated, created_at)
select
    'world-' || n, 'UCworld' || %(seed)s || '-' || n, 'Simulated ' || n,
    (array['sea', 'money', 'space'])[1 + mod(n, 3)], '{short,wide}', true,
    begins - make_interval(days => %(days_before)s + 1)
from span, generate_series(0, %(channels)s - 1) as n
"""

#: What was begun: beside the published ones, one for every fifty that failed while it was painted.
_BEGUN = """
create temp table begun on commit drop as
select
    made.*, published_at - interval '2 hours' as begun_at, is_lost,
    video_id || case when is_lost then 'f' else '' end as own_id
from made, (values (false), (true)) as fates (is_lost)
where not is_lost or mod(n, 50) = 7
"""

_VIDEOS = """
insert into ops.requests
    (request_id, channel_id, topic, format, tier, source, state, requested_at)
select
    'r' || own_id, channel_id, 'A topic', case when is_short then 'short' else 'wide' end, tier,
    'plan', case when is_lost then 'rejected' else 'published' end, begun_at
from begun
"""

_MADE_HERE = """
insert into ops.videos
    (video_id, request_id, channel_id, title, format, tier, state, seconds, youtube_video_id,
     published_at, removed_at, is_simulated, created_at, changed_at)
select
    own_id, 'r' || own_id, channel_id, 'Simulated video ' || n,
    case when is_short then 'short' else 'wide' end, tier,
    case when is_lost then 'failed' when removed_at is not null then 'removed' else 'published' end,
    case when is_short then 45 else 400 end,
    case when not is_lost then youtube_video_id end,
    case when not is_lost then published_at end,
    case when not is_lost then removed_at end,
    true, begun_at, coalesce(removed_at, published_at)
from begun
"""

_UPLOADS = """
insert into ops.uploads
    (video_id, channel_id, marker, state, session_uri, bytes, youtube_video_id, opened_at,
     finished_at)
select
    own_id, channel_id, 'm' || own_id, 'dressed', 'https://simulated.invalid/' || own_id, 20000000,
    youtube_video_id, published_at - interval '5 minutes', published_at
from begun where not is_lost
"""

_RUNS = """
create temp table lines on commit drop as
select *
from (values
    (1, 'write', 'openai', 'script', 'token', 5200, 0.000008),
    (2, 'narrate', 'elevenlabs', 'voice', 'character', 950, 0.000165),
    (3, 'paint', 'machine', 'picture', 'second', 96, 0.000361),
    (4, 'assemble', 'machine', 'render', 'second', 70, 0.000033),
    (5, 'check', 'machine', 'check', 'second', 6, 0.000033),
    (6, 'publish', 'youtube', 'upload', 'call', 1, 0)
) as line (place, stage, provider, kind, unit, quantity, price)
"""

#: Every fourteenth video is painted twice: the first attempt failed.
_ATTEMPTS = """
create temp table attempts on commit drop as
select
    own_id, n, channel_id, lines.*, attempt,
    own_id || '/' || stage || attempt as stage_run_id,
    attempt = 1 and stage = 'paint' and mod(n, 14) = 3 or is_lost and stage = 'paint' as is_broken,
    begun_at + place * interval '10 minutes' + (attempt - 1) * interval '3 minutes' as at
from begun, lines, generate_series(1, 2) as attempt
where (attempt = 1 or stage = 'paint' and mod(n, 14) = 3 and not is_lost)
  and not (is_lost and place > 3)
"""

_STAGES = """
insert into ops.stage_runs
    (stage_run_id, video_id, stage, attempt, state, queued_at, started_at, finished_at, progress)
select
    stage_run_id, own_id, stage, attempt, case when is_broken then 'failed' else 'succeeded' end,
    at - interval '5 seconds', at, at + interval '1 minute', 1
from attempts
"""

_LEDGER = """
insert into ops.ledger
    (stage_run_id, video_id, channel_id, provider, kind, unit, quantity, unit_price_usd,
     amount_usd, price_version, is_failed, is_simulated, booked_at)
select
    stage_run_id, own_id, channel_id, provider, kind, unit, used, price,
    round(used * price, 6), 'simulated', is_broken, true, at + interval '1 minute'
from (
    select *, round((quantity * (0.7 + 0.6
        * (hashint8extended(n * 8::bigint + place, %(seed)s) & 1023) / 1024.0))::numeric, 2) as used
    from attempts
) as using_them
order by own_id, at
"""

_FIXED = """
insert into ops.ledger
    (channel_id, provider, kind, unit, quantity, unit_price_usd, amount_usd, price_version,
     is_simulated, booked_at)
select channel_id, 'storage', 'compute', 'month', 1, 0.75, 0.75, 'simulated', true, month
from span, ops.channels, generate_series(
    date_trunc('month', begins) + interval '1 day', ends, interval '1 month') as month
union all
select null, 'house', 'compute', 'month', 1, 49, 49, 'simulated', true, month
from span, generate_series(
    date_trunc('month', begins) + interval '2 days', ends, interval '1 month') as month
"""

_QUOTA = """
insert into ops.quota (project, bucket, pacific_day, used, held, quota_limit)
select 'default', bucket, day::date, least(used, quota_limit), 0, quota_limit
from span, generate_series(greatest(first_day, last_day - 60), last_day, interval '1 day') as day,
    (values ('uploads', 52, 100), ('default', 3400, 10000), ('stats', 1200, 10000))
        as bucket (bucket, used, quota_limit)
"""

STEPS = (
    *(_CHANNELS, _BEGUN, _VIDEOS, _MADE_HERE, _UPLOADS, _RUNS, _ATTEMPTS, _STAGES, _LEDGER),
    *(_FIXED, _QUOTA),
)
