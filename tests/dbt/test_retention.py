"""Old months of `raw` are dropped, and every figure of every mart is what it was."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from ytempire.analytics.landing import COLUMNS
from ytempire.channels import deletion
from ytempire.channels.forgetting import forget_video
from ytempire.config import Ports, settings
from ytempire.warehouse import clock, expectations, retention, transform
from ytempire.warehouse.database import connect
from ytempire.warehouse.load import append_changed
from ytempire.world import World, fill

from tests.emptying import empty

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

NOW = datetime(2026, 10, 10, 12, 30, tzinfo=UTC)
#: With three months kept whole before October, May and June are closed.
FIRST_WHOLE = date(2026, 7, 1)
#: Columns that say when a build was made, and not what it found.
STAMPS = "'built_at', 'ops_as_of'"
#: A look at every video each eight hours, of some until the middle of June only; a day in May
#: whose reach was reported twice, with less the second time.
MORE = """
    select raw.make_months('youtube_video_counts', '2026-05-01', '2026-10-31');
    insert into raw.youtube_video_counts
        (run_id, fetched_at, channel_id, is_simulated, youtube_video_id, views, likes, comments)
    select 'looks', at, channel_id, true, youtube_video_id,
           (extract(epoch from at - published_at) / 600)::bigint, 7, 1
    from ops.video_polls, generate_series(
        greatest(published_at + interval '1 minute', timestamptz '2026-05-14'),
        case when youtube_video_id < '4' then timestamptz '2026-06-15'
             else timestamptz '2026-09-20' end,
        interval '8 hours') as at;
    insert into raw.youtube_reports
        (report_id, channel_id, report_type, day, reported_at, rows_read, sha256, run_id,
         fetched_at)
    select 'again-' || channel_id, channel_id, report_type, day, reported_at + interval '9 days',
           2, 'b', 'again', fetched_at + interval '9 days'
    from raw.youtube_reports where day = '2026-05-20';
    insert into raw.youtube_reach_days
        (run_id, fetched_at, channel_id, is_simulated, youtube_video_id, day, impressions, ctr,
         report_id, reported_at)
    select 'again', fetched_at + interval '9 days', channel_id, true, youtube_video_id, day,
           impressions - 1, ctr, 'again-' || channel_id, reported_at + interval '9 days'
    from raw.youtube_reach_days where day = '2026-05-20' and impressions > 0;
"""


def rows(query: str, values: Any = None) -> list[dict[str, Any]]:
    with connect() as db:
        return db.execute(query, values).fetchall()


def marts() -> dict[str, list[str]]:
    """Each mart's rows with every column, but for the stamps of its build."""
    tables = rows("select tablename as name from pg_tables where schemaname = 'marts' order by 1")
    return {
        table["name"]: [
            row["told"]
            for row in rows(
                f"select (to_jsonb(mart) - array[{STAMPS}])::text as told "
                f"from marts.{table['name']} as mart order by 1"
            )
        ]
        for table in tables
    }


def differences(before: dict[str, list[str]], after: dict[str, list[str]]) -> dict[str, list[str]]:
    assert before.keys() == after.keys()
    return {
        name: sorted(set(before[name]) ^ set(after[name]))[:4]
        for name in before
        if before[name] != after[name]
    }


@pytest.fixture(scope="module")
def closed(postgres: Ports) -> Iterator[dict[str, Any]]:
    """A world of five months whose first two are closed, built before, in the hour after, and in
    full."""
    told: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch, clock.replayed(NOW):
        patch.setenv("YTEMPIRE_WAREHOUSE__RAW_MONTHS", "3")
        settings.cache_clear()
        fill(World(videos=120, days=150, seed=9))
        with connect() as db:
            db.execute(MORE)
        transform.build(everything=True)
        told["before"] = marts()
        told["months"] = retention.close_months()
        assert transform.build().tests > 60
        told["hourly"] = marts()
        told["touched"] = rows("select min(day) as first from intermediate.int_days_touched")
        assert transform.build(everything=True).tests > 60
        told["full"] = marts()
        yield told
    settings.cache_clear()
    with connect() as db:
        empty(db)


def test_most_of_the_old_months_is_gone_and_some_of_it_is_read(closed: dict[str, Any]) -> None:
    months = closed["months"]
    assert {(month.table, month.month.month) for month in months} == {
        (table, number) for table in retention.NEEDED for number in (5, 6)
    }
    for table in retention.NEEDED:
        mine = [month for month in months if month.table == table]
        assert sum(month.rows_dropped for month in mine) > 0, table
        assert sum(month.rows_kept for month in mine) > 0, table
    young = rows("select from marts.fct_video_counts where counted_at < %s", (FIRST_WHOLE,))
    paced = rows(
        "select from marts.dim_videos where counted_at < %s and views_per_hour > 0", (FIRST_WHOLE,)
    )
    assert young and paced, "launches and paces are of looks in closed months too"


def test_an_hour_later_every_mart_says_what_it_said(closed: dict[str, Any]) -> None:
    assert differences(closed["before"], closed["hourly"]) == {}
    assert len(closed["before"]["fct_video_days"]) > 10_000
    (touched,) = closed["touched"]
    assert touched["first"] >= FIRST_WHOLE, "no day of a closed month was news"


def test_built_in_full_every_mart_says_what_it_said(closed: dict[str, Any]) -> None:
    assert differences(closed["before"], closed["full"]) == {}


def test_what_is_left_keeps_the_rules_of_the_landing(closed: dict[str, Any]) -> None:
    assert expectations.validate(everything=True) == []


def test_a_closed_day_that_is_restated_is_told_anew_by_the_hour_and_in_full(
    closed: dict[str, Any],
) -> None:
    day = date(2026, 6, 20)
    known = rows(
        "select distinct on (youtube_video_id) * from raw.youtube_video_days where day = %s "
        "order by youtube_video_id, fetched_at desc limit 2",
        (day,),
    )
    again = [row | {"run_id": "backfill", "fetched_at": NOW} for row in known]
    again[0]["revenue_usd"] = revenue = Decimal("77.123456")
    with connect() as db:
        written = append_changed(
            db, "raw.youtube_video_days", COLUMNS["youtube_video_days"],
            [{name: row[name] for name in COLUMNS["youtube_video_days"]} for row in again],
            key=("youtube_video_id", "day"),
        )  # fmt: skip
    assert written == 1, "the other one is what is kept already"
    transform.run("run")  # no test: a channel's day is not told anew here
    hourly = marts()
    (told,) = rows(
        "select days.revenue_usd from marts.fct_video_days as days "
        "join marts.dim_videos as videos using (video_id) "
        "where youtube_video_id = %s and day = %s",
        (known[0]["youtube_video_id"], day),
    )
    assert told["revenue_usd"] == revenue
    [month] = retention.close_months()
    assert (month.month, month.rows_dropped) == (date(2026, 6, 1), 1)
    transform.run("run", "--full-refresh")
    assert differences(hourly, marts()) == {}


def test_whoever_is_forgotten_leaves_closed_months_too(closed: dict[str, Any]) -> None:
    """The last to run: it takes a video and a channel away."""
    kept = (
        "select count(*) filter (where youtube_video_id = %(video)s) as video, "
        "count(*) filter (where channel_id = %(channel)s) as channel from raw_months.{}_2026_06"
    )
    (gone,) = rows(
        "select video_id, youtube_video_id, channel_id from marts.dim_videos as video "
        "where made_here and removed_at is not null and exists (select from raw.youtube_video_days "
        "as days where days.youtube_video_id = video.youtube_video_id and day = '2026-06-02') "
        "limit 1"
    )
    (other,) = rows(
        "select min(channel_id) as id from raw_months.youtube_video_counts_2026_06 "
        "where channel_id <> %s",
        (gone["channel_id"],),
    )
    names = {"video": gone["youtube_video_id"], "channel": other["id"]}
    before = {table: rows(kept.format(table), names)[0] for table in retention.NEEDED}
    assert before["youtube_video_days"]["video"] > 0
    assert all(found["channel"] > 0 for found in before.values())

    assert forget_video(gone["video_id"], for_good=True).name is not None
    deletion.request(other["id"], "request")
    deletion.carry_out(now_for=other["id"])
    for table in retention.NEEDED:
        assert rows(kept.format(table), names) == [{"video": 0, "channel": 0}], table
