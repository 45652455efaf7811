"""Pages run by raw messages over the socket, as someone without a browser would send them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient, WebSocketTestSession
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.util import calc_hash
from ytempire.config import Secrets, Settings
from ytempire.people import audit, roster
from ytempire.people.roster import Role
from ytempire.warehouse.database import connect

from dashboards import roles, standing
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


@contextmanager
def talking(running: TestClient, role: Role) -> Iterator[tuple[TestClient, WebSocketTestSession]]:
    """Signed in, with a socket open."""
    client = TestClient(running.app, base_url=HOST, client=(f"10.2.0.{next(_addresses)}", 50000))
    client.portal = running.portal
    form = {"user": NAMES[role], "password": PASSWORD}
    client.post("/login", data=form, headers={"origin": HOST}, follow_redirects=False)
    with client.websocket_connect(
        SOCKET, headers={"origin": HOST}, subprotocols=["streamlit"]
    ) as socket:
        yield client, socket


def draw(
    socket: WebSocketTestSession, page: str, widgets: tuple[WidgetState, ...] = (), query: str = ""
) -> list[ForwardMsg]:
    """All that the server answers to a run of a page."""
    message = BackMsg()
    message.rerun_script.query_string = query
    message.rerun_script.page_script_hash = calc_hash("" if page == "overview" else page)
    message.rerun_script.widget_states.widgets.extend(widgets)
    return said_until(socket, message, "script_finished")


def said_until(socket: WebSocketTestSession, message: BackMsg, kind: str) -> list[ForwardMsg]:
    """Sends a message; what the server says from then on, to the first of a kind."""
    told = []
    socket.send_bytes(message.SerializeToString())
    while not (told and told[-1].WhichOneof("type") == kind):
        told.append(ForwardMsg.FromString(socket.receive_bytes()))
    return told


def run(
    running: TestClient, role: Role, page: str, widgets: tuple[WidgetState, ...] = ()
) -> list[ForwardMsg]:
    """Signs in and runs a page; all that the server answers."""
    with talking(running, role) as (_, socket):
        return draw(socket, page, widgets)


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
    closed = {
        "operations": [Role.VIEWER],
        "experiments": [Role.VIEWER],
        "people": [Role.VIEWER, Role.USER],
    }
    told = html(run(running, role, page))
    if role in closed.get(page, []):
        assert f"is closed to a {role}" in told
        assert "<table" not in told
    else:
        assert "is closed to" not in told
        assert "Sign out" in told


@pytest.mark.parametrize("role", list(Role))
def test_a_deed_sent_as_a_raw_message_is_an_admin_s_alone(running: TestClient, role: Role) -> None:
    with talking(running, Role.ADMIN) as (_, admin), talking(running, role) as (_, own):
        drawn = [message.delta.new_element for message in draw(admin, "people")]
        name = next(each.text_input for each in drawn if each.text_input.id)
        button = next(each.button for each in drawn if each.button.label == "Add")
        sent = (
            WidgetState(id=name.id, string_value="eve"),
            WidgetState(id=button.id, trigger_value=True),
        )
        draw(own, "people")
        draw(admin if role == Role.ADMIN else own, "people", sent)
    assert ("eve" in people()) == (role == Role.ADMIN)
    with connect() as db:
        deeds = [row.actor for row in audit.latest(db, action="people.manage")]
    assert deeds == (["ada"] if role == Role.ADMIN else [])


def buttons(told: list[ForwardMsg]) -> dict[str, str]:
    """The first button of each label that hands out a file, and the file's id."""
    drawn = [message.delta.new_element.download_button for message in told]
    return {each.label: each.deferred_file_id for each in reversed(drawn) if each.id}


def tables(told: list[ForwardMsg]) -> dict[str, str]:
    """The tables that a page hands out as CSV, and each file's id."""
    drawn = [message.delta.new_element.download_button for message in told]
    return {
        each.id.split("-csv-")[1]: each.deferred_file_id for each in drawn if "-csv-" in each.id
    }


def session_id(told: list[ForwardMsg]) -> str:
    """Whom the server takes this socket for."""
    return next(m.new_session.initialize.session_id for m in told if m.HasField("new_session"))


def asked_for(socket: WebSocketTestSession, session_id: str, file_id: str) -> str:
    """Presses a button, with its file's id alone; where the file lies, or nothing."""
    message = BackMsg()
    message.backend_operation_request.request_id = "r"
    message.backend_operation_request.session_id = session_id
    message.backend_operation_request.deferred_file.file_id = file_id
    answer = said_until(socket, message, "backend_operation_response")[-1]
    return answer.backend_operation_response.deferred_file.url


def taken() -> list[tuple[str, str, str]]:
    with connect() as db:
        rows = audit.latest(db, action="export")
    return sorted((row.actor, row.target, row.outcome) for row in rows)


@pytest.mark.parametrize("may", [frozenset(Role), roles.STAFF, roles.ADMINS, frozenset()], ids=len)
@pytest.mark.parametrize("role", list(Role))
def test_files_are_handed_to_whom_the_table_says(
    running: TestClient, monkeypatch: pytest.MonkeyPatch, role: Role, may: frozenset[Role]
) -> None:
    """Neither the page nor the socket nor the file's own address hands it to another."""
    with talking(running, Role.ADMIN) as (admin, theirs), talking(running, role) as (client, own):
        told, drawn = draw(theirs, "revenue"), draw(own, "revenue")
        files = [asked_for(theirs, session_id(told), each) for each in buttons(told).values()]
        assert [admin.get(url).status_code for url in files] == [200, 200]
        assert [who for who, _, _ in taken()] == ["ada", "ada"]

        monkeypatch.setitem(roles.ACTIONS, "export", may)
        for url in files:
            for path in (url, url.rsplit(".", 1)[0], url.rsplit(".", 1)[0] + ".mp4"):
                whole, part = client.get(path), client.get(path, headers={"range": "bytes=0-9"})
                status = (whole.status_code, part.status_code)
                assert status == ((200, 206) if role in may else (403, 403))
                assert bool(whole.content) == bool(part.content) == (role in may)

        mine = buttons(drawn)
        assert set(mine) == {"CSV", "PDF"}
        urls = [asked_for(own, session_id(drawn), each) for each in mine.values()]
        assert [bool(url) for url in urls] == [role in may] * 2
        assert set(buttons(draw(own, "revenue"))) == ({"CSV", "PDF"} if role in may else set())
    outcome = "done" if role in may else "refused"
    assert sorted((who, how) for who, _, how in taken()) == sorted(
        [("ada", "done"), ("ada", "done"), *[(NAMES[role], outcome)] * 2]
    )


#: Tables of no figures, and those that count no simulated call or say so in their words.
NO_FIGURES = {"people", "audit-log", "alerts", "quota", "savings"}


@pytest.mark.parametrize(
    ("page", "query"),
    [
        *((page, "") for page in PAGES),
        ("videos", "video=v0003"),
        ("videos", "range=90+days"),
        *(("channels", f"metric={metric}") for metric in ("Views", "Watch+hours", "Subscribers")),
    ],
)
def test_a_csv_says_of_its_rows_whether_they_are_simulated_and_of_its_columns_what_they_hold(
    running: TestClient, page: str, query: str
) -> None:
    with talking(running, Role.ADMIN) as (client, socket):
        told = draw(socket, page, query=query)
        for name, file_id in tables(told).items():
            content = client.get(asked_for(socket, session_id(told), file_id)).content
            columns = content.decode("utf-8-sig").splitlines()[0].split(",")
            assert "is_simulated" in columns or name in NO_FIGURES, name
            unclear = {"value", "before_value", "age", "all_rows", "all_usd"}
            assert name == "experiments" or not unclear & set(columns), name


def test_a_csv_holds_the_rows_that_its_page_has_no_room_for(running: TestClient) -> None:
    for number in range(120):
        audit.append("ada", "export", f"file {number}")
    with talking(running, Role.ADMIN) as (client, socket):
        told = draw(socket, "people")
        assert re.search(r"The first 100 of 1\d\d; the CSV holds all", html(told))
        file_id = tables(told)["audit-log"]
        taken = client.get(asked_for(socket, session_id(told), file_id)).text
        assert all(f"file {number}" in taken for number in range(120))
        with connect() as db:
            roster.change_role(db, "ada", Role.USER)
        assert not asked_for(socket, session_id(told), file_id), "the page is closed to them now"


def test_a_file_is_there_for_its_maker_though_pages_of_all_are_drawn_meanwhile(
    running: TestClient,
) -> None:
    with talking(running, Role.ADMIN) as (maker, own), talking(running, Role.USER) as (_, other):
        told = draw(own, "revenue")
        files = [asked_for(own, session_id(told), each) for each in buttons(told).values()]
        for page in ("costs", "videos", "costs"):
            draw(other, page)
        draw(own, "costs")
        assert [maker.get(url).status_code for url in files] == [200, 200]


@pytest.mark.parametrize("page", ["revenue", "operations", "experiments", "people"])
def test_who_looks_is_asked_of_the_database_once_by_the_gate_and_once_by_the_page(
    running: TestClient, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    asked: list[str] = []
    answer = standing.of

    def counted(name: str) -> standing.Standing | None:
        asked.append(name)
        return answer(name)

    with talking(running, Role.ADMIN) as (_, socket):
        monkeypatch.setattr(standing, "of", counted)
        draw(socket, page)
    assert asked == ["ada", "ada"]
