import base64
import hashlib
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

HTTP = httpx.Client()


def ask(youtube: Any, **changes: str) -> httpx.Response:
    grant = youtube.grant()
    form = {name: grant[name] for name in ("client_id", "client_secret", "refresh_token")}
    form["grant_type"] = "refresh_token"
    return HTTP.post(grant["token_uri"], data=form | changes)


def test_a_refresh_token_buys_an_hour(youtube: Any) -> None:
    answer = ask(youtube).json()
    assert answer["token_type"] == "Bearer"
    assert 3500 < answer["expires_in"] <= 3600
    assert "yt-analytics-monetary.readonly" in answer["scope"]


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"refresh_token": "1//unknown"}, 400, "invalid_grant"),
        ({"client_secret": "guessed"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_a_wrong_request_is_refused(
    youtube: Any, changes: dict[str, str], status: int, error: str
) -> None:
    answer = ask(youtube, **changes)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_a_revoked_grant_is_dead_at_once(youtube: Any) -> None:
    headers = youtube.headers()
    token = youtube.grant()["refresh_token"]
    assert HTTP.post(f"{youtube.address}/revoke", data={"token": token}).status_code == 200
    url = f"{youtube.address}/youtube/v3/channels?part=id&mine=true"
    assert HTTP.get(url, headers=headers).status_code == 401
    assert ask(youtube).json()["error"] == "invalid_grant"
    again = HTTP.post(f"{youtube.address}/revoke", data={"token": token})
    assert (again.status_code, again.json()["error"]) == (400, "invalid_token")


SCOPES = (
    "https://www.googleapis.com/auth/youtube.readonly",
    "https://www.googleapis.com/auth/yt-analytics.readonly",
)
VERIFIER = "v" * 64
BACK = "http://127.0.0.1:8089/"


def page(youtube: Any, **changes: str) -> str:
    """The address of the consent page that an app would open."""
    digest = hashlib.sha256(VERIFIER.encode()).digest()
    asked = {
        "client_id": youtube.grant()["client_id"],
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": " ".join(SCOPES),
        "state": "s",
        "access_type": "offline",
        "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
        "code_challenge_method": "S256",
    }
    return f"{youtube.address}/o/oauth2/auth?{urlencode(asked | changes)}"


def allow(address: str, scopes: tuple[str, ...] = SCOPES, answer: str = "allow") -> dict[str, str]:
    """A person's answer; what the browser brings back to the app."""
    form = {"channel": "tidewise", "scope": list(scopes), "answer": answer}
    sent = HTTP.post(address, data=form)
    assert sent.status_code == 303, sent.text
    assert sent.headers["location"].startswith(BACK)
    query = parse_qs(urlsplit(sent.headers["location"]).query)
    return {name: values[0] for name, values in query.items()}


def buy(youtube: Any, code: str, **changes: str) -> httpx.Response:
    grant = youtube.grant()
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": BACK,
        "code_verifier": VERIFIER,
        "client_id": grant["client_id"],
        "client_secret": grant["client_secret"],
    }
    return HTTP.post(grant["token_uri"], data=form | changes)


def stats(youtube: Any, token: str, part: str = "id") -> httpx.Response:
    return HTTP.get(
        f"{youtube.address}/youtube/v3/channels?part={part}&mine=true",
        headers={"Authorization": f"Bearer {token}"},
    )


def test_a_consent_becomes_a_lasting_grant_of_what_was_ticked(youtube: Any) -> None:
    shown = HTTP.get(page(youtube)).text
    assert "Quiet Orbit" in shown
    assert "yt-analytics.readonly" in shown
    back = allow(page(youtube), SCOPES[:1])
    assert back["state"] == "s"
    bought = buy(youtube, back["code"]).json()
    assert bought["scope"] == back["scope"] == SCOPES[0]
    assert "refresh_token_expires_in" not in bought
    again = ask(youtube, refresh_token=bought["refresh_token"]).json()
    assert again["scope"] == SCOPES[0]
    found = stats(youtube, again["access_token"]).json()["items"][0]["id"]
    assert found == youtube.grant()["channel_id"]


def test_a_code_is_good_once_for_whoever_began(youtube: Any) -> None:
    code = allow(page(youtube))["code"]
    assert buy(youtube, code, code_verifier="w" * 64).json()["error"] == "invalid_grant"
    code = allow(page(youtube))["code"]
    assert buy(youtube, code, redirect_uri="http://127.0.0.1:1/").status_code == 400
    code = allow(page(youtube))["code"]
    assert buy(youtube, code).status_code == 200
    assert buy(youtube, code).json()["error"] == "invalid_grant"


def test_without_offline_access_nothing_lasts(youtube: Any) -> None:
    code = allow(page(youtube, access_type="online"))["code"]
    assert "refresh_token" not in buy(youtube, code).json()


def test_a_no_comes_back_as_one(youtube: Any) -> None:
    assert allow(page(youtube), answer="deny") == {"state": "s", "error": "access_denied"}
    assert allow(page(youtube), ()) == {"state": "s", "error": "access_denied"}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"client_id": "another"}, "invalid_client"),
        ({"redirect_uri": "https://elsewhere.example/"}, "redirect_uri_mismatch"),
        ({"response_type": "token"}, "invalid_request"),
        ({"scope": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
    ],
)
def test_an_app_that_asks_wrongly_is_blocked(
    youtube: Any, changes: dict[str, str], says: str
) -> None:
    shown = HTTP.get(page(youtube, **changes))
    assert (shown.status_code, says in shown.text) == (400, True)
    assert HTTP.post(page(youtube, **changes), data={"answer": "allow"}).status_code == 400


def test_in_testing_mode_a_grant_dies_after_seven_days(youtube: Any) -> None:
    youtube.set("app", testing=True)
    bought = buy(youtube, allow(page(youtube))["code"]).json()
    assert bought["refresh_token_expires_in"] == pytest.approx(7 * 86400, abs=5)
    youtube.set("advance", hours=6 * 24)
    left = ask(youtube, refresh_token=bought["refresh_token"]).json()["refresh_token_expires_in"]
    assert left == pytest.approx(86400, abs=5)
    youtube.set("advance", hours=24.1)
    assert ask(youtube, refresh_token=bought["refresh_token"]).json()["error"] == "invalid_grant"


def test_revoking_one_grant_ends_all_of_the_account(youtube: Any) -> None:
    bought = buy(youtube, allow(page(youtube))["code"]).json()
    token = bought["access_token"]
    assert HTTP.post(f"{youtube.address}/revoke", data={"token": token}).status_code == 200
    for refresh in (bought["refresh_token"], youtube.grant()["refresh_token"]):
        assert ask(youtube, refresh_token=refresh).json()["error"] == "invalid_grant"
    new = buy(youtube, allow(page(youtube))["code"]).json()
    assert stats(youtube, new["access_token"]).status_code == 200


def test_a_token_reaches_no_further_than_its_scopes(youtube: Any) -> None:
    token = buy(youtube, allow(page(youtube))["code"]).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert stats(youtube, token).status_code == 200
    days = f"{youtube.address}/v2/reports?ids=channel==MINE&startDate=2026-01-01&endDate=2026-02-01"
    assert HTTP.get(f"{days}&metrics=views", headers=headers).status_code == 200
    refused = [
        HTTP.get(f"{days}&metrics=estimatedRevenue", headers=headers),
        HTTP.get(f"{youtube.address}/youtube/v3/captions?part=id&videoId=x", headers=headers),
        stats(youtube, token, "auditDetails"),
    ]
    for answer in refused:
        assert answer.status_code == 403
        assert answer.json()["error"]["errors"][0]["reason"] == "insufficientPermissions"


def test_a_strike_shows_in_the_standings(youtube: Any) -> None:
    audit = "https://www.googleapis.com/auth/youtubepartner-channel-audit"
    code = allow(page(youtube, scope=audit), (audit,))["code"]
    token = buy(youtube, code).json()["access_token"]

    def standings() -> dict[str, bool]:
        items = stats(youtube, token, "auditDetails").json()["items"]
        return dict(items[0]["auditDetails"])

    assert all(standings().values())
    youtube.set("faults", kind="strike", reason="copyright", count=None)
    assert [name for name, is_good in standings().items() if not is_good] == [
        "copyrightStrikesGoodStanding"
    ]
    with pytest.raises(httpx.HTTPStatusError):
        youtube.set("faults", kind="strike", reason="mood")
