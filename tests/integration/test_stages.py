"""Stages, queue and ledger on a real Postgres: recorded, costed, and done once."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from ytempire.channels.accounts import Channel, add
from ytempire.costs.ledger import lines_of
from ytempire.domain import Format, Tier, Usage
from ytempire.errors import InvalidInput, MustWait, UnknownChannel
from ytempire.runs import artifacts, queue
from ytempire.runs.stages import only_one, stage
from ytempire.warehouse.database import connect

pytestmark = pytest.mark.slow


def request(request_id: str = "r1", **values) -> queue.Request:
    return queue.Request(
        **{
            "request_id": request_id,
            "channel_id": "mine",
            "topic": "The sea",
            "format": Format.SHORT,
        }
        | values
    )


@pytest.fixture
def video_id(warehouse: None) -> str:
    add(Channel(channel_id="mine", youtube_channel_id=None, title="Mine", niche="tides"))
    queue.put(request())
    return queue.accept("r1")


def second(quantity: str) -> Usage:
    return Usage(provider="espeak", kind="voice", unit="second", quantity=Decimal(quantity))


def runs() -> list[dict]:
    with connect() as db:
        return db.execute("select * from ops.stage_runs order by started_at").fetchall()


def test_a_stage_is_recorded_with_what_it_used(video_id: str) -> None:
    with stage(video_id, "narrate") as run:
        run.used(second("36"))
    [row] = runs()
    assert (row["state"], row["attempt"], row["progress"]) == ("succeeded", 1, 1.0)
    with connect() as db:
        [line] = lines_of(db, video_id)
    assert line["amount_usd"] == Decimal("0.001200")
    assert (line["stage"], line["provider"], line["is_failed"]) == ("narrate", "espeak", False)


def test_a_failed_stage_keeps_its_message_and_books_the_lost_time(video_id: str) -> None:
    with pytest.raises(RuntimeError), stage(video_id, "narrate"):
        raise RuntimeError("the voice broke")
    [row] = runs()
    assert row["state"] == "failed"
    assert "the voice broke" in row["error"]
    with connect() as db:
        [line] = lines_of(db, video_id)
    assert line["is_failed"] is True


def test_a_wait_is_no_failure(video_id: str) -> None:
    with pytest.raises(MustWait), stage(video_id, "publish"):
        raise MustWait("The day's quota is spent.", datetime.now(UTC), "waiting_quota")
    with stage(video_id, "publish"):
        pass
    waited, published = runs()
    assert (waited["state"], waited["error"]) == ("waiting", None)
    assert "quota is spent" in waited["note"]
    assert waited["finished_at"] is not None
    assert (published["state"], published["attempt"]) == ("succeeded", 2)
    with connect() as db:
        assert [line["is_failed"] for line in lines_of(db, video_id)] == [False]


def test_a_retry_is_an_attempt_of_its_own_and_a_silent_death_is_closed(video_id: str) -> None:
    abandoned = stage(video_id, "narrate")
    abandoned.__enter__()  # its worker is killed: nothing more is heard of it
    with stage(video_id, "narrate"):
        pass
    assert [(r["attempt"], r["state"]) for r in runs()] == [(1, "failed"), (2, "succeeded")]
    assert "without a word" in runs()[0]["error"]


def test_a_second_trigger_waits_and_finds_the_work_done(video_id: str, tmp_path: Path) -> None:
    made: list[int] = []

    def trigger(number: int) -> None:
        with only_one(video_id, "paint"):
            if artifacts.find(video_id, "pictures") is None:
                made.append(number)
                file = tmp_path / f"{number}.txt"
                file.write_text("7")
                artifacts.save(video_id, "pictures", file)

    threads = [threading.Thread(target=trigger, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(made) == 1


def test_a_stage_that_ended_is_free_at_once(video_id: str) -> None:
    with connect(autocommit=True) as watcher:
        for _ in range(20):
            with only_one(video_id, "paint", waits=False):
                pass
            assert watcher.execute("select from pg_locks where locktype = 'advisory'").rowcount == 0


def test_a_holder_that_was_cut_off_ends_as_if_nothing_had_happened(video_id: str) -> None:
    with only_one(video_id, "paint"), connect() as db:
        db.execute(
            "select pg_terminate_backend(pid, 5000) from pg_locks "
            "where locktype = 'advisory' and pid <> pg_backend_pid()"
        )


def test_alike_uses_are_one_line_with_their_sum(video_id: str) -> None:
    with stage(video_id, "paint") as run:
        run.used(second("3"), second("4.5"), second("1.5"))
    with connect() as db:
        [line] = lines_of(db, video_id)
    assert line["quantity"] == Decimal(9)


def test_an_artefact_is_whole_and_known_by_its_digest(video_id: str, tmp_path: Path) -> None:
    file = tmp_path / "script.json"
    file.write_text("{}")
    path = artifacts.save(video_id, "script", file)
    assert artifacts.find(video_id, "script") == path
    assert artifacts.local(video_id, "script").read_text() == "{}"
    with pytest.raises(InvalidInput, match="no narration yet"):
        artifacts.local(video_id, "narration")


def test_a_request_is_asked_once_and_a_slot_holds_one(video_id: str) -> None:
    assert queue.put(request("r2", slot="2026-11-23-am")) == "r2"
    assert queue.put(request("r2", slot="2026-11-23-am")) == "r2"
    assert queue.put(request("r3", slot="2026-11-23-am")) is None


def test_a_request_is_accepted_as_one_video(video_id: str) -> None:
    assert queue.accept("r1") == video_id
    assert queue.request_of(video_id).request_id == "r1"


def test_the_queue_is_read_premium_first_and_without_paused_channels(video_id: str) -> None:
    queue.put(request("standard"))
    queue.put(request("premium", tier=Tier.PREMIUM))
    assert queue.waiting() == ["premium", "standard"]
    with connect() as db:
        db.execute("update ops.channels set state = 'paused'")
    assert queue.waiting() == []


@pytest.mark.parametrize("topic", ["", "   ", "x" * 201])
def test_a_topic_must_be_a_line(video_id: str, topic: str) -> None:
    with pytest.raises(InvalidInput, match="topic"):
        queue.put(request("r9", topic=topic))


def test_an_unknown_channel_is_refused(video_id: str) -> None:
    with pytest.raises(UnknownChannel, match="nobody"):
        queue.put(request("r9", channel_id="nobody"))


def test_a_published_video_stays_published(video_id: str) -> None:
    queue.move(video_id, "published")
    queue.move(video_id, "assembled", title="Another")
    with connect() as db:
        row = db.execute("select state, title from ops.videos").fetchone()
    assert row == {"state": "published", "title": "Another"}
