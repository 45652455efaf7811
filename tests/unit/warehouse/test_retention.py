"""A month of `raw` that is closed keeps what models read of it, at once or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest
import yaml
from ytempire.config import settings
from ytempire.warehouse import clock, retention, transform
from ytempire.warehouse.database import connect
from ytempire.warehouse.load import append_changed

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("landed")]

NOW = datetime(2026, 10, 10, 12, tzinfo=UTC)
#: Fifteen months and more before now; the younger one is kept whole by default.
OLD, YOUNG = date(2025, 7, 1), date(2025, 8, 1)
LANDED = """
    insert into ops.channels (channel_id, title, niche) values ('tidewise', 'Tidewise', 'ocean');
    insert into ops.video_polls (youtube_video_id, channel_id, published_at, listed_at)
    values ('yt1', 'tidewise', '2025-07-10T18:00Z', '2025-07-10T19:00Z'),
           ('gone', 'tidewise', '2025-03-01T18:00Z', '2025-03-01T19:00Z');
    select raw.make_months(name, '2025-07-01', '2025-08-01') from unnest(array[
        'youtube_video_days', 'youtube_reach_days', 'youtube_video_counts']) as name;
    insert into raw.youtube_video_days
        (run_id, fetched_at, channel_id, youtube_video_id, day, views, is_simulated)
    select 'p' || n, day + n, 'tidewise', 'yt1', day, 100 - n, true
    from unnest(array[date '2025-07-15', date '2025-08-15']) as day, generate_series(2, 5) as n;
    insert into raw.youtube_reports
        (report_id, channel_id, report_type, day, reported_at, rows_read, sha256, run_id,
         fetched_at)
    select 't' || n, 'tidewise', 'channel_reach_basic_a1', '2025-07-15', date '2025-07-16' + n, 2,
           'a', 'p' || n, date '2025-07-16' + n from generate_series(1, 2) as n;
    insert into raw.youtube_reach_days
        (run_id, fetched_at, channel_id, youtube_video_id, day, impressions, ctr, report_id,
         reported_at, is_simulated)
    select run_id, fetched_at, channel_id, video, day, 1000, 0.05, report_id, reported_at, true
    from raw.youtube_reports, unnest(array['yt1', '']) as video;
    -- Of yt1 a look a day since a day before it was published, and on; of the other one in July.
    insert into raw.youtube_video_counts
        (run_id, fetched_at, channel_id, youtube_video_id, views, likes, comments, is_simulated)
    select 'looks', at, 'tidewise', 'yt1', 100, 1, 0, true
    from generate_series(timestamptz '2025-07-09T18:00Z', '2025-08-20T18:00Z', '1 day') as at
    union all
    select 'looks', at, 'tidewise', 'gone', 100, 1, 0, true
    from generate_series(timestamptz '2025-07-01T00:00Z', '2025-07-04T00:00Z', '1 day') as at;
"""
ALL = "select * from raw.{} order by fetched_at, youtube_video_id, run_id"


def rows(query: str, values: Any = None) -> list[dict[str, Any]]:
    with connect() as db:
        return db.execute(query, values).fetchall()


def everything() -> list[list[dict[str, Any]]]:
    return [rows(ALL.format(table)) for table in retention.NEEDED]


@pytest.fixture
def landed(warehouse: None) -> Iterator[None]:
    with clock.replayed(NOW):
        with connect() as db:
            db.execute(LANDED)
        yield


def test_every_table_that_is_kept_by_month_is_closed_by_a_rule_of_its_own() -> None:
    tables = rows(
        "select relname from pg_partitioned_table join pg_class on oid = partrelid "
        "where relnamespace = 'raw'::regnamespace"
    )
    assert {row["relname"] for row in tables} == set(retention.NEEDED)


def test_a_launch_is_as_long_as_in_the_models() -> None:
    project = yaml.safe_load((transform.PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    assert project["vars"]["launch_hours"] == retention.LAUNCH_HOURS


def test_a_closed_month_keeps_what_the_models_read_and_a_younger_one_all() -> None:
    days, reach, looks = everything()
    closed = {month.table: month for month in retention.close_months()}
    assert {month.month for month in closed.values()} == {OLD}

    kept_days, kept_reach, kept_looks = everything()
    assert kept_days == [row for row in days if row["day"] >= YOUNG or row["run_id"] == "p5"]
    assert kept_reach == [row for row in reach if row["report_id"] == "t2"]
    assert kept_looks == [
        row
        for row in looks
        if row["fetched_at"] >= datetime(2025, 8, 1, tzinfo=UTC)
        or (row["youtube_video_id"] == "yt1" and 10 <= row["fetched_at"].day < 24)
        or (row["youtube_video_id"] == "gone" and row["fetched_at"].day >= 3)
    ]
    assert {name: (month.rows_dropped, month.rows_kept) for name, month in closed.items()} == {
        "youtube_video_days": (3, 1),
        "youtube_reach_days": (2, 2),
        "youtube_video_counts": (len(looks) - len(kept_looks), 16),
    }


def test_the_setting_says_how_many_months_are_kept_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YTEMPIRE_WAREHOUSE__RAW_MONTHS", "13")
    settings.cache_clear()
    try:
        assert {month.month for month in retention.close_months()} == {OLD, YOUNG}
    finally:
        monkeypatch.undo()
        settings.cache_clear()


def test_an_old_month_in_which_nothing_is_goes_and_is_made_again_when_something_lands() -> None:
    months = (
        "select count(*) as n from pg_inherits where inhparent = 'raw.youtube_video_days'::regclass"
    )
    with connect() as db:
        db.execute("select raw.make_months('youtube_video_days', '2024-01-01', '2025-08-01')")
    retention.close_months()
    (left,) = rows(months)
    with connect() as db:
        append_changed(
            db, "raw.youtube_video_days",
            ("run_id", "fetched_at", "channel_id", "youtube_video_id", "day", "views"),
            [("late", NOW, "tidewise", "yt1", date(2024, 3, 1), 5)],
            key=("youtube_video_id", "day"),
        )  # fmt: skip
    assert rows(months) == [{"n": left["n"] + 1}]
    (closed,) = retention.close_months()
    assert (closed.month, closed.rows_dropped, closed.rows_kept) == (date(2024, 3, 1), 0, 1)
    assert retention.close_months() == []


def test_twice_or_twice_at_once_is_once() -> None:
    with ThreadPoolExecutor(2) as threads:
        both = [threads.submit(retention.close_months) for _ in range(2)]
        closed = [month.table for done in both for month in done.result()]
    assert sorted(closed) == sorted(retention.NEEDED)
    before = everything()
    assert retention.close_months() == []
    assert everything() == before


def test_what_lands_late_wins_and_the_next_run_drops_what_it_beat() -> None:
    retention.close_months()
    with connect() as db:
        db.execute(
            "insert into raw.youtube_video_days (run_id, fetched_at, channel_id, youtube_video_id, "
            "day, views, is_simulated) values "
            "('late', '2026-10-10T11:00Z', 'tidewise', 'yt1', '2025-07-15', 70, true)"
        )
    told = rows("select run_id from raw.youtube_video_days where day = '2025-07-15' order by 1")
    assert [row["run_id"] for row in told] == ["late", "p5"]
    (closed,) = retention.close_months()
    assert (closed.table, closed.rows_dropped, closed.rows_kept) == ("youtube_video_days", 1, 1)
    told = rows("select run_id from raw.youtube_video_days where day = '2025-07-15'")
    assert [row["run_id"] for row in told] == ["late"]
    (noted,) = rows(
        "select rows_dropped, rows_kept from ops.closed_months "
        "where table_name = %s and month = %s",
        ("youtube_video_days", OLD),
    )
    assert noted == {"rows_dropped": 4, "rows_kept": 1}


def test_a_closed_month_is_no_rewrite_and_its_rows_are_no_news() -> None:
    rewrites = "select max(rewrite_id) as last from ops.rewrites"
    before, numbered = rows(rewrites), [{row["landing"] for row in all_} for all_ in everything()]
    retention.close_months()
    assert rows(rewrites) == before
    for now, had in zip(everything(), numbered, strict=True):
        assert {row["landing"] for row in now} < had


def test_killed_in_between_the_month_is_as_it_was() -> None:
    before = everything()
    with ThreadPoolExecutor(1) as threads, connect() as reader, connect(autocommit=True) as db:
        reader.execute("select from raw.youtube_reach_days")  # the partition cannot go meanwhile
        closing = threads.submit(retention.close_months)
        for _ in range(100_000):  # until its copy is made and it waits for the reader
            waiting = db.execute(
                "select pid from pg_stat_activity where wait_event_type = 'Lock' "
                "and query like 'alter table%detach partition%'"
            ).fetchone()
            if waiting or closing.done():
                break
        assert waiting is not None
        db.execute("select pg_terminate_backend(%s, 5000)", (waiting["pid"],))
        with pytest.raises(psycopg.errors.AdminShutdown):
            closing.result()
    assert everything() == before
    assert (
        rows(r"select from pg_tables where schemaname = 'raw_months' and tablename ~ '_kept$'")
        == []
    )
    assert len(retention.close_months()) == 3
