"""A channel's YouTube data go, from what was said before too; the house's totals stay."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ytempire.channels import deletion
from ytempire.warehouse import clock, transform
from ytempire.warehouse.database import connect

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

BEFORE = datetime(2026, 10, 10, 12, 30, tzinfo=UTC)
AFTER = BEFORE + timedelta(hours=1)
EXECUTIVE = "select * from marts.rpt_executive_days order by day"
#: Columns that say when a build was made, and not what it found.
STAMPS = {"ops_as_of", "built_at"}


def rows(query: str, values: Any = None) -> list[dict[str, Any]]:
    with connect() as db:
        return db.execute(query, values).fetchall()


def numbers(executive: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name not in STAMPS} for row in executive]


@pytest.fixture(scope="module")
def before(business: None) -> Iterator[list[dict[str, Any]]]:
    """What the executive page said of two channels, one of which has gone and is then forgotten."""
    with connect() as db:
        db.execute(
            "update ops.channels set state = 'reauth_required' where channel_id = 'tidewise'"
        )
    with clock.replayed(BEFORE):
        transform.build(everything=True)
    said = rows(EXECUTIVE)
    with clock.replayed(AFTER):
        deletion.request("tidewise", "request")
        [done] = deletion.carry_out(now_for="tidewise")
        assert done.removed["raw.youtube_video_days"] > 0
        # The marts still hold it, as they do when the next build fails: it must not come back.
        transform.run("run", "--select", "dim_dates")
        assert rows("select from snapshots.dim_videos where channel_id = 'tidewise'") == []
        transform.build(everything=True)  # with every invariant
    yield said


@pytest.fixture(scope="module")
def kept_as(before: list[dict[str, Any]]) -> str:
    (request,) = rows("select kept_as from ops.deletions")
    return str(request["kept_as"])


def test_the_executive_page_says_what_it_said(before: list[dict[str, Any]]) -> None:
    assert numbers(rows(EXECUTIVE)) == numbers(before)
    assert sum(row["revenue_usd"] or 0 for row in before) > 1
    assert sum(row["videos_published"] for row in before) > 3


def test_nothing_of_it_is_in_raw_and_of_its_videos_no_number(kept_as: str) -> None:
    tables = rows(
        "select table_name as name from information_schema.columns "
        "where table_schema = 'raw' and column_name = 'channel_id'"
    )
    assert len(tables) > 8
    for table in tables:
        name = table["name"]
        assert rows(f"select from raw.{name} where channel_id = 'tidewise'") == [], name
    assert rows("select from raw.youtube_video_days where channel_id = %s", (kept_as,)) == []
    videos = rows("select * from raw.youtube_videos where channel_id = %s", (kept_as,))
    assert {row["youtube_video_id"] for row in videos} == {f"{kept_as}-1", f"{kept_as}-2"}
    assert {row["title"] for row in videos} == {"Forgotten video"}
    assert {row["published_at"].hour for row in videos} == {19}, "noon in California"


def test_marts_and_what_they_said_know_it_by_a_name_of_chance(kept_as: str) -> None:
    for days in ("marts.fct_channel_days", "snapshots.fct_channel_days"):
        channels = {row["channel_id"] for row in rows(f"select channel_id from {days}")}
        assert channels == {kept_as, "ledger-lore"}
    assert rows("select from marts.fct_video_days where channel_id <> 'ledger-lore'") == []
    for told in ("marts.dim_videos", "snapshots.dim_videos"):
        assert rows(f"select from {told} where video_id in ('yt9', 'yt10')") == []
    told_of_videos = rows(
        "select from snapshots.fct_video_economics "
        "where channel_id = 'tidewise' and (views is not null or revenue_usd is not null)"
    )
    assert told_of_videos == []
    assert rows("select from snapshots.dim_channels where subscribers is not null "
                "and channel_id <> 'ledger-lore'") == []  # fmt: skip


def test_what_was_said_then_still_adds_up(before: list[dict[str, Any]]) -> None:
    then = rows("select * from as_of.rpt_executive_days(%s) order by day", (BEFORE,))
    assert then == before
    days = rows(
        "select day, sum(views)::bigint as views from as_of.fct_channel_days(%s) group by day",
        (BEFORE,),
    )
    views = {row["day"]: row["views"] for row in days}
    assert views == {row["day"]: row["views"] for row in before if row["views"] is not None}


def test_costs_stay_where_they_were(before: list[dict[str, Any]]) -> None:
    (cost,) = rows("select sum(amount_usd) as usd from marts.fct_cost_lines")
    (ledger,) = rows("select sum(amount_usd) as usd from ops.ledger")
    assert cost == ledger


def test_twice_is_nothing_more(kept_as: str) -> None:
    with clock.replayed(AFTER + timedelta(hours=1)):
        deletion.request("tidewise", "request")
        [done] = deletion.carry_out(now_for="tidewise")
    assert [name for name in done.removed if name.startswith("raw.")] == []
    assert rows("select kept_as from ops.deletions where kept_as is not null") == [
        {"kept_as": kept_as}
    ]
    (channels,) = rows("select count(*) as n from ops.channels")
    assert channels == {"n": 3}
