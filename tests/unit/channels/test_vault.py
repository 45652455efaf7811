"""Grants are unreadable without a key; keys rotate in use; what cannot be read is said."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.fernet import Fernet
from ytempire.channels import accounts, grants, health, vault
from ytempire.channels.accounts import Channel
from ytempire.config import settings
from ytempire.errors import GrantRevoked, GrantUnreadable, NotConfigured
from ytempire.providers.youtube.client import Grant
from ytempire.warehouse.database import connect

GRANT = Grant(refresh_token="secret-token", client_id="id", client_secret="secret")
OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch):
    def use(*names: str) -> None:
        monkeypatch.setenv("YTEMPIRE_SECRETS__GRANT_KEYS", ",".join(names))
        settings.cache_clear()

    yield use
    monkeypatch.undo()
    settings.cache_clear()


def test_a_sealed_grant_hides_its_token_and_comes_back(keys) -> None:
    keys(NEW)
    sealed = vault.seal(GRANT)
    assert b"secret-token" not in sealed
    assert vault.unseal(sealed) == GRANT


def test_after_a_new_key_old_grants_are_still_read(keys) -> None:
    keys(OLD)
    sealed, old_id = vault.seal(GRANT), vault.key_id()
    keys(NEW, OLD)
    assert vault.unseal(sealed) == GRANT
    again = vault.reseal(sealed, old_id)
    keys(NEW)
    assert vault.unseal(again, vault.key_id()) == GRANT


def test_a_key_that_was_added_since_is_found(keys, monkeypatch: pytest.MonkeyPatch) -> None:
    keys(NEW, OLD)
    sealed, new_id = vault.seal(GRANT), vault.key_id()
    keys(OLD)
    settings()  # a task that began before the key was added has read its settings already
    monkeypatch.setenv("YTEMPIRE_SECRETS__GRANT_KEYS", f"{NEW},{OLD}")
    assert vault.unseal(sealed, new_id) == GRANT


def test_a_lost_key_says_what_to_do(keys) -> None:
    keys(OLD)
    sealed, old_id = vault.seal(GRANT), vault.key_id()
    keys(NEW)
    with pytest.raises(GrantUnreadable, match="connect the channel again") as lost:
        vault.unseal(sealed, old_id)
    assert not isinstance(lost.value, vault.Damaged)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda sealed: sealed[:-9] + b"x" * 9,
        lambda sealed: sealed[:40],
        lambda sealed: b"\x00 no token",
        lambda sealed: b"",
    ],
)
def test_a_damaged_grant_is_told_from_a_lost_key(keys, spoil) -> None:
    keys(NEW)
    with pytest.raises(vault.Damaged):
        vault.unseal(spoil(vault.seal(GRANT)), vault.key_id())


def test_a_key_that_is_none_is_not_shown(keys) -> None:
    keys("not-a-key")
    with pytest.raises(NotConfigured, match="new-key") as wrong:
        vault.seal(GRANT)
    assert "not-a-key" not in str(wrong.value)


# --- with the warehouse -----------------------------------------------------------------------


@pytest.fixture
def pool(warehouse: None, keys):
    """Five channels whose grants an old key has sealed."""
    keys(OLD)
    names = [f"channel-{index}" for index in range(5)]
    for name in names:
        accounts.add(Channel(channel_id=name, youtube_channel_id=None, title=name, niche="sea"))
        accounts.connect_grant(name, GRANT.model_copy(update={"refresh_token": f"secret-{name}"}))
    return names


def spoil(channel_id: str, token: bytes) -> None:
    with connect() as db:
        db.execute("update ops.grants set token = %s where channel_id = %s", (token, channel_id))


@pytest.mark.slow
def test_rotation_seals_all_with_the_newest_key_and_again_nothing(pool, keys) -> None:
    keys(NEW, OLD)
    assert grants.rotate().resealed == tuple(pool)
    assert grants.rotate() == grants.Rotation(fresh=tuple(pool))
    keys(NEW)
    assert [accounts.grant_of(name).refresh_token for name in pool] == [
        f"secret-{name}" for name in pool
    ]


@pytest.mark.slow
def test_grants_are_read_and_replaced_while_the_keys_rotate(pool, keys) -> None:
    keys(NEW, OLD)

    def use(index: int) -> str:
        name = pool[index % 5]
        if index % 4 == 0:
            fresh = GRANT.model_copy(update={"refresh_token": f"fresh-{name}"})
            accounts.connect_grant(name, fresh)
        return accounts.grant_of(name).refresh_token.split("-", 1)[1]

    with ThreadPoolExecutor(6) as threads:
        rotations = [threads.submit(grants.rotate) for _ in range(3)]
        read = list(threads.map(use, range(60)))
        done = [each.result() for each in rotations]
    assert read == [pool[index % 5] for index in range(60)]
    assert not any(each.unreadable for each in done)
    keys(NEW)
    for name in pool:
        assert accounts.grant_of(name).refresh_token == f"fresh-{name}"


@pytest.mark.slow
def test_a_grant_that_was_replaced_after_it_was_read_is_not_put_back(pool, keys) -> None:
    keys(NEW, OLD)
    first, last = pool[0], pool[-1]
    with ThreadPoolExecutor(1) as threads, connect() as holder, connect(autocommit=True) as watcher:
        holder.execute("select 1 from ops.grants where channel_id = %s for update", (first,))
        rotation = threads.submit(grants.rotate)
        for _ in range(100_000):  # until it has read all and waits for the first
            waiting = watcher.execute(
                "select 1 from pg_stat_activity where wait_event_type = 'Lock' "
                "and query like '%update ops.grants set token%'"
            ).fetchone()
            if waiting:
                break
        accounts.connect_grant(last, GRANT.model_copy(update={"refresh_token": "replaced"}))
        holder.commit()
        assert rotation.result() == grants.Rotation(resealed=tuple(pool[:-1]), fresh=(last,))
    assert accounts.grant_of(last).refresh_token == "replaced"


@pytest.mark.slow
def test_a_damaged_grant_is_one_channels_trouble_and_told_once(pool, keys) -> None:
    spoil(pool[2], b"garbled")
    keys(NEW, OLD)
    done = grants.rotate()
    assert done.unreadable == (pool[2],)
    assert len(done.resealed) == 4
    with pytest.raises(GrantRevoked, match=f"channel connect {pool[2]}"):
        accounts.grant_of(pool[2])
    states = {each.channel_id: each.state for each in accounts.all_channels()}
    assert states == {name: "active" for name in pool} | {pool[2]: "reauth_required"}
    with connect() as db:
        told = db.execute("select channel_id from ops.channel_events where kind = 'grant_lost'")
        assert [row["channel_id"] for row in told] == [pool[2]]


@pytest.mark.slow
def test_a_lost_key_is_mended_by_its_return_not_by_new_consents(pool, keys) -> None:
    keys(NEW)
    for _ in range(2):
        with pytest.raises(GrantUnreadable, match=f"channel {pool[0]} cannot be read"):
            accounts.grant_of(pool[0])
    assert health.score(pool[0]).total == 0
    with connect() as db:
        told = db.execute(
            "select count(*) as n from ops.channel_events where channel_id = %s "
            "and kind = 'grant_unreadable'",
            (pool[0],),
        ).fetchone()
    assert told == {"n": 1}
    keys(NEW, OLD)
    assert accounts.grant_of(pool[0]).refresh_token == f"secret-{pool[0]}"
    assert accounts.channel(pool[0]).state == "active"
    assert health.score(pool[0]).total == 100


@pytest.mark.slow
def test_the_death_of_an_old_grant_does_not_take_the_new_one(pool, keys) -> None:
    from ytempire.channels import states

    _, given_at = grants.grant_and_date(pool[0])
    accounts.connect_grant(pool[0], GRANT.model_copy(update={"refresh_token": "newer"}))
    states.lose_grant(pool[0], "The old one is dead.", given_at)
    assert accounts.grant_of(pool[0]).refresh_token == "newer"
