"""People at the door, by raw requests: who is let in, in whose name, and what ends that."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect
from ytempire.config import Settings
from ytempire.people import audit, roster
from ytempire.people.roster import Role
from ytempire.warehouse.database import connect

from dashboards import notes, roles, standing
from dashboards.gate import Gate
from dashboards.lockout import FREE_TRIES
from dashboards.people import HEADER
from dashboards.sessions import COOKIE, Sessions

HOST = "http://127.0.0.1:8501"
SOCKET = "ws://127.0.0.1:8501/socket"
KEY, ADMIN, PASSWORD = "k" * 32, "correct horse", "correct horse battery"
NAMES = {Role.VIEWER: "vi", Role.USER: "uma", Role.ADMIN: "ada"}

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("people")]
_addresses = itertools.count(1)


async def _who(request: Request) -> Response:
    """Answers with every name that the request carries."""
    return PlainTextResponse(_names(request))


async def _hear(socket: WebSocket) -> None:
    await socket.accept()
    async for _ in socket.iter_text():
        await socket.send_text(_names(socket))


def _names(connection: HTTPConnection) -> str:
    carried = [v for k, v in connection.headers.items() if k.replace("_", "-") == HEADER]
    return ",".join(carried)


@pytest.fixture
def people(warehouse: None, configuration: Settings) -> None:
    """One person of each role."""
    standing._last.clear()
    notes._waiting.clear()
    with connect() as db:
        for role, name in NAMES.items():
            roster.add(db, name, role, PASSWORD)


@pytest.fixture
def guarded() -> Gate:
    behind = Starlette(routes=[WebSocketRoute("/socket", _hear), Route("/{page:path}", _who)])
    return Gate(behind, password=ADMIN, key=KEY)


@pytest.fixture
def door(guarded: Gate) -> Iterator[TestClient]:
    address = f"10.1.0.{next(_addresses)}"
    with TestClient(
        guarded, base_url=HOST, client=(address, 50000), follow_redirects=False
    ) as client:
        yield client


def sign_in(door: TestClient, name: str, password: str = PASSWORD) -> int:
    form = {"user": name, "password": password}
    return door.post("/login", data=form, headers={"origin": HOST}).status_code


def log() -> list[tuple[str, str, str]]:
    with connect() as db:
        return [(row.actor, row.action, row.outcome) for row in reversed(audit.latest(db))]


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("page", list(roles.PAGES))
def test_each_role_is_answered_as_the_table_says(door: TestClient, role: Role, page: str) -> None:
    closed = {
        "operations": [Role.VIEWER],
        "experiments": [Role.VIEWER],
        "people": [Role.VIEWER, Role.USER],
    }
    assert sign_in(door, NAMES[role]) == 303
    address = "/" if page == roles.FRONT else f"/{page}"
    assert door.get(address).status_code == (403 if role in closed.get(page, []) else 200)


def test_the_front_page_is_found_by_its_name_too(door: TestClient) -> None:
    sign_in(door, "vi")
    answer = door.get("/overview?range=90+days")
    assert (answer.status_code, answer.headers["location"]) == (307, "/?range=90+days")


@pytest.mark.parametrize(("name", "password"), [("admin", ADMIN), (" ADA ", PASSWORD)])
def test_whoever_signs_in_is_named_to_the_pages(door: TestClient, name: str, password: str) -> None:
    assert sign_in(door, name, password) == 303
    assert door.get("/").text == name.strip().lower()


@pytest.mark.parametrize("header", [HEADER, HEADER.upper(), HEADER.replace("-", "_")])
def test_a_forged_header_names_nobody(door: TestClient, header: str) -> None:
    assert door.get("/", headers={header: "admin"}).status_code == 401
    sign_in(door, "vi")
    assert door.get("/", headers={header: "admin"}).text == "vi"
    with door.websocket_connect(SOCKET, headers={"origin": HOST, header: "admin"}) as socket:
        socket.send_text("who?")
        assert socket.receive_text() == "vi"


@pytest.mark.parametrize(
    ("name", "password"),
    [("vi", ADMIN), ("admin", PASSWORD), ("nobody", PASSWORD), ("vi'--", PASSWORD), ("vi", "")],
)
def test_only_a_person_s_own_password_opens(door: TestClient, name: str, password: str) -> None:
    assert sign_in(door, name, password) == 401
    assert COOKIE not in door.cookies


def test_a_cookie_signed_with_another_key_opens_nothing(door: TestClient) -> None:
    other = Gate(Starlette(), password=ADMIN, key="x" * 32)
    with TestClient(other, base_url=HOST, follow_redirects=False) as elsewhere:
        sign_in(elsewhere, "ada")
        cookie = elsewhere.cookies[COOKIE]
    answer = door.get("/", headers={"cookie": f"{COOKIE}={cookie}"})
    assert answer.status_code == 401


def test_another_password_of_the_settings_ends_the_admin_s_sessions_alone(
    door: TestClient,
) -> None:
    sign_in(door, "admin", ADMIN)
    of_admin = door.cookies[COOKIE]
    door.cookies.clear()
    sign_in(door, "ada")
    of_ada = door.cookies[COOKIE]
    anew = Gate(Starlette(routes=[Route("/", _who)]), password="another", key=KEY)
    with TestClient(anew, base_url=HOST) as client:
        assert client.get("/", headers={"cookie": f"{COOKIE}={of_admin}"}).status_code == 401
        assert client.get("/", headers={"cookie": f"{COOKIE}={of_ada}"}).text == "ada"


@pytest.mark.parametrize("change", ["removed", "new password", "removed and added again"])
def test_what_ends_a_person_s_sessions(door: TestClient, change: str) -> None:
    sign_in(door, "ada")
    with door.websocket_connect(SOCKET, headers={"origin": HOST}) as socket:
        socket.send_text("who?")
        assert socket.receive_text() == "ada"
        with connect() as db:
            if change == "new password":
                roster.change_password(db, "ada", PASSWORD + "!")
            else:
                roster.remove(db, "ada")
            if change == "removed and added again":
                roster.add(db, "ada", Role.ADMIN, PASSWORD)
        assert door.get("/").status_code == 401
        socket.send_text("who?")
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_text()
        assert closed.value.code == 1008


def test_another_role_holds_for_the_next_request(door: TestClient) -> None:
    sign_in(door, "ada")
    assert door.get("/people").status_code == 200
    with connect() as db:
        roster.change_role(db, "ada", Role.VIEWER)
    assert door.get("/people").status_code == 403


def test_who_comes_and_goes_is_logged(door: TestClient) -> None:
    sign_in(door, "ada", "wrong")
    sign_in(door, "hunter2", "x")
    sign_in(door, "ada")
    door.get("/logout")
    assert log() == [
        ("ada", "sign-in", "refused"),
        # What is nobody's name may be a password in the wrong field.
        ("unknown", "sign-in", "refused"),
        ("ada", "sign-in", "done"),
        ("ada", "sign-out", "done"),
    ]
    with connect() as db:
        assert {row.details["address"][:5] for row in audit.latest(db)} == {"10.1."}
        assert audit.verify(db).misfit is None


def test_a_lock_is_logged_once_and_what_waits_is_not(door: TestClient) -> None:
    for _ in range(FREE_TRIES + 3):
        sign_in(door, "ada", "wrong")
    assert sign_in(door, "ada") == 429
    assert log() == [("ada", "sign-in", "refused")] * FREE_TRIES + [("ada", "lock", "refused")]


def test_one_s_own_sign_in_forgives_no_guess_at_another_s_password(door: TestClient) -> None:
    for _ in range(FREE_TRIES):
        assert sign_in(door, "admin", "guess") == 401
        assert sign_in(door, "vi") == 303
        door.cookies.clear()
    assert sign_in(door, "admin", ADMIN) == 429


@pytest.fixture
def behind_proxy(guarded: Gate) -> Iterator[TestClient]:
    """The same door behind a proxy that speaks TLS: every client has the proxy's address."""
    gate = Gate(guarded._app, password=ADMIN, key=KEY, public="https://dashboards.example.com")
    with TestClient(
        gate, base_url=HOST, client=("10.2.0.1", 50000), follow_redirects=False
    ) as client:
        yield client


def test_behind_a_proxy_whoever_guesses_locks_out_nobody_else(behind_proxy: TestClient) -> None:
    for number in range(FREE_TRIES + 1):
        # What a client says of itself stands before what the proxy adds.
        behind_proxy.headers["x-forwarded-for"] = f"198.51.100.{number}, 192.0.2.7"
        status = sign_in(behind_proxy, "vi", "guess")
    assert status == 429
    behind_proxy.headers["x-forwarded-for"] = "192.0.2.8"
    assert sign_in(behind_proxy, "vi") == 303


@pytest.mark.parametrize("forwarded", ["", "unknown", "192.0.2.7, x"])
def test_who_has_no_address_shares_the_proxy_s(behind_proxy: TestClient, forwarded: str) -> None:
    for _ in range(FREE_TRIES):
        sign_in(behind_proxy, "vi", "guess")
    behind_proxy.headers["x-forwarded-for"] = forwarded
    assert sign_in(behind_proxy, "vi") == 429


def test_the_cookie_is_kept_from_plain_http_where_people_come_by_https(
    door: TestClient, behind_proxy: TestClient
) -> None:
    form = {"user": "vi", "password": PASSWORD}
    for client, is_secure in ((door, False), (behind_proxy, True)):
        answer = client.post("/login", data=form, headers={"origin": HOST})
        assert ("Secure" in answer.headers["set-cookie"]) == is_secure


def test_the_admin_signs_in_while_the_database_is_down_and_the_log_gets_it_later(
    door: TestClient, configuration: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        away = SecretStr("postgresql://ytempire@127.0.0.1:1/x")
        patch.setattr(configuration.warehouse, "url", away)
        for _ in range(FREE_TRIES + 1):
            assert sign_in(door, "vi") == 503
        assert sign_in(door, "admin", ADMIN) == 303
        assert door.get("/people").text == "admin"
    door.get("/logout")
    assert log() == [("admin", "sign-in", "done"), ("admin", "sign-out", "done")]
    with connect() as db:
        late = [entry.details for entry in audit.latest(db) if entry.action == "sign-in"]
    assert all("happened_at" in details for details in late)
    assert sign_in(door, "vi") == 303, "what was not looked at was no wrong try"


@pytest.mark.parametrize("name", ["admin", "ada"])
def test_signing_out_holds_over_a_restart(
    door: TestClient, configuration: Settings, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Also over one while the database is down: then nothing of before the restart is believed."""
    password = ADMIN if name == "admin" else PASSWORD
    sign_in(door, name, password)
    left_open = door.cookies[COOKIE]
    door.cookies.clear()
    sign_in(door, name, password)
    ended = door.cookies[COOKIE]
    door.get("/logout")

    def status(cookie: str, door: TestClient = door) -> int:
        return door.get("/", headers={"cookie": f"{COOKIE}={cookie}"}).status_code

    assert (status(left_open), status(ended)) == (200, 401)
    with restarted() as anew:
        assert (status(left_open, anew), status(ended, anew)) == (200, 401)
    with monkeypatch.context() as patch, restarted() as blind:
        away = SecretStr("postgresql://ytempire@127.0.0.1:1/x")
        patch.setattr(configuration.warehouse, "url", away)
        later = datetime.now(UTC) + timedelta(seconds=2)  # a start is known to the second
        patch.setattr(sessions_of(blind), "_started_at", later)
        assert (status(left_open, blind), status(ended, blind)) == (401, 401)
        patch.undo()
        assert (status(left_open, blind), status(ended, blind)) == (200, 401)


def test_who_signs_out_while_the_database_is_down_stays_out_over_a_restart(
    door: TestClient, configuration: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is written when the next one signs out; those that have expired are forgotten then."""
    with connect() as db:
        db.execute("insert into ops.ended_sessions values ('old', now() - interval '1 s')")
    sign_in(door, "admin", ADMIN)
    ended = door.cookies[COOKIE]
    with monkeypatch.context() as patch:
        away = SecretStr("postgresql://ytempire@127.0.0.1:1/x")
        patch.setattr(configuration.warehouse, "url", away)
        door.get("/logout")
    sign_in(door, "ada")
    door.get("/logout")
    with restarted() as anew:
        assert anew.get("/", headers={"cookie": f"{COOKIE}={ended}"}).status_code == 401
    with connect() as db:
        kept = db.execute(
            "select session_id, forgotten_at > now() as holds from ops.ended_sessions"
        )
        assert [row["holds"] for row in kept] == [True, True]


@contextmanager
def restarted() -> Iterator[TestClient]:
    """The same house with a new server."""
    gate = Gate(Starlette(routes=[Route("/", _who)]), password=ADMIN, key=KEY)
    with TestClient(gate, base_url=HOST, follow_redirects=False) as client:
        yield client


def sessions_of(client: TestClient) -> Sessions:
    gate = client.app
    assert isinstance(gate, Gate)
    return gate._sessions
