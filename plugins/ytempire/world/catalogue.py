"""Whom the world is about: its span, its channels and its videos, as tables for this session."""

from __future__ import annotations

#: `span`: the Pacific days told, and the moment the last pull began.
_SPAN = """
create temp table span on commit drop as
select
    ops.pacific_day(ops.now()) - 1 - %(days)s as first_day,
    ops.pacific_day(ops.now()) - 2 as last_day,
    ops.pacific_midnight(ops.pacific_day(ops.now()) - 1 - %(days)s) as begins,
    date_trunc('hour', ops.now()) as ends
"""

#: `made`: every video; `appeal` scales its views, `draw` is its own random number, 0 to 1.
_MADE = """
create temp table made on commit drop as
select
    n,
    'world-' || mod(n, %(channels)s) as channel_id,
    'w' || %(seed)s || '-' || n as video_id,
    substr(md5(%(seed)s || '/' || n), 1, 11) as youtube_video_id,
    published_at,
    ops.pacific_day(published_at) as published_day,
    case when mod(n, 97) = 5
        then least(greatest(published_at + interval '3 days',
                            begins + draw * (ends - begins)), ends - interval '1 hour')
    end as removed_at,
    exp(3 * draw) / 4 as appeal,
    draw,
    mod(hash >> 20, 10) >= 3 as is_short,
    (array['premium', 'standard', 'standard', 'economy'])[1 + mod(abs(hash >> 8), 4)] as tier
from (
    select
        n,
        begins,
        ends,
        hash,
        (hash & 65535) / 65536.0::float8 as draw,
        case
            when n <= %(videos)s * 95 / 100
                then begins - make_interval(secs => %(days_before)s * 86400.0
                                            * (1 - n / (%(videos)s * 0.95)))
                - interval '1 minute'
            else begins + (ends - interval '2 hours' - begins)
                * ((n - %(videos)s * 95 / 100) / (%(videos)s * 0.05 + 1))::float8
        end as published_at
    from span, generate_series(1, %(videos)s) as n,
        hashint8extended(n, %(seed)s) as hash
) as drawn
"""

STEPS = (_SPAN, _MADE, "create unique index on made (n)", "analyze made")
