"""Files of ad spend and product events: each once, bad rows apart, broken files named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from google.ads.googleads.v24.services.types.google_ads_service import GoogleAdsRow
from google.api_core.exceptions import ServiceUnavailable
from ytempire.analytics import ads, events, inbox, rejects
from ytempire.errors import ContractBroken, InvalidInput, ProviderUnavailable, SomeFailed
from ytempire.warehouse import clock
from ytempire.warehouse.database import connect

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("warehouse")]

HEADER = (
    "platform,account_id,campaign_id,campaign,day,currency,spend,impressions,clicks,conversions"
)
TIDES = "meta,a1,c1,Tides,2026-10-01,EUR,12.50,1000,31,2"


@pytest.fixture
def folder(home: Path) -> Path:
    """The inbox, empty."""
    for path in (home / "inbox").rglob("*.*"):
        path.unlink()
    for source in ("ads", "events"):
        (home / "inbox" / source).mkdir(parents=True, exist_ok=True)
    return home / "inbox"


def put(folder: Path, name: str, *lines: str) -> None:
    (folder / name).write_text("\n".join([*lines, ""]))


def rows(query: str) -> list[dict[str, Any]]:
    with connect() as db:
        return db.execute(query).fetchall()


def test_a_file_lands_once_and_its_like_under_another_name_not_at_all(folder: Path) -> None:
    put(folder, "ads/october.csv", HEADER, TIDES)
    assert ads.pull("r1") == {"ad_spend": 1, "rejects": 0}
    put(folder, "ads/again.csv", HEADER, TIDES)
    assert ads.pull("r2") == {"ad_spend": 0, "rejects": 0}
    assert [row["source"] for row in rows("select source from raw.pulls")] == ["ads", "ads"]


def test_a_later_file_that_says_a_day_anew_adds_a_version_of_what_changed(folder: Path) -> None:
    other = TIDES.replace("c1", "c2")
    put(folder, "ads/1.csv", HEADER, TIDES, other)
    ads.pull("r1")
    put(folder, "ads/2.csv", HEADER, TIDES.replace("12.50", "11.90"), other)
    assert ads.pull("r2")["ad_spend"] == 1
    told = rows("select spend from raw.ad_spend where campaign_id = 'c1' order by fetched_at")
    assert [str(row["spend"]) for row in told] == ["12.500000", "11.900000"]


def test_a_day_told_in_another_currency_or_its_account_written_otherwise_is_the_same_day(
    folder: Path,
) -> None:
    of_google = TIDES.replace("meta", "google_ads").replace("a1", "123-456-7890")
    put(folder, "ads/1.csv", HEADER, TIDES, TIDES.replace("EUR", "USD"), of_google)
    put(folder, "ads/2.csv", HEADER, of_google.replace("-456-7890", "4567890"))
    assert ads.pull("r1") == {"ad_spend": 2, "rejects": 0}
    told = rows("select account_id, currency from raw.ad_spend order by account_id")
    assert [tuple(row.values()) for row in told] == [("1234567890", "EUR"), ("a1", "USD")]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (TIDES.replace("12.50", "-1"), "spend: "),
        (TIDES.replace("EUR", "€"), "currency: "),
        (TIDES.replace("2026-10-01", "1/10/2026"), "day: "),
        (TIDES.replace("c1", ""), "campaign_id: "),
        (TIDES.replace("12.50", "12,50"), "more cells than the header names"),
    ],
)
def test_a_bad_row_is_kept_apart_with_its_reason_and_the_rest_lands(
    folder: Path, bad: str, reason: str
) -> None:
    put(folder, "ads/1.csv", HEADER, TIDES, bad)
    assert ads.pull("r1") == {"ad_spend": 1, "rejects": 1}
    (reject,) = rows("select * from raw.rejects")
    assert reject["reason"].startswith(reason)
    assert reject["body"]["file"] == "1.csv"
    assert reject["table_name"] == "ad_spend"


def mend_currencies() -> None:
    """What the mend of a reader would come to."""
    with connect() as db:
        db.execute(
            """update raw.rejects set body = body || '{"currency": "EUR"}'
               where body ->> 'currency' = 'eur'"""
        )


def test_what_was_rejected_lands_once_it_can_be_read(folder: Path) -> None:
    put(folder, "ads/1.csv", HEADER, TIDES.replace("EUR", "eur"), TIDES.replace("12.50", "?"))
    ads.pull("r1")
    assert inbox.replay(ads.FEED, "r2") == (0, 2)
    mend_currencies()
    assert inbox.replay(ads.FEED, "r3") == (1, 1)
    assert inbox.replay(ads.FEED, "r4") == (0, 1)
    (landed,) = rows("select fetched_at from raw.ad_spend")
    assert landed in rows("select fetched_at from raw.rejects where replayed_at is not null")


def test_what_was_rejected_is_no_news_beside_what_landed_since(folder: Path) -> None:
    other = TIDES.replace("c1", "c2").replace("EUR", "eur")
    put(folder, "ads/1.csv", HEADER, TIDES.replace("EUR", "eur"), other, other.replace("12", "13"))
    put(folder, "ads/2.csv", HEADER, TIDES.replace("12.50", "11.90"))
    ads.pull("r1")
    mend_currencies()
    assert inbox.replay(ads.FEED, "r2") == (3, 0)
    told = rows("select campaign_id, spend from raw.ad_spend order by campaign_id")
    assert [(row["campaign_id"], str(row["spend"])) for row in told] == [
        ("c1", "11.900000"),
        ("c2", "13.500000"),
    ]


def test_what_waits_is_counted_by_its_reason_and_read_once_more_by_its_source(
    folder: Path,
) -> None:
    put(folder, "ads/1.csv", HEADER, TIDES.replace("EUR", "eur"), TIDES.replace("12.50", "?"))
    ads.pull("r1")
    assert [(row["source"], row["rows_waiting"]) for row in rejects.waiting()] == [
        ("ads", 1),
        ("ads", 1),
    ]
    assert rejects.replay("ads", "r2") == (0, 2)
    with pytest.raises(InvalidInput, match="'youtube' cannot be read"):
        rejects.replay("youtube", "r2")


def test_a_comma_at_the_end_of_each_line_is_no_cell(folder: Path) -> None:
    put(folder, "ads/1.csv", f"{HEADER},", f"{TIDES},", TIDES, f"{TIDES},,", f"{TIDES},50")
    assert ads.pull("r1") == {"ad_spend": 1, "rejects": 1}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"platform,day,spend\nmeta,2026-10-01,3\n", "It lacks account_id, campaign, campaign_id"),
        (b"\xff\xfe\x00", "cannot be read"),
        (b"", "It lacks"),
    ],
)
def test_a_file_that_is_none_is_named_and_the_others_land(
    folder: Path, content: bytes, told: str
) -> None:
    (folder / "ads" / "0-broken.csv").write_bytes(content)
    put(folder, "ads/1.csv", HEADER, TIDES)
    with pytest.raises(ContractBroken, match="0-broken") as caught:
        ads.pull("r1")
    assert told in caught.value.message
    assert len(rows("select from raw.ad_spend")) == 1
    assert rows("select from raw.files where name like '0%'") == []


def test_half_written_files_wait(folder: Path) -> None:
    put(folder, "ads/1.csv.part", HEADER, TIDES)
    assert ads.pull("r1")["ad_spend"] == 0


def test_events_come_as_json_lines_or_csv_and_each_counts_once(folder: Path) -> None:
    line = (
        '{"event_id": "e1", "event": "signed_up", "owner": "ann", '
        '"occurred_at": "2026-10-01T08:00:00+02:00", "source": "google_ads"}'
    )
    put(folder, "events/1.jsonl", line, line.replace("e1", "e2").replace("signed_up", "paid"))
    put(
        *(folder, "events/2.csv", "event_id,event,owner,occurred_at"),
        *("e1,signed_up,ann,2026-10-01T06:00:00Z", "e3,sang,ann,2026-10-01T06:00:00Z"),
        "e4,paid,ann,2026-10-01T06:00:00",
    )
    assert events.pull("r1") == {"product_events": 3, "rejects": 2}
    assert {row["event_id"] for row in rows("select event_id from raw.product_events")} == {
        "e1",
        "e2",
    }


def campaign_day(account: str) -> GoogleAdsRow:
    row = GoogleAdsRow()
    row.customer.id, row.customer.currency_code = int(account), "GBP"
    row.campaign.id, row.campaign.name = 77, "Tides"
    row.segments.date = "2026-10-01"
    row.metrics.cost_micros, row.metrics.impressions, row.metrics.clicks = 1_234_567, 10, 1
    return row


def test_google_s_millionths_are_money_and_its_accounts_are_asked_without_hyphens(
    folder: Path, given: Any
) -> None:
    asked: list[tuple[list[str], str]] = []

    def search(accounts: list[str], query: str) -> list[GoogleAdsRow]:
        asked.append((accounts, query))
        return [campaign_day(accounts[0])]

    assert ads.pull_google("r1", search) == {}
    given(BUSINESS__GOOGLE_ADS_ACCOUNTS="123-456-7890, 42")
    assert ads.pull_google("r1", search)["ad_spend"] == 2
    assert ads.pull_google("r2", search)["ad_spend"] == 0
    assert [accounts for accounts, _ in asked] == [["1234567890"], ["42"]] * 2
    assert all("cost_micros" in query for _, query in asked)
    row, _ = rows("select platform, currency, spend from raw.ad_spend")
    assert (row["platform"], row["currency"], str(row["spend"])) == (
        "google_ads",
        "GBP",
        "1.234567",
    )


def test_a_day_of_google_that_no_table_may_hold_waits_once(folder: Path, given: Any) -> None:
    unpriced = campaign_day("42")
    unpriced.customer.currency_code = "?"
    given(BUSINESS__GOOGLE_ADS_ACCOUNTS="42")
    assert ads.pull_google("r1", lambda *_: [unpriced]) == {"ad_spend": 0, "rejects": 1}
    assert ads.pull_google("r2", lambda *_: [unpriced]) == {"ad_spend": 0, "rejects": 0}


def test_accounts_of_google_after_one_that_fails_land_with_their_watermarks(
    folder: Path, given: Any
) -> None:
    def search(accounts: list[str], query: str) -> Iterator[GoogleAdsRow]:
        yield campaign_day(accounts[0])
        if accounts == ["42"]:
            raise ServiceUnavailable("no")

    given(BUSINESS__GOOGLE_ADS_ACCOUNTS="1,42,3")
    with pytest.raises(SomeFailed, match="1 of 3 Google Ads accounts failed") as caught:
        ads.pull_google("r1", search)
    assert "42: Google Ads did not answer about account 42" in caught.value.message
    assert caught.value.is_transient
    landed = rows("select account_id from raw.ad_spend order by account_id")
    assert [row["account_id"] for row in landed] == ["1", "3"]
    marks = rows("select source, rows_landed from raw.pulls order by source")
    assert [(row["source"], row["rows_landed"]) for row in marks] == [
        ("google_ads/1", 1),
        ("google_ads/3", 1),
    ]
    given(BUSINESS__GOOGLE_ADS_ACCOUNTS="42")
    with pytest.raises(ProviderUnavailable, match="about account 42"):
        ads.pull_google("r2", search)


def test_a_house_that_was_away_asks_google_from_a_month_before_its_last_pull(
    folder: Path, given: Any
) -> None:
    asked: list[str] = []

    def search(accounts: list[str], query: str) -> list[GoogleAdsRow]:
        asked.append(query.rpartition("between ")[2].strip())
        return [campaign_day(accounts[0])]

    given(BUSINESS__GOOGLE_ADS_ACCOUNTS="42")
    with clock.replayed(datetime(2026, 10, 1, 23, tzinfo=UTC)):
        ads.pull_google("r1", search)
    with clock.replayed(datetime(2026, 12, 15, 1, tzinfo=UTC)):
        ads.pull_google("asked", search, date(2026, 12, 1), date(2026, 12, 5))
        ads.pull_google("r2", search)
        ads.pull_google("r3", search)
    assert asked == [
        "'2026-09-01' and '2026-10-01'",
        "'2026-12-01' and '2026-12-05'",
        "'2026-09-01' and '2026-12-15'",
        "'2026-11-15' and '2026-12-15'",
    ]
