"""A video is published exactly once, whatever happens on the way: real client, real server."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image
from ytempire.channels import accounts, publish
from ytempire.channels.account import Account
from ytempire.channels.metadata import marker_of
from ytempire.channels.profile import Posting
from ytempire.channels.upload import open_session, send
from ytempire.config import settings
from ytempire.domain import Format, Scene, Script
from ytempire.errors import MustWait, ProviderUnavailable, UploadRejected
from ytempire.runs import queue
from ytempire.warehouse import clock
from ytempire.warehouse.database import connect

from tests.made_videos import beside, made, playable

pytestmark = pytest.mark.slow

CHUNK = 256 * 1024
SCRIPT = Script(
    title="Why the sea <rises> twice a day",
    description="The Moon pulls, the Earth turns.",
    scenes=(Scene(narration="The sea rises twice a day."),),
    tags=("tides", "moon"),
)


def silent(fraction: float, note: str) -> None:
    """Progress that nobody watches."""


@pytest.fixture
def files(youtube, tmp_path: Path) -> dict[str, Path]:
    return beside(playable(tmp_path / "playable.mp4"), tmp_path)


@pytest.fixture
def video(youtube, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A video ready to be published, in chunks small enough to be broken off between."""
    monkeypatch.setenv("YTEMPIRE_YOUTUBE__CHUNK_BYTES", str(CHUNK))
    settings.cache_clear()
    file, thumbnail = tmp_path / "cut.mp4", tmp_path / "thumbnail.jpg"
    file.write_bytes(b"\x00\x00\x00\x18ftypmp42" + hashlib.shake_256(b"v").digest(3 * CHUNK + 77))
    Image.new("RGB", (1280, 720), "navy").save(thumbnail)
    request_id = queue.put(
        queue.Request(request_id="r1", channel_id="tidewise", topic="The sea", format=Format.SHORT)
    )
    assert request_id
    video_id = queue.accept(request_id)

    def run() -> str:
        return publish.publish(video_id, SCRIPT, file, thumbnail, silent)

    run.video_id, run.file, run.thumbnail = video_id, file, thumbnail
    return run


def uploads() -> list[dict]:
    with connect() as db:
        return db.execute("select * from ops.uploads").fetchall()


def test_the_file_arrives_whole_with_every_field_and_its_thumbnail(video, youtube) -> None:
    youtube_id = video()
    [stored] = youtube.videos()
    assert stored["video_id"] == youtube_id
    assert stored["sha256"] == hashlib.sha256(video.file.read_bytes()).hexdigest()
    assert len(stored["thumbnails"]) == 1
    [row] = uploads()
    assert (row["state"], row["youtube_video_id"]) == ("dressed", youtube_id)
    account = Account("tidewise", "test")
    [item] = account.read(
        account.data.videos().list(part="snippet,status", id=youtube_id), default=1
    )["items"]
    assert item["snippet"]["title"] == "Why the sea ‹rises› twice a day"
    assert item["snippet"]["tags"] == [f"yte-{video.video_id}", "tides", "moon"]
    assert item["status"]["privacyStatus"] == "public"
    assert item["status"]["selfDeclaredMadeForKids"] is False
    assert item["status"]["containsSyntheticMedia"] is True


def test_a_second_run_finds_the_same_video_and_sends_nothing(video, youtube) -> None:
    first = video()
    sent = len(youtube.admin("requests"))
    assert video() == first
    assert len(youtube.videos()) == 1
    assert len(youtube.admin("requests")) == sent


def test_the_session_is_written_down_before_the_first_byte(video, youtube) -> None:
    youtube.fault(method="youtube.videos.insert#chunk", kind="dropped", count=50)
    with pytest.raises(ProviderUnavailable):
        video()
    [row] = uploads()
    assert row["state"] == "opened"
    assert row["session_uri"].startswith(youtube.address)


@pytest.mark.parametrize("kind", ["503", "dropped"])
def test_a_broken_upload_goes_on_where_it_was(video, youtube, kind: str) -> None:
    youtube.fault(method="youtube.videos.insert#chunk", kind=kind, count=1)
    video()
    [stored] = youtube.videos()
    assert stored["sha256"] == hashlib.sha256(video.file.read_bytes()).hexdigest()


def unsaid(session: str = "") -> None:
    """As if YouTube's answer had never been written down."""
    with connect() as db:
        db.execute(
            "update ops.uploads set state = 'opened', youtube_video_id = null, "
            "session_uri = session_uri || %s",
            (session,),
        )
        db.execute(
            "update ops.videos set state = 'checked', youtube_video_id = null, published_at = null"
        )


def test_killed_after_the_upload_the_restart_asks_the_session(
    video, youtube, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = video()
    unsaid()
    assert video() == first
    assert len(youtube.videos()) == 1


def test_a_forgotten_session_is_not_a_reason_to_upload_twice(video, youtube) -> None:
    first = video()
    unsaid(session="gone")
    assert video() == first
    assert len(youtube.videos()) == 1


def test_a_forgotten_session_without_a_video_starts_over(video, youtube) -> None:
    youtube.fault(method="youtube.videos.insert#chunk", kind="dropped", count=50)
    with pytest.raises(ProviderUnavailable):
        video()
    youtube.admin("faults", "DELETE")
    with connect() as db:
        db.execute("update ops.uploads set session_uri = session_uri || 'gone'")
    video()
    assert len(youtube.videos()) == 1


PUBLISH = """
import sys
from pathlib import Path
from ytempire.channels.publish import publish
from ytempire.domain import Script
from ytempire.runs.stages import only_one

video_id, script, file, thumbnail = sys.argv[1:]
with only_one(video_id, "publish"):
    publish(video_id, Script.model_validate_json(script), Path(file), Path(thumbnail),
            lambda fraction, note: None)
"""


def test_two_triggers_at_once_publish_once(video, youtube) -> None:
    arguments = (video.video_id, SCRIPT.model_dump_json(), str(video.file), str(video.thumbnail))
    both = [subprocess.Popen([sys.executable, "-c", PUBLISH, *arguments]) for _ in range(2)]
    assert [process.wait(60) for process in both] == [0, 0]
    assert len(youtube.videos()) == 1


def spend(bucket: str, used: int) -> None:
    with connect() as db:
        db.execute(
            "insert into ops.quota (project, bucket, pacific_day, used, quota_limit) "
            "values ('default', %s, ops.pacific_day(ops.now()), %s, %s)",
            (bucket, used, used),
        )


def of(table: str, columns: str) -> list[tuple]:
    with connect() as db:
        found = db.execute(f"select {columns} from ops.{table} order by {columns}").fetchall()
    return [tuple(row.values()) for row in found]


def told() -> list[str]:
    """What was noted about the channels since they were connected."""
    return [kind for (kind,) in of("channel_events", "kind") if kind != "connected"]


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


def test_a_file_that_youtube_refuses_is_refused_and_told_of_once(video, youtube) -> None:
    video()  # it is noise, which YouTube finds out when it has all of it
    unsaid(session="gone")
    youtube.admin("advance", "POST", json={"hours": 1})
    for _ in range(2):
        with pytest.raises(UploadRejected, match="invalidFile"):
            video()
    assert told() == ["processing_failed"]
    assert len(youtube.videos()) == 1


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


def test_a_refused_thumbnail_leaves_the_video_found_not_doubled(video, youtube) -> None:
    good = video.thumbnail.read_bytes()
    video.thumbnail.write_bytes(b"not a picture")
    with pytest.raises(UploadRejected):
        video()
    video.thumbnail.write_bytes(good)
    video()
    [stored] = youtube.videos()
    assert len(stored["thumbnails"]) == 1


def by_hand(video, count: int, *, tags: list[str]) -> list[str]:
    """Uploads to the channel that are not ours; their ids."""
    account, file = Account("tidewise", "test"), video.file.with_name("small.mp4")
    file.write_bytes(b"small")
    ids = []
    for number in range(count):
        snippet = {"title": f"By hand {number}", "categoryId": "27", "tags": tags}
        resource = {"snippet": snippet, "status": {"privacyStatus": "private"}}
        uri = open_session(account.data, resource, file)
        ids.append(str(send(account.data, resource, file, uri, silent)["id"]))
    return ids


def test_a_lost_video_is_found_behind_all_that_was_uploaded_since(video, youtube) -> None:
    first = video()
    unsaid(session="gone")
    by_hand(video, 55, tags=["another"])
    youtube.admin("quota", "POST", json={"bucket": "uploads", "used": 2})
    assert video() == first
    assert youtube.admin("quota")["uploads"]["used"] == 2


def test_a_doubled_video_is_told_of_and_left_to_a_person(video, youtube) -> None:
    first = video()
    unsaid(session="gone")
    youtube.admin("advance", "POST", json={"hours": 2 / 3600})
    [double] = by_hand(video, 1, tags=[marker_of(video.video_id)])
    assert video() == first
    assert video() == first
    assert told() == ["video_doubled"]
    [(severity, detail)] = [
        (severity, detail)
        for severity, detail in of("channel_events", "severity, detail")
        if double in detail
    ]
    assert severity == "critical"
    assert first in detail
    assert {each["video_id"] for each in youtube.videos()} == {first, double}


def test_what_we_count_is_what_the_server_counts(video, youtube) -> None:
    video()
    theirs = youtube.admin("quota")
    counted = [("default", theirs["default"]["used"], 0), ("uploads", theirs["uploads"]["used"], 0)]
    assert of("quota", "bucket, used, held") == counted == [("default", 50, 0), ("uploads", 1, 0)]


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
