"""The real stack, as `make up` starts it: the scheduler makes, publishes, measures, accounts.

The stack may have been killed and mended before (tests/faults): all of this must hold then, too.
"""

from __future__ import annotations

from datetime import datetime

import httpx
import psutil
import pytest
from ytempire.config import settings
from ytempire.local.airflow_settings import POOLS
from ytempire.local.installation import load_keys
from ytempire.warehouse.database import connect

from tests.stack import SERVICES, Stack

pytestmark = [pytest.mark.stack, pytest.mark.timeout(900)]


def one(query: str) -> dict:
    with connect() as db:
        row = db.execute(query).fetchone()
    assert row is not None, query
    return row


def test_the_summary_names_video_costs_marts_and_logins(stack: Stack) -> None:
    for wanted in ("cut.mp4", "/watch/", "SIMULATED", "fct_video_economics", "espeak", "Total"):
        assert wanted in stack.printed, f"{wanted!r} is not in:\n{stack.printed}"
    assert load_keys(stack.home).airflow_password in stack.printed


def test_the_first_video_is_published_and_its_page_opens(stack: Stack) -> None:
    upload = one("select * from ops.uploads where video_id not like 'past-%%'")
    assert upload["state"] == "dressed"
    page = httpx.get(f"{settings().youtube.endpoint}/watch/{upload['youtube_video_id']}")
    assert page.status_code == 200
    assert "SIMULATED" in page.text


def test_schedules_began_when_the_first_video_was_out(stack: Stack) -> None:
    api = stack.api()
    assert not any(api.dags().values()), "a DAG still waits"
    published = one(
        "select min(published_at) as at from ops.videos where video_id not like 'past-%%'"
    )
    for run in api.runs("~", limit=100):
        if run["dag_id"] != "produce_video":
            assert datetime.fromisoformat(run["queued_at"]) > published["at"], run["dag_run_id"]
    api.close()


def test_every_stage_left_its_run_and_its_cost(stack: Stack) -> None:
    with connect() as db:
        rows = db.execute(
            """
            select run.stage, sum(line.amount_usd) as usd
            from ops.stage_runs as run join ops.ledger as line using (stage_run_id)
            where run.video_id not like 'past-%%' and run.state = 'succeeded'
            group by run.stage
            """
        ).fetchall()
    assert {row["stage"] for row in rows} == {
        "write",
        "narrate",
        "paint",
        "assemble",
        "check",
        "publish",
    }
    # Taking a person's own words as they stand takes a millisecond: less than the ledger's unit.
    assert all(row["usd"] > 0 for row in rows if row["stage"] != "write"), rows


def test_the_marts_hold_the_video_to_the_cent(stack: Stack) -> None:
    row = one(
        """
        select economics.direct_cost_usd as modelled,
               (select sum(amount_usd) from ops.ledger as line
                where line.video_id = economics.video_id and not is_failed) as booked
        from marts.fct_video_economics as economics
        where economics.video_id not like 'past-%%'
        """
    )
    assert row["modelled"] == row["booked"] > 0
    report = one(
        "select count(*) as days, sum(revenue_usd) as usd, bool_and(is_simulated) as label "
        "from marts.rpt_executive_days where revenue_usd is not null"
    )
    assert report["days"] >= 80
    assert report["usd"] > 0
    assert report["label"] is True


def test_the_analyst_reads_the_marts_and_nothing_else(stack: Stack) -> None:
    answer = stack.run("sql", "-c", "select count(*) from marts.dim_videos")
    assert answer.returncode == 0, answer.stderr
    for query in (
        "select * from ops.grants",
        "select * from raw.pulls",
        "delete from marts.dim_videos",
        "create table marts.mine (a int)",
    ):
        refused = stack.run("sql", "-c", query)
        assert refused.returncode != 0, query
        assert "permission denied" in refused.stderr or "read-only" in refused.stderr


def test_clearing_the_publish_task_finds_the_same_video(stack: Stack) -> None:
    before = one("select * from ops.uploads where video_id not like 'past-%%'")
    from ytempire.channels.stages import publish

    assert publish(before["video_id"]) == before["youtube_video_id"]
    sent = httpx.get(f"{settings().youtube.endpoint}/admin/videos", timeout=20).json()
    told = [(each["video_id"], each["body"]["snippet"], each["uploaded_at"]) for each in sent]
    assert [youtube_id for youtube_id, *_ in told] == [before["youtube_video_id"]], told


def test_the_run_can_be_read_by_a_stranger(stack: Stack) -> None:
    api = stack.api()
    try:
        run = next(run for run in api.runs("produce_video") if run["dag_run_id"] == "first-cycle")
        assert "Why the sea rises twice a day" in run["note"]
        assert run["state"] == "success"
        assert api.import_errors() == {}
        slots = {name: slots for name, (slots, _) in POOLS.items()}
        assert slots.items() <= api.pools().items()
        assert api.pools()["gpu"] == 3
        assert not any(paused for paused in api.dags().values())
    finally:
        api.close()


def test_the_refresh_followed_the_pull_by_its_asset(stack: Stack) -> None:
    api = stack.api()
    try:
        kinds = {run["run_type"] for run in api.runs("refresh_warehouse")}
    finally:
        api.close()
    assert kinds == {"asset_triggered"}


def test_nothing_listens_beyond_loopback(stack: Stack) -> None:
    listening = {
        (name, part.laddr.ip)
        for name in SERVICES
        for process in stack.supervisor.members(name)
        for part in process.net_connections("inet")
        if part.status == psutil.CONN_LISTEN
    }
    assert {name for name, _ in listening} == {
        "api-server",
        "dashboards",
        "postgres",
        "stripe",
        "youtube",
    }
    assert {address for _, address in listening} == {"127.0.0.1"}


def test_secrets_are_only_the_owners_to_read(stack: Stack) -> None:
    for name in ("local.env", "keys.json"):
        assert (stack.home / name).stat().st_mode & 0o077 == 0, name


def test_a_bad_row_stops_the_refresh_and_the_marts_stay(stack: Stack) -> None:
    from ytempire.errors import BadData
    from ytempire.warehouse import expectations

    with connect() as db:
        db.execute(
            "update raw.youtube_video_counts set views = -5 where ctid = "
            "(select ctid from raw.youtube_video_counts limit 1)"
        )
    try:
        with pytest.raises(BadData, match=r"youtube_video_counts.*views"):
            expectations.validate()
    finally:
        with connect() as db:
            db.execute("update raw.youtube_video_counts set views = 0 where views = -5")
