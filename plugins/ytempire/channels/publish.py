"""Publishing a video exactly once.

The session's address is stored before the first byte, so a restart asks the same session instead of
opening another; from the last bytes on the video may exist, so a session forgotten after them is
followed by a search for the video's marker, and only then by another session. What passes by itself
is `MustWait`; a channel that falls out gives its video to another one of its owner and niche, as
long as no byte can have become a video on it. A cut that YouTube refused is not sent again; another
cut of that video is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from ytempire.channels import events, finding, placing, quota, sessions
from ytempire.channels.account import Account
from ytempire.channels.metadata import resource_of
from ytempire.channels.placing import Placed
from ytempire.channels.sessions import Superseded, Upload
from ytempire.channels.slots import day_ends
from ytempire.channels.upload import SessionExpired, open_session, send
from ytempire.config import settings
from ytempire.domain import Script
from ytempire.errors import (
    ChannelResting,
    GrantRevoked,
    MustWait,
    NotConfigured,
    ProviderUnavailable,
    QuotaExhausted,
    UploadRejected,
    YTEmpireError,
)
from ytempire.runs import artifacts
from ytempire.warehouse import clock

Progress = Callable[[float, str], None]

#: What a publication takes from the day's quota, by bucket.
BUNDLE = {"uploads": 1, "default": quota.THUMBNAIL}
#: How long a channel that waits for a person is left alone.
LOOK_AGAIN = timedelta(hours=1)
#: Over how long after midnight Pacific those who wait for it come back.
STAGGER_S = 1800
#: What a channel cannot help: another one may.
FALLS_OUT = (ChannelResting, GrantRevoked, NotConfigured)
#: How often channels may fall out, or other workers move on, before a task gives up.
ROUNDS = 8
#: A pause that a provider asks for is waited without a worker from this length on, in seconds.
LONG_PAUSE_S = 60


class Cut(NamedTuple):
    """The file that is to be published, and what its content is known by."""

    file: Path
    sha256: str


def ready(video_id: str, file: Path) -> Placed | None:
    """Hold the quota of the whole publication, then take a channel and a slot: a video never lies
    undressed for want of quota. None: its upload has begun already.

    Raises:
        MustWait: quota, channel or slot come later; the video says so in the queue.
        UploadRejected: YouTube has refused this very file.
    """
    upload = sessions.of(video_id)
    if upload is not None and upload.state == "handed":
        raise _later(video_id, "A person uploads it.", clock.now() + LOOK_AGAIN)
    if upload is not None and upload.state != "rejected":
        return None
    _require_unrefused(video_id, file)
    if upload is not None:
        sessions.abandon(upload)
    with _waiting_for_quota(video_id):
        quota.hold(_key(video_id), **BUNDLE)
    try:
        return placing.place(video_id)
    except YTEmpireError:
        quota.release(_key(video_id))
        raise


def publish(
    video_id: str,
    script: Script,
    file: Path,
    thumbnail: Path,
    progress: Progress,
    placed: Placed | None = None,
) -> str:
    """Upload a checked file with its thumbnail; returns YouTube's id. Calling it again returns
    the same id and sends nothing.

    The caller holds the lock of this video's publishing (`runs.stages.only_one`).

    Args:
        placed: what `ready` has just answered.

    Raises:
        MustWait: nothing is lost; call again then. ProviderUnavailable: call again soon.
        UploadRejected: YouTube will not have this video.
    """
    upload, account = _uploaded(video_id, script, file, progress, placed)
    if upload.state == "sent":
        progress(0.97, "setting the thumbnail")
        _dress(upload, thumbnail, account)
    return str(upload.youtube_video_id)


def _uploaded(
    video_id: str, script: Script, file: Path, progress: Progress, placed: Placed | None
) -> tuple[Upload, Account | None]:
    """The upload once it is at YouTube, and the account that sent it; each further round, a channel
    fell out or another worker was quicker."""
    cut = Cut(file, artifacts.sha256(file))
    fallen: set[str] = set()
    for _ in range(ROUNDS):
        upload = sessions.of(video_id)
        if upload is not None and upload.state in ("sent", "dressed"):
            return upload, None
        goal = upload if upload and upload.state == "opened" else placed or ready(video_id, file)
        placed = None
        if goal is None:
            continue
        try:
            account = Account(goal.channel_id, "publish", video_id)
            return _sent(goal, account, script, cut, progress), account
        except Superseded:
            continue
        except FALLS_OUT as error:
            if goal.channel_id in fallen:
                raise  # it was not taken out of the choice: a round more would end here again
            fallen.add(goal.channel_id)
            _fall_out(goal, error)
    raise ProviderUnavailable(f"The upload of {video_id} was moved on by others {ROUNDS} times.")


def _fall_out(goal: Upload | Placed, error: YTEmpireError) -> None:
    """Give a channel up that may not, or cannot, upload; raises MustWait where the video may be on
    it already."""
    upload = sessions.of(goal.video_id)
    if upload is None or upload.channel_id != goal.channel_id or sessions.abandon(upload):
        return
    raise _later(goal.video_id, error.message, clock.now() + LOOK_AGAIN) from error


def _require_unrefused(video_id: str, file: Path) -> None:
    refused = sessions.refusals(video_id)
    this = artifacts.sha256(file) if refused else ""
    for each in refused:
        if each.sha256 == this:
            raise _refused(video_id, each.reason)


def _sent(
    goal: Upload | Placed, account: Account, script: Script, cut: Cut, progress: Progress
) -> Upload:
    """One try on one channel.

    Raises:
        Superseded: the upload has changed hands or was given up; it is to be read anew.
    """
    upload = goal if isinstance(goal, Upload) else _opened(goal, account, script, cut)
    if _is_stale(upload, account, cut) and sessions.abandon(upload):
        raise Superseded
    if upload.sha256 != cut.sha256:  # never completed by another file's bytes
        return _kept(upload, _found(upload, account), cut)
    resource = resource_of(script, upload.video_id, account.channel, upload.publish_at)
    try:
        answer = account.acting_on_errors(
            lambda uri: send(
                account.data, resource, cut.file, uri, progress, lambda: sessions.close(upload)
            ),
            upload.session_uri,
        )
    except SessionExpired:
        answer = _found(upload, account)
    return _kept(upload, answer, cut)


def _opened(placed: Placed, account: Account, script: Script, cut: Cut) -> Upload:
    resource = resource_of(script, placed.video_id, account.channel, placed.publish_at)
    with _waiting_for_quota(placed.video_id):
        quota.use(_key(placed.video_id), "publish", uploads=1)
        uri = account.acting_on_errors(
            lambda body: {"uri": open_session(account.data, body, cut.file)}, resource
        )["uri"]
    upload = sessions.store(placed, uri, cut.file.stat().st_size, cut.sha256)
    if upload is None or upload.session_uri != uri:
        raise Superseded
    return upload


def _is_stale(upload: Upload, account: Account, cut: Cut) -> bool:
    """Whether a session is not worth going on with: its slot is over, a person has paused its
    channel, or the file is another one now."""
    return (
        (upload.publish_at is not None and upload.publish_at <= clock.now())
        or account.channel.state == "paused"
        or upload.sha256 != cut.sha256
    )


def _found(upload: Upload, account: Account) -> dict[str, Any]:
    """The video of a session that YouTube has forgotten: it had ended and nobody wrote it down.

    Raises:
        Superseded: there is none, and another session may be opened.
        MustWait: there is none yet; lists lag behind.
    """
    with _waiting_for_quota(upload.video_id):
        found = finding.find(account, upload)
    if found is not None:
        return found
    if sessions.abandon(upload):
        raise Superseded
    again_at = sessions.lose(upload)
    if again_at is None and sessions.abandon(upload, is_lost=True):
        raise Superseded
    raise _later(
        upload.video_id,
        "YouTube has forgotten the upload session after its last bytes; the video is looked for.",
        again_at or clock.now() + sessions.LOOK_EVERY,
    )


def _kept(upload: Upload, answer: dict[str, Any], cut: Cut) -> Upload:
    status = answer.get("status", {})
    outcome = status.get("uploadStatus")
    if outcome in ("failed", "rejected"):
        reason = status.get("failureReason") or status.get("rejectionReason") or "no reason given"
        sessions.refuse(upload, str(answer["id"]), reason)
        quota.release(_key(upload.video_id))
        events.note(
            upload.channel_id,
            "video_rejected" if outcome == "rejected" else "processing_failed",
            "warning",
            f"YouTube refused {upload.video_id}: {reason}.",
            video_id=upload.video_id,
            cause=f"refused/{answer['id']}",
        )
        if upload.sha256 != cut.sha256:
            raise Superseded  # by another cut, which was not refused
        raise _refused(upload.video_id, reason)
    kept = sessions.sent(upload, str(answer["id"]))
    if kept.youtube_video_id != answer["id"]:
        finding.tell_double(upload, str(kept.youtube_video_id), str(answer["id"]))
    return kept


def _refused(video_id: str, reason: str) -> UploadRejected:
    return UploadRejected(
        f"YouTube took the file of {video_id} and refused it: {reason}.",
        "This file is not sent again; another cut of the video would be.",
    )


def _dress(upload: Upload, thumbnail: Path, account: Account | None) -> None:
    from googleapiclient.http import MediaFileUpload

    media = MediaFileUpload(str(thumbnail), mimetype="image/jpeg", resumable=False)
    try:
        account = account or Account(upload.channel_id, "publish", upload.video_id)
        with _waiting_for_quota(upload.video_id):
            quota.use(_key(upload.video_id), "publish", default=quota.THUMBNAIL)
            account.write(
                account.data.thumbnails().set(videoId=upload.youtube_video_id, media_body=media)
            )
    except FALLS_OUT as error:
        raise _later(upload.video_id, error.message, clock.now() + LOOK_AGAIN) from error
    except ProviderUnavailable as error:
        pause = error.retry_after_s or 0
        if pause < LONG_PAUSE_S:
            raise
        until = clock.now() + timedelta(seconds=pause)
        raise _later(upload.video_id, error.message, until) from error
    quota.release(_key(upload.video_id))  # before the end, after which nobody looks again
    sessions.dressed(upload.video_id)


@contextmanager
def _waiting_for_quota(video_id: str) -> Iterator[None]:
    """Turn spent quota into a wait until it comes back, told of once a day and bucket."""
    try:
        yield
    except QuotaExhausted as error:
        quota.release(_key(video_id))
        now = clock.now()
        spread = int(hashlib.sha256(video_id.encode()).hexdigest()[:8], 16) % STAGGER_S
        until = day_ends(now) + timedelta(seconds=spread)
        waits = _later(video_id, error.message, until, "waiting_quota")
        _tell_spent(video_id, error, now)
        raise waits from error


def _tell_spent(video_id: str, error: QuotaExhausted, now: datetime) -> None:
    left = quota.forecast()
    short = [bucket for bucket, units in BUNDLE.items() if left[bucket].headroom < units]
    project, day = settings().youtube.project, clock.pacific_day(now)
    for bucket in short or ["uploads" if error.is_of_uploads else "default"]:
        events.note(
            placing.channel_of(video_id),
            "quota_spent",
            "warning",
            f"The day's quota of {bucket!r} is spent: videos wait for midnight Pacific.",
            video_id=video_id,
            cause=f"quota/{project}/{bucket}/{day}",
        )


def _later(video_id: str, told: str, until: datetime, state: str = "waiting_channel") -> MustWait:
    """The wait, after it was written down for the queue."""
    placing.wait(video_id, told, until, state)
    return MustWait(f"Video {video_id} waits: {told}", until, state)


def _key(video_id: str) -> str:
    return f"publish/{video_id}"
