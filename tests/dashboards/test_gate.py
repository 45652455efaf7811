"""The door, by raw requests to the real application: Streamlit with everything it serves."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from itsdangerous import URLSafeTimedSerializer
from pydantic import SecretStr
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from ytempire.config import Secrets, Settings
from ytempire.errors import NotConfigured

from dashboards.app import create_app
from dashboards.forms import safe_target
from dashboards.lockout import FREE_TRIES
from dashboards.sessions import COOKIE, SESSION_SECONDS
from tests.dashboards.conftest import HOST, in_this_process

SOCKET = "ws://127.0.0.1:8501/_stcore/stream"
PASSWORD = "correct horse"
SECRETS = Secrets(dashboard_password=SecretStr(PASSWORD), dashboard_key=SecretStr("k" * 32))

#: Everything that Streamlit serves of its own accord.
GUARDED = (
    "/",
    "/overview",
    "/videos?video=v0003",
    "/_stcore/health",
    "/_stcore/host-config",
    "/_stcore/metrics",
    "/_stcore/script-health-check",
    "/_stcore/stream",
    "/_stcore/upload_file/a/b",
    "/_stcore/bidi-components/a",
    "/_stcore/agent/mcp",
    "/media/0a1b.png",
    "/cuts/tides-1?review=q",
    "/component/a/index.html",
    "/app/static/a.css",
    "/static/js/index.js",
    "/index.html",
    "/favicon.png",
    "/auth/login",
    "//",
    "/login/",
    "/login/../_stcore/metrics",
    "/%2e%2e/_stcore/metrics",
    "/healthz/",
    "/healthz/../_stcore/metrics",
)

_addresses = itertools.count(1)


@pytest.fixture(scope="module")
def running() -> Iterator[TestClient]:
    with in_this_process(Settings(secrets=SECRETS)) as client:
        yield client


@pytest.fixture
def anyone(running: TestClient) -> TestClient:
    """A client with an address of its own and no cookie."""
    client = TestClient(
        running.app,
        base_url=HOST,
        client=(f"10.0.0.{next(_addresses)}", 50000),
        follow_redirects=False,
    )
    client.portal = running.portal
    return client


@pytest.fixture
def admin(anyone: TestClient) -> TestClient:
    assert _login(anyone).status_code == 303
    return anyone


def _login(
    client: TestClient, password: str = PASSWORD, *, origin: str | None = HOST, **fields: str
):  # type: ignore[no-untyped-def]
    form = {"user": "admin", "password": password, **fields}
    return client.post("/login", data=form, headers={"origin": origin} if origin else {})


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "BREW"])
@pytest.mark.parametrize("path", GUARDED)
def test_anonymous_gets_nothing(anyone: TestClient, path: str, method: str) -> None:
    answer = anyone.request(method, path)
    assert answer.status_code == 401
    assert answer.text in {"Sign in first.", ""}


@pytest.mark.parametrize("path", ["/", "/videos?video=v0003"])
def test_a_person_is_led_to_the_form_and_back(anyone: TestClient, path: str) -> None:
    asked = anyone.get(path, headers={"accept": "text/html"})
    assert asked.status_code == 303
    form = anyone.get(asked.headers["location"])
    assert form.status_code == 200
    assert f'name="next" value="{path}"' in form.text
    assert _login(anyone, next=path).headers["location"] == path
    assert anyone.get("/").status_code == 200


def test_the_form_asks_for_nothing_outside_and_runs_no_script(anyone: TestClient) -> None:
    form = anyone.get("/login")
    policy = form.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert "<script" not in form.text
    assert "src=" not in form.text
    assert form.headers["x-frame-options"] == "DENY"


def test_health_says_ok_and_nothing_else(anyone: TestClient) -> None:
    answer = anyone.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok")
    assert set(answer.headers) == {"content-type", "content-length", "cache-control"}


def test_the_cookie_cannot_be_read_by_a_script_or_sent_from_another_site(
    anyone: TestClient,
) -> None:
    cookie = _login(anyone).headers["set-cookie"].lower()
    assert {"httponly", "samesite=lax", f"max-age={SESSION_SECONDS}", "path=/"} <= {
        part.strip() for part in cookie.split(";")
    }


def test_behind_the_door_pages_may_not_load_from_elsewhere(admin: TestClient) -> None:
    policy = admin.get("/").headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "http:" not in policy
    assert "https:" not in policy


@pytest.mark.parametrize(
    "cookie",
    [
        "",
        "admin",
        "null",
        "ImFkbWluIg.aaaa.bbbb",
        URLSafeTimedSerializer("guess", salt="ytempire-dashboards").dumps("session"),
        URLSafeTimedSerializer("k" * 32, salt="ytempire-dashboards").dumps("session"),
    ],
    # Named, since a signature of now would give each of two test workers another name.
    ids=["empty", "admin", "null", "shapeless", "guessed key", "long key"],
)
def test_a_forged_cookie_opens_nothing(anyone: TestClient, cookie: str) -> None:
    answer = anyone.get("/_stcore/metrics", headers={"cookie": f"{COOKIE}={cookie}"})
    assert answer.status_code == 401


def test_a_changed_cookie_opens_nothing(admin: TestClient) -> None:
    cookie = admin.cookies[COOKIE]
    admin.cookies.clear()
    changed = ("A" if cookie[0] != "A" else "B") + cookie[1:]
    assert admin.get("/", headers={"cookie": f"{COOKIE}={changed}"}).status_code == 401
    assert admin.get("/", headers={"cookie": f"{COOKIE}={cookie}"}).status_code == 200


def test_an_old_cookie_opens_nothing(admin: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    import itsdangerous.timed

    later = itsdangerous.timed.time.time() + SESSION_SECONDS + 2
    monkeypatch.setattr(itsdangerous.timed.time, "time", lambda: later)
    assert admin.get("/_stcore/health").status_code == 401


def test_a_header_does_not_make_an_admin(anyone: TestClient) -> None:
    forged = {"x-forwarded-user": "admin", "authorization": "Basic YWRtaW46", "x-original-url": "/"}
    assert anyone.get("/_stcore/metrics", headers=forged).status_code == 401


def test_signing_out_ends_the_session_even_for_a_kept_cookie(admin: TestClient) -> None:
    cookie = admin.cookies[COOKIE]
    assert admin.get("/logout").headers["location"] == "/login"
    assert COOKIE not in admin.cookies
    assert admin.get("/", headers={"cookie": f"{COOKIE}={cookie}"}).status_code == 401


def test_another_site_cannot_sign_a_person_out(admin: TestClient) -> None:
    assert admin.get("/logout", headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert admin.get("/").status_code == 200


@pytest.mark.parametrize("origin", [None, "null", "https://elsewhere.example", f"{HOST}0"])
def test_the_form_is_taken_from_our_own_page_only(anyone: TestClient, origin: str | None) -> None:
    assert _login(anyone, origin=origin).status_code == 403
    assert COOKIE not in anyone.cookies


def test_another_user_with_the_right_password_stays_out(anyone: TestClient) -> None:
    assert _login(anyone, user="root").status_code == 401
    assert COOKIE not in anyone.cookies


@pytest.mark.parametrize("password", ["", "Correct horse", PASSWORD + " ", "\x00", "é" * 300])
def test_a_wrong_password_is_told_as_that(anyone: TestClient, password: str) -> None:
    answer = _login(anyone, password)
    assert answer.status_code == 401
    assert "User or password is wrong." in answer.text


def test_after_five_wrong_tries_even_the_right_password_waits(anyone: TestClient) -> None:
    for _ in range(FREE_TRIES):
        assert _login(anyone, "guess").status_code == 401
    refused = _login(anyone)
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) in {29, 30}
    assert COOKIE not in anyone.cookies


def test_a_made_up_address_does_not_lift_the_lock(anyone: TestClient) -> None:
    for number in range(FREE_TRIES):
        anyone.headers["x-forwarded-for"] = f"192.0.2.{number}"
        _login(anyone, "guess")
    anyone.headers["x-forwarded-for"] = "192.0.2.99"
    assert _login(anyone).status_code == 429


def test_a_form_of_a_megabyte_is_not_read(anyone: TestClient) -> None:
    assert _login(anyone, "x" * 1_000_000).status_code == 413


@pytest.mark.parametrize(
    ("asked", "led_to"),
    [
        ("/videos?video=a%20b", "/videos?video=a%20b"),
        ("//elsewhere.example", "/"),
        ("/\\elsewhere.example", "/"),
        ("https://elsewhere.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nset-cookie: x=y", "/"),
        ("/logout", "/"),
        ("", "/"),
    ],
)
def test_after_signing_in_no_one_is_led_elsewhere(asked: str, led_to: str) -> None:
    assert safe_target(asked) == led_to


def test_a_hostile_target_is_shown_as_text(anyone: TestClient) -> None:
    form = anyone.get("/login", params={"next": '/"><script>alert(1)</script>'})
    assert "<script" not in form.text


@pytest.mark.parametrize("origin", [None, HOST, "https://elsewhere.example"])
def test_the_socket_is_closed_to_anyone(anyone: TestClient, origin: str | None) -> None:
    headers = {"origin": origin} if origin else {}
    with (
        pytest.raises(WebSocketDisconnect),
        anyone.websocket_connect(SOCKET, headers=headers),
    ):
        pass


@pytest.mark.parametrize("origin", [None, "null", "https://elsewhere.example", f"{HOST}0"])
def test_the_socket_is_closed_to_another_site_with_our_cookie(
    admin: TestClient, origin: str | None
) -> None:
    headers = {"origin": origin} if origin else {}
    with (
        pytest.raises(WebSocketDisconnect),
        admin.websocket_connect(SOCKET, headers=headers),
    ):
        pass


def test_the_socket_opens_for_our_own_page(admin: TestClient) -> None:
    headers = {"origin": HOST}
    with admin.websocket_connect(SOCKET, headers=headers, subprotocols=["streamlit"]):
        pass


@pytest.mark.parametrize(
    "secrets",
    [
        Secrets(),
        Secrets(dashboard_password=SecretStr("p")),
        Secrets(dashboard_key=SecretStr("k")),
        Secrets(dashboard_password=SecretStr(""), dashboard_key=SecretStr("k")),
    ],
)
def test_without_a_lock_there_is_no_house(secrets: Secrets) -> None:
    with pytest.raises(NotConfigured, match="YTEMPIRE_SECRETS__DASHBOARD_"):
        create_app(Settings(secrets=secrets))
