"""The page Experiments: what it says of each outcome, and what an admin does on it."""

from __future__ import annotations

import re
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from ytempire.channels.accounts import Channel, add
from ytempire.config import Settings
from ytempire.people import audit, roster
from ytempire.people.roster import Role
from ytempire.warehouse.database import connect
from ytempire.warehouse.roles import ensure

from dashboards import charts
from tests.dashboards.conftest import Visitor
from tests.dashboards.pages import markup, page, words

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("configuration", "warehouse")]


@pytest.fixture(autouse=True)
def _people(configuration: Settings, warehouse: None) -> None:
    st.cache_data.clear()
    st.cache_resource.clear()
    add(Channel(channel_id="tidewise", youtube_channel_id=None, title="Tidewise", niche="sea"))
    with connect() as db:
        ensure(db)
        roster.add(db, "uma", Role.USER, "correct horse battery")


def log() -> list[tuple[str, str, str, str]]:
    with connect() as db:
        return [(e.actor, e.action, e.target, e.outcome) for e in audit.latest(db)]


def plans() -> list[dict[str, Any]]:
    with connect() as db:
        return db.execute("select * from ops.experiments order by planned_at").fetchall()


def press(app: AppTest, label: str) -> AppTest:
    next(each for each in app.button if each.label == label).click()
    app.run()
    assert not app.exception
    return app


def planned(name: str = "faster", value: str = "190") -> AppTest:
    app = page("experiments")
    app.text_input(key="plan-name").set_value(name)
    app.text_input(key="plan-hypothesis").set_value("A faster voice keeps viewers longer.")
    app.text_input(key="plan-variant").set_value(value)
    return press(app, "Plan it")


def test_each_outcome_is_said_in_words_and_figures() -> None:
    app = page("experiments")
    said = " ".join(words(app).split())
    assert "+41% views in 7 days: +7% to +86%" in said
    assert "+$0.0021 loaded cost: −$0.0043 to +$0.0085" in said
    for told in (
        "first looked at with 80 videos", "22 of 61, few", "not to be read",
        "are not in the planned ratio", "+21% watch time: no interval is told", "own test",
        "No difference", "Variant won", "Read the interval", "20 of 240 videos are missing",
        "look 0 of 3", "Test &amp; Compare told it",
        "each of them has to be clearer",
    ):  # fmt: skip
        assert told in said, told
    assert "<b>longer</b>" not in markup(app)
    assert "SIMULATED" in said


def test_the_chart_shows_what_has_an_effect() -> None:
    rows = [
        {"experiment_id": "a", "variant": "b", "estimate": 0.4, "ci_low": 0.1, "ci_high": 0.9},
        {"experiment_id": "c", "variant": "d", "estimate": 0.1, "ci_low": -0.1, "ci_high": 0.3},
        {"experiment_id": "e", "variant": "f", "estimate": 0.2, "ci_low": None, "ci_high": None},
    ]
    values = charts.effects(rows)["data"]["values"]
    assert [each["name"] for each in values] == [
        "Clear effect", "Not clear", "No interval is told",
    ]  # fmt: skip
    assert values[2]["low"] is None


def test_an_admin_plans_starts_and_stops() -> None:
    app = planned()
    assert "faster is planned" in words(app)
    [plan] = plans()
    assert (plan["state"], plan["units"], plan["looks"]) == ("planned", 240, 3)
    assert "faster is planned" not in words(press(app, "Start it"))
    assert plans()[0]["state"] == "running"
    assert plans()[0]["started_by"] == "admin"
    app.text_input(key="stop-why").set_value("The voice was changed")
    press(app, "Stop it")
    [plan] = plans()
    assert (plan["state"], plan["decision"], plan["reason"]) == (
        "stopped", "stopped", "The voice was changed",
    )  # fmt: skip
    assert [(action, outcome) for _, action, _, outcome in log()] == [
        ("experiment.stop", "done"), ("experiment.plan", "done"), ("experiment.plan", "done"),
    ]  # fmt: skip


def test_a_plan_that_tells_nothing_is_refused_in_words() -> None:
    said = words(planned(value="fast"))
    assert "Nothing was changed" in said
    assert re.search("is no pace of the voice", said)
    assert plans() == []
    assert log()[0][3] == "failed"


def test_whoever_is_no_admin_sees_and_does_nothing(visitor: Visitor) -> None:
    planned()
    visitor.name = "uma"
    st.cache_data.clear()
    app = page("experiments")
    assert "faster" in words(app)
    assert not {"Plan it", "Start it", "Stop it"} & {each.label for each in app.button}
