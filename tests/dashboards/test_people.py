"""The admin's page, what each role opens and may do, and that `act` refuses what pages hide."""

from __future__ import annotations

import pytest
import streamlit as st
from pydantic import SecretStr
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash
from ytempire.config import Settings
from ytempire.errors import NotAllowed, ServiceFailed
from ytempire.people import audit, roster
from ytempire.people.roster import Role
from ytempire.warehouse.database import connect

from dashboards import people, roles
from dashboards.navigation import PAGES
from tests.dashboards.conftest import Visitor
from tests.dashboards.pages import markup, page, tiles, words

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("warehouse")]
PASSWORD = "correct horse battery"
NAMES = {Role.VIEWER: "vi", Role.USER: "uma", Role.ADMIN: "ada"}


@pytest.fixture(autouse=True)
def _people(configuration: Settings, warehouse: None) -> None:
    """One person of each role."""
    st.cache_data.clear()
    st.cache_resource.clear()
    with connect() as db:
        for role, name in NAMES.items():
            roster.add(db, name, role, PASSWORD)


def at(address: str) -> AppTest:
    """The page of an address, opened in the frame of them all."""
    app = AppTest.from_function(_run_frame, default_timeout=60)
    app._page_hash = calc_hash("" if address == "overview" else address)
    app.run()
    assert not app.exception
    return app


def _run_frame() -> None:
    import streamlit as st

    from dashboards import navigation

    st.navigation(navigation.pages()).run()


def log() -> list[audit.Entry]:
    with connect() as db:
        return audit.latest(db)


def test_the_table_names_every_page_there_is() -> None:
    assert set(PAGES) <= set(roles.PAGES)
    assert set(roles.PAGES) - set(PAGES) <= {"operations"}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("action", list(roles.ACTIONS))
def test_each_role_does_what_the_table_says(visitor: Visitor, role: Role, action: str) -> None:
    visitor.name = NAMES[role]
    done = []
    allowed = {
        "export": "viewer user admin",
        "request.add": "user admin",
        "request.reorder": "user admin",
        "request.cancel": "user admin",
        "review.answer": "user admin",
        "channel.pause": "admin",
        "channel.connect": "admin",
        "channel.settings": "admin",
        "experiment.plan": "admin",
        "experiment.stop": "admin",
        "people.manage": "admin",
        "audit.read": "admin",
    }[action].split()
    assert people.may(action) == (role in allowed)
    if role in allowed:
        with people.act(action, "x", count=3) as who:
            done.append(who)
        assert done == [people.Person(NAMES[role], role)]
    else:
        with pytest.raises(NotAllowed, match=f"A {role} may not"), people.act(action, "x", count=3):
            done.append(role)
        assert done == []
    [row] = log()
    assert (row.actor, row.action, row.target) == (NAMES[role], action, "x")
    assert row.outcome == ("done" if role in allowed else "refused")
    assert row.details == {"count": 3}


def test_a_role_that_was_taken_is_gone_at_once(visitor: Visitor) -> None:
    visitor.name = "ada"
    assert people.may("people.manage")
    with connect() as db:
        roster.change_role(db, "ada", Role.VIEWER)
    assert not people.may("people.manage")
    with connect() as db:
        roster.remove(db, "ada")
    with pytest.raises(NotAllowed, match="no longer signed in"):
        people.may("export")


def test_nobody_is_nobody(visitor: Visitor) -> None:
    visitor.name = None
    with pytest.raises(NotAllowed):
        people.person()
    app = at("overview")
    assert "no longer signed in" in words(app)
    assert not tiles(app)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("address", list(PAGES))
def test_each_role_opens_what_the_table_says(visitor: Visitor, role: Role, address: str) -> None:
    visitor.name = NAMES[role]
    app = at(address)
    staffed = {"operations": {Role.VIEWER}, "experiments": {Role.VIEWER}}
    closed = {"people": {Role.VIEWER, Role.USER}, **staffed}
    is_open = role not in closed.get(address, set())
    assert ("is closed to a" not in words(app)) == is_open
    assert "Sign out" in words(app)
    if address == "people":
        assert ("Audit log" in words(app)) == is_open


def test_a_page_that_is_asked_for_past_the_frame_stays_closed(visitor: Visitor) -> None:
    visitor.name = "uma"
    app = page("people")
    assert "An admin can give you another role." in words(app)
    assert not app.text_input


def _add(app: AppTest, name: str, role: Role = Role.VIEWER) -> AppTest:
    app.text_input[0].set_value(name)
    app.selectbox(key="add-role").set_value(role)
    next(button for button in app.button if button.label == "Add").click()
    return app.run()


def test_an_admin_adds_a_person_whose_password_is_shown_once(visitor: Visitor) -> None:
    app = _add(at("people"), "Eve@Example.com", Role.USER)
    assert "eve@example.com" in words(app)
    shown = markup(app).split("<code>")[1].split("</code>")[0]
    with connect() as db:
        found = roster.standing(db, "eve@example.com")
    assert found
    assert found.role == Role.USER
    assert found.password
    assert found.password.matches(shown)
    assert shown not in markup(app.run())
    [row] = log()
    assert (row.actor, row.target, row.outcome) == ("admin", "eve@example.com", "done")
    assert shown not in str(row)


def test_what_cannot_be_done_is_said_and_logged(visitor: Visitor) -> None:
    app = _add(at("people"), "admin")
    assert "one admin always remains" in words(app)
    [row] = log()
    assert row.outcome == "failed"


def _change(app: AppTest, name: str, change: str) -> AppTest:
    boxes = {box.label: box for box in app.selectbox}
    boxes["Person"].set_value(name)
    boxes["Change"].set_value(change)
    next(button for button in app.button if button.label == "Change").click()
    return app.run()


def test_an_admin_changes_and_removes_people(visitor: Visitor) -> None:
    app = _change(at("people"), "vi", "Make user")
    with connect() as db:
        found = roster.standing(db, "vi")
    assert found
    assert found.role == Role.USER
    _change(app, "vi", "Remove")
    with connect() as db:
        assert roster.standing(db, "vi") is None
    assert [row.details["change"] for row in log()] == ["remove", "make user"]


def test_the_page_says_when_the_log_is_not_whole(visitor: Visitor) -> None:
    for number in range(3):
        audit.append("ada", "export", f"<script>{number}")
    assert "none edited or missing" in words(at("people"))
    assert "<script>" not in markup(at("people"))
    with connect() as db:
        db.execute("alter table ops.audit_log disable trigger user")
        db.execute("update ops.audit_log set actor = 'vi' where audit_id = 2")
        db.execute("alter table ops.audit_log enable trigger user")
    st.cache_data.clear()
    assert "breaks at row 2" in words(at("people"))


def test_the_log_is_filtered_by_who_and_what(visitor: Visitor) -> None:
    audit.append("ada", "export", "idea-1")
    audit.append("uma", "review.answer", "idea-2")
    app = at("people")
    next(box for box in app.selectbox if box.label == "Who").set_value("uma")
    assert "idea-2" in words(app.run())
    assert "idea-1" not in words(app)


def test_nothing_is_done_while_the_log_cannot_be_written(
    visitor: Visitor, configuration: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor.name = "uma"
    assert people.may("request.cancel")
    away = SecretStr("postgresql://ytempire@127.0.0.1:1/x")
    done = []
    with monkeypatch.context() as patch:
        patch.setattr(configuration.warehouse, "url", away)
        assert people.may("request.cancel")  # known from before
        with pytest.raises(ServiceFailed), people.act("request.cancel", "x"):
            done.append(1)
    assert done == []


def test_a_deed_asks_anew_who_does_it_also_in_the_middle_of_a_run(visitor: Visitor) -> None:
    visitor.name = "uma"
    with people.looking():
        assert people.may("request.cancel")
        with connect() as db:
            roster.remove(db, "uma")
        with pytest.raises(NotAllowed, match="no longer"), people.act("request.cancel", "x"):
            pytest.fail("the deed was done")
    with pytest.raises(NotAllowed, match="no longer"):
        people.person()


def test_a_run_that_nobody_looks_at_stays_nobody_s(visitor: Visitor) -> None:
    visitor.name = None
    with people.looking():
        visitor.name = "ada"
        with pytest.raises(NotAllowed):
            people.may("people.manage")
    assert people.may("people.manage")
