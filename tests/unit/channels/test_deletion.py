"""YouTube's data leave by the earliest date that is owed, unless a new consent comes first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from cryptography.fernet import Fernet
from ytempire.channels import accounts, deletion
from ytempire.channels.accounts import Channel
from ytempire.config import settings
from ytempire.errors import UnknownChannel
from ytempire.providers.youtube.client import Grant
from ytempire.warehouse import clock
from ytempire.warehouse.database import connect

pytestmark = pytest.mark.slow


def grant(token: str) -> Grant:
    return Grant(refresh_token=token, client_id="id", client_secret="secret")


@pytest.fixture
def now(warehouse: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[datetime]:
    """Two channels of which one is connected and has rows in every table of its data."""
    monkeypatch.setenv("YTEMPIRE_SECRETS__GRANT_KEYS", Fernet.generate_key().decode())
    settings.cache_clear()
    for name in ("tidewise", "other"):
        accounts.add(Channel(channel_id=name, youtube_channel_id=None, title=name, niche="sea"))
    accounts.connect_grant("tidewise", grant("first"))
    with connect() as db:
        for table in ("youtube_channel_days", "youtube_video_days"):
            db.execute(
                f"insert into raw.{table} (run_id, fetched_at, channel_id, day, views) "
                "select 'r', ops.now(), name, current_date, 1 "
                "from unnest(array['tidewise', 'tidewise', 'other']) as name"
            )
    yield clock.now()
    monkeypatch.undo()
    settings.cache_clear()


def open_requests() -> list[dict]:
    with connect() as db:
        return db.execute(
            "select channel_id, reason, due_at from ops.deletions where carried_out_at is null"
        ).fetchall()


def test_several_causes_are_one_request_due_at_the_earliest(now: datetime) -> None:
    far = deletion.request("tidewise", "revoked_at_google", since=now)
    near = deletion.request("tidewise", "request", since=now)
    again = deletion.request("tidewise", "expired", since=now)
    assert far == now + timedelta(days=30)
    assert near == again == now + timedelta(days=7)
    assert [each["reason"] for each in open_requests()] == ["request"]


def test_a_new_consent_withdraws_what_was_owed_for_the_old_one(now: datetime) -> None:
    deletion.request("tidewise", "revoked_at_google")
    accounts.connect_grant("tidewise", grant("first"))
    assert len(open_requests()) == 1, "the same grant again is no new consent"
    accounts.connect_grant("tidewise", grant("second"))
    assert open_requests() == []


def test_what_a_person_asked_for_is_done_all_the_same_and_spares_the_new_grant(
    now: datetime,
) -> None:
    deletion.request("tidewise", "request")
    accounts.connect_grant("tidewise", grant("second"))
    with clock.replayed(now + timedelta(days=7)):
        [done] = deletion.carry_out()
    assert done.removed == {"raw.youtube_channel_days": 2, "raw.youtube_video_days": 2}
    assert accounts.grant_of("tidewise").refresh_token == "second"


def test_nothing_goes_before_it_is_due_and_nobody_elses_ever(now: datetime) -> None:
    deletion.request("tidewise", "request")
    assert deletion.carry_out() == []
    [done] = deletion.carry_out(now_for="tidewise")
    assert done.removed["ops.grants"] == 1
    with connect() as db:
        left = db.execute(
            "select channel_id, run_id from raw.youtube_channel_days "
            "union all select channel_id, run_id from raw.youtube_video_days"
        ).fetchall()
        request = db.execute("select kept_as from ops.deletions").fetchone()
    assert request
    assert sorted((row["channel_id"], row["run_id"]) for row in left) == [
        (request["kept_as"], "kept"),  # the day's total
        ("other", "r"),
        ("other", "r"),
    ]


def test_a_channel_that_is_connected_again_counts_once(now: datetime) -> None:
    deletion.request("tidewise", "request")
    deletion.carry_out(now_for="tidewise")
    accounts.connect_grant("tidewise", grant("second"))
    with connect() as db:
        left = db.execute("select channel_id from raw.youtube_channel_days").fetchall()
        known = db.execute("select channel_id from ops.channels order by 1").fetchall()
    assert left == [{"channel_id": "other"}], "YouTube tells all its days anew"
    assert [row["channel_id"] for row in known] == ["other", "tidewise"]


def test_it_is_due_before_the_look_that_would_be_too_late(now: datetime) -> None:
    deletion.request("tidewise", "request", since=now)
    with clock.replayed(now + timedelta(days=6, hours=19)):
        assert len(deletion.carry_out()) == 1


def test_a_channel_that_is_not_there_is_said(now: datetime) -> None:
    with pytest.raises(UnknownChannel, match="tidewise"):
        deletion.request("nobody", "request")
