"""Marts for the dashboards' tests: the tables of dbt's contracts, filled with a small business.

The columns come from `dbt/models/marts/*.yml`, so a query that names another one fails here too.
Figures are drawn from a seed and say nothing about any real channel.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import yaml

from tests.dashboards import customers, trials, watched
from tests.dashboards.insert import insert

CONTRACTS = Path(__file__).parents[2] / "dbt" / "models" / "marts"
#: A title that would run if it were not shown as text.
HOSTILE_TITLE = "<script>document.title='taken'</script><img src=x onerror=alert(1)> & \"tides\""
CHANNELS = {"tidewise": "Tidewise", "ledgerly": "Ledgerly", "orbital": "Orbital Notes"}
TITLES = (
    "Why the tide comes twice a day", "The bridge that sings in the wind",
    "How a coin is weighed", "What a lighthouse says", "The longest shadow on Earth",
    "Who paid for the first map", "Where rivers forget their names", "The price of a quiet room",
)  # fmt: skip


def create(connection: psycopg.Connection[Any]) -> None:
    """Makes every table of the contracts, empty, in the schema `marts` that is there."""
    for path in sorted(CONTRACTS.glob("*.yml")):
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", []):
            columns = ", ".join(f"{c['name']} {c['data_type']}" for c in model["columns"])
            connection.execute(f"create table marts.{model['name']} ({columns})".encode())


def fill(
    connection: psycopg.Connection[Any],
    *,
    now: datetime,
    days: int = 70,
    simulated: frozenset[str] = frozenset(CHANNELS),
    scale: float = 1.0,
) -> None:
    """A business of three channels: `days` Pacific days up to the one before `now`.

    The two newest days are absent from YouTube and the two before them provisional, as is usual.
    """
    rng = random.Random(11)
    today = now.date()
    calendar = [today - timedelta(days=back) for back in range(days, -1, -1)]
    videos = _videos(rng, calendar, simulated, now)
    channel_days, video_days = _days(rng, calendar, videos, simulated, now, scale)
    lines = _lines(rng, videos)
    insert(connection, "dim_channels", [_channel(key, simulated, now) for key in CHANNELS])
    insert(connection, "dim_videos", videos)
    insert(connection, "fct_channel_days", channel_days)
    insert(connection, "fct_video_days", video_days)
    watched.fill(connection, videos, video_days, now)
    insert(connection, "fct_cost_lines", lines)
    insert(connection, "fct_cost_days", _summed(lines))
    insert(connection, "fct_video_economics", _economics(videos, video_days, lines))
    insert(connection, "rpt_executive_days", _report(calendar, channel_days, lines, videos, now))
    insert(connection, "fct_revenue_forecasts", _forecasts(calendar[-5], days - 3))
    insert(connection, "fct_stage_runs", _attempts(videos))
    insert(connection, "fct_quota_days", _quota(now))
    insert(connection, "fct_alerts", _alerts(now))
    insert(connection, "dim_sources", _sources(now))
    insert(connection, "fct_savings", [_saving(now, back) for back in (0, 1)])
    customers.fill(connection, now=now)
    trials.fill(connection, now)


def _channel(key: str, simulated: frozenset[str], now: datetime) -> dict[str, Any]:
    return {"channel_id": key, "title": CHANNELS[key], "state": "active", "niche": "science",
            "subscribers": 1200,
            "last_published_at": now - timedelta(hours=30),
            "as_of": now - timedelta(minutes=17), "is_simulated": key in simulated}  # fmt: skip


def _videos(
    rng: random.Random, calendar: list[date], simulated: frozenset[str], now: datetime
) -> list[dict[str, Any]]:
    videos = []
    for index, day in enumerate(calendar):
        for place, channel in enumerate(CHANNELS):
            if (index + place) % (2 + place) != 0:
                continue
            number = len(videos)
            title = HOSTILE_TITLE if number == 3 else f"{rng.choice(TITLES)}, part {number}"
            published = datetime.combine(day, time(18, 5), UTC)
            videos.append(
                {"video_id": f"v{number:04d}", "channel_id": channel, "title": title,
                 "format": "short" if place else "wide", "tier": "standard", "state": "published",
                 "seconds": Decimal(rng.randint(35, 600)), "made_here": True,
                 "published_at": published, "published_date": day, "total_views": 900,
                 "request_id": f"{channel}.{number}",
                 "counted_at": now - timedelta(minutes=17), "is_simulated": channel in simulated}
            )  # fmt: skip
    return videos


def _days(
    rng: random.Random,
    calendar: list[date],
    videos: list[dict[str, Any]],
    simulated: frozenset[str],
    now: datetime,
    scale: float,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    channel_days: dict[tuple[str, date], dict[str, Any]] = {}
    video_days = []
    reported = calendar[:-2]
    final = set(calendar[:-4])
    for video in videos:
        appeal = rng.lognormvariate(6.2, 0.9) * scale
        for day in reported:
            life = (day - video["published_date"]).days
            if not 0 <= life <= 45:
                continue
            weekend = 1.25 if day.weekday() >= 5 else 1.0
            views = int(appeal * weekend * rng.uniform(0.8, 1.2) / (1 + life) ** 0.8) + 1
            method = "first_frame" if day >= date(2026, 8, 24) else "legacy"
            row = {"video_id": video["video_id"], "channel_id": video["channel_id"], "day": day,
                   "views": views, "watch_minutes": Decimal(views) / 2,
                   "revenue_usd": round(Decimal(views) * Decimal("0.0021"), 6),
                   "is_final": day in final, "view_method": method, "as_of": now,
                   "is_simulated": video["is_simulated"]}  # fmt: skip
            video_days.append(row)
            channel = channel_days.setdefault(
                (row["channel_id"], day),
                {**row, "views": 0, "watch_minutes": Decimal(0), "revenue_usd": Decimal(0),
                 "subscribers_net": rng.randint(-1, 9)},
            )  # fmt: skip
            channel.pop("video_id", None)
            for name in ("views", "watch_minutes", "revenue_usd"):
                channel[name] += row[name]
    return list(channel_days.values()), video_days


def _lines(rng: random.Random, videos: list[dict[str, Any]]) -> list[dict[str, Any]]:
    lines = []
    for video in videos:
        for kind, provider, unit, price in (
            ("script", "writer", "second", 0.002), ("voice", "espeak", "second", 0.05),
            ("picture", "painter", "second", 0.21), ("render", "ffmpeg", "second", 0.66),
            ("upload", "youtube", "second", 0.01), ("render", "ffmpeg", "second", 0.04),
        ):  # fmt: skip
            is_share = price == 0.04
            lines.append(
                {"line_id": len(lines) + 1, "video_id": video["video_id"], "kind": kind,
                 "source_video_id": None if is_share else video["video_id"],
                 "channel_id": video["channel_id"], "provider": provider, "unit": unit,
                 "cost_type": "failed" if is_share else "direct", "share": Decimal(1),
                 "amount_usd": round(Decimal(price * rng.uniform(0.5, 1.5)), 6),
                 "is_allocated": True, "price_version": "2026-11",
                 "booked_at": video["published_at"] - timedelta(minutes=9),
                 "booked_date": video["published_date"],
                 "cost_month": video["published_date"].replace(day=1),
                 "is_simulated": video["is_simulated"]}
            )  # fmt: skip
    lines.append(
        {**lines[-1], "line_id": len(lines) + 1, "video_id": None, "source_video_id": None,
         "channel_id": None, "cost_type": "shared", "is_allocated": False,
         "amount_usd": Decimal("0.750000")}
    )  # fmt: skip
    return lines


def _summed(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    key = ("booked_date", "cost_month", "channel_id", "cost_type", "kind", "provider",
           "is_allocated", "is_simulated")  # fmt: skip
    days: dict[tuple[Any, ...], list[Decimal]] = {}
    for line in lines:
        days.setdefault(tuple(line[name] for name in key), []).append(line["amount_usd"])
    return [
        {**dict(zip(key, of, strict=True)), "amount_usd": sum(amounts), "lines": len(amounts)}
        for of, amounts in days.items()
    ]


def _economics(
    videos: list[dict[str, Any]], video_days: list[dict[str, Any]], lines: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    revenue: Mapping[str, Decimal] = _sums(video_days, "video_id", "revenue_usd")
    views = _sums(video_days, "video_id", "views")
    rows = []
    for video in videos:
        own = [line for line in lines if line["video_id"] == video["video_id"]]
        by_type = _sums(own, "cost_type", "amount_usd")
        loaded = sum((line["amount_usd"] for line in own), Decimal(0))
        key = video["video_id"]
        rows.append(
            {**{name: video[name] for name in ("video_id", "channel_id", "title", "format", "tier",
                                               "published_at", "published_date", "is_simulated")},
             "direct_cost_usd": by_type["direct"], "failed_cost_usd": by_type["failed"],
             "shared_cost_usd": by_type["shared"], "loaded_cost_usd": loaded,
             "views": int(views[key]) or None, "revenue_usd": revenue[key] or None,
             "contribution_margin_usd": revenue[key] - loaded, "is_final": False,
             "break_even_date": video["published_date"] if revenue[key] >= loaded else None}
        )  # fmt: skip
    return rows


def _forecasts(last: date, days: int) -> list[dict[str, Any]]:
    """What is likely after the last final day, and of the month of the day after tomorrow."""
    about = {"channel_id": "", "learnt_from": last - timedelta(days=days - 1), "learnt_until": last,
             "learnt_days": days, "known_usd": Decimal(0), "is_simulated": True}  # fmt: skip
    rows = [
        about | {"grain": "day", "day": last + timedelta(days=ahead), "likely_usd": Decimal(14),
                 "low_usd": Decimal(12) - Decimal(ahead) / 10,
                 "high_usd": Decimal(16) + Decimal(ahead) / 10}
        for ahead in range(1, 29)
    ]  # fmt: skip
    month = (last + timedelta(days=4)).replace(day=1)
    return [*rows, about | {"grain": "month", "day": month, "known_usd": Decimal("101.25"),
                            "low_usd": Decimal("371.50"), "likely_usd": Decimal("402.75"),
                            "high_usd": Decimal("440.10")}]  # fmt: skip


def _attempts(videos: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"stage_run_id": f"{video['video_id']}-render", "video_id": video["video_id"],
         "channel_id": video["channel_id"], "stage": "assemble", "attempt": 1,
         "state": "failed" if number % 9 == 0 else "succeeded",
         "started_at": video["published_at"], "is_simulated": video["is_simulated"]}
        for number, video in enumerate(videos)
    ]  # fmt: skip


def _quota(now: datetime) -> list[dict[str, Any]]:
    return [
        {"project": "yt-one", "bucket": bucket, "day": now.date() - timedelta(days=back),
         "used": used, "held": held, "quota_limit": limit, "headroom": limit - used - held,
         "forecast_exhausted_at": None if back or bucket != "uploads" else now}
        for back in (0, 1)
        for bucket, used, held, limit in (
            ("uploads", 86, 6, 100), ("search", 12, 0, 100), ("default", 2140, 50, 10_000)
        )
    ]  # fmt: skip


def _saving(now: datetime, back: int) -> dict[str, Any]:
    return {"found_on": now.date() - timedelta(days=back), "rule": "on_demand",
            "found": f"Half price for {3 - back} scripts written ahead, in batches.",
            "to_do": "Plan the slots a day ahead.", "window_days": 30,
            "usd": Decimal("4.20") - back, "usd_a_month": Decimal("4.20") - back}  # fmt: skip


def _alerts(now: datetime) -> list[dict[str, Any]]:
    return [
        {"cause": f"{kind}/{hours}", "kind": kind, "severity": severity, "title": title,
         "body": body, "raised_at": now - timedelta(hours=hours)}
        for hours, kind, severity, title, body in (
            (3, "anomaly", "warning", "channel orbital: views 61% of what it should be (SIMULATED)",
             "312 from 06:00 to 12:00 UTC; 480 to 610 is usual."),
            (20, "budget_stop", "critical", "OpenAI has reached its budget of the day",
             "$500.00 of $500.00 are spent. It goes on tomorrow, or raise the budget."),
            (400, "budget_warning", "info", "An old one", "Nobody has to see it."),
        )
    ]  # fmt: skip


def _sources(now: datetime) -> list[dict[str, Any]]:
    """Stripe was read within the hour; no file of ad spend has come for ten days."""
    read = now - timedelta(minutes=20)
    told = now.date() - timedelta(days=10)
    return [
        {"source": "stripe", "title": "Stripe", "looked_at": read, "told_until": None,
         "late_at": read + timedelta(hours=2)},
        {"source": "ads", "title": "Ad spend, files", "looked_at": read, "told_until": told,
         "late_at": now - timedelta(days=3)},
    ]  # fmt: skip


def _sums(rows: list[dict[str, Any]], by: str, what: str) -> defaultdict[str, Decimal]:
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[row[by]] += row[what]
    return sums


def _report(
    calendar: list[date],
    channel_days: list[dict[str, Any]],
    lines: list[dict[str, Any]],
    videos: list[dict[str, Any]],
    now: datetime,
) -> list[dict[str, Any]]:
    revenue = _sums(channel_days, "day", "revenue_usd")
    views = _sums(channel_days, "day", "views")
    costs = _sums(lines, "booked_date", "amount_usd")
    simulated = {row["day"] for row in channel_days if row["is_simulated"]}
    rows = []
    for index, day in enumerate(calendar):
        made = sum(video["published_date"] == day for video in videos)
        is_reported = index < len(calendar) - 2
        rows.append(
            {"day": day, "revenue_usd": revenue[day] if is_reported else None,
             "views": int(views[day]) if is_reported else None, "channels_reporting": 3,
             "videos_published": made, "videos_made": made, "cost_usd": costs[day],
             "margin_usd": revenue[day] - costs[day] if is_reported else None,
             "published_cost_usd": costs[day],
             "cost_per_video_usd": costs[day] / made if made else None,
             "is_provisional": index >= len(calendar) - 4, "is_simulated": day in simulated,
             "view_method": "first_frame" if day >= date(2026, 8, 24) else "legacy",
             "watch_minutes": views[day] / 2 if is_reported else None,
             "subscribers_net": 12 if is_reported else None,
             "rpm_usd": Decimal("2.1") if index < len(calendar) - 4 else None,
             "mrr_usd": Decimal(4000 + 7 * index), "paying_customers": 60,
             "youtube_as_of": now - timedelta(minutes=17), "ops_as_of": now - timedelta(minutes=9),
             "built_at": now - timedelta(minutes=8)}
        )  # fmt: skip
    return rows
