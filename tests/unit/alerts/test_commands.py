"""`ytempire alerts` and what `ytempire doctor` says of channels."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from typer.testing import CliRunner
from ytempire.alerts.notes import raise_alert
from ytempire.cli import app
from ytempire.local import doctor
from ytempire.warehouse.database import connect

pytestmark = pytest.mark.slow
Given = Callable[..., None]


def test_alerts_are_listed_with_whether_they_were_told(warehouse: None) -> None:
    with connect() as db:
        for cause, days in (("new", 0), ("old", 9)):
            raise_alert(db, cause, "budget_stop", "critical", f"[{cause}] stop", "Body")
            db.execute(
                "update ops.alerts set raised_at = ops.now() - make_interval(days => %s) "
                "where cause = %s",
                (days, cause),
            )
        db.execute("update ops.alerts set told_at = ops.now() where cause = 'old'")
    week = CliRunner().invoke(app, ["alerts"], env={"COLUMNS": "120"}).output
    assert "[new] stop" in week
    assert "critical" in week
    assert "not yet" in week
    assert "[old] stop" not in week
    assert "[old] stop" in CliRunner().invoke(app, ["alerts", "--days", "10"]).output


def test_the_channels_are_tried_on_demand(given: Given) -> None:
    given(ALERTS__URLS="json://127.0.0.1:1/hook")
    tried = CliRunner().invoke(app, ["alerts", "--test"])
    assert "1 (json): did not take it" in tried.output
    assert tried.exit_code == 1


@pytest.mark.parametrize(
    ("urls", "state", "detail"),
    [
        ("", "missing", "YTEMPIRE_ALERTS__URLS"),
        ("json://a slack://T0/B0", "broken", "Address 2 (slack)"),
        ("json://a", "ok", "1 (json)"),
    ],
)
def test_the_doctor_says_whether_alerts_go_anywhere(
    given: Given, urls: str, state: str, detail: str
) -> None:
    given(ALERTS__URLS=urls)
    [finding] = doctor._alerts()
    assert finding.state == state
    assert detail in finding.detail
