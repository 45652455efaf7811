"""What the marts said at a moment can be read afterwards, whatever became of it since."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from ytempire.errors import InvalidInput
from ytempire.local import psql
from ytempire.local.owner_logins import administrator, dsn_of
from ytempire.warehouse import clock, history, owners, thinning, transform
from ytempire.warehouse.database import connect

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

FIRST = datetime(2026, 10, 10, 12, 30, tzinfo=UTC)
RESTATED = FIRST + timedelta(hours=1)
REBUILT = FIRST + timedelta(hours=2)
#: What is kept -> what the mart said then, after each of the three builds.
Said = dict[str, list[list[dict[str, Any]]]]


def rows(query: str, values: Any = None) -> list[dict[str, Any]]:
    with connect() as db:
        return db.execute(query, values).fetchall()


def said_now() -> dict[str, list[dict[str, Any]]]:
    return {
        kept.mart: rows(f"select * from marts.{kept.mart} order by {', '.join(kept.key)}")
        for kept in history.KEPT
    }


@pytest.fixture(scope="module")
def said(business: None) -> Iterator[Said]:
    """Three builds: the first, one after a day was restated and a title changed, a full one."""
    told: list[dict[str, list[dict[str, Any]]]] = []
    with clock.replayed(FIRST):
        transform.build()
    told.append(said_now())
    with connect() as db:
        db.execute(
            "insert into raw.youtube_channel_days (run_id, fetched_at, channel_id, day, views, "
            "engaged_views, watch_minutes, likes, comments, shares, subscribers_gained, "
            "subscribers_lost, revenue_usd, ad_impressions, monetized_playbacks, is_simulated) "
            "values ('p9', '2026-10-10T13:00Z', 'tidewise', '2026-10-03', 131, 91, 61, 2, 0, 0, 2, "
            "0, 0.24, 45, 33, true)"
        )
        db.execute("update ops.videos set title = 'Foam at night' where video_id = 'v4'")
    with clock.replayed(RESTATED):
        transform.build()
    told.append(said_now())
    with clock.replayed(REBUILT):
        transform.build(everything=True)
    told.append(said_now())
    yield {mart: [build[mart] for build in told] for mart in told[0]}


@pytest.mark.parametrize("kept", history.KEPT, ids=lambda kept: kept.mart)
def test_each_build_is_read_back_to_the_cent_in_every_column_that_is_kept(
    said: Said, kept: history.Kept
) -> None:
    for build, at in enumerate((FIRST, RESTATED, REBUILT)):
        read = rows(
            f"select * from as_of.{kept.mart}(%s) order by {', '.join(kept.key)}",
            (at + timedelta(minutes=5),),
        )
        expected = [
            {name: value for name, value in row.items() if name not in kept.left_out}
            for row in said[kept.mart][build]
        ]
        assert read == expected
        assert read, "and there was something to say"


def test_the_executive_day_is_read_back_whole_and_was_another(said: Said) -> None:
    (before, after, _) = (
        next(row for row in build if row["day"] == date(2026, 10, 3))
        for build in said["rpt_executive_days"]
    )
    assert (before["revenue_usd"], after["revenue_usd"]) == (Decimal("0.23"), Decimal("0.24"))
    assert before["built_at"] < after["built_at"]
    read = rows("select * from as_of.rpt_executive_days(%s) where day = '2026-10-03'", (FIRST,))
    assert read == [before]


def test_only_what_changed_is_written(said: Said) -> None:
    changed = rows(
        """
        select 'day' as what, day::text as which
        from snapshots.rpt_executive_days where said_from > %(first)s
        union all
        select 'channel day', day::text
        from snapshots.fct_channel_days where said_from > %(first)s
        union all
        select 'video', video_id from snapshots.dim_videos where said_from > %(first)s
        """,
        {"first": FIRST},
    )
    assert sorted(tuple(row.values()) for row in changed) == [
        ("channel day", "2026-10-03"),
        ("day", "2026-10-03"),
        ("video", "v4"),
    ]


def test_before_the_first_build_nothing_was_said(said: Said) -> None:
    assert rows("select * from as_of.dim_channels(%s)", (FIRST - timedelta(seconds=1),)) == []


def test_the_analyst_asks_as_of_then_by_one_option(
    said: Said, capfd: pytest.CaptureFixture[str]
) -> None:
    query = "select revenue_usd from marts.rpt_executive_days where day = '2026-10-03'"
    for at, revenue in ((FIRST, "0.230000"), (RESTATED, "0.240000")):
        assert psql.psql(query, at) == 0
        assert revenue in capfd.readouterr().out
    with pytest.raises(InvalidInput, match=r"marts\.fct_cost_lines said is not kept"):
        psql.psql("select * from marts.fct_cost_lines", FIRST)


def test_a_moment_is_utc_unless_it_says_otherwise() -> None:
    assert history.moment("2026-11-01") == datetime(2026, 11, 1, tzinfo=UTC)
    assert history.moment("2026-11-01T12:00-08:00") == datetime(2026, 11, 1, 20, tzinfo=UTC)
    with pytest.raises(InvalidInput, match="'yesterday' is no moment"):
        history.moment("yesterday")


def test_an_owner_reads_what_was_said_of_their_own(said: Said) -> None:
    with administrator() as db:
        login, password = owners.admit(db, "ann")
        address = dsn_of(db, login, password)
    try:
        with psycopg.connect(address, autocommit=True) as db:
            db.execute(f"set ytempire.as_of = '{FIRST.isoformat()}'")
            for query in (
                "select distinct channel_id from as_of.fct_channel_days",
                f"select distinct channel_id from as_of.dim_videos('{FIRST.isoformat()}')",
                "select distinct channel_id from snapshots.fct_video_economics",
            ):
                assert db.execute(query).fetchall() == [("tidewise",)]
            customers = db.execute("select customer_id from as_of.dim_customers").fetchall()
            assert customers == [("cus_ann",)]
            for name in ("rpt_executive_days", "rpt_mrr_months"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    db.execute(f"select * from snapshots.{name}")
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    db.execute(f"select * from as_of.{name}('{FIRST.isoformat()}')")
    finally:
        with administrator() as db:
            owners.dismiss(db, "ann")


def titled(title: str, at: datetime) -> None:
    """What a build at that moment would leave."""
    with clock.replayed(at), connect() as db:
        db.execute("update marts.dim_videos set title = %s where video_id = 'v4'", (title,))
        history.record(db)


def test_an_old_day_answers_what_it_ended_with(said: Said) -> None:
    for hour, title in enumerate(("At dawn", "At noon", "At dusk"), 24):
        titled(title, REBUILT + timedelta(hours=hour))
    titled("Foam at night", REBUILT + timedelta(hours=48))

    def title(at: datetime) -> Any:
        (row,) = rows("select title from as_of.dim_videos(%s) where video_id = 'v4'", (at,))
        return row["title"]

    days = [FIRST + timedelta(days=day) for day in range(4)]
    executive = "select * from as_of.rpt_executive_days(%s) order by day"
    midnights = [datetime(2026, 10, day, 6, 59, tzinfo=UTC) for day in (11, 12, 13)]
    ends = [rows(executive, (at,)) for at in midnights]
    assert [title(day) for day in days[:2]] == ["Foam", "Foam at night"]
    with clock.replayed(FIRST + timedelta(days=90)):
        assert thinning.thin() == 0, "every version of so many days is kept"
    with clock.replayed(FIRST + timedelta(days=95)):
        assert thinning.thin() == 6, "three titles, one also of economics; a day, and a channel's"
        assert thinning.thin() == 0
    assert [title(day) for day in days] == ["Foam at night", "At dusk", *["Foam at night"] * 2]
    assert [rows(executive, (at,)) for at in midnights] == ends
    assert said_now()["dim_videos"] == said["dim_videos"][-1]
    assert rows("select count(*) as n from snapshots.builds") == [{"n": 3}]


def test_versions_follow_their_mart_through_a_release(said: Said) -> None:
    """The last to run: it spoils a mart."""
    with connect() as db:
        db.execute("alter table marts.dim_customers add column tier text default 'gold'")
        db.execute("alter table marts.dim_customers drop column campaign_id cascade")
    with connect(autocommit=True) as db:
        assert history.record(db) > 0
        assert history.record(db) == 0
    tiers = rows("select distinct tier from as_of.dim_customers(ops.now())")
    assert tiers == [{"tier": "gold"}]
    before = rows("select distinct tier from as_of.dim_customers(%s)", (REBUILT,))
    assert before == [{"tier": None}]
    assert rows("select count(campaign_id) > 0 as is_kept from snapshots.dim_customers") == [
        {"is_kept": True}
    ]
