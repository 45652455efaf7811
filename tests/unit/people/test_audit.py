"""The audit log tells what was done, and shows what somebody did to it by hand."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from pydantic import SecretStr
from ytempire.config import settings
from ytempire.errors import InvalidInput, ServiceFailed
from ytempire.people import audit
from ytempire.warehouse.database import connect

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("warehouse")]


def by_hand(*statements: str) -> None:
    """What somebody does who may: past the triggers."""
    with connect() as db:
        db.execute("alter table ops.audit_log disable trigger user")
        for statement in statements:
            db.execute(statement)
        db.execute("alter table ops.audit_log enable trigger user")


def chain() -> audit.Chain:
    with connect() as db:
        return audit.verify(db)


def rows() -> list[audit.Entry]:
    with connect() as db:
        return audit.latest(db)


@pytest.fixture
def five() -> None:
    for number in range(1, 6):
        audit.append("ada", "request.add", f"r{number}", details={"number": number})


def test_an_empty_log_is_whole() -> None:
    assert chain() == audit.Chain(rows=0, misfit=None, last="")


def test_what_was_written_is_whole(five: None) -> None:
    found = chain()
    assert (found.rows, found.misfit) == (5, None)
    assert len(found.last) == 64


@pytest.mark.parametrize(
    ("deed", "misfit"),
    [
        ("update ops.audit_log set actor = 'eve' where audit_id = 3", 3),
        ("update ops.audit_log set details = '{\"number\": 9}' where audit_id = 1", 1),
        ("update ops.audit_log set at = at - interval '1 day' where audit_id = 5", 5),
        ("delete from ops.audit_log where audit_id = 2", 2),
        ("delete from ops.audit_log where audit_id = 5", 5),
        ("delete from ops.audit_log", 1),
        ("truncate ops.audit_log", 1),
        ("update ops.audit_log set audit_id = 6 where audit_id = 5", 5),
        (
            "insert into ops.audit_log values (6, now(), 'eve', 'x', '', 'done', '{}', '\\x00')",
            6,
        ),
    ],
)
def test_a_tampered_row_is_named(five: None, deed: str, misfit: int) -> None:
    by_hand(deed)
    assert chain().misfit == misfit


def test_a_row_digested_anew_shows_in_the_next(five: None) -> None:
    by_hand(
        "update ops.audit_log set actor = 'eve' where audit_id = 3",
        "update ops.audit_log as entry set chain = ops.chained(entry, "
        "(select chain from ops.audit_log where audit_id = 2)) where audit_id = 3",
    )
    assert chain().misfit == 4


@pytest.mark.parametrize(
    "deed", ["update ops.audit_log set actor = 'eve'", "delete from ops.audit_log"]
)
def test_rows_are_added_never_changed(five: None, deed: str) -> None:
    with (
        pytest.raises(psycopg.errors.RaiseException, match="added, never changed"),
        connect() as db,
    ):
        db.execute(deed)
    assert chain().misfit is None


def test_rows_written_at_once_follow_each_other() -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda n: audit.append("ada", "export", str(n)), range(40)))
    assert (chain().rows, chain().misfit) == (40, None)
    assert {row.target for row in rows()} == {str(n) for n in range(40)}


def test_a_deed_is_written_before_it_and_when_it_has_ended() -> None:
    with audit.recorded("ada", "request.cancel", "r1", {"why": "late"}):
        [row] = rows()
        assert (row.outcome, row.details) == ("tried", {"why": "late"})
    [row] = rows()
    assert (chain().rows, chain().misfit) == (2, None)
    assert (row.actor, row.action, row.target, row.outcome) == (
        "ada",
        "request.cancel",
        "r1",
        "done",
    )
    assert row.details == {"why": "late"}


def test_a_failed_deed_says_why_and_an_unforeseen_one_only_its_kind() -> None:
    with pytest.raises(InvalidInput), audit.recorded("ada", "request.cancel", "r1"):
        raise InvalidInput("It is made already.", "Remove the video.")
    with pytest.raises(KeyError), audit.recorded("ada", "request.cancel", "r2"):
        raise KeyError("password=hunter2")
    assert [(row.outcome, row.details["error"]) for row in rows()] == [
        ("failed", "KeyError"),
        ("failed", "It is made already."),
    ]


def test_words_about_a_video_are_not_kept_only_how_long_they_were() -> None:
    said = {"topic": "Eels swim far", "note": "Eels!", "title": "", "decision": "edit"}
    with (
        pytest.raises(InvalidInput),
        audit.recorded("ada", "review.answer", "v2", said),
    ):
        raise InvalidInput("Eels swim far is no topic, as “Eels at noon” was none.")
    with connect() as db:
        (log,) = db.execute("select string_agg(e::text, ' ') as told from ops.audit_log e")
    assert "Eels" not in log["told"]
    (row,) = rows()
    assert row.details == {
        "topic": "13 characters", "note": "5 characters", "title": "", "decision": "edit",
        "error": "… is no topic, as “…” was none.",
    }  # fmt: skip
    assert chain().misfit is None


def test_rows_are_found_by_actor_and_by_action(five: None) -> None:
    audit.append("bo", "export")
    with connect() as db:
        assert [row.actor for row in audit.latest(db, actor="bo")] == ["bo"]
        assert len(audit.latest(db, action="request.add", limit=2)) == 2


@pytest.mark.parametrize("dies", ["before", "after"])
def test_no_deed_is_without_its_row_when_the_server_dies(dies: str) -> None:
    """Killed with the deed still to do, or done and its outcome still to be written."""
    script = f"""
import os, signal
from ytempire.people import audit
from ytempire.warehouse.database import connect
with audit.recorded("ada", "people.manage", "bo"):
    if "{dies}" == "after":
        with connect() as db:
            db.execute("insert into ops.people (name, role) values ('bo', 'user')")
    os.kill(os.getpid(), signal.SIGKILL)
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    died = subprocess.run([sys.executable, "-c", script], env=environment, check=False)
    assert died.returncode == -signal.SIGKILL
    with connect() as db:
        done = db.execute("select from ops.people where name = 'bo'").rowcount
    assert done == (dies == "after")
    [row] = rows()
    assert (row.actor, row.target, row.outcome) == ("ada", "bo", "tried")
    assert chain().misfit is None


def test_a_log_that_stops_answering_during_a_deed_does_not_say_that_it_failed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patch, audit.recorded("ada", "request.cancel", "r1"):
        away = SecretStr("postgresql://ytempire@127.0.0.1:1/x")
        patch.setattr(settings().warehouse, "url", away)
        with pytest.raises(ServiceFailed):
            audit.append("ada", "request.cancel", "r1")
    [row] = rows()
    assert row.outcome == "tried"
