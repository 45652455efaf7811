"""A person's consent, in a browser here or elsewhere, becomes a grant: real flow, local YouTube."""

from __future__ import annotations

import threading
import webbrowser
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from ytempire.channels import accounts, consent, guard, health
from ytempire.channels.account import Account
from ytempire.channels.consent import Consent, keep
from ytempire.config import settings
from ytempire.errors import InvalidInput, NotConfigured, ScopeMissing
from ytempire.local.simulated import connect_channels
from ytempire.providers.youtube.client import AUDIT_SCOPE, SCOPES
from ytempire.providers.youtube.tokens import OAuthClient
from ytempire.warehouse import clock
from ytempire.warehouse.database import connect

pytestmark = pytest.mark.slow


@pytest.fixture
def app(youtube) -> OAuthClient:
    """The local YouTube's OAuth client; tidewise is not connected."""
    with connect() as db:
        db.execute("delete from ops.grants where channel_id = 'tidewise'")
    known = youtube.admin("grants")[0]
    return consent.client_at(youtube.address, known["client_id"], known["client_secret"])


def browse(address: str, channel: str = "tidewise", without: str = "no scope") -> str:
    """Answer the consent page as a person who picks a channel; where the browser ends."""
    asked = parse_qs(urlsplit(address).query)["scope"][0].split()
    ticked = [scope for scope in asked if without not in scope]
    form = {"channel": channel, "scope": ticked, "answer": "allow"}
    page = httpx.post(address, data=form, timeout=20, follow_redirects=False)
    assert page.status_code == 303, page.text
    return page.headers["location"]


def test_the_address_asks_for_a_lasting_grant_with_proof_of_possession(app) -> None:
    query = parse_qs(urlsplit(Consent(app).address()).query)
    assert query["access_type"] == ["offline"]
    assert query["code_challenge_method"] == ["S256"]
    assert set(query["scope"][0].split()) == set(SCOPES)
    assert len(query["state"][0]) >= 20


def test_strikes_are_asked_for_when_a_person_wants_them(app, monkeypatch) -> None:
    monkeypatch.setenv("YTEMPIRE_YOUTUBE__AUDITS", "true")
    settings.cache_clear()
    query = parse_qs(urlsplit(Consent(app).address()).query)
    assert AUDIT_SCOPE in query["scope"][0].split()


@pytest.mark.parametrize("is_code_alone", [False, True])
def test_what_is_pasted_back_connects_the_channel(app, is_code_alone: bool) -> None:
    one = Consent(app)
    ended = browse(one.address())
    code = parse_qs(urlsplit(ended).query)["code"][0]
    made = keep("tidewise", app, one.answered(f"  {code if is_code_alone else ended}\n"))
    assert made.title == "Tidewise"
    account = Account("tidewise", "test")
    answer = account.read(account.data.channels().list(part="id", mine=True), default=1)
    assert answer["items"][0]["id"] == made.youtube_channel_id


def test_a_code_is_good_once(app) -> None:
    one = Consent(app)
    ended = browse(one.address())
    one.answered(ended)
    with pytest.raises(InvalidInput, match="used already"):
        one.answered(ended)


def test_an_answer_to_another_consent_is_refused(app) -> None:
    one, other = Consent(app), Consent(app)
    ended = browse(one.address())
    other.address()
    with pytest.raises(InvalidInput, match="another consent"):
        other.answered(ended)
    code = parse_qs(urlsplit(ended).query)["code"][0]
    with pytest.raises(InvalidInput, match="another consent"):
        other.answered(code)  # without a state, the proof of possession tells


@pytest.mark.parametrize(
    ("pasted", "says"),
    [
        ("", "Nothing was given"),
        ("http://127.0.0.1:8089/", "another consent"),
        ("made-up-code", "used already, is too old"),
    ],
)
def test_what_is_no_answer_is_refused_in_words(app, pasted: str, says: str) -> None:
    one = Consent(app)
    one.address()
    with pytest.raises(InvalidInput, match=says):
        one.answered(pasted)


def test_a_no_is_a_no(app) -> None:
    one = Consent(app)
    state = parse_qs(urlsplit(one.address()).query)["state"][0]
    ended = f"{consent.ELSEWHERE}?error=access_denied&state={state}"
    with pytest.raises(InvalidInput, match="access_denied"):
        one.answered(ended)


def test_a_browser_here_comes_back_by_itself(app, monkeypatch: pytest.MonkeyPatch) -> None:
    class Person(webbrowser.BaseBrowser):
        """A browser whose person allows everything."""

        def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:
            threading.Thread(target=lambda: httpx.get(browse(url), timeout=20)).start()
            return True

    webbrowser.register("person", None, Person("person"), preferred=True)
    made = keep("tidewise", app, Consent(app).in_browser())
    assert made.title == "Tidewise"


def test_a_box_left_unticked_names_what_would_be_lost(app) -> None:
    one = Consent(app)
    with pytest.raises(ScopeMissing, match="no revenue can be read"):
        keep("tidewise", app, one.answered(browse(one.address(), without="monetary")))
    with pytest.raises(NotConfigured):
        accounts.grant_of("tidewise")


def test_a_grant_of_an_app_in_testing_mode_is_said_to_die(app, youtube) -> None:
    youtube.admin("app", "POST", json={"testing": True})
    one, now = Consent(app), clock.now()
    made = keep("tidewise", app, one.answered(browse(one.address())))
    assert made.expires_at
    assert abs(made.expires_at - now - timedelta(days=7)) < timedelta(minutes=1)
    assert health.score("tidewise").total == 90
    assert "OAuth app is in testing mode" in guard.check("tidewise")["grant"]
    youtube.admin("advance", "POST", json={"hours": 6 * 24})
    for _ in range(2):
        guard.check("tidewise")
    with connect() as db:
        told = db.execute(
            "select severity from ops.channel_events where kind = 'grant_expiring' "
            "order by event_id"
        ).fetchall()
    assert [row["severity"] for row in told] == ["warning", "critical"]


def test_a_strike_is_told_when_it_begins_and_when_it_ends(app, youtube, monkeypatch) -> None:
    monkeypatch.setenv("YTEMPIRE_YOUTUBE__AUDITS", "true")
    settings.cache_clear()
    one = Consent(app)
    assert keep("tidewise", app, one.answered(browse(one.address()))).has_audits
    assert guard.check("tidewise")["standing"] == "good"
    youtube.fault(kind="strike", method="youtube.channels.list", reason="copyright", count=None)
    assert "copyright" in guard.check("tidewise")["standing"]
    assert health.score("tidewise").total == 40
    httpx.delete(f"{youtube.address}/admin/faults").raise_for_status()
    assert guard.check("tidewise")["standing"] == "good"
    assert health.score("tidewise").total == 100


def test_the_wrong_account_is_refused(app) -> None:
    one = Consent(app)
    with pytest.raises(InvalidInput, match="Quiet Orbit"):
        keep("tidewise", app, one.answered(browse(one.address(), "quiet-orbit")))


def test_an_oauth_client_is_googles_or_the_endpoints(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "accounts.google.com" in consent.client_at(None, "id", "secret").auth_uri
    monkeypatch.setenv("YTEMPIRE_YOUTUBE__CLIENT_ID", "id")
    monkeypatch.setenv("YTEMPIRE_YOUTUBE__CLIENT_SECRET", "canary-secret")
    monkeypatch.setenv("YTEMPIRE_YOUTUBE__ENDPOINT", "https://youtube.example/")
    settings.cache_clear()
    app = consent.oauth_client()
    assert app.auth_uri == "https://youtube.example/o/oauth2/auth"
    assert app.token_uri == "https://youtube.example/token"
    assert "canary-secret" not in repr(app)
    monkeypatch.undo()
    settings.cache_clear()


def test_without_an_oauth_client_it_says_what_to_set(youtube) -> None:
    with pytest.raises(NotConfigured, match="CLIENT_ID"):
        consent.oauth_client()


def test_the_local_channels_are_connected_once_and_then_left_to_the_person(youtube) -> None:
    mine = accounts.channel("tidewise").model_copy(update={"niche": "my niche"})
    accounts.add(mine)
    consent.disconnect("quiet-orbit")
    connect_channels(youtube.address, seed=7)
    assert accounts.channel("tidewise").niche == "my niche"
    assert accounts.channel("quiet-orbit").state == "reauth_required"
