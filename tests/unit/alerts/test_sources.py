"""When a source is late, when that is an alert, and what the alert says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from ytempire.alerts import money, sources
from ytempire.alerts.notes import Alert
from ytempire.analytics import ads, events, inbox, rates
from ytempire.analytics.inbox import Feed
from ytempire.warehouse import clock
from ytempire.warehouse.database import connect

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("warehouse")]
#: A Wednesday.
NOON = datetime(2026, 6, 17, 12, tzinfo=UTC)
RATES = b"Date,USD\n{day},1.25\n"
ADS = b"platform,account_id,campaign_id,campaign,day,currency,spend\nx,1,c,C,{day},USD,2\n"
EVENTS = b'{"event_id":"1","event":"paid","owner":"house","occurred_at":"{day}T08:00:00Z"}\n'


def read(source: str, at: datetime) -> None:
    with clock.replayed(at):
        inbox.mark(source, f"run {at}", 0)


def told(feed: Feed, name: str, content: bytes, at: datetime) -> None:
    """A file that tells of a day: that on which it comes."""
    with clock.replayed(at):
        inbox.land(feed, name, content.replace(b"{day}", f"{at:%Y-%m-%d}".encode()), f"run {at}")


def late(at: datetime) -> list[str]:
    with clock.replayed(at), connect() as db:
        rows = db.execute("select title from ops.sources where late_at < ops.now() order by title")
        return [row["title"] for row in rows]


def silent(at: datetime) -> list[Alert]:
    with clock.replayed(at), connect() as db:
        return sources.silent(db)


def test_stripe_is_late_after_two_hours_and_an_alert_a_day_later() -> None:
    read("stripe", NOON)
    assert late(NOON + timedelta(hours=2)) == []
    assert late(NOON + timedelta(hours=2, minutes=1)) == ["Stripe"]
    assert silent(NOON + timedelta(hours=26)) == []
    [alert] = silent(NOON + timedelta(days=7))
    assert alert.cause == "silent-source/stripe/2026-06-17"
    assert alert.title == "Stripe: not read since 2026-06-17 12:00 UTC"
    assert "`pull_business`" in alert.body


def test_a_silence_is_told_once_and_the_next_one_again() -> None:
    read("stripe", NOON)
    first, second = NOON + timedelta(days=2), NOON + timedelta(days=9)
    with clock.replayed(first):
        assert money.look() == ["silent-source/stripe/2026-06-17"]
    with clock.replayed(first + timedelta(days=1)):
        assert money.look() == []
    read("stripe", first + timedelta(days=2))
    with clock.replayed(second):
        assert money.look() == ["silent-source/stripe/2026-06-21"]


@pytest.mark.parametrize(
    ("feed", "name", "content", "days"),
    [
        (rates.FEED, "r.csv", RATES, 7),
        (ads.FEED, "a.csv", ADS, 8),
        (events.FEED, "e.jsonl", EVENTS, 8),
    ],
)
def test_files_that_are_looked_for_and_do_not_come_are_an_alert(
    feed: Feed, name: str, content: bytes, days: int
) -> None:
    told(feed, name, content, NOON)
    after = NOON.replace(hour=0) + timedelta(days=days)
    read(feed.source, after)
    assert silent(after) == []
    [alert] = silent(after + timedelta(minutes=1))
    assert alert.title.endswith(": nothing newer than 2026-06-17")
    assert f"`inbox/{feed.source}`" in alert.body


def test_who_was_never_asked_or_has_never_sent_a_file_is_not_missed() -> None:
    for source in ("rates", "ads", "events"):
        read(source, NOON)
    assert late(NOON + timedelta(days=30)) == []
    assert silent(NOON + timedelta(days=30)) == []
    with connect() as db:
        known = db.execute("select title, late_at from ops.sources").fetchall()
    assert known == [{"title": "Stripe", "late_at": None}], "a house is expected to have its books"


def test_a_google_account_is_by_itself_and_forgotten_when_it_is_asked_no_more() -> None:
    read("google_ads/1", NOON)
    read("google_ads/2", NOON + timedelta(days=1))
    read("google_ads_backfill/2", NOON + timedelta(days=3))
    assert late(NOON + timedelta(days=1)) == ["Google Ads 1"]
    assert late(NOON + timedelta(days=60)) == ["Google Ads 1", "Google Ads 2"]
    assert late(NOON + timedelta(days=92)) == []
