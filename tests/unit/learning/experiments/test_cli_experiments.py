"""`ytempire experiments`: each deed is done, and is in the audit log."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result
from ytempire.cli import app
from ytempire.errors import InvalidInput
from ytempire.learning.experiments import imports
from ytempire.people import audit
from ytempire.warehouse.database import connect

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("warehouse")]


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["experiments", *words], env={"COLUMNS": "200"})


def plan(*more: str) -> Result:
    return run(
        "plan", "faster-voice", "--setting", "pace", "--variant", "control=",
        "--hypothesis", "A faster voice keeps viewers longer.", *more,
    )  # fmt: skip


def test_an_experiment_from_first_to_last() -> None:
    assert "There is no experiment yet" in run("list").output
    assert "fixes the plan" in plan("--variant", "fast=190").output
    assert "0 of 240" in run("list").output
    assert "runs" in run("start", "faster-voice").output
    assert "running" in run("list").output
    assert "is stopped" in run("stop", "faster-voice", "--why", "The voice was changed").output
    listed = run("list").output
    assert "stopped" in listed
    assert "fast: 190" in listed
    with connect() as db:
        rows = audit.latest(db)
    assert [(row.action, row.outcome, row.details["change"]) for row in reversed(rows)] == [
        ("experiment.plan", "done", "plan"),
        ("experiment.plan", "done", "start"),
        ("experiment.stop", "done", "stop"),
    ]
    assert all(row.actor.startswith("terminal:") for row in rows)


@pytest.mark.parametrize(
    "more",
    [
        ("--variant", "fast"),
        ("--variant", "control=190"),
        ("--variant", "fast=190", "--outcome", "love"),
        ("--variant", "fast=190", "--channel", "nobody"),
        ("--variant", "fast=9000"),
    ],
)
def test_what_cannot_be_planned_is_refused(more: tuple[str, ...]) -> None:
    assert isinstance(plan(*more).exception, InvalidInput)
    assert "There is no experiment yet" in run("list").output


def test_a_file_that_cannot_be_used_is_in_the_log_as_failed(tmp_path: Path) -> None:
    file = tmp_path / "tests.csv"
    file.write_text(",".join(imports.HEADER) + "\n")
    assert isinstance(run("import", str(file)).exception, InvalidInput)
    with connect() as db:
        assert audit.latest(db)[0].outcome == "failed"
