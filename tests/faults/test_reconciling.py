"""After answers were lost, the providers' own reports make the ledger what was billed, to the unit:
real SDKs, the reports of the local providers, and `ytempire costs --reconcile` as a person runs it.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner
from ytempire import cli_money
from ytempire.analytics import provider_bills
from ytempire.channels.accounts import Channel, add
from ytempire.cli import app
from ytempire.emulators.openai import ADMIN_KEY
from ytempire.runs import queue
from ytempire.warehouse import clock
from ytempire.warehouse.database import connect

from tests.faults.workers import Workers
from tests.local_studio import Live, planned, rows

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


def costs(*options: str) -> tuple[int, str]:
    cli_money.out.width = 200  # of whatever width the terminal of the tests is
    said = CliRunner().invoke(app, ["costs", *options])
    if said.exception and not isinstance(said.exception, SystemExit):
        raise said.exception
    return said.exit_code, " ".join(said.output.split())


def at(live: Live, moment: datetime) -> None:
    """Let OpenAI's clock show a moment."""
    live.model.clock = moment.timestamp


def spoken_at(live: Live, moment: datetime) -> None:
    """Let what ElevenLabs has spoken be of a moment."""
    for made in live.account.history:
        made.at = moment.timestamp()


def video(number: int) -> str:
    channel_id = f"mine-{number}"
    add(Channel(channel_id=channel_id, youtube_channel_id=None, title="Mine", niche="tides"))
    return queue.accept(planned(channel_id, topic=f"What moves ocean {number}"))


def works(
    workers: Workers, video_id: str, stage: str, now: datetime, **more: Any
) -> dict[str, Any]:
    env = {name: value for name, value in os.environ.items() if name.startswith("YTEMPIRE_")}
    return workers.one(video_id=video_id, stage=stage, env=env, now=now.isoformat(), **more)


def booked() -> dict[str, int]:
    told = rows(
        "select unit, sum(quantity)::int as n from ops.ledger "
        "where provider ~ '^(openai.*/|elevenlabs)' group by 1 having sum(quantity) <> 0"
    )
    return {row["unit"]: row["n"] for row in told}


def billed(live: Live) -> dict[str, int]:
    answers = live.model.billed
    counts = {
        "input_token": sum(each.read - each.cached for each in answers),
        "cached_input_token": sum(each.cached for each in answers),
        "output_token": sum(each.written for each in answers),
        "character": live.account.used,
    }
    return {unit: count for unit, count in counts.items() if count}


def states() -> list[str]:
    return [row["state"] for row in rows("select state from ops.intents order by state")]


def is_balanced() -> bool:
    [row] = rows(
        "select bool_and(spent = (select sum(amount_usd) from ops.ledger where video_id = name)) "
        "as is_sum from ops.budgets where scope = 'video'"
    )
    return bool(row["is_sum"])


def test_lost_answers_are_resolved_and_the_ledger_is_the_bill(live: Live, workers: Workers) -> None:
    live.set(GOOGLE_VOICE__ENABLED="false", OPENAI__ADMIN_KEY=ADMIN_KEY)
    first = clock.now().replace(hour=12) - timedelta(days=6)
    at(live, first)
    killed = video(1)
    assert works(workers, killed, "write", first, before="keep .json") == {"killed": 9}
    assert "done" in works(workers, killed, "write", first)
    live.elevenlabs.fail("truncated", path="with-timestamps")
    live.elevenlabs.fail("status", path="/v1/history", status=403)
    assert "done" in works(workers, killed, "narrate", first)
    spoken_at(live, first)

    second = first + timedelta(days=1)
    at(live, second)
    dropped = video(2)
    live.openai.fail("dropped", path="chat/completions")
    works(workers, dropped, "write", second)

    assert states().count("ambiguous") == 3 and booked() != billed(live)
    code, said = costs("--reconcile", "--days", "10")
    assert code == 0, said
    assert said.count("was billed") == 2 and said.count("was not billed") == 1
    assert "The ledger's lines are as they were booked." in said
    assert booked() == billed(live) and "ambiguous" not in states() and is_balanced()

    code, again = costs("--reconcile", "--days", "10")
    assert code == 0 and "was billed" not in again and booked() == billed(live)
    assert costs(killed)[0] == 0


def test_without_the_administrator_s_key_it_says_so_and_decides_nothing(
    live: Live, workers: Workers
) -> None:
    code, said = costs("--reconcile")
    assert code == 0 and "Nothing was bought from OpenAI or ElevenLabs." in said
    then = clock.now() - timedelta(days=6)
    at(live, then)
    one = video(1)
    works(workers, one, "write", then, before="keep .json")
    works(workers, one, "write", then)
    code, said = costs("--reconcile")
    assert code == 1 and "ambiguous" in states()
    assert "openai cannot be reconciled" in said and "YTEMPIRE_OPENAI__ADMIN_KEY" in said
    assert "no report was read" in said


def test_what_is_billed_beyond_the_ledger_is_listed(live: Live, workers: Workers) -> None:
    live.set(OPENAI__ADMIN_KEY=ADMIN_KEY)
    then = clock.now() - timedelta(days=6)
    at(live, then)
    works(workers, video(1), "write", then)
    before = booked()
    live.model.billed.append(live.model.billed[0])
    code, said = costs("--reconcile")
    assert code == 1 and "billed, not booked" in said and booked() == before


def test_once_a_day_the_bills_are_compared_and_what_differs_is_an_alert(
    live: Live, workers: Workers
) -> None:
    live.set(OPENAI__ADMIN_KEY=ADMIN_KEY)
    then = clock.now() - timedelta(days=6)
    at(live, then)
    works(workers, video(1), "write", then)
    live.model.billed.append(live.model.billed[0])
    today = clock.now().replace(minute=0) + timedelta(days=1)
    with clock.replayed(today.replace(hour=5)):
        assert provider_bills.watch() == "not due"
    for _ in range(2):
        with clock.replayed(today.replace(hour=7)):
            said = provider_bills.watch()
            alerts = rows("select kind, body from ops.alerts order by cause")
            assert {each["kind"] for each in alerts} == {"bill_differs"}
            assert len(alerts) == len({"input_token", "output_token"})
    assert said == "not due", "it was had at seven"
    with connect() as db:
        db.execute("alter table ops.ledger disable trigger keep_line")
        db.execute("update ops.ledger set amount_usd = amount_usd + 1")
        db.execute("alter table ops.ledger enable trigger keep_line")
    with clock.replayed(today.replace(hour=7) + timedelta(days=1)):
        assert "0 lines edited" not in provider_bills.watch()
    assert rows("select 1 from ops.alerts where kind = 'ledger_edited' and severity = 'critical'")


def test_one_thing_is_asked_for_at_a_time() -> None:
    for options in ((), ("a-video", "--reconcile")):
        with pytest.raises(Exception, match="Name a video, or give --reconcile"):
            costs(*options)
