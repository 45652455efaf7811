"""`ytempire people` and `ytempire audit`."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner, Result
from ytempire.cli import app
from ytempire.errors import InvalidInput
from ytempire.people import audit, roster
from ytempire.warehouse.database import connect

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("warehouse")]


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), env={"COLUMNS": "200"})


def standing(name: str) -> roster.Standing | None:
    with connect() as db:
        return roster.standing(db, name)


def test_a_person_from_first_to_last() -> None:
    first = run("people", "add", "Ada@example.com", "--role", "user").output.strip()
    found = standing("ada@example.com")
    assert found
    assert found.password
    assert found.password.matches(first)
    second = run("people", "password", "ada@example.com").output.strip()
    found = standing("ada@example.com")
    assert found
    assert found.password
    assert found.password.matches(second)
    assert run("people", "role", "ada@example.com", "--role", "admin").exit_code == 0
    listed = run("people", "list").output
    assert "ada@example.com" in listed
    assert first not in listed
    assert run("people", "remove", "ada@example.com").exit_code == 0
    assert standing("ada@example.com") is None
    told = run("audit")
    assert told.exit_code == 0
    assert "8 rows, each fits the one before" in told.output
    assert first not in told.output
    assert second not in told.output
    with connect() as db:
        rows = audit.latest(db)
    assert [row.details["change"] for row in reversed(rows)] == [
        "add",
        "new password",
        "role",
        "remove",
    ]
    assert all(row.actor.startswith("terminal:") for row in rows)


def test_one_of_the_organisation_has_no_password() -> None:
    run("people", "add", "ada@example.com", "--role", "viewer", "--organisation")
    found = standing("ada@example.com")
    assert found
    assert found.password is None


def test_the_admin_of_the_settings_stays() -> None:
    refused = run("people", "remove", "admin")
    assert isinstance(refused.exception, InvalidInput)
    assert "one admin always remains" in str(refused.exception)
    assert "failed" in run("audit").output


def test_a_log_that_was_edited_is_told() -> None:
    for number in range(3):
        audit.append("ada", "export", str(number))
    with connect() as db:
        db.execute("alter table ops.audit_log disable trigger user")
        db.execute("update ops.audit_log set target = '9' where audit_id = 2")
        db.execute("alter table ops.audit_log enable trigger user")
    told = run("audit", "--rows", "1")
    assert told.exit_code == 1
    assert "NOT WHOLE: row 2" in told.output
