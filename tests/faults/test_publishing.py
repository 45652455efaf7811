"""A video is published once, wherever its workers die and whoever else believes to be alone."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from ytempire.channels import accounts, quota
from ytempire.channels.metadata import marker_of
from ytempire.channels.profile import Pacing, Posting
from ytempire.warehouse import clock
from ytempire.warehouse.database import connect

from tests.faults.workers import READ, Workers
from tests.integration.conftest import LocalYouTube
from tests.made_videos import CHUNK, beside, made

pytestmark = pytest.mark.slow

#: Whoever looks at a video twice, looks the second time when a lost one is found or given up.
HOURS_LATER = timedelta(hours=2)


@dataclass
class Stage:
    """Everything that a publication needs, and what became of it."""

    youtube: LocalYouTube
    workers: Workers
    files: dict[str, Path]

    def video(self, topic: str, channel: str = "tidewise") -> str:
        """A video that was made, checked and cleared."""
        return made(topic, self.files, channel)

    def job(self, video_id: str, **more: Any) -> dict[str, Any]:
        env = {
            "YTEMPIRE_YOUTUBE__ENDPOINT": self.youtube.address,
            "YTEMPIRE_YOUTUBE__CHUNK_BYTES": str(CHUNK),
        }
        return {"video_id": video_id, "env": env, **more}

    def publish(self, video_id: str, **more: Any) -> dict[str, Any]:
        [[[result]]] = self.workers.run([[self.job(video_id, **more)]])
        return dict(result)

    def trace(self) -> list[str]:
        """All that a publication deals with the world, in its order."""
        self.publish(self.video("the first"))  # the first of a day also opens the budgets of all
        return list(self.publish(self.video("the trace"), trace=True)["trace"])

    def at_server(self) -> dict[str, list[dict[str, Any]]]:
        """What YouTube has, by our marker."""
        found: dict[str, list[dict[str, Any]]] = {}
        for video in self.youtube.videos():
            for tag in video["body"]["snippet"].get("tags", []):
                found.setdefault(tag, []).append(video)
        return found

    def openings(self) -> int:
        """How many sessions were opened."""
        return sum(call["status"] == 200 for call in self.youtube.calls("youtube.videos.insert"))

    def not_once(self, *video_ids: str) -> list[str]:
        """Those that are not at YouTube exactly once, dressed and written down."""
        with connect() as db:
            rows = db.execute(
                """
                select video_id, upload.state, upload.youtube_video_id as uploaded,
                       video.youtube_video_id as known, video.state as said
                from ops.videos as video left join ops.uploads as upload using (video_id)
                where video_id = any(%s)
                """,
                (list(video_ids),),
            ).fetchall()
        assert len(rows) == len(video_ids)
        theirs = self.at_server()
        return [
            row["video_id"]
            for row in rows
            if (row["state"], row["said"]) != ("dressed", "published")
            or row["uploaded"] != row["known"]
            or [row["known"]]
            != [
                video["video_id"]
                for video in theirs.get(marker_of(row["video_id"]), [])
                if video["thumbnails"]
            ]
            or len(theirs[marker_of(row["video_id"])]) != 1
        ]

    def is_once(self, video_id: str) -> bool:
        return not self.not_once(video_id)


@pytest.fixture
def stage(youtube: LocalYouTube, workers: Workers, cut: Path, tmp_path: Path) -> Stage:
    return Stage(youtube, workers, beside(cut, tmp_path))


OPENED = f"{READ}select channel_id, publish_at from ops.videos"
CLOSING = "update ops.uploads set closing_at"
LAST_BYTES = f"PUT videos bytes {2 * CHUNK}-"
KNOWN = "insert into ops.uploads as upload"


def forget_session(video_id: str) -> None:
    """The session's address leads nowhere any more."""
    with connect() as db:
        db.execute(
            "update ops.uploads set session_uri = session_uri || 'gone' where video_id = %s",
            (video_id,),
        )


def cut_off_lock_holders() -> None:
    """Ends the connections that hold a video's lock: a partition, as the database sees it."""
    with connect() as db:
        db.execute(
            """
            select pg_terminate_backend(pid)
            from (select distinct pid from pg_locks where locktype = 'advisory' and granted) as held
            where pid <> pg_backend_pid()
            """
        )


def ours_and_theirs(youtube: LocalYouTube) -> dict[str, tuple[int, int]]:
    """Units by bucket, as we count them and as the server does."""
    with connect() as db:
        rows = db.execute(
            "select bucket, sum(used) as used from ops.quota group by bucket"
        ).fetchall()
    ours = {row["bucket"]: int(row["used"]) for row in rows}
    theirs: Counter[str] = Counter()
    for call in youtube.admin("requests"):
        bucket = "uploads" if call["method"] == "youtube.videos.insert" else "default"
        theirs[bucket] += call["units"]
    return {bucket: (ours.get(bucket, 0), theirs[bucket]) for bucket in ("uploads", "default")}


def let_quota_come_back(youtube: LocalYouTube) -> None:
    """So that more videos than a day's can be tried; what was spent stays on another day."""
    with connect() as db:
        db.execute("select ops.release_quota(project, hold_key) from ops.quota_holds")
        db.execute(
            "update ops.quota set pacific_day = pacific_day - 1 - "
            "(select count(distinct pacific_day)::integer from ops.quota)"
        )
    for bucket in ("uploads", "default"):
        youtube.admin("quota", "POST", json={"bucket": bucket, "used": 0})


def held_after_expiry() -> int:
    """Units that are still held when every hold has had its time."""
    with clock.replayed(clock.now() + quota.HOLD_FOR), connect() as db:
        db.execute("select ops.expire_quota_holds(project, bucket, pacific_day) from ops.quota")
        row = db.execute("select coalesce(sum(held), 0) as held from ops.quota").fetchone()
    assert row is not None
    return int(row["held"])


@pytest.mark.timeout(240)
def test_killed_before_or_after_any_change_of_the_world_a_video_is_published_once(
    stage: Stage,
) -> None:
    # What only reads leaves the world as it was, and the moment after a change is the moment before
    # the next one; so these are all the states that a worker can leave behind.
    trace = stage.trace()
    points = [at for at, label in enumerate(trace, 1) if not label.startswith(READ)]
    assert len(points) > 40
    videos = {at: stage.video(f"killed before {at}") for at in points}
    for some in (points[: len(points) // 2], points[len(points) // 2 :]):
        chains = [
            [[stage.job(videos[at], at=at)], [stage.job(videos[at]), stage.job(videos[at])]]
            for at in some
        ]
        results = stage.workers.run(*chains, at_once=4)
        for at, (killed, triggered) in zip(some, results, strict=True):
            assert killed == [{"killed": 9}], trace[at - 1]
            assert all("published" in each for each in triggered), (trace[at - 1], triggered)
        assert all(ours >= theirs > 0 for ours, theirs in ours_and_theirs(stage.youtube).values())
        assert held_after_expiry() == 0
        let_quota_come_back(stage.youtube)
    assert not stage.not_once(*videos.values())


@pytest.mark.parametrize("label", [OPENED, "PUT videos bytes 0-", CLOSING, LAST_BYTES, KNOWN])
def test_a_worker_cut_off_from_the_database_shares_the_one_session(
    stage: Stage, label: str
) -> None:
    video_id = stage.video("partitioned")
    stopped = stage.workers.order(start=stage.job(video_id, before=label, stops=True))
    cut_off_lock_holders()
    other = stage.publish(video_id)
    assert "published" in other
    stage.workers.order(resume=stopped["stopped"])
    assert stage.is_once(video_id)


@pytest.mark.parametrize(
    "label", ["PUT videos bytes */", "PUT videos bytes 262144-", LAST_BYTES, KNOWN]
)
def test_a_session_that_expired_is_replaced_only_when_no_video_came_of_it(
    stage: Stage, label: str
) -> None:
    video_id = stage.video("expired")
    assert stage.publish(video_id, before=label) == {"killed": 9}
    forget_session(video_id)
    first = stage.publish(video_id)
    # The last bytes may have travelled and did not: only time tells.
    assert ("waits" in first) == (label == LAST_BYTES)
    later = (clock.now() + HOURS_LATER).isoformat()
    [[both]] = stage.workers.run([[stage.job(video_id, now=later), stage.job(video_id, now=later)]])
    assert all("published" in each for each in both)
    assert stage.is_once(video_id)


def two_at_once(stage: Stage, guard: str | None) -> bool:
    """Two triggers open one session between them."""
    before, video_id = stage.openings(), stage.video("two at once")
    # So that the second one comes while the first one opens its session.
    stage.youtube.fault(method="youtube.videos.insert", kind="slow", seconds=1, count=1)
    stage.workers.run([[stage.job(video_id, without=guard), stage.job(video_id, without=guard)]])
    return stage.is_once(video_id) and stage.openings() == before + 1


def killed_before_its_id_is_known(stage: Stage, guard: str | None) -> bool:
    """The upload had ended, and the worker died before it could say so."""
    video_id = stage.video("unsaid")
    stage.publish(video_id, before=KNOWN, without=guard)
    stage.publish(video_id, without=guard)
    return stage.is_once(video_id)


def cut_off_before_its_session_is_stored(stage: Stage, guard: str | None) -> bool:
    """A worker opens a session, is cut off, and comes back when another one has published."""
    video_id = stage.video("cut off")
    stopped = stage.workers.order(
        start=stage.job(video_id, before=OPENED, stops=True, without=guard)
    )
    cut_off_lock_holders()
    stage.publish(video_id, without=guard)
    stage.workers.order(resume=stopped["stopped"])
    return stage.is_once(video_id)


def forgotten_after_the_end(stage: Stage, guard: str | None) -> bool:
    """A session is forgotten that has made a video of which nobody knows."""
    video_id = stage.video("forgotten")
    stage.publish(video_id, before=KNOWN)
    forget_session(video_id)
    for later in (timedelta(), HOURS_LATER):
        stage.publish(video_id, now=(clock.now() + later).isoformat(), without=guard)
    return stage.is_once(video_id)


def forgotten_while_the_last_bytes_travel(stage: Stage, guard: str | None) -> bool:
    """A worker stands still with the last bytes in hand, and another one is told that the session
    is gone: the video comes after it was looked for."""
    video_id = stage.video("travelling")
    stopped = stage.workers.order(
        start=stage.job(video_id, before=LAST_BYTES, stops=True, without=guard)
    )
    cut_off_lock_holders()
    stage.youtube.fault(method="youtube.videos.insert#status", kind="session404", count=1)
    stage.publish(video_id, without=guard)
    stage.workers.order(resume=stopped["stopped"])
    stage.publish(video_id, now=(clock.now() + HOURS_LATER).isoformat(), without=guard)
    return stage.is_once(video_id)


@pytest.mark.parametrize(
    ("guard", "scenario"),
    [
        ("lock", two_at_once),
        ("stored session", killed_before_its_id_is_known),
        ("compare-and-set", cut_off_before_its_session_is_stored),
        ("search", forgotten_after_the_end),
        ("closing", forgotten_while_the_last_bytes_travel),
        ("wait", forgotten_while_the_last_bytes_travel),
    ],
)
def test_each_guard_is_needed(stage: Stage, guard: str, scenario: Any) -> None:
    assert scenario(stage, None), "with all guards it holds"
    assert not scenario(stage, guard), f"without {guard} it does not"


VIDEOS = 50
#: Uploads that a channel may have in a day: with all of them, a few more than there are videos.
CAP_OF_ALL = 60
GAP = timedelta(minutes=30)
ZONES = ("America/Los_Angeles", "Europe/Berlin", "Asia/Tokyo")


def paced_channels() -> list[str]:
    """The channels as an owner would run them: every second one has posting times."""
    known = accounts.all_channels()
    pacing = Pacing(per_day=CAP_OF_ALL // len(known), min_gap_h=GAP / timedelta(hours=1))
    for number, each in enumerate(known):
        times = tuple(time(hour, 15) for hour in range(number % 2, 24, 2)) if number % 2 else ()
        accounts.add(
            each.model_copy(
                update={
                    "niche": known[number % 3].niche if len(known) > 3 else known[0].niche,
                    "pacing": pacing,
                    "posting": Posting(timezone=ZONES[number % 3], times=times),
                }
            )
        )
    return [each.channel_id for each in known]


def hour_by_hour(stage: Stage, waiting: dict[str, datetime], dice: random.Random) -> int:
    """Publish all that waits, with deaths and double triggers; how many workers died."""
    deaths = 0
    for _ in range(72):
        now = datetime.fromisoformat(stage.youtube.admin("clock")["now"])
        due = [video_id for video_id, at in waiting.items() if at <= now]
        chains = []
        for video_id in due:
            job = stage.job(video_id, now=now.isoformat())
            dies = [[job | {"at": dice.randrange(1, 95)}]] if dice.random() < 0.4 else []
            chains.append([*dies, [job] * dice.choice((1, 1, 2))])
        for video_id, result in zip(due, stage.workers.run(*chains, at_once=4), strict=True):
            deaths += sum("killed" in each for batch in result for each in batch)
            for each in result[-1]:
                if "waits" in each:
                    waiting[video_id] = datetime.fromisoformat(each["waits"])
                else:
                    assert "published" in each, each
                    waiting.pop(video_id, None)
        if not waiting:
            return deaths
        stage.youtube.admin("advance", "POST", json={"hours": 1})
    raise AssertionError(f"They wait for ever: {waiting}")


@pytest.mark.timeout(300)
def test_a_day_of_fifty_videos_with_deaths_and_double_triggers_loses_and_doubles_none(
    stage: Stage,
) -> None:
    dice = random.Random(4)
    channels = paced_channels()
    start = datetime.fromisoformat(stage.youtube.admin("clock")["now"])
    # Some channels are asked for more than they may upload: others have to help out.
    weights = [3 if number % 5 == 0 else 1 for number in range(len(channels))]
    waiting = {
        stage.video(f"video {n}", dice.choices(channels, weights)[0]): start
        + timedelta(hours=dice.uniform(0, 20))
        for n in range(VIDEOS)
    }
    videos = list(waiting)
    assert hour_by_hour(stage, waiting, dice) > 10
    assert stage.not_once(*videos) == []
    assert all(ours >= theirs for ours, theirs in ours_and_theirs(stage.youtube).values())
    assert held_after_expiry() == 0
    with connect() as db:
        rows = db.execute(
            """
            select video.video_id, video.title, video.channel_id, video.publish_at, published_at,
                   opened_at
            from ops.videos as video join ops.uploads using (video_id)
            """
        ).fetchall()
    assert len(rows) == VIDEOS
    theirs = stage.at_server()
    pacing = accounts.channel(channels[0]).pacing
    for name in channels:
        mine = [row for row in rows if row["channel_id"] == name]
        days = Counter(clock.pacific_day(row["opened_at"]) for row in mine)
        assert max(days.values(), default=0) <= pacing.per_day
        public = sorted(row["published_at"] for row in mine)
        assert all(later - at >= GAP for at, later in pairwise(public)), name
        for row in mine:
            [video] = theirs[marker_of(row["video_id"])]
            status = video["body"]["status"]
            assert video["body"]["snippet"]["title"] == f"About {row['title']}"
            assert video["channel_id"] == accounts.channel(name).youtube_channel_id
            at = row["publish_at"]
            assert status.get("publishAt") == (f"{at:%Y-%m-%dT%H:%M:%SZ}" if at else None)
            assert status["privacyStatus"] == ("private" if at else "public")
            assert at is None or row["published_at"] == at > row["opened_at"]
