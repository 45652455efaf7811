"""A drop of a channel's views goes from its counters to the mart and to an alert, once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from ytempire.alerts import anomalies as alerts
from ytempire.analytics import anomaly_watch
from ytempire.channels import accounts
from ytempire.warehouse import clock, transform
from ytempire.warehouse.database import connect
from ytempire.warehouse.load import append

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

NOW = datetime(2026, 6, 17, 13, 30, tzinfo=UTC)
DAYS, VIDEOS = 40, 20


@pytest.fixture
def channel(warehouse: None) -> Iterator[None]:
    accounts.add(
        accounts.Channel(channel_id="tidewise", youtube_channel_id="UC1", title="T", niche="sea")
    )
    with clock.replayed(NOW):
        yield


def land(drop: timedelta | None = None, gap: tuple[int, int] = (0, 0), days: int = DAYS) -> None:
    """Counters of every six hours, and of a pull each hour; `gap`: hours ago without any."""
    draw = np.random.default_rng(5)
    looks = [NOW - timedelta(minutes=30) - timedelta(hours=n) for n in range(days * 24, -1, -1)]
    looks = [at for at in looks if not gap[0] <= (NOW - at) / timedelta(hours=1) < gap[1]]
    published = [NOW - timedelta(days=30, hours=20 * n) for n in range(VIDEOS)]
    pulls = [("youtube", "tidewise", f"r{at:%m%d%H}", at, at, 1) for at in looks]
    counts = []
    for n, at in enumerate(published):
        views, before = 0.0, max(at, looks[0])
        for look in looks:
            if look <= before:
                continue
            hours = (look - before) / timedelta(hours=1)
            age = (look - at) / timedelta(hours=1)
            rate = 200_000 * (age + 25) ** -1.0
            if drop is not None and look > NOW - drop:
                rate *= 0.5
            views += draw.poisson(rate * hours)
            before = look
            counts.append((f"r{look:%m%d%H}", look, "tidewise", True, f"y{n}", views))
    with connect() as db:
        columns = ("source", "channel_id", "run_id", "fetched_at", "watermark", "rows_landed")
        append(db, "raw.pulls", columns, pulls)
        columns = ("run_id", "fetched_at", "channel_id", "is_simulated", "youtube_video_id")
        append(db, "raw.youtube_video_counts", (*columns, "views"), [
            (*row[:5], int(row[5])) for row in counts
        ])  # fmt: skip
        for n, at in enumerate(published):
            db.execute(
                "insert into ops.video_polls (youtube_video_id, channel_id, published_at, "
                "listed_at, counted_at) values (%s, 'tidewise', %s, %s, %s)",
                (f"y{n}", at, at, looks[-1]),
            )


def found() -> list[dict[str, object]]:
    with connect() as db:
        return db.execute("select * from marts.fct_anomalies order by period_start").fetchall()


def test_a_drop_is_in_the_mart_and_told_once(channel: None) -> None:
    land(drop=timedelta(hours=20))
    assert anomaly_watch.watch() == 1
    assert anomaly_watch.watch() == 0, "the same six hours are judged once"
    with clock.replayed(NOW + timedelta(hours=6)):
        assert anomaly_watch.watch() == 0, "nobody has looked since"
    [cause] = alerts.look()
    assert cause.startswith("anomaly/views/tidewise/2026-06-16T")
    assert alerts.look() == []
    transform.build("+fct_anomalies")
    [row] = found()
    assert (row["metric"], row["channel_id"], row["direction"]) == ("views", "tidewise", "drop")
    assert float(row["observed"]) / float(row["expected"]) == pytest.approx(0.5, abs=0.15)  # type: ignore[arg-type]
    assert row["observed"] < row["low"] < row["expected"] < row["high"]  # type: ignore[operator]


def test_a_source_down_for_three_days_is_no_drop(channel: None) -> None:
    land(gap=(14, 14 + 72))
    assert anomaly_watch.watch() == 0


def test_a_usual_day_is_none(channel: None) -> None:
    land()
    assert anomaly_watch.watch() == 0


def test_a_short_history_says_so(channel: None, caplog: pytest.LogCaptureFixture) -> None:
    land(drop=timedelta(hours=20), days=10)
    caplog.set_level("INFO", anomaly_watch.log.name)
    assert anomaly_watch.watch() == 0
    assert "views of tidewise: its history is too short" in caplog.text
