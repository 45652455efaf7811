"""A business replayed: days of publishing, pulling and guarding in minutes, faults at their rates.

The platform's own functions against a local YouTube in a process of its own; only time is not
waited for: the local YouTube's clock is moved hour by hour and the house's clock follows it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from ytempire.analytics import youtube as pulls
from ytempire.channels import accounts, dressing, grants, guard, stages
from ytempire.channels.account import Account
from ytempire.channels.metadata import marker_of
from ytempire.channels.profile import Pacing, Posting
from ytempire.errors import MustWait, UploadRejected, YTEmpireError
from ytempire.local.simulated import connect_channels
from ytempire.providers.youtube.client import Grant
from ytempire.warehouse import clock
from ytempire.warehouse.database import connect

from tests.made_videos import beside, made, playable

SEED = 7
#: What goes wrong, and how often: as a chance of each call of a method.
FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "503", "method": "*", "probability": 0.004},
    {"kind": "dropped", "method": "*", "probability": 0.002},
    {"kind": "truncated", "method": "*", "probability": 0.001},
    {"kind": "malformed", "method": "*", "probability": 0.001},
    {"kind": "token_expired", "method": "*", "probability": 0.001},
    {"kind": "503", "method": "oauth.token", "probability": 0.005},
    {"kind": "503", "method": "youtube.videos.insert#chunk", "probability": 0.01},
    {"kind": "dropped", "method": "youtube.videos.insert#chunk", "probability": 0.01},
    {"kind": "session404", "method": "youtube.videos.insert#chunk", "probability": 0.005},
    {"kind": "upload_limit", "method": "youtube.videos.insert", "probability": 0.006},
    {"kind": "thumbnail_throttle", "method": "youtube.thumbnails.set", "probability": 0.01},
    {"kind": "processing_rejected", "method": "youtube.videos.insert", "probability": 0.002},
    {"kind": "stuck_processing", "method": "youtube.videos.insert", "probability": 0.002},
    {"kind": "listing_lag", "method": "youtube.playlistItems.list", "probability": 0.05},
    {"kind": "days_missing", "method": "youtubeAnalytics.reports.query", "probability": 0.01},
    {"kind": "negative_counter", "method": "youtube.videos.batchGetStats", "probability": 0.005},
    {"kind": "alien_id", "method": "youtube.videos.batchGetStats", "probability": 0.005},
    {"kind": "renamed_column", "method": "youtubeAnalytics.reports.query", "probability": 0.001},
    {"kind": "grant_revoked", "method": "youtube.channels.list", "probability": 0.0005},
)


@contextmanager
def serving(port: int, state: Path, **options: int) -> Iterator[str]:
    """A local YouTube in a process of its own; its address."""
    given = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "ytempire.cli", "emulate", "youtube"),
            *(f"--port={port}", f"--seed={SEED}", *given),
        ],
        env=_environment(state),
        stdout=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _await(address, server)
        yield address
    finally:
        server.terminate()
        server.wait(20)


def _environment(state: Path) -> dict[str, str]:
    return os.environ | {"YTEMPIRE_HOME": str(state)}


def _await(address: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        try:
            if httpx.get(f"{address}/healthz", timeout=1, trust_env=False).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise RuntimeError("the local YouTube did not start")


@dataclass
class Outcome:
    """What a replay came to; `problems` is what must be empty.

    Attributes:
        refused: videos that YouTube rejected for good.
        met: how often each fault struck, by kind.
    """

    asked: int = 0
    published: int = 0
    refused: int = 0
    waited: int = 0
    retried: int = 0
    dressed: int = 0
    pulls: int = 0
    failed_pulls: int = 0
    seconds: float = 0.0
    met: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


class Replay:
    """A house with as many channels as the local YouTube at `address` has.

    Args:
        files: cut, thumbnail, captions and report of every video.
        pull_every_h: how often each channel is pulled.
    """

    def __init__(self, address: str, files: dict[str, Path], *, pull_every_h: int = 1) -> None:
        self.address = address
        self.files = files
        self.pull_every_h = pull_every_h
        self.outcome = Outcome()
        self.waiting: dict[str, datetime] = {}
        self.titles: dict[str, str] = {}
        self.http = httpx.Client(base_url=f"{address}/admin/", timeout=60, trust_env=False)
        self.channels = connect_channels(address, SEED)
        for number, channel_id in enumerate(self.channels):
            known = accounts.channel(channel_id)
            times = ("08:00", "12:00", "16:00", "20:00") if number % 3 == 0 else ()
            accounts.add(
                known.model_copy(
                    update={
                        "pacing": Pacing(per_day=6, min_gap_h=1),
                        "posting": Posting.model_validate({"times": times}),
                    }
                )
            )

    def run(self, days: int, videos_a_day: int) -> Outcome:
        """Live through the days, then until nothing waits; what was found is the answer."""
        began = time.monotonic()
        for fault in FAULTS:
            self._post("faults", **fault)
        for hour in range(days * 24):
            with clock.replayed(self._next_hour()):
                first = hour * videos_a_day // 24
                for number in range(first, (hour + 1) * videos_a_day // 24):
                    self._make(number)
                self._live(hour)
        self._drain(days * 24)
        self._check()
        self.outcome.seconds = time.monotonic() - began
        return self.outcome

    def _drain(self, hour: int) -> None:
        for later in range(24 * 4):
            if not self.waiting:
                return
            with clock.replayed(self._next_hour()):
                self._live(hour + later)

    def _live(self, hour: int) -> None:
        now = clock.now()
        due = [video_id for video_id, until in self.waiting.items() if until <= now]
        with ThreadPoolExecutor(3) as threads:
            list(threads.map(self._publish, due))
            if hour % self.pull_every_h == 0:
                list(threads.map(lambda each: self._pull(each, hour), self.channels))
            if hour % 24 == 20:
                list(threads.map(self._guard, self.channels))
        if hour % 24 == 21:
            self.outcome.dressed += len(dressing.dress().given)
        if hour % 24 == 22:
            self._reconnect()

    def _make(self, number: int) -> None:
        """A video that was made, checked and cleared, for the channels in turn."""
        channel_id = self.channels[number % len(self.channels)]
        video_id = made(f"story {number}", self.files, channel_id)
        self.titles[video_id] = f"About story {number}"
        self.waiting[video_id] = clock.now()
        self.outcome.asked += 1

    def _publish(self, video_id: str) -> None:
        try:
            stages.publish(video_id)
        except MustWait as error:
            self.outcome.waited += 1
            self.waiting[video_id] = error.until
        except UploadRejected:
            self.outcome.refused += 1
            del self.waiting[video_id]
        except YTEmpireError as error:  # Airflow would try again
            self.outcome.retried += 1
            self.outcome.errors[type(error).__name__] += 1
        else:
            self.outcome.published += 1
            del self.waiting[video_id]

    def _pull(self, channel_id: str, hour: int) -> None:
        for attempt in range(4):  # Airflow's retries
            try:
                pulls.pull_channel(channel_id, f"hour-{hour}")
            except YTEmpireError as error:
                self.outcome.errors[f"pull {type(error).__name__}"] += 1
                if not error.is_transient or attempt == 3:
                    self.outcome.failed_pulls += 1
                    return
            else:
                self.outcome.pulls += 1
                return

    def _guard(self, channel_id: str) -> None:
        try:
            guard.check(channel_id)
        except YTEmpireError as error:
            self.outcome.errors[f"guard {type(error).__name__}"] += 1

    def _reconnect(self) -> None:
        """A person connects again the channels that lost their grant."""
        lost = accounts.all_channels(state="reauth_required")
        if not lost:
            return
        given = {grant["channel_id"]: grant for grant in self._get("grants")}
        for each in lost:
            youtube_id = str(each.youtube_channel_id)
            self._post("grants", channel_id=youtube_id, revoked=False)
            grant = given[youtube_id]
            fields = {name: grant[name] for name in Grant.model_fields if name in grant}
            grants.connect_grant(each.channel_id, Grant.model_validate(fields))

    def _next_hour(self) -> datetime:
        self._post("advance", hours=1)
        return datetime.fromisoformat(self._get("clock")["now"])

    def _get(self, path: str) -> Any:
        return self.http.get(path).raise_for_status().json()

    def _post(self, path: str, **values: object) -> None:
        self.http.post(path, json=values).raise_for_status()

    # What must hold at the end.

    def _check(self) -> None:
        self.http.delete("faults").raise_for_status()
        requests = self._get("requests")
        self.outcome.met = Counter(each["fault"] for each in requests if each["fault"])
        self._check_videos()
        self._check_quota(requests)
        with clock.replayed(self._next_hour()):
            for channel_id in self.channels:
                self._check_days(channel_id)

    def _say(self, problem: str) -> None:
        self.outcome.problems.append(problem)

    def _check_videos(self) -> None:
        by_marker: dict[str, list[dict[str, Any]]] = {}
        for video in self._get("videos"):
            [marker] = [tag for tag in video["body"]["snippet"]["tags"] if tag.startswith("yte-")]
            by_marker.setdefault(marker, []).append(video)
        with connect() as db:
            rows = {
                row["video_id"]: row
                for row in db.execute("select * from ops.videos where state = 'published'")
            }
        for video_id, title in self.titles.items():
            found = by_marker.get(marker_of(video_id), [])
            if len(found) > 1:
                self._say(f"doubled: {video_id} is {len(found)} times at YouTube")
            if video_id in rows:
                self._check_published(rows[video_id], found, title)
        if self.waiting:
            self._say(f"lost: {len(self.waiting)} videos never left: {sorted(self.waiting)[:5]}")
        if self.outcome.published + self.outcome.refused != self.outcome.asked:
            self._say("not every video is published or refused")

    def _check_published(
        self, row: dict[str, Any], found: list[dict[str, Any]], title: str
    ) -> None:
        name = row["video_id"]
        if [each["video_id"] for each in found] != [row["youtube_video_id"]]:
            self._say(f"lost: {name} is written down as {row['youtube_video_id']}")
            return
        [there] = found
        if not there["thumbnails"]:
            self._say(f"undressed: {name} has no thumbnail")
        if there["body"]["snippet"]["title"] != title:
            self._say(f"metadata: {name} is called {there['body']['snippet']['title']!r}")
        told = there["body"]["status"].get("publishAt")
        at = datetime.fromisoformat(told) if told else None
        if at != row["publish_at"]:
            self._say(f"slot: {name} appears at {at}, not at {row['publish_at']}")

    def _check_quota(self, requests: list[dict[str, Any]]) -> None:
        """Never more than granted by our ledger, which knows of all that the server counted."""
        from ytempire.emulators.youtube.quota import charge_of

        counted: Counter[tuple[str, str]] = Counter()
        for each in requests:
            charge = charge_of(each["method"], is_valid=True)
            if charge is not None and each["units"]:
                day = clock.pacific_day(datetime.fromtimestamp(each["at"], UTC))
                counted[charge.bucket, day.isoformat()] += each["units"]
        with connect() as db:
            rows = db.execute("select * from ops.quota").fetchall()
        ours = {(row["bucket"], row["pacific_day"].isoformat()): row["used"] for row in rows}
        for key, units in counted.items():
            if units > ours.get(key, 0):
                self._say(f"quota: the server counted {units} for {key}, we {ours.get(key, 0)}")
        for row in rows:
            if row["used"] + row["held"] > row["quota_limit"]:
                self._say(f"over quota: {row}")

    def _check_days(self, channel_id: str) -> None:
        """Every day that YouTube tells now is in the warehouse, in its latest version."""
        pulls.pull_channel(channel_id, "the last")
        account = Account(channel_id, "test")
        today = clock.pacific_day(clock.now())
        answer = account.read(
            account.analytics.reports().query(
                ids="channel==MINE",
                startDate=(today - timedelta(days=40)).isoformat(),
                endDate=today.isoformat(),
                metrics="views",
                dimensions="day",
            )
        )
        with connect() as db:
            rows = db.execute(
                "select distinct on (day) day, views from raw.youtube_channel_days "
                "where channel_id = %s order by day, fetched_at desc",
                (channel_id,),
            ).fetchall()
        ours = {row["day"].isoformat(): row["views"] for row in rows}
        told = {day: views for day, views in answer.get("rows", [])}
        wrong = {
            day: (views, ours.get(day)) for day, views in told.items() if ours.get(day) != views
        }
        if wrong:
            self._say(f"days: {channel_id} has {json.dumps(wrong)[:300]}")


def files_of_a_video(folder: Path) -> dict[str, Path]:
    """Cut, thumbnail, captions and report of a video, as small as YouTube plays them."""
    captions = folder / "captions.srt"
    captions.write_text("1\n00:00:00,000 --> 00:00:01,000\nThe sea rises.\n")
    return beside(playable(folder / "cut.mp4"), folder) | {"captions": captions}
