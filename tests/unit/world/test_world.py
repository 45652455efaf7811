"""A simulated business keeps every rule of the landing and of the marts, whatever its seed."""

from __future__ import annotations

from typing import Any

import pytest
from typer.testing import CliRunner
from ytempire.cli import app
from ytempire.errors import InvalidInput
from ytempire.warehouse import transform
from ytempire.warehouse.database import connect
from ytempire.world import World, fill, next_hour

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("warehouse"), pytest.mark.timeout(400)]


def told(query: str) -> Any:
    with connect() as db:
        row = db.execute(query).fetchone()
    assert row is not None
    return row["told"]


VIEWS = (
    "select sum(views)::bigint as told from (select distinct on (youtube_video_id, day) * "
    "from raw.youtube_video_days order by youtube_video_id, day, fetched_at desc) as latest"
)


def test_worlds_of_three_seeds_keep_every_rule_of_the_marts(postgres: Any) -> None:
    totals = set()
    for seed in (1, 2, 3):
        with connect() as db:
            names = db.execute(
                "select string_agg(format('%I.%I', schemaname, tablename), ', ') as all "
                "from pg_tables where schemaname in ('ops', 'raw')"
            ).fetchone()
            assert names is not None
            db.execute(f"truncate {names['all']} cascade")
        fill(World(videos=60, days=25, seed=seed))
        assert transform.build(everything=True).tests > 60
        totals.add(told(VIEWS))
    assert len(totals) == 3, "another seed, other numbers"


def test_a_world_hour_by_hour_is_what_a_full_build_makes_of_it() -> None:
    fill(World(videos=60, days=40, seed=4))
    transform.build()
    for number in (1, 2):
        assert next_hour(number) > 60
        transform.build()
    kept = (
        "select md5(string_agg(md5(kept::text), '' order by kept::text)) as told from ({}) as kept"
    )
    # How fresh a day is moves with every look; what it tells does not.
    days = "select video_id, day, views, revenue_usd, impressions from marts.fct_video_days"
    economics = (
        "select video_id, views, revenue_usd, break_even_date from marts.fct_video_economics"
    )
    counted = "select video_id, total_views, views_per_hour from marts.dim_videos"
    hourly = [told(kept.format(each)) for each in (days, economics, counted)]
    transform.build(everything=True)
    assert [told(kept.format(each)) for each in (days, economics, counted)] == hourly


def test_an_hour_takes_the_days_that_landed_and_no_others() -> None:
    fill(World(videos=40, days=60, seed=5))
    transform.build()
    first = told("select min(day)::text as told from marts.fct_video_days")
    second = told(f"select date '{first}' + 1 as told")
    written = "select array_agg(xmin::text) as told from marts.fct_video_days where day = date '{}'"
    before = [told(written.format(day)) for day in (first, second)]
    with connect() as db:
        db.execute(
            "insert into raw.youtube_video_days (run_id, fetched_at, channel_id, youtube_video_id, "
            "day, views, is_simulated) select 'late', ops.now(), channel_id, youtube_video_id, "
            "day, views - 1, true from raw.youtube_video_days "
            "where day = %s and views > 1 order by fetched_at desc limit 1",
            (first,),
        )
    transform.build()
    after = [told(written.format(day)) for day in (first, second)]
    assert sorted(after[1]) == sorted(before[1]), "its neighbour lies where it lay"
    assert len(after[0]) == len(before[0])
    assert len([each for each in after[0] if each not in before[0]]) == 1, "what moved is written"


def test_an_hour_takes_the_months_whose_costs_have_moved_and_no_others() -> None:
    fill(World(videos=60, days=40, seed=8))
    transform.build()
    lines = (
        "select md5(string_agg(md5(line::text), '' order by line::text)) as told from ("
        "select line_id, video_id, channel_id, cost_type, share, amount_usd, is_allocated "
        "from marts.fct_cost_lines) as line"
    )
    written = (
        "select min(xmin::text::bigint) as told from marts.fct_cost_lines where cost_month = '{}'"
    )
    first = told(
        "select min(cost_month)::text as told from marts.fct_cost_lines "
        "where is_allocated and cost_type <> 'direct'"
    )
    untouched = told(
        f"select max(cost_month)::text as told from marts.fct_cost_lines "
        f"where cost_month > '{first}' and cost_month < date_trunc('month', ops.now() - interval "
        "'1 month') and is_allocated"
    )
    before = told(lines), told(written.format(untouched))
    with connect() as db:
        # A video that others bear from now on, a line late for a video of an earlier month, which
        # is its weight there, and the house's own.
        db.execute(
            "update ops.videos set state = 'failed', published_at = null "
            "where video_id = (select video_id from marts.fct_cost_lines where cost_month = %s "
            "and cost_type = 'direct' order by video_id limit 1)",
            (first,),
        )
        db.execute(
            "insert into ops.ledger (video_id, channel_id, provider, kind, unit, quantity, "
            "unit_price_usd, amount_usd, price_version, is_simulated) "
            "(select video_id, channel_id, 'openai', 'script', 'token', 1, 0.5, 0.5, 'simulated', "
            "true from marts.fct_cost_lines where cost_month = %s and cost_type = 'direct' "
            "order by video_id desc limit 1) union all "
            "select null, null, 'house', 'compute', 'month', 1, 7, 7, 'simulated', true",
            (first,),
        )
        db.execute(
            "insert into ops.ledger (stage_run_id, video_id, channel_id, provider, kind, unit, "
            "quantity, unit_price_usd, amount_usd, price_version, is_simulated) "
            "select stage_run_id, video_id, channel_id, 'openai', 'script', 'token', 1, 0.25, "
            "0.25, 'simulated', true from marts.fct_stage_runs order by started_at limit 1"
        )
        db.execute(
            "update ops.stage_runs set state = 'failed', error = 'late', finished_at = ops.now() "
            "where stage_run_id = (select stage_run_id from marts.fct_stage_runs "
            "order by started_at desc limit 1)"
        )
    runs = (
        "select md5(string_agg(run::text, '' order by stage_run_id)) as told "
        "from marts.fct_stage_runs as run"
    )
    runs_before = told(runs)
    transform.build()
    hourly = told(lines), told(runs)
    assert hourly[0] != before[0]
    assert hourly[1] != runs_before
    assert told(written.format(untouched)) == before[1], "a month between lies where it lay"
    transform.build(everything=True)
    assert (told(lines), told(runs)) == hourly


def test_removed_rows_of_the_landing_leave_the_marts_too() -> None:
    fill(World(videos=40, days=25, seed=6))
    transform.build()
    first = told("select min(day)::text as told from marts.fct_video_days")
    with connect() as db:
        for table in ("youtube_video_days", "youtube_channel_days", "youtube_reach_days"):
            db.execute(f"delete from raw.{table} where day = %s", (first,))
        db.execute("delete from raw.youtube_reports where day = %s", (first,))
    transform.build()
    assert told("select min(day)::text as told from marts.fct_video_days") > first


def test_models_that_an_upgrade_has_changed_are_built_in_full_once() -> None:
    fill(World(videos=30, days=25, seed=8))
    transform.build()
    assert not transform.is_outdated()
    first = told("select min(day)::text as told from marts.fct_video_days")
    with connect() as db:
        # No hour looks at this day again: only a full build brings it back.
        db.execute("delete from marts.fct_video_days where day = %s", (first,))
        db.execute("update staging.builds set built_project = 'of an earlier version'")
    assert transform.is_outdated()
    transform.build()
    assert told("select min(day)::text as told from marts.fct_video_days") == first
    assert not transform.is_outdated()


def test_a_world_is_made_in_an_empty_warehouse_only() -> None:
    done = CliRunner().invoke(app, ["world", "--videos", "30", "--days", "20", "--seed", "7"])
    assert done.exit_code == 0, done.output
    assert "SIMULATED" in done.output
    views = told(VIEWS)
    with pytest.raises(InvalidInput, match="empty warehouse only"):
        fill(World(videos=30, days=20, seed=7))
    assert told(VIEWS) == views
    assert told("select count(*) as told from ops.channels where not is_simulated") == 0
