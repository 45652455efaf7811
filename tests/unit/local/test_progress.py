"""Plain lines where there is no terminal."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from ytempire.local.progress import Progress


def printed(output: io.StringIO) -> list[str]:
    return [line.split("s  ", 1)[-1] for line in output.getvalue().splitlines()]


def test_a_stage_says_its_beginning_and_its_last_word() -> None:
    output = io.StringIO()
    progress = Progress(Console(file=output, width=40))
    with progress, progress.step("Airflow", "starting") as step:
        for healthy in (1, 1, 2, 3, 4):
            step.note(f"{healthy} of 4 healthy")
    lines = printed(output)
    assert lines[0] == "Airflow: starting"
    assert lines[-1].startswith("Airflow: 4 of 4 healthy; done in 0.")
    assert len(lines) == 2, "notes that come faster than a person reads are not printed"


def test_a_failed_stage_says_so() -> None:
    output = io.StringIO()
    progress = Progress(Console(file=output))
    with pytest.raises(RuntimeError), progress, progress.step("Postgres"):
        raise RuntimeError
    assert printed(output) == ["Postgres: failed"]


def test_a_long_line_is_not_broken() -> None:
    output = io.StringIO()
    progress = Progress(Console(file=output, width=40))
    with progress, progress.step("Postgres", "a" * 100):
        pass
    assert f"Postgres: {'a' * 100}" in printed(output)
