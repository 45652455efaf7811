"""A ledger as years of a busy house leave it: twenty lines a video, spread over twelve months."""

from __future__ import annotations

import psycopg

LINES_EACH = 20
#: The lines of a video, in their order: stage, attempt, call, provider, kind, unit, quantity,
#: price, is_failed. A call 0 is this machine's time, which nobody bills.
_LINES = """
    (1, 'write', 1, 1, 'openai/gpt-5-mini', 'script', 'input_token', 1900, 0.00000025, false),
    (2, 'write', 1, 1, 'openai/gpt-5-mini', 'script', 'output_token', 900, 0.000002, false),
    (3, 'write', 1, 0, 'machine', 'compute', 'second', 1.2, 0.000033333, true),
    (4, 'write', 2, 2, 'openai/gpt-5-mini', 'script', 'input_token', 700, 0.00000025, false),
    (5, 'write', 2, 2, 'openai/gpt-5-mini', 'script', 'cached_input_token', 1280, 0.000000025, false),
    (6, 'write', 2, 2, 'openai/gpt-5-mini', 'script', 'output_token', 950, 0.000002, false),
    (7, 'write', 2, 0, 'machine', 'compute', 'second', 0.4, 0.000033333, false),
    (8, 'narrate', 1, 3, 'elevenlabs', 'voice', 'character', 450, 0.0001, false),
    (9, 'narrate', 1, 4, 'elevenlabs', 'voice', 'character', 380, 0.0001, false),
    (10, 'narrate', 1, 0, 'machine', 'voice', 'second', 2.5, 0.000033333, false),
    (11, 'paint', 1, 0, 'sdxl', 'picture', 'second', 44.1, 0.000166667, false),
    (12, 'paint', 1, 5, 'pexels', 'picture', 'call', 2, 0, false),
    (13, 'assemble', 1, 0, 'machine', 'render', 'second', 31, 0.000033333, false),
    (14, 'assemble', 1, 0, 'machine', 'thumbnail', 'second', 2.2, 0.000033333, false),
    (15, 'check', 1, 6, 'openai', 'moderation', 'request', 1, 0, false),
    (16, 'check', 1, 7, 'openai/gpt-5-mini', 'judge', 'input_token', 300, 0.00000025, false),
    (17, 'check', 1, 7, 'openai/gpt-5-mini', 'judge', 'cached_input_token', 1152, 0.000000025, false),
    (18, 'check', 1, 7, 'openai/gpt-5-mini', 'judge', 'output_token', 300, 0.000002, false),
    (19, 'check', 1, 0, 'machine', 'check', 'second', 3.3, 0.000033333, false),
    (20, 'publish', 1, 0, 'machine', 'compute', 'second', 1.7, 0.000033333, false)
"""  # noqa: E501 (a table)

#: Videos begin at even distances; a video's lines follow each other by half a minute.
_STEPS = f"""
create temp table template as
select * from (values {_LINES})
    as line (place, stage, attempt, call, provider, kind, unit, quantity, price, is_failed);

create temp table made as
select n, 'video-' || n as video_id,
       date_trunc('month', now()) + interval '1 month'
           - interval '12 months' * (%(videos)s - n + 1)::float / %(videos)s
           - interval '15 minutes' as begins
from generate_series(1, %(videos)s) as n;

insert into ops.channels (channel_id, title, niche)
select 'channel-' || n, 'Channel ' || n, 'sea' from generate_series(0, 14) as n;
insert into ops.requests (request_id, channel_id, topic, format, source, state)
select 'request-' || n, 'channel-' || mod(n, 15), 'Tides', 'short', 'plan', 'published' from made;
insert into ops.videos (video_id, request_id, channel_id, title, format, tier, state,
                        published_at)
select video_id, 'request-' || n, 'channel-' || mod(n, 15), 'Tides', 'short', 'standard',
       'published', begins + interval '11 minutes'
from made;
insert into ops.stage_runs (stage_run_id, video_id, stage, attempt, state, started_at, finished_at)
select video_id || stage || attempt, video_id, stage, attempt,
       case when bool_or(is_failed) then 'failed' else 'succeeded' end,
       begins + min(place) * interval '30 seconds', begins + max(place) * interval '30 seconds'
from made, template group by video_id, begins, stage, attempt;

insert into ops.intents (intent_id, purchase, number, stage_run_id, provider, kind, state,
                         foreseen, reservations, sent_at, settled_at)
select video_id || '/' || call || '#1', video_id || '/' || call, 1,
       video_id || min(stage) || min(attempt), min(provider), min(kind), 'done',
       jsonb_agg(jsonb_build_object('provider', provider, 'kind', kind, 'unit', unit,
                                    'quantity', quantity::text, 'device', 'remote')),
       '[]', begins + min(place) * interval '30 seconds',
       begins + max(place) * interval '30 seconds'
from made, template where call > 0 group by video_id, begins, call;

create function pg_temp.linked(before bytea, line ops.ledger) returns bytea
language sql immutable as $$ select ops.chained(line, before) $$;
create aggregate pg_temp.chain(ops.ledger) (sfunc = pg_temp.linked, stype = bytea);

insert into ops.ledger (line_id, stage_run_id, video_id, channel_id, provider, kind, unit, quantity,
                        unit_price_usd, amount_usd, price_version, is_failed, is_simulated,
                        booked_at, intent_id, corrects, chain)
overriding system value
select (line).line_id, (line).stage_run_id, (line).video_id, (line).channel_id, (line).provider,
       (line).kind, (line).unit, (line).quantity, (line).unit_price_usd, (line).amount_usd,
       (line).price_version, (line).is_failed, (line).is_simulated, (line).booked_at,
       (line).intent_id, (line).corrects,
       pg_temp.chain(line) over (partition by (line).video_id order by (line).line_id)
from (
    select row(
        (n - 1)::bigint * {LINES_EACH} + place, video_id || stage || attempt, video_id,
        'channel-' || mod(n, 15), provider, kind, unit, quantity::numeric(18, 6),
        price::numeric(18, 9), round(quantity * price, 6)::numeric(18, 6), 'bench', is_failed,
        false, begins + place * interval '30 seconds',
        case when call > 0 then video_id || '/' || call || '#1' end, null::bigint, null::bytea
    )::ops.ledger as line
    from made, template
) as lines
order by (line).line_id;

insert into ops.budgets (scope, name, period, begins, unit, cap, spent)
select 'video', video_id, 'life', '0001-01-01', 'usd', 3, sum(amount_usd)
from ops.ledger group by video_id;
select setval(pg_get_serial_sequence('ops.ledger', 'line_id'), max(line_id)) from ops.ledger
"""


def fill(admin_dsn: str, lines: int) -> int:
    """Fill an empty warehouse; returns how many lines it holds.

    Args:
        admin_dsn: a role that may load past triggers, which would look up each line's forerunner.
    """
    videos = lines // LINES_EACH
    with psycopg.connect(admin_dsn) as db:
        db.execute("set session_replication_role = replica")
        db.execute("set timezone = 'UTC'")
        for step in _STEPS.split(";\n"):
            db.execute(step, {"videos": videos} if "%(" in step else None)
    with psycopg.connect(admin_dsn, autocommit=True) as db:
        db.execute(
            "vacuum analyze ops.ledger, ops.intents, ops.stage_runs, ops.videos, ops.budgets"
        )
    return videos * LINES_EACH
