"""Plans, draws and decisions on a real Postgres, from a request to a winner."""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
from ytempire.channels.accounts import Channel, add
from ytempire.domain import Format
from ytempire.errors import InvalidInput, YTEmpireError
from ytempire.learning.experiments import assignment, imports, plans, results
from ytempire.runs import queue
from ytempire.studio import stages
from ytempire.warehouse import clock
from ytempire.warehouse.database import connect

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("warehouse")]
WHY = "Captions in a box are read longer."


@pytest.fixture(autouse=True)
def _channels(warehouse: None) -> None:
    for name in ("tidewise", "ledgerly"):
        add(Channel(channel_id=name, youtube_channel_id=None, title=name.title(), niche="sea"))


@pytest.fixture
def marts() -> Iterator[None]:
    """The two marts that results are read from, empty."""
    with connect() as db:
        db.execute("create schema if not exists marts")
        # Another file's tests may have built them in this database.
        for table in ("fct_video_launches", "fct_video_economics"):
            db.execute(f"drop table if exists marts.{table} cascade")
        db.execute(
            "create table marts.fct_video_launches (video_id text, channel_id text, format text, "
            "published_date date, views bigint, is_final boolean)"
        )
        db.execute(
            "create table marts.fct_video_economics (video_id text, channel_id text, "
            "published_date date, loaded_cost_usd numeric)"
        )
    yield
    with connect() as db:
        db.execute("drop table marts.fct_video_launches, marts.fct_video_economics")


def plan(name: str = "boxed", **rest: Any) -> None:
    rest = {"units": 120, "looks": 3} | rest
    with connect() as db:
        values = {"control": "", "box": "boxed"}
        plans.put(db, plans.of(name, WHY, "captions", values, **rest), "ada")


def start(name: str = "boxed") -> None:
    with connect() as db:
        plans.start(db, name, "ada")


def ask(request_id: str, channel: str = "tidewise") -> None:
    queue.put(
        queue.Request(
            request_id=request_id, channel_id=channel, topic=request_id, format=Format.SHORT
        )
    )


def begin(request_id: str, channel: str = "tidewise") -> str:
    ask(request_id, channel)
    return queue.accept(request_id)


def read(question: str) -> list[dict[str, Any]]:
    with connect() as db:
        return db.execute(question).fetchall()


def units() -> dict[str, str]:
    return {row["video_id"]: row["variant"] for row in read("select * from ops.experiment_units")}


def state() -> dict[str, Any]:
    [row] = read("select * from ops.experiments")
    return row


def test_a_video_is_drawn_once_and_made_with_its_variant() -> None:
    before = begin("before")
    plan()
    planned = begin("planned")
    start()
    made = [begin(f"r{number}", "tidewise" if number % 2 else "ledgerly") for number in range(12)]
    drawn = units()
    assert before not in drawn
    assert planned not in drawn
    assert set(drawn) == set(made)
    assert set(drawn.values()) == {"control", "box"}
    for number in range(12):
        assert queue.accept(f"r{number}") in drawn
    queue.accept("before")
    assert units() == drawn
    for video_id, variant in drawn.items():
        is_boxed = stages.identity_of(video_id).captions == "boxed"
        assert is_boxed == (variant == "box")
    with connect() as db:
        plans.stop(db, "boxed", "ada", "enough")
    assert begin("after") not in units()
    assert all(assignment.settings_of(each) for each, variant in drawn.items() if variant == "box")


def test_an_accept_that_is_killed_leaves_nothing_and_the_next_one_assigns() -> None:
    plan()
    start()
    ask("r")
    with connect() as holder, ThreadPoolExecutor(1) as threads:
        # Its video is inserted, and it waits for this lock before it draws.
        holder.execute("select from ops.experiments for update")
        dying = threads.submit(queue.accept, "r")
        waits = (
            "select pid from pg_stat_activity "
            "where wait_event_type = 'Lock' and query like '%from ops.experiments%for update%'"
        )
        while not (found := read(waits)):
            assert not dying.done()
        read(f"select pg_terminate_backend({found[0]['pid']})")
        with pytest.raises((psycopg.Error, YTEmpireError)):
            dying.result(timeout=60)
    assert units() == {}
    assert read("select * from ops.videos") == []
    video_id = queue.accept("r")
    assert queue.accept("r") == video_id
    assert list(units()) == [video_id]


def test_two_that_accept_one_request_at_once_draw_once() -> None:
    plan()
    start()
    ask("r")
    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(queue.accept, ["r"] * 4))) == 1
    assert len(units()) == 1


def test_a_channel_s_experiment_leaves_others_alone_and_takes_what_was_planned() -> None:
    plan(channel_id="ledgerly", units=20, looks=1)
    start()
    begin("elsewhere")
    made = [begin(f"r{number}", "ledgerly") for number in range(22)]
    assert set(units()) == set(made[:20])
    queue.move(made[0], "failed")
    assert begin("instead", "ledgerly") in units(), "what came to nothing is replaced"


def test_what_has_begun_is_not_edited() -> None:
    plan()
    plan(units=240)
    assert state()["units"] == 240, "until then it may be planned anew"
    start()
    with pytest.raises(InvalidInput, match="has begun"):
        plan(units=60)
    made = begin("r")
    for deed in (
        "update ops.experiments set units = 60",
        "update ops.experiments set alpha = 0.2",
        "update ops.experiments set state = 'planned', started_at = null",
        "delete from ops.experiments",
        "update ops.experiment_variants set value = null",
        "delete from ops.experiment_variants where place = 1",
        "update ops.experiment_units set variant = case variant when 'box' then 'control' "
        "else 'box' end",
    ):
        with pytest.raises(psycopg.errors.RaiseException), connect() as db:
            db.execute(deed)
    assert made in units()


def test_one_setting_is_varied_by_one_experiment_at_a_time() -> None:
    plan()
    plan("other", channel_id="tidewise")
    start()
    with pytest.raises(InvalidInput, match="'boxed' varies captions"):
        start("other")
    with connect() as db, pytest.raises(InvalidInput, match="Say why"):
        plans.stop(db, "boxed", "ada", " ")
    with connect() as db:
        plans.stop(db, "boxed", "ada", "Another comes first.")
    start("other")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"experiment_id": "Boxed!"}, "no name of an experiment"),
        ({"hypothesis": "short"}, "10 to 300 characters"),
        ({"varied": "weather"}, "cannot be varied"),
        ({"values": {"a": "boxed"}}, "2 to 4 variants"),
        ({"values": {"a": "boxed", "b": "boxed"}}, "are the same"),
        ({"values": {"a": "", "b": "loud"}}, "no caption style"),
        ({"values": {"a": "", "b c": "boxed"}}, "no names of variants"),
        ({"varied": "pace", "values": {"a": "", "b": "79"}}, "80 to 400"),
        ({"varied": "pace", "values": {"a": "", "b": "١٩٠"}}, "80 to 400"),
        ({"units": 59, "looks": 3}, "would have 9 videos"),
        ({"alpha": 0.5}, "alpha"),
    ],
)
def test_plans_that_tell_nothing_are_refused(changes: dict[str, Any], told: str) -> None:
    given = {
        "experiment_id": "boxed", "hypothesis": WHY, "varied": "captions",
        "values": {"a": "", "b": "boxed"},
    } | changes  # fmt: skip
    with pytest.raises(InvalidInput) as refused:
        plans.of(**given)
    assert told in str(refused.value)


def test_a_channel_that_is_not_there_is_refused() -> None:
    with pytest.raises(InvalidInput, match="There is no channel 'nobody'"):
        plan(channel_id="nobody")


def launch(made: list[str], effect: float, seed: int = 4) -> None:
    """Final first weeks of these videos; those of the variant have an effect."""
    draw = np.random.default_rng(seed)
    drawn = units()
    with connect() as db:
        for number, video_id in enumerate(made):
            level = 9 if number % 2 else 6
            lift = math.log1p(effect) * (drawn[video_id] == "box")
            views = round(math.exp(level + draw.normal(0, 0.5) + lift))
            channel = "tidewise" if number % 2 else "ledgerly"
            db.execute(
                "insert into marts.fct_video_launches values (%s, %s, 'short', %s, %s, true)",
                (video_id, channel, date(2026, 1, 1) + timedelta(days=number), views),
            )
        db.execute("update ops.experiments set judged_at = null")


def run_to(videos: int) -> list[str]:
    plan()
    start()
    return [
        begin(f"r{number}", "tidewise" if number % 2 else "ledgerly") for number in range(videos)
    ]


def test_an_effect_is_looked_at_when_it_was_planned_and_wins(marts: None) -> None:
    made = run_to(120)
    launch(made[:39], effect=1.5)
    assert results.watch() == "boxed: 39 of 120 videos measured"
    assert results.watch() == "nothing is due", "once a day"
    assert read("select * from ops.experiment_variants where estimate is not null") == []
    launch(made[39:40], effect=1.5)
    first = results.watch()
    assert first.startswith("boxed: look 1 of 3, 40 videos")
    launch(made[40:80], effect=1.5)
    if "winner" not in first:
        assert results.watch() == "boxed: look 2 of 3, 80 videos: winner box"
    [box] = read("select * from ops.experiment_variants where variant = 'box'")
    assert 0 < box["ci_low"] < box["estimate"] < box["ci_high"]
    assert box["ci_low"] < 1.5 < box["ci_high"]
    assert (state()["state"], state()["winner"], state()["ended_by"]) == (
        "ended", "box", results.JUDGE,
    )  # fmt: skip
    assert begin("after") not in units()


def test_no_effect_ends_with_no_difference_at_the_last_look_only(marts: None) -> None:
    made = run_to(120)
    for part in range(3):
        launch(made[40 * part : 40 * part + 40], effect=0.0, seed=part)
        told = results.watch()
        assert told.endswith("no difference") == (part == 2), told
    assert state()["decision"] == "no difference"


def test_videos_that_one_variant_loses_break_the_experiment(marts: None) -> None:
    made = run_to(120)
    drawn = units()
    for video_id in [each for each in made if drawn[each] == "box"][:45]:
        queue.move(video_id, "failed")
    launch(made[:40], effect=3.0)
    assert results.watch() == "boxed: broken"
    assert state()["state"] == "stopped"
    assert "not in the planned ratio" in state()["reason"]
    assert read("select * from ops.experiment_variants where estimate is not null") == []


def watch_in(days: int) -> str:
    with clock.replayed(datetime.now().astimezone() + timedelta(days=days)):
        return results.watch()


@pytest.mark.parametrize(("begun", "final"), [(120, 100), (100, 100)])
def test_what_gets_no_more_figures_ends_with_those_it_has_and_says_what_is_missing(
    marts: None, begun: int, final: int
) -> None:
    made = run_to(begun)
    launch(made[:final], effect=0.0)
    assert results.watch() == f"boxed: look 2 of 3, {final} videos"
    assert watch_in(44) == f"boxed: {final} of 120 videos measured"
    assert watch_in(46) == f"boxed: look 3 of 3, {final} videos: no difference"
    assert "20 of 120 videos are missing" in state()["reason"]


def test_a_video_is_missing_so_long_after_its_publication_or_after_the_last_one_was_begun(
    marts: None,
) -> None:
    made = run_to(100)
    launch(made[:90], effect=0.0)
    with connect() as db:
        db.execute(
            "update ops.videos set published_at = ops.now() + interval '20 days' "
            "where video_id = %s",
            (made[95],),
        )
    results.watch()
    assert watch_in(60) == "boxed: 90 of 120 videos measured"
    with clock.replayed(datetime.now().astimezone() + timedelta(days=61)):
        begin("late")
    assert watch_in(100) == "boxed: 90 of 120 videos measured"
    assert "no difference" in watch_in(107)


def test_an_end_with_too_few_videos_decides_nothing(marts: None) -> None:
    launch(run_to(30)[:12], effect=3.0)
    assert watch_in(46) == "boxed: stopped"
    assert (state()["state"], state()["decision"]) == ("stopped", "stopped")
    assert state()["reason"].startswith("108 of 120 videos are missing")


def test_videos_missing_of_one_variant_break_the_experiment_at_its_end(marts: None) -> None:
    made = run_to(120)
    drawn = units()
    boxes = [each for each in made if drawn[each] == "box"]
    launch([each for each in made if each not in boxes[15:]], effect=0.0)
    assert watch_in(44).endswith("videos")
    assert watch_in(46) == "boxed: broken"
    assert "box 15" in state()["reason"]


def test_cost_is_compared_in_usd_and_less_of_it_wins(marts: None) -> None:
    plan(outcome="loaded_cost", units=60, looks=1)
    start()
    made = [begin(f"r{number}") for number in range(60)]
    drawn = units()
    with connect() as db:
        for number, video_id in enumerate(made):
            usd = 0.10 + number % 7 / 1000 - 0.03 * (drawn[video_id] == "box")
            db.execute(
                "insert into marts.fct_video_economics "
                "values (%s, 'tidewise', ops.pacific_day(ops.now()), %s)",
                (video_id, usd),
            )
    assert results.watch() == "boxed: 0 of 60 videos measured", "the month's shares still move"
    with clock.replayed(datetime.now().astimezone() + timedelta(days=33)):
        assert results.watch().endswith("winner box")
    [box] = read("select * from ops.experiment_variants where variant = 'box'")
    assert float(box["estimate"]) == pytest.approx(-0.03, abs=0.002)


def test_without_marts_a_look_says_so_by_counting_nothing() -> None:
    run_to(3)
    assert results.watch() == "boxed: 0 of 120 videos measured"


HEADER = ",".join(imports.HEADER)


def test_youtube_s_own_results_are_taken_once(tmp_path: Path) -> None:
    video_id = begin("tides")
    file = tmp_path / "tests.csv"
    file.write_text(
        f"\ufeff{HEADER}\n{video_id},thumbnail,old,45.0,,2026-10-01,2026-10-14\n"
        f"{video_id},thumbnail,new,55.0,winner,2026-10-01,2026-10-14\n"
    )
    for _ in range(2):
        with connect() as db:
            assert imports.load(db, file, "ada") == 1
    assert state()["winner"] == "new"
    assert state()["started_at"] == clock.pacific_midnight(date(2026, 10, 1))
    rows = read("select variant, estimate from ops.experiment_variants order by place")
    assert rows[0]["estimate"] is None
    assert float(rows[1]["estimate"]) == pytest.approx(55 / 45 - 1, abs=1e-6)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("", "It has no line"),
        ("v,thumbnail,a,50,,2026-10-01,2026-10-14", "2 or 3 variants, not 1"),
        ("v,weather,a,50,,2026-10-01,2026-10-14", "line 2, varied"),
        ("v,title,a,50%,,2026-10-01,2026-10-14", "line 2, watch_time_share"),
        ("v,title,a,50,,2026-10-14,2026-10-01", "it ended before it began"),
        ("v,title,a,50,,yesterday,2026-10-01", "line 2, started_on"),
        ("v,title,a,NaN,,2026-10-01,2026-10-14", "line 2, watch_time_share"),
        (
            "v,title,a,50,,2026-10-01,2026-10-14\nv,title,b,20,,2026-10-01,2026-10-14",
            "do not sum to 100",
        ),
        (
            "v,title,a,50,winner,2026-10-01,2026-10-14\nv,title,b,50,winner,2026-10-01,2026-10-14",
            "several winners",
        ),
        ("v,title", "line 2"),
    ],
)
def test_a_file_that_is_wrong_is_refused_as_a_whole(lines: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        imports.read(f"{HEADER}\n{lines}\n", "tests.csv")
    assert told in str(refused.value)


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bytes.csv").write_bytes(b"\xff\xfe\x00")
    with connect() as db, pytest.raises(InvalidInput, match="cannot be read"):
        imports.load(db, tmp_path / "bytes.csv", "ada")
    with pytest.raises(InvalidInput, match="another header"):
        imports.read("a,b\n1,2\n", "other.csv")
    (tmp_path / "unknown.csv").write_text(
        f"{HEADER}\nv,title,a,50,,2026-10-01,2026-10-14\nv,title,b,50,,2026-10-01,2026-10-14\n"
    )
    with connect() as db, pytest.raises(InvalidInput, match="There is no video 'v'"):
        imports.load(db, tmp_path / "unknown.csv", "ada")


def test_what_may_be_varied_is_what_a_profile_takes() -> None:
    from typing import get_args

    from ytempire.channels.profile_file import Profile
    from ytempire.learning.experiments.settings import SETTINGS

    for each in SETTINGS.values():
        part: Any = Profile.model_fields[each.part].annotation
        field = part.model_fields[each.field]
        if each.choices:
            assert each.choices == get_args(field.annotation)
        else:
            assert (each.least, each.most) == (field.metadata[0].ge, field.metadata[1].le)


def test_looks_are_of_the_house_s_clock() -> None:
    plan()
    start()
    with clock.replayed(datetime.now().astimezone() + timedelta(days=1)):
        assert results.watch().startswith("boxed: 0")
        assert results.watch() == "nothing is due"
