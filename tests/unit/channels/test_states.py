"""A channel moves between its states with a reason, and returns from a rest by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from ytempire.channels import accounts, states
from ytempire.channels.accounts import Channel
from ytempire.config import settings
from ytempire.errors import InvalidInput, UnknownChannel
from ytempire.providers.youtube.client import Grant
from ytempire.warehouse import clock
from ytempire.warehouse.database import connect

pytestmark = pytest.mark.slow

GRANT = Grant(refresh_token="secret-token", client_id="id", client_secret="secret")


@pytest.fixture
def tidewise(warehouse: None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("YTEMPIRE_SECRETS__GRANT_KEYS", Fernet.generate_key().decode())
    settings.cache_clear()
    accounts.add(Channel(channel_id="tidewise", youtube_channel_id="UC1", title="T", niche="sea"))
    yield "tidewise"
    monkeypatch.undo()
    settings.cache_clear()


def state() -> str:
    return accounts.channel("tidewise").state


def told() -> list[tuple[str, str]]:
    with connect() as db:
        rows = db.execute("select kind, detail from ops.channel_events order by event_id")
        return [(row["kind"], row["detail"]) for row in rows]


def test_a_rest_ends_by_itself_at_the_next_look(tidewise: str) -> None:
    now = clock.now()
    accounts.rest(tidewise, now + timedelta(hours=24), "It met its upload cap.")
    assert state() == "resting"
    with clock.replayed(now + timedelta(hours=23)):
        assert accounts.ids(state="active") == []
    with clock.replayed(now + timedelta(hours=25)):
        assert accounts.ids(state="active") == [tidewise]
        assert accounts.channel(tidewise).rest_until is None
    assert [kind for kind, _ in told()] == ["rested", "returned"]


def test_a_longer_rest_counts_and_is_not_told_twice(tidewise: str) -> None:
    now = clock.now()
    for hours in (5, 9, 2):
        accounts.rest(tidewise, now + timedelta(hours=hours), "Full.")
    assert accounts.channel(tidewise).rest_until == now + timedelta(hours=9)
    assert len(told()) == 1


def test_a_paused_channel_stays_paused_through_a_rest(tidewise: str) -> None:
    accounts.set_state(tidewise, "paused", "Holidays.")
    now = clock.now()
    accounts.rest(tidewise, now + timedelta(hours=1), "Full.")
    with clock.replayed(now + timedelta(hours=2)):
        assert accounts.wake_rested() == []
        assert state() == "paused"


@pytest.mark.parametrize("before", ["active", "resting", "paused"])
def test_a_new_grant_gives_back_the_state_before(tidewise: str, before: str) -> None:
    accounts.set_state(tidewise, before)
    states.lose_grant(tidewise, "Revoked.")
    assert state() == "reauth_required"
    accounts.connect_grant(tidewise, GRANT)
    assert state() == before


def test_what_a_person_wants_meanwhile_holds_once_it_is_connected(tidewise: str) -> None:
    states.lose_grant(tidewise, "Revoked.")
    accounts.set_state(tidewise, "paused")
    assert state() == "reauth_required"
    accounts.connect_grant(tidewise, GRANT)
    assert state() == "paused"


def test_a_dead_grant_is_told_once(tidewise: str) -> None:
    for _ in range(3):
        states.lose_grant(tidewise, "Revoked.")
    assert told() == [("grant_lost", "Revoked.")]


def test_a_state_or_channel_that_is_not_there_changes_nothing(tidewise: str) -> None:
    with pytest.raises(InvalidInput, match="asleep"):
        accounts.set_state(tidewise, "asleep")
    with pytest.raises(UnknownChannel, match="tidewise"):
        accounts.set_state("nobody", "paused")
    assert told() == []
