"""What the benchmark's world has besides its videos: customers with two years of payments, and a
queue with people waiting for.

The lives are the local Stripe's, read through its client as the pull does, then told many times
over in other names: three thousand of its own would take minutes to read.
"""

from __future__ import annotations

import os

from ytempire.analytics import rates, stripe_books
from ytempire.analytics.stripe_rows import TABLES
from ytempire.config import settings
from ytempire.emulators.serving import running
from ytempire.emulators.stripe import KEY, Scale, build
from ytempire.warehouse.database import connect

#: Lives that are read, and how often each is told: 3,000 customers.
LIVES, TIMES = 150, 20
SEED = 1
#: Names that all customers share, and the pull's own.
_SHARED = frozenset({"run_id", "price_id", "product_id"})
_RUN = "bench-business"

_BALANCES = """
update raw.stripe_balances
set available_minor = available_minor * %(times)s, pending_minor = pending_minor * %(times)s
"""

#: Every third channel is a customer's.
_OWNERS = """
update ops.channels as channel set owner = customer.owner
from (
    select distinct on (owner) owner, row_number() over (order by created_at, customer_id) as number
    from raw.stripe_customers where owner is not null and owner <> 'house'
) as customer
where channel.channel_id = 'world-' || customer.number * 3
"""

_SINCE_EVER = "delete from ops.channel_owners"

_SIGN_UPS = """
insert into raw.product_events
    (run_id, fetched_at, is_simulated, event_id, event, owner, occurred_at, source)
select
    run_id, fetched_at, true, 'signed-up-' || customer_id, 'signed_up', owner, created_at,
    (array['organic', 'google_ads', 'meta_ads'])[1 + mod(abs(hashtext(customer_id)), 3)]
from raw.stripe_customers where owner is not null
"""

_ADS = """
insert into raw.ad_spend
    (run_id, fetched_at, is_simulated, platform, account_id, campaign_id, campaign, day, currency,
     spend, impressions, clicks, conversions)
select
    %(run)s, ops.now(), true, platform, 'a1', platform || '-1', 'Simulated', day::date, 'USD',
    40 + mod(extract(doy from day)::int, 30), 9000, 120, 1
from (values ('google_ads'), ('meta_ads')) as ads (platform),
    generate_series(ops.now() - interval '729 days', ops.now() - interval '1 day',
                    interval '1 day') as day
"""

#: 300 wait; of 200 begun ones 50 wait for a person and as many failed or wait for quota.
_REQUESTS = """
insert into ops.requests
    (request_id, channel_id, topic, format, tier, source, state, requested_at)
select
    'queue-' || n, 'world-' || mod(n, %(channels)s), 'A topic of request ' || n,
    (array['short', 'wide'])[1 + mod(n, 2)],
    (array['premium', 'standard', 'economy'])[1 + mod(n, 3)], 'plan',
    case when n <= 300 then 'queued' else 'accepted' end, ops.now() - n * interval '10 minutes'
from generate_series(1, 500) as n
"""

_VIDEOS = """
insert into ops.videos
    (video_id, request_id, channel_id, title, format, tier, state, is_simulated, created_at,
     changed_at)
select
    'video-' || request_id, request_id, channel_id, 'Simulated ' || request_id, format, tier,
    case
        when n > 450 then 'in_review'
        when n > 430 then 'failed'
        when n > 400 then 'waiting_quota'
        else (array['written', 'narrated', 'painted', 'assembled'])[1 + mod(n, 4)]
    end,
    true, requested_at, requested_at
from ops.requests cross join lateral (select substr(request_id, 7)::int as n) as numbered
where request_id like 'queue-%%' and state = 'accepted'
"""

_STAGES = """
insert into ops.stage_runs
    (stage_run_id, video_id, stage, attempt, state, queued_at, started_at, finished_at, progress)
select
    video_id || '/' || stage, video_id, stage, 1,
    case when place = 3 and video.state = 'painted' then 'running' else 'succeeded' end,
    created_at, created_at + place * interval '1 minute',
    case when place < 3 or video.state <> 'painted'
        then created_at + place * interval '1 minute' + interval '50 seconds' end,
    case when place = 3 and video.state = 'painted' then 0.4 else 1 end
from ops.videos as video,
    (values (1, 'write'), (2, 'narrate'), (3, 'paint')) as stages (place, stage)
where video_id like 'video-queue-%%'
"""

_REVIEWS = """
insert into ops.reviews
    (review_id, video_id, content, confidence, score, reasons, features, asked_at, waits_until)
select
    'review-' || video_id, video_id, 'c', 0.5, 61, '["one claim has no source"]', '{}', created_at,
    now() + interval '2 days'
from ops.videos where video_id like 'video-queue-%%' and state = 'in_review'
"""

_STEPS = (_BALANCES, _OWNERS, _SINCE_EVER, _SIGN_UPS, _ADS, _REQUESTS, _VIDEOS, _STAGES, _REVIEWS)


def fill_business(channels: int) -> int:
    """Customers, their money and sign-ups, ads, and a queue, in a warehouse with a world.

    Args:
        channels: how many the world has.

    Returns:
        How many customers there are.
    """
    _read_lives()
    rates.pull(_RUN)
    with connect() as db:
        for table, (columns, _) in TABLES.items():
            db.execute(_copied(table, columns), {"more": TIMES - 1})
        values = {"times": TIMES, "run": _RUN, "channels": channels}
        for step in _STEPS:
            db.execute(step, values)
        row = db.execute("select count(*) as customers from raw.stripe_customers").fetchone()
    with connect(autocommit=True) as db:
        db.execute("analyze")
    assert row is not None
    return int(row["customers"])


def _read_lives() -> None:
    own = {"YTEMPIRE_STRIPE__API_KEY": KEY}
    with running(build(SEED, None, Scale(LIVES))) as stripe:
        own["YTEMPIRE_STRIPE__ENDPOINT"] = stripe.address
        os.environ.update(own)
        settings.cache_clear()
        try:
            stripe_books.pull(_RUN)
        finally:
            for name in own:
                del os.environ[name]
            settings.cache_clear()


def _copied(table: str, columns: tuple[str, ...]) -> str:
    """The same rows once more for each copy, under its own names."""
    if table in ("stripe_products", "stripe_prices"):
        return "select %(more)s::int"
    told = ", ".join(f"{each} || '-' || copy" if _is_own(each) else each for each in columns)
    return (
        f"insert into raw.{table} ({', '.join(columns)}) select {told} from raw.{table}, "
        "generate_series(1, %(more)s) as copy"
    )


def _is_own(column: str) -> bool:
    return column == "owner" or (column.endswith("_id") and column not in _SHARED)
