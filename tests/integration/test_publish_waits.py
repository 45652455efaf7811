"""A publication that cannot be now: it waits, or another channel takes it, and nothing is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from ytempire.channels import accounts
from ytempire.channels.account import Account
from ytempire.channels.profile import Posting
from ytempire.errors import MustWait, ProviderUnavailable
from ytempire.warehouse import clock
from ytempire.warehouse.database import connect

from tests.made_videos import beside, made, playable
from tests.publications import of, told, unsaid, uploads
from tests.publications import video as video

pytestmark = pytest.mark.slow


@pytest.fixture
def files(youtube, tmp_path: Path) -> dict[str, Path]:
    return beside(playable(tmp_path / "playable.mp4"), tmp_path)


def spend(bucket: str, used: int) -> None:
    with connect() as db:
        db.execute(
            "insert into ops.quota (project, bucket, pacific_day, used, quota_limit) "
            "values ('default', %s, ops.pacific_day(ops.now()), %s, %s)",
            (bucket, used, used),
        )


def test_spent_quota_stops_before_anything_is_opened(video, youtube) -> None:
    spend("uploads", 100)
    with pytest.raises(MustWait) as waits:
        video()
    assert waits.value.state == "waiting_quota"
    midnight = clock.next_pacific_midnight(clock.now())
    assert midnight <= waits.value.until < midnight + timedelta(hours=1)
    assert uploads() == []
    assert of("videos", "state, waits_until") == [("waiting_quota", waits.value.until)]
    assert of("quota", "bucket, held") == [("uploads", 0)], "the thumbnail's units were not taken"


def test_many_that_wait_for_quota_are_one_event(video, youtube) -> None:
    spend("uploads", 100)
    for _ in range(3):
        with pytest.raises(MustWait):
            video()
    assert told() == ["quota_spent"]


def test_the_thumbnail_waits_for_units_and_not_the_video(video, youtube) -> None:
    youtube.admin("quota", "POST", json={"bucket": "default", "used": 10_000})
    with pytest.raises(MustWait) as waits:
        video()
    assert waits.value.state == "waiting_quota"
    [row] = uploads()
    assert row["state"] == "sent"
    assert of("videos", "state, waits_until") == [("published", waits.value.until)]
    youtube.admin("quota", "POST", json={"bucket": "default", "used": 0})
    with clock.replayed(waits.value.until):
        assert video() == row["youtube_video_id"]
    [stored] = youtube.videos()
    assert len(stored["thumbnails"]) == 1


def test_googles_word_that_the_quota_is_spent_closes_the_bucket(video, youtube) -> None:
    youtube.admin("quota", "POST", json={"bucket": "uploads", "used": 100})
    with pytest.raises(MustWait):
        video()
    assert of("quota", "bucket, used, held") == [("default", 0, 0), ("uploads", 100, 0)]


def test_a_throttled_thumbnail_comes_later_and_the_video_only_once(video, youtube) -> None:
    youtube.fault(method="youtube.thumbnails.set", kind="thumbnail_throttle", count=1)
    with pytest.raises(MustWait) as waits:
        video()
    assert waits.value.until > clock.now() + timedelta(minutes=30)
    video()
    [stored] = youtube.videos()
    assert len(stored["thumbnails"]) == 1


def second_channel(**changes: object) -> None:
    """Makes `quiet-orbit` another channel about the ocean."""
    niche = accounts.channel("tidewise").niche
    accounts.add(accounts.channel("quiet-orbit").model_copy(update={"niche": niche} | changes))


def youtube_id_of(channel_id: str) -> str | None:
    return accounts.channel(channel_id).youtube_channel_id


def test_a_channel_at_its_cap_rests_and_another_of_its_niche_takes_the_video(
    video, youtube
) -> None:
    second_channel()
    youtube.fault(
        method="youtube.videos.insert",
        kind="upload_limit",
        count=1,
        channel=youtube_id_of("tidewise"),
    )
    video()
    assert accounts.channel("tidewise").state == "resting"
    [stored] = youtube.videos()
    assert stored["channel_id"] == youtube_id_of("quiet-orbit")
    assert of("videos", "channel_id, state") == [("quiet-orbit", "published")]
    assert "failed_over" in told()


def test_the_only_channel_at_its_cap_is_waited_for(video, youtube) -> None:
    youtube.fault(method="youtube.videos.insert", kind="upload_limit", count=1)
    with pytest.raises(MustWait) as waits:
        video()
    assert waits.value.state == "waiting_channel"
    assert waits.value.until == accounts.channel("tidewise").rest_until
    assert of("quota", "bucket, held") == [("default", 0), ("uploads", 0)]


def revoke(youtube, channel_id: str, *, revoked: bool = True) -> None:
    youtube.admin(
        "grants", "POST", json={"channel_id": youtube_id_of(channel_id), "revoked": revoked}
    )


def test_a_revoked_grant_pauses_that_channel_alone(video, youtube) -> None:
    revoke(youtube, "tidewise")
    with pytest.raises(MustWait):
        video()
    states = {each.channel_id: each.state for each in accounts.all_channels()}
    assert states == {
        "tidewise": "reauth_required",
        "ledger-lore": "active",
        "quiet-orbit": "active",
    }


def test_a_grant_revoked_before_the_last_bytes_gives_the_video_to_another_channel(
    video, youtube
) -> None:
    second_channel()
    youtube.fault(method="youtube.videos.insert#chunk", kind="dropped", count=50)
    with pytest.raises(ProviderUnavailable):
        video()
    youtube.admin("faults", "DELETE")
    revoke(youtube, "tidewise")
    video()
    [stored] = youtube.videos()
    assert stored["channel_id"] == youtube_id_of("quiet-orbit")


def test_a_grant_revoked_after_the_last_bytes_is_waited_for(video, youtube) -> None:
    second_channel()
    first = video()
    unsaid()
    grant = accounts.grant_of("tidewise")
    revoke(youtube, "tidewise")
    with pytest.raises(MustWait):
        video()
    assert [each["channel_id"] for each in youtube.videos()] == [youtube_id_of("tidewise")]
    revoke(youtube, "tidewise", revoked=False)
    accounts.connect_grant("tidewise", grant)
    assert video() == first


def test_a_channel_that_was_let_go_before_the_last_bytes_leaves_its_video_to_another(
    video, youtube
) -> None:
    second_channel()
    youtube.fault(method="youtube.videos.insert#chunk", kind="dropped", count=50)
    with pytest.raises(ProviderUnavailable):
        video()
    youtube.admin("faults", "DELETE")
    with connect() as db:
        db.execute("delete from ops.grants where channel_id = 'tidewise'")
    video()
    assert [each["channel_id"] for each in youtube.videos()] == [youtube_id_of("quiet-orbit")]


def test_a_scheduled_video_is_private_until_its_slot(video, youtube) -> None:
    at = (clock.now() + timedelta(hours=3)).replace(microsecond=0)
    posting = Posting(timezone="UTC", times=(at.time(),))
    accounts.add(accounts.channel("tidewise").model_copy(update={"posting": posting}))
    youtube_id = video()
    account = Account("tidewise", "test")
    [item] = account.read(account.data.videos().list(part="status", id=youtube_id), default=1)[
        "items"
    ]
    assert item["status"]["privacyStatus"] == "private"
    assert item["status"]["publishAt"] == f"{at:%Y-%m-%dT%H:%M:%SZ}"
    assert of("videos", "state, publish_at, published_at") == [("published", at, at)]


def test_a_slot_that_passed_while_nobody_worked_is_taken_anew(video, youtube) -> None:
    at = (clock.now() + timedelta(hours=3)).replace(microsecond=0)
    posting = Posting(timezone="UTC", times=(at.time(),))
    accounts.add(accounts.channel("tidewise").model_copy(update={"posting": posting}))
    youtube.fault(method="youtube.videos.insert#chunk", kind="dropped", count=50)
    with pytest.raises(ProviderUnavailable):
        video()
    youtube.admin("faults", "DELETE")
    youtube.admin("advance", "POST", json={"hours": 4})
    with clock.replayed(clock.now() + timedelta(hours=4)):
        video()
    [stored] = youtube.videos()
    assert stored["body"]["status"]["publishAt"] == f"{at + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"
    assert of("videos", "publish_at") == [(at + timedelta(days=1),)]


def test_a_paused_channel_finishes_nothing_that_could_go_elsewhere(video, youtube) -> None:
    second_channel()
    youtube.fault(method="youtube.videos.insert#chunk", kind="dropped", count=50)
    with pytest.raises(ProviderUnavailable):
        video()
    youtube.admin("faults", "DELETE")
    accounts.set_state("tidewise", "paused")
    video()
    [stored] = youtube.videos()
    assert stored["channel_id"] == youtube_id_of("quiet-orbit")


DEFER = """
import sys
from airflow.sdk.exceptions import TaskDeferred
from ytempire.airflow import Publish

operator = Publish(task_id="publish", video_id=sys.argv[1], pool="upload")
for tried in (operator.execute, operator.execute_complete):
    try:
        tried({})
    except TaskDeferred as deferred:
        print("DEFERRED", deferred.trigger.moment.isoformat(), deferred.method_name)
"""


def test_a_wait_leaves_the_worker_free_until_it_is_over(files, youtube, tmp_path) -> None:
    video_id = made("waits", files)
    spend("uploads", 100)
    answer = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", DEFER, video_id],
        env=os.environ | {"AIRFLOW_HOME": str(tmp_path / "airflow")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    lines = [each for each in answer.stdout.splitlines() if each.startswith("DEFERRED")]
    assert len(lines) == 2, f"as often as it is tried:\n{answer.stderr[-2000:]}"
    _, until, method = lines[-1].split()
    [(state, waits_until)] = of("videos", "state, waits_until")
    assert (state, method) == ("waiting_quota", "execute_complete")
    assert datetime.fromisoformat(until) == waits_until > clock.now()


def test_a_lost_video_that_lists_do_not_show_yet_is_waited_for_not_sent_again(
    video, youtube, tmp_path: Path
) -> None:
    video.file.write_bytes(playable(tmp_path / "good.mp4").read_bytes())
    first, now = video(), clock.now()
    unsaid(session="gone")
    youtube.fault(kind="listing_lag", hours=0.5, count=None)
    with pytest.raises(MustWait, match="looked for"):
        video()
    youtube.admin("advance", "POST", json={"hours": 0.6})
    with clock.replayed(now + timedelta(hours=0.6)):
        assert video() == first
    assert [each["video_id"] for each in youtube.videos()] == [first]
