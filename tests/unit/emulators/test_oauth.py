from typing import Any

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
