"""Sign-in through an organisation, against a provider that we did not write."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from oidc_provider_mock import run_server_in_thread
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient
from ytempire.config import OIDC, Settings
from ytempire.errors import NotConfigured
from ytempire.people import audit, roster
from ytempire.people.roster import Role
from ytempire.warehouse.database import connect

from dashboards import notes, oidc, standing
from dashboards.gate import Gate
from dashboards.people import HEADER
from dashboards.sessions import COOKIE

HOST = "http://127.0.0.1:8501"
CALLBACK = f"{HOST}/oauth2callback"

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("warehouse")]


@pytest.fixture(scope="module")
def organisation() -> Iterator[str]:
    """The provider's address."""
    with run_server_in_thread(require_nonce=True) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def settings(organisation: str) -> OIDC:
    return OIDC(
        client_id="dashboards",
        client_secret=SecretStr("s3cret"),
        server_metadata_url=f"{organisation}/.well-known/openid-configuration",
        redirect_uri=CALLBACK,
    )


async def _who(request: Request) -> Response:
    return PlainTextResponse(request.headers.get(HEADER, ""))


@pytest.fixture
def door(settings: OIDC, configuration: Settings) -> Iterator[TestClient]:
    standing._last.clear()
    notes._waiting.clear()
    provider = oidc.provider(settings, "k" * 32)
    behind = Starlette(routes=[Route("/{page:path}", _who)])
    gate = Gate(behind, password="p", key="k" * 32, provider=provider)
    with TestClient(gate, base_url=HOST, follow_redirects=False) as client:
        yield client


def known(organisation: str, email: str, *, is_verified: object = True) -> str:
    claims = {"email": email, "email_verified": is_verified}
    assert httpx.put(f"{organisation}/users/sub-{email}", json=claims).status_code == 204
    return f"sub-{email}"


def sent(door: TestClient, target: str = "/") -> str:
    """Where the browser is sent to when it begins."""
    answer = door.get("/auth/login", params={"next": target})
    assert answer.status_code == 302
    return answer.headers["location"]


def approved(where: str, sub: str) -> str:
    """Where the provider sends the browser back to, when this person signs in there."""
    answer = httpx.post(where, data={"sub": sub})
    assert answer.status_code == 302, answer.text
    return answer.headers["location"]


def signed_in(door: TestClient, organisation: str, email: str, **claims: object) -> httpx.Response:
    back = approved(sent(door), known(organisation, email, **claims))
    assert back.startswith(CALLBACK)
    return door.get(back)


def log() -> list[tuple[str, str, str]]:
    with connect() as db:
        return [(row.actor, row.action, row.outcome) for row in reversed(audit.latest(db))]


def test_the_form_offers_it_and_the_request_says_what_it_should(
    door: TestClient, organisation: str
) -> None:
    assert 'href="/auth/login?next=%2Fcosts"' in door.get("/login?next=/costs").text
    where = urlsplit(sent(door))
    asked = parse_qs(where.query)
    assert f"{where.scheme}://{where.netloc}" == organisation
    assert asked["redirect_uri"] == [CALLBACK]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["nonce"]
    assert asked["state"]


def test_a_person_whom_an_admin_added_comes_in(door: TestClient, organisation: str) -> None:
    with connect() as db:
        roster.add(db, "ada@example.com", Role.USER, None)
    back = approved(sent(door, "/costs?range=7"), known(organisation, "Ada@Example.com"))
    answer = door.get(back)
    assert (answer.status_code, answer.headers["location"]) == (303, "/costs?range=7")
    assert oidc.COOKIE not in door.cookies
    assert door.get("/costs").text == "ada@example.com"
    assert door.get("/people").status_code == 403
    assert log() == [("ada@example.com", "sign-in", "done")]
    with connect() as db:
        roster.remove(db, "ada@example.com")
    assert door.get("/costs").status_code == 401


def test_a_stranger_is_refused(door: TestClient, organisation: str) -> None:
    answer = signed_in(door, organisation, "eve@example.com")
    assert answer.status_code == 403
    assert "eve@example.com has no place here yet" in answer.text
    assert COOKIE not in door.cookies
    assert log() == [("eve@example.com", "sign-in", "refused")]


def test_a_stranger_gets_the_role_of_strangers_but_not_one_who_was_removed(
    door: TestClient,
    organisation: str,
    configuration: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(configuration.oidc, "role", "viewer")
    assert signed_in(door, organisation, "eve@example.com").status_code == 303
    assert door.get("/").text == "eve@example.com"
    assert door.get("/operations").status_code == 403
    with connect() as db:
        roster.add(db, "bo@example.com", Role.USER, None)
        roster.remove(db, "bo@example.com")
    door.cookies.clear()
    assert signed_in(door, organisation, "bo@example.com").status_code == 403


@pytest.mark.parametrize("is_verified", [False, None, "true"])
def test_an_unverified_address_is_refused(
    door: TestClient, organisation: str, is_verified: object
) -> None:
    with connect() as db:
        roster.add(db, "ada@example.com", Role.ADMIN, None)
    answer = signed_in(door, organisation, "ada@example.com", is_verified=is_verified)
    assert answer.status_code == 403
    assert "not verified" in answer.text
    assert COOKIE not in door.cookies


def test_the_name_admin_is_not_to_be_had_this_way(door: TestClient, organisation: str) -> None:
    assert signed_in(door, organisation, "admin").status_code == 403
    assert COOKIE not in door.cookies


def test_an_answer_that_this_browser_did_not_ask_for_is_refused(
    door: TestClient, organisation: str
) -> None:
    with connect() as db:
        roster.add(db, "ada@example.com", Role.USER, None)
    back = approved(sent(door), known(organisation, "ada@example.com"))
    kept = door.cookies[oidc.COOKIE]
    door.cookies.clear()
    assert door.get(back).status_code == 403  # no flow
    door.get("/auth/login")
    assert door.get(back).status_code == 403  # another flow's state
    door.cookies.clear()
    forged = {"cookie": f"{oidc.COOKIE}={kept[:-3]}abc"}
    assert door.get(back, headers=forged).status_code == 403
    assert COOKIE not in door.cookies


def test_a_code_is_good_once(door: TestClient, organisation: str) -> None:
    with connect() as db:
        roster.add(db, "ada@example.com", Role.USER, None)
    back = approved(sent(door), known(organisation, "ada@example.com"))
    kept = {"cookie": f"{oidc.COOKIE}={door.cookies[oidc.COOKIE]}"}
    assert door.get(back).status_code == 303
    door.cookies.clear()
    assert door.get(back, headers=kept).status_code == 403


def test_who_declines_at_the_provider_is_told(door: TestClient) -> None:
    where = sent(door)
    back = httpx.post(where, data={"action": "deny"}).headers["location"]
    answer = door.get(back)
    assert answer.status_code == 403
    assert "did not sign you in" in answer.text


def test_a_provider_that_is_down_is_said_and_the_password_still_opens(
    configuration: Settings, settings: OIDC
) -> None:
    away = settings.model_copy(update={"server_metadata_url": "http://127.0.0.1:1/x"})
    gate = Gate(Starlette(), password="p", key="k" * 32, provider=oidc.provider(away, "k" * 32))
    with TestClient(gate, base_url=HOST, follow_redirects=False) as door:
        answer = door.get("/auth/login")
        assert answer.status_code == 503
        assert "does not answer" in answer.text
        form = {"user": "admin", "password": "p"}
        assert door.post("/login", data=form, headers={"origin": HOST}).status_code == 303


def test_while_the_database_is_down_nobody_is_called_a_stranger(
    door: TestClient, organisation: str, configuration: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    back = approved(sent(door), known(organisation, "ada@example.com"))
    with monkeypatch.context() as patch:
        away = SecretStr("postgresql://ytempire@127.0.0.1:1/x")
        patch.setattr(configuration.warehouse, "url", away)
        answer = door.get(back)
    assert answer.status_code == 503
    assert "Nobody can be looked up now" in answer.text
    assert COOKIE not in door.cookies


def test_half_a_configuration_is_named() -> None:
    with pytest.raises(NotConfigured, match="YTEMPIRE_OIDC__CLIENT_SECRET"):
        oidc.provider(OIDC(client_id="x"), "k")
    assert oidc.provider(OIDC(role="viewer"), "k") is None
