"""A fault of each metric goes from what YouTube and the ledger say to the mart and to one alert."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from ytempire.alerts import anomalies as alerts
from ytempire.analytics import anomalies, anomaly_costs, anomaly_watch
from ytempire.channels import accounts
from ytempire.warehouse import clock, transform
from ytempire.warehouse.database import connect
from ytempire.warehouse.load import append

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

NOW = datetime(2026, 6, 17, 13, 30, tzinfo=UTC)
#: The last final day: its money came the day before.
LAST = date(2026, 6, 13)
DAYS, EVERY = 75, 2
#: A channel for each fault, the part of a figure that is left of it for two days, and the metric
#: that shows it.
FAULTS: dict[str, tuple[dict[str, float], str]] = {
    "unpaid": ({"revenue": 0.6}, "rpm_usd"),
    "unwatched": ({"minutes": 0.6}, "minutes_per_view"),
    "unclicked": ({"clicks": 0.6}, "ctr"),
    "unshown": ({"impressions": 0.6, "clicks": 0.6}, "impressions"),
    "unloved": ({"subscribers": 0.4}, "subscribers_per_1000_views"),
    "ordinary": ({}, ""),
}


@pytest.fixture
def channels(warehouse: None) -> Iterator[None]:
    for key in (*FAULTS, "dear"):
        accounts.add(
            accounts.Channel(
                channel_id=key, youtube_channel_id=f"UC{key}", title=key.title(), niche="sea"
            )
        )
    with clock.replayed(NOW):
        yield


def land(channel: str, left: dict[str, float]) -> None:
    """Days of a channel that publishes every other day; of the last two days a part is left."""
    draw = np.random.default_rng(len(channel))
    days: list[tuple[Any, ...]] = []
    reach: list[tuple[Any, ...]] = []
    videos: list[tuple[str, datetime]] = []
    first = LAST - timedelta(days=DAYS - 1)
    sums: dict[date, np.ndarray[Any, Any]] = {}
    for n, published in enumerate(range(-50, DAYS - 1, EVERY)):
        born = first + timedelta(days=published)
        name = f"{channel}{n}"
        videos.append((name, datetime(born.year, born.month, born.day, 20, tzinfo=UTC)))
        rates = draw.uniform(0.8, 1.2, 5)
        for place in range(max(published, 0), DAYS):
            day = first + timedelta(days=place)
            views = draw.poisson(200_000 / (24 * (place - published) + 25))

            def part(name: str, place: int = place) -> float:
                return left.get(name, 1) if place >= DAYS - 2 else 1

            shown = int(views * 5 * rates[0] * part("impressions"))
            clicks = views * 0.25 * rates[1] * part("clicks")
            minutes = views * 0.5 * rates[2] * part("minutes") * draw.normal(1, 0.05)
            revenue = views * 0.002 * rates[3] * part("revenue") * draw.normal(1, 0.05)
            gained = int(draw.poisson(views * 0.004 * rates[4] * part("subscribers")))
            told = (views, round(minutes, 4), gained, 0, round(revenue, 6))
            days.append((name, day, *told))
            sums[day] = sums.get(day, np.zeros(5)) + np.array(told)
            reach.append((name, day, shown, round(clicks / shown, 6), f"{channel}{day}"))
    about = ("r", NOW, channel, True)
    columns = ("run_id", "fetched_at", "channel_id", "is_simulated")
    figures = ("views", "watch_minutes", "subscribers_gained", "subscribers_lost", "revenue_usd")
    with connect() as db:
        append(
            db, "raw.pulls",
            ("source", "channel_id", "run_id", "fetched_at", "watermark", "rows_landed"),
            [("youtube", channel, "r", NOW, NOW, 1)],
        )  # fmt: skip
        append(
            db, "raw.youtube_video_days", (*columns, "youtube_video_id", "day", *figures),
            [(*about, *each) for each in days],
        )  # fmt: skip
        append(
            db, "raw.youtube_channel_days", (*columns, "day", *figures),
            [(*about, day, int(s[0]), s[1], int(s[2]), 0, s[4]) for day, s in sums.items()],
        )  # fmt: skip
        append(
            db, "raw.youtube_reach_days",
            (*columns, "youtube_video_id", "day", "impressions", "ctr", "report_id", "reported_at"),
            [(*about, *each, NOW) for each in reach],
        )  # fmt: skip
        append(
            db, "raw.youtube_reports",
            (*columns[:3], "report_id", "report_type", "day", "reported_at", "rows_read", "sha256"),
            [(*about[:3], f"{channel}{day}", "channel_reach_basic_a1", day, NOW, 1, "-")
             for day in sums],
        )  # fmt: skip
        for name, at in videos:
            db.execute(
                "insert into ops.video_polls (youtube_video_id, channel_id, published_at, "
                "listed_at) values (%s, %s, %s, %s)",
                (name, channel, at, at),
            )


def make_videos(last_usd: float) -> None:
    """Thirty videos of the channel `dear`, two a day, of which the last costs what is given."""
    draw = np.random.default_rng(3)
    with connect() as db:
        for n in range(30):
            at = NOW - timedelta(hours=12 * (29 - n) + 3)
            usd = last_usd if n == 29 else round(0.4 * draw.uniform(0.8, 1.2), 6)
            db.execute(
                "insert into ops.requests (request_id, channel_id, topic, format, source) "
                "values (%s, 'dear', 'sea', 'short', 'plan')",
                (f"q{n}",),
            )
            db.execute(
                "insert into ops.videos (video_id, request_id, channel_id, title, format, tier, "
                "state, youtube_video_id, published_at, created_at) values "
                "(%s, %s, 'dear', 'sea', 'short', 'standard', 'published', %s, %s, %s)",
                (f"dear{n}", f"q{n}", f"yt{n}", at, at - timedelta(hours=1)),
            )
            db.execute(
                "insert into ops.ledger (video_id, channel_id, provider, kind, unit, quantity, "
                "unit_price_usd, amount_usd, price_version, booked_at) values "
                "(%s, 'dear', 'openai', 'script', 'token', 1, %s, %s, 'v1', %s)",
                (f"dear{n}", usd, usd, at),
            )


def test_a_fault_of_each_metric_is_in_the_mart_and_told_once(channels: None) -> None:
    for channel, (left, _) in FAULTS.items():
        land(channel, left)
    make_videos(last_usd=0.9)
    transform.run("run", "--select", "+fct_channel_days", "+fct_video_days")
    expected = {(channel, metric) for channel, (_, metric) in FAULTS.items() if metric}
    expected.add(("dear", "cost_per_video_usd"))
    anomaly_watch.watch()
    transform.build("+fct_anomalies")
    with connect() as db:
        rows = db.execute("select * from marts.fct_anomalies").fetchall()
    assert {(row["channel_id"], row["metric"]) for row in rows} == expected
    assert len(rows) == len(expected)
    assert {row["direction"] for row in rows if row["channel_id"] != "dear"} == {"drop"}
    assert all(row["low"] < row["expected"] < row["high"] for row in rows)
    assert not any(row["low"] <= row["observed"] <= row["high"] for row in rows)
    causes = alerts.look()
    assert len(causes) == len(expected)
    assert alerts.look() == []
    with connect() as db:
        told = db.execute("select * from ops.alerts where kind = 'anomaly'").fetchall()
    assert {each["severity"] for each in told} == {"warning"}
    [few] = [each["body"] for each in told if "unloved" in each["cause"]]
    assert "would not show" in few
    assert not any("would not show" in each["body"] for each in told if each["body"] != few)
    # Six hours later nothing new is final: the same days are not judged again.
    with clock.replayed(NOW + timedelta(hours=6)):
        assert anomaly_watch.watch() == 0


def test_an_ordinary_video_is_no_rise(channels: None) -> None:
    make_videos(last_usd=0.44)
    anomaly_watch.watch()
    with connect() as db:
        assert not db.execute("select * from raw.anomalies where channel_id = 'dear'").fetchall()


def test_each_metric_has_words_for_its_alert() -> None:
    watched = {anomalies.VIEWS.name, *(each.name for each in anomalies.DAILY), anomaly_costs.METRIC}
    assert set(alerts.ADVICE) == watched
