"""An account in use: each refusal has its consequence for its channel, and for no other."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from ytempire.channels import accounts, consent, health, quota
from ytempire.channels.account import Account
from ytempire.channels.accounts import Channel
from ytempire.errors import (
    ChannelMissing,
    ChannelResting,
    GrantRevoked,
    InvalidInput,
    MalformedAnswer,
    NotConfigured,
    ProviderUnavailable,
    QuotaExhausted,
    YTEmpireError,
)
from ytempire.warehouse import clock
from ytempire.warehouse.database import connect

pytestmark = pytest.mark.slow
LIST = "youtube.channels.list"


def ask(channel_id: str = "tidewise") -> dict:
    account = Account(channel_id, "test")
    return account.write(account.data.channels().list(part="id", mine=True), default=1)


def events(channel_id: str = "tidewise") -> list[str]:
    with connect() as db:
        rows = db.execute(
            "select kind from ops.channel_events where channel_id = %s and kind <> 'connected' "
            "order by event_id",
            (channel_id,),
        )
        return [row["kind"] for row in rows]


@pytest.mark.parametrize(
    ("kind", "error", "state", "noted"),
    [
        ("upload_limit", ChannelResting, "resting", ["cap_met", "rested"]),
        ("grant_revoked", GrantRevoked, "reauth_required", ["grant_lost"]),
        ("signup_required", ChannelMissing, "active", ["channel_missing"]),
        ("quota_exceeded", QuotaExhausted, "active", ["quota_spent"]),
        ("thumbnail_throttle", ProviderUnavailable, "active", ["thumbnail_throttled"]),
        ("503", ProviderUnavailable, "active", ["call_failed"]),
        ("malformed", MalformedAnswer, "active", ["call_failed"]),
        ("403", NotConfigured, "active", []),
        ("400", InvalidInput, "active", []),
    ],
)
def test_a_refusal_has_its_consequence_told_once_and_for_one_channel(
    youtube, kind: str, error: type[YTEmpireError], state: str, noted: list[str]
) -> None:
    youtube.fault(method=LIST, kind=kind, count=9)
    for _ in range(2):
        with pytest.raises((error, GrantRevoked, QuotaExhausted)):
            ask()
    youtube.admin("faults", "DELETE")
    assert accounts.channel("tidewise").state == state
    assert events() == noted
    assert accounts.channel("quiet-orbit").state == "active"
    assert events("quiet-orbit") == []


def test_a_channel_at_its_cap_rests_a_day_and_returns_by_itself(youtube) -> None:
    youtube.fault(method=LIST, kind="upload_limit", count=1)
    now = clock.now()
    with pytest.raises(ChannelResting):
        ask()
    until = accounts.channel("tidewise").rest_until
    assert until
    assert now + timedelta(hours=24) <= until < now + timedelta(hours=24, minutes=1)
    with clock.replayed(now + timedelta(hours=25)):
        assert accounts.channel("tidewise").state == "active"
    assert health.score("tidewise").total == 85


def test_googles_word_that_the_uploads_are_spent_closes_that_bucket_alone(youtube) -> None:
    youtube.fault(method=LIST, kind="upload_quota", count=1)
    with pytest.raises(QuotaExhausted):
        ask()
    told = quota.forecast()
    assert told["uploads"].headroom == 0
    assert told["default"].headroom > 0


# --- connecting by a grant's file -----------------------------------------------------------


@pytest.fixture
def file(youtube, tmp_path: Path):
    """Writes a grant's file of one of the local YouTube's accounts, as Google's libraries do."""

    def write(key: str, **changes: object) -> Path:
        told = next(each for each in youtube.admin("grants") if each["key"] == key)
        names = ("refresh_token", "client_id", "client_secret", "token_uri")
        path = tmp_path / f"{key}.json"
        plain = {"type": "authorized_user", "account": "", "universe_domain": "googleapis.com"}
        path.write_text(json.dumps(plain | {name: told[name] for name in names} | changes))
        return path

    return write


def forget(channel_id: str) -> None:
    with connect() as db:
        db.execute("delete from ops.channel_events where channel_id = %s", (channel_id,))
        db.execute("delete from ops.grants where channel_id = %s", (channel_id,))
        db.execute("delete from ops.channels where channel_id = %s", (channel_id,))


def test_a_grants_file_connects_a_channel_at_its_own_server(youtube, file) -> None:
    forget("tidewise")
    accounts.add(Channel(channel_id="mine", youtube_channel_id=None, title="M", niche="sea"))
    made = consent.take_file("mine", file("tidewise"))
    assert made.title == "Tidewise"
    assert accounts.channel("mine").youtube_channel_id == made.youtube_channel_id
    assert ask("mine")["items"][0]["id"] == made.youtube_channel_id


def test_the_wrong_account_is_refused_and_nothing_is_changed(youtube, file) -> None:
    before = accounts.grant_of("tidewise")
    with pytest.raises(InvalidInput, match="not the one that tidewise stands for"):
        consent.take_file("tidewise", file("quiet-orbit"))
    assert accounts.grant_of("tidewise") == before


@pytest.mark.parametrize(
    ("changes", "error", "says"),
    [
        ({"refresh_token": ""}, InvalidInput, "refresh_token"),
        ({"client_secret": None}, InvalidInput, "client_secret"),
        ({"refresh_token": "canary-token"}, GrantRevoked, "no longer valid"),
        ({"token_uri": "http://127.0.0.1:9/token"}, ProviderUnavailable, "did not answer"),
    ],
)
def test_a_file_that_is_of_no_use_says_why_and_shows_no_token(
    youtube, file, changes: dict, error: type[YTEmpireError], says: str
) -> None:
    with pytest.raises(error, match=says) as found:
        consent.take_file("tidewise", file("tidewise", **changes))
    assert "canary-token" not in str(found.value)


def test_a_file_of_another_kind_is_said_to_be_one(youtube, tmp_path: Path) -> None:
    path = tmp_path / "client_secret.json"
    path.write_text('{"installed": {"client_id": "x"}}')
    with pytest.raises(InvalidInput, match="refresh_token: Field required; client_id"):
        consent.take_file("tidewise", path)
    with pytest.raises(InvalidInput, match="No such file"):
        consent.take_file("tidewise", tmp_path / "absent.json")


def test_an_account_without_a_channel_is_told_so(youtube, file) -> None:
    youtube.fault(method=LIST, kind="signup_required", count=9)
    with pytest.raises(ChannelMissing, match=r"youtube\.com"):
        consent.take_file("tidewise", file("tidewise"))


def test_disconnecting_ends_the_grant_at_google_and_lets_the_data_go(youtube, file) -> None:
    assert consent.disconnect("tidewise")
    with pytest.raises(NotConfigured, match="not connected"):
        accounts.grant_of("tidewise")
    with pytest.raises(GrantRevoked):
        consent.take_file("tidewise", file("tidewise"))
    with connect() as db:
        row = db.execute(
            "select reason, due_at - requested_at as within from ops.deletions"
        ).fetchone()
    assert row == {"reason": "revoked_here", "within": timedelta(days=7)}
    assert not consent.disconnect("tidewise"), "there is none any more"


def test_an_unreachable_google_leaves_the_channel_connected(
    youtube, monkeypatch: pytest.MonkeyPatch
) -> None:
    grant = accounts.grant_of("tidewise")
    away = grant.model_copy(update={"token_uri": "http://127.0.0.1:9/token"})
    accounts.connect_grant("tidewise", away)
    with pytest.raises(ProviderUnavailable):
        consent.disconnect("tidewise")
    assert accounts.grant_of("tidewise") == away


def test_a_call_that_is_tried_again_is_counted_again_as_youtube_does(youtube) -> None:
    account = Account("tidewise", "test")
    quota.spend("test", stats=1)
    for units in (1, 0):  # 0: paid before
        youtube.fault(method="youtube.videos.batchGetStats", kind="malformed", count=1)
        account.read(account.data.videos().batchGetStats(id="x", part="statistics"), stats=units)
    assert quota.forecast()["stats"].used == youtube.admin("quota")["stats"]["used"] == 4
