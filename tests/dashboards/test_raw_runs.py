"""Pages run by raw messages over the socket, as someone without a browser would send them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.util import calc_hash
from ytempire.config import Secrets, Settings
from ytempire.people import audit, roster
from ytempire.people.roster import Role
from ytempire.warehouse.database import connect

from dashboards.navigation import PAGES
from tests.dashboards.conftest import HOST, Visitor, in_this_process

SOCKET = "ws://127.0.0.1:8501/_stcore/stream"
PASSWORD = "correct horse battery"
SECRETS = Secrets(dashboard_password=SecretStr("p"), dashboard_key=SecretStr("k" * 32))
NAMES = {Role.VIEWER: "vi", Role.USER: "uma", Role.ADMIN: "ada"}

pytestmark = pytest.mark.slow
_addresses = itertools.count(1)


@pytest.fixture(scope="module")
def running(configuration: Settings) -> Iterator[TestClient]:
    with in_this_process(Settings(secrets=SECRETS)) as client:
        yield client


@pytest.fixture(autouse=True)
def _own_headers(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here a real client stands at the other end: its headers are the socket's own."""
    monkeypatch.undo()


@pytest.fixture(autouse=True)
def _people(warehouse: None) -> None:
    with connect() as db:
        for role, name in NAMES.items():
            roster.add(db, name, role, PASSWORD)


def run(
    running: TestClient, role: Role, page: str, widgets: tuple[WidgetState, ...] = ()
) -> list[ForwardMsg]:
    """Signs in and runs a page; all that the server answers."""
    client = TestClient(running.app, base_url=HOST, client=(f"10.2.0.{next(_addresses)}", 50000))
    client.portal = running.portal
    form = {"user": NAMES[role], "password": PASSWORD}
    client.post("/login", data=form, headers={"origin": HOST}, follow_redirects=False)
    message = BackMsg()
    message.rerun_script.page_script_hash = calc_hash("" if page == "overview" else page)
    message.rerun_script.widget_states.widgets.extend(widgets)
    told = []
    with client.websocket_connect(
        SOCKET, headers={"origin": HOST}, subprotocols=["streamlit"]
    ) as socket:
        socket.send_bytes(message.SerializeToString())
        while not (told and told[-1].WhichOneof("type") == "script_finished"):
            told.append(ForwardMsg.FromString(socket.receive_bytes()))
    return told


def html(told: list[ForwardMsg]) -> str:
    return " ".join(message.delta.new_element.html.body for message in told)


def people() -> set[str]:
    with connect() as db:
        return {each.name for each in roster.everyone(db)}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("page", list(PAGES))
def test_a_page_that_is_closed_to_a_role_sends_nothing(
    running: TestClient, role: Role, page: str
) -> None:
    closed = {"operations": [Role.VIEWER], "people": [Role.VIEWER, Role.USER]}
    told = html(run(running, role, page))
    if role in closed.get(page, []):
        assert f"is closed to a {role}" in told
        assert "<table" not in told
    else:
        assert "is closed to" not in told
        assert "Sign out" in told


@pytest.mark.parametrize("role", list(Role))
def test_a_deed_sent_as_a_raw_message_is_an_admin_s_alone(running: TestClient, role: Role) -> None:
    drawn = [message.delta.new_element for message in run(running, Role.ADMIN, "people")]
    name = next(each.text_input for each in drawn if each.text_input.id)
    button = next(each.button for each in drawn if each.button.label == "Add")
    sent = (
        WidgetState(id=name.id, string_value="eve"),
        WidgetState(id=button.id, trigger_value=True),
    )
    run(running, role, "people", sent)
    assert ("eve" in people()) == (role == Role.ADMIN)
    with connect() as db:
        deeds = [row.actor for row in audit.latest(db, action="people.manage")]
    assert deeds == (["ada"] if role == Role.ADMIN else [])
