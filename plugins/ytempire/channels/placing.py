"""Decides which channel a video goes to and when it is public there, one decision at a time.

Two videos of one owner never decide at once, so that no slot is taken twice and no cap exceeded;
every decision is a row of `ops.choices` that says what it rested on.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from ytempire.channels import accounts, events, health
from ytempire.channels.accounts import Channel
from ytempire.channels.choosing import (
    SHARE_DAYS,
    Candidate,
    Choice,
    Wanted,
    choose,
    is_candidate,
)
from ytempire.channels.metadata import privacy_of
from ytempire.channels.slots import HORIZON_DAYS
from ytempire.domain import Format, Frozen
from ytempire.errors import GrantRevoked, InvalidInput, MustWait
from ytempire.warehouse.database import connect

Connection = psycopg.Connection[DictRow]

#: How far around now videos are read that gaps, caps and shares count.
LOOK = timedelta(days=max(SHARE_DAYS, HORIZON_DAYS) + 2)
#: How long a turn is kept for a video that does not come when it could.
PATIENCE = timedelta(minutes=15)


class Placed(Frozen):
    """Where a video goes.

    Attributes:
        publish_at: its posting slot, UTC; None: it is public as soon as it is uploaded.
    """

    video_id: str
    channel_id: str
    publish_at: datetime | None


def place(video_id: str) -> Placed:
    """Choose a video's channel and slot, and take them; one that has begun to be uploaded keeps its
    own.

    Raises:
        MustWait: nobody can take it now. NotConfigured: nobody will, its channel not being
            connected.
    """
    with connect() as db:
        video = _locked(db, video_id)
        if video["uploading_on"] is not None:
            return Placed(
                video_id=video_id,
                channel_id=video["uploading_on"],
                publish_at=video["uploading_for"],
            )
        channels = accounts.all_channels()
        [home] = (each for each in channels if each.channel_id == video["home"])
        wanted = Wanted(
            owner=home.owner,
            niche=home.niche,
            language=home.language,
            format=Format(video["format"]),
            home=home.channel_id,
        )
        now, waited = video["now"], video["waits_until"]
        is_due = waited is not None and waited <= now
        candidates = _candidates(db, wanted, channels, but=video_id, is_due=is_due)
        choice = choose(wanted, candidates, now)
        _take(db, video, choice)
    if choice.waits_until is None:
        assert choice.channel_id is not None
        return Placed(video_id=video_id, channel_id=choice.channel_id, publish_at=choice.publish_at)
    if not any(each.until for each in choice.candidates):
        with suppress(GrantRevoked):  # that one is waited for
            accounts.grant_of(home.channel_id)  # says that it was never connected, if that is it
    raise MustWait(
        f"No channel can take video {video_id} now ({choice.told}).",
        choice.waits_until,
        "waiting_channel",
    )


def for_niche(niche: str, owner: str, format: Format) -> Choice:
    """The channel for a request that names a niche; `note_request` keeps the decision.

    A channel that only waits for its pace takes it: the video has to be made first.

    Raises:
        InvalidInput: no channel of that owner and niche can take a video.
    """
    wanted = Wanted(owner=owner, niche=niche, format=format)
    with connect() as db:
        _lock(db, owner)
        row = db.execute("select ops.now() as now").fetchone()
        assert row is not None
        choice = choose(wanted, _candidates(db, wanted, accounts.all_channels()), row["now"])
    if choice.channel_id is None:
        why = "; ".join(f"{each.channel_id}: {each.refused}" for each in choice.candidates)
        raise InvalidInput(
            f"No channel of {owner!r} takes a {format} video about {niche!r}.",
            why or "`ytempire channel list` shows the niches that there are.",
        )
    return choice


def note_request(request_id: str, choice: Choice) -> None:
    """Keep the decision about a request; once, however often it is put in the queue."""
    with connect() as db:
        db.execute(
            """
            insert into ops.choices (request_id, channel_id, because)
            select %(request)s, %(channel)s, %(because)s
            where not exists (select from ops.choices where request_id = %(request)s)
            """,
            {
                "request": request_id,
                "channel": choice.channel_id,
                "because": Jsonb(choice.because()),
            },
        )


def wait(video_id: str, told: str, until: datetime, state: str) -> None:
    """Note that a video waits for something else than its channel; it gives its slot back unless
    its upload has begun."""
    with connect() as db:
        video = _locked(db, video_id)
        choice = Choice(
            channel_id=video["channel_id"],
            publish_at=None,
            waits_until=until,
            told=told,
            candidates=(),
        )
        _take(db, video, choice, state=state)


def channel_of(video_id: str) -> str:
    """The channel that a video is given to at present."""
    with connect() as db:
        row = db.execute(
            "select channel_id from ops.videos where video_id = %s", (video_id,)
        ).fetchone()
    if row is None:
        raise InvalidInput(f"There is no video {video_id!r}.")
    return str(row["channel_id"])


def choices_of(video_id: str) -> list[dict[str, Any]]:
    """The decisions about a video and its request, latest first.

    Raises:
        InvalidInput: there is no such video, or nothing was decided yet.
    """
    with connect() as db:
        rows = db.execute(
            """
            select choice.channel_id, choice.publish_at, choice.waits_for, choice.waits_until,
                   choice.because, choice.decided_at
            from ops.videos as video
            join ops.choices as choice
                on choice.video_id = video.video_id or choice.request_id = video.request_id
            where video.video_id = %s
            order by choice.choice_id desc
            """,
            (video_id,),
        ).fetchall()
    if not rows:
        raise InvalidInput(
            f"Nothing was decided about a video {video_id!r}.",
            "A channel is chosen when a video is about to be published.",
        )
    return rows


def _lock(db: Connection, owner: str) -> None:
    db.execute("select pg_advisory_xact_lock(hashtextextended(%s, 2))", (f"choosing/{owner}",))


def _locked(db: Connection, video_id: str) -> dict[str, Any]:
    """The video, its row locked, with its owner's turn to decide taken."""
    row = db.execute(
        """
        select channel.owner from ops.videos as video join ops.requests using (request_id)
        join ops.channels as channel on channel.channel_id = requests.channel_id
        where video_id = %s
        """,
        (video_id,),
    ).fetchone()
    if row is None:
        raise InvalidInput(f"There is no video {video_id!r}.")
    _lock(db, row["owner"])
    video = db.execute(
        """
        select video.video_id, video.channel_id, video.format, video.waits_until, ops.now() as now,
               request.channel_id as home, upload.channel_id as uploading_on,
               upload.publish_at as uploading_for
        from ops.videos as video
        join ops.requests as request using (request_id)
        left join ops.uploads as upload using (video_id)
        where video_id = %s
        for update of video
        """,
        (video_id,),
    ).fetchone()
    assert video is not None
    return video


def _candidates(
    db: Connection,
    wanted: Wanted,
    known: list[Channel],
    *,
    but: str | None = None,
    is_due: bool = False,
) -> list[Candidate]:
    """Those that come into question, with the videos that count for them.

    Args:
        but: the video itself, which does not count.
        is_due: it has waited, and its turn has come.
    """
    channels = [each for each in known if is_candidate(wanted, each)]
    granted = set(accounts.ids(connected=True)) | {
        each.channel_id for each in channels if each.state == "reauth_required"
    }
    well = health.scores()
    names = [each.channel_id for each in channels]
    held: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    for row in db.execute(
        _VIDEOS,
        {
            "names": names,
            "but": but,
            "is_due": is_due,
            "patience": PATIENCE,
            "look": LOOK,
            "share": SHARE_DAYS,
        },
    ).fetchall():
        held[row["channel_id"]].append(row)
    return [
        _candidate(each, held[each.channel_id], well, has_grant=each.channel_id in granted)
        for each in channels
    ]


def _candidate(
    channel: Channel,
    rows: list[dict[str, Any]],
    well: dict[str, health.Health],
    *,
    has_grant: bool,
) -> Candidate:
    return Candidate(
        channel=channel,
        health=well[channel.channel_id].total,
        has_grant=has_grant,
        has_times=bool(channel.posting.times) and privacy_of(channel) == "public",
        recent=sum(bool(row["is_recent"]) for row in rows),
        uploads=tuple(row["uploaded_at"] for row in rows if row["uploaded_at"]),
        taken=tuple(row["public_at"] for row in rows if row["public_at"]),
    )


#: Videos and requests by the channel that they are given to. A decision counts as an upload from
#: when it was taken until the upload says more; one that only waits does not, but its turn is kept
#: from those that come later (and not from one whose own turn it is: it is late by seconds only).
_VIDEOS = """
    select video.channel_id,
           coalesce(upload.opened_at, chosen.decided_at, video.published_at) as uploaded_at,
           coalesce(video.published_at, video.publish_at, upload.opened_at, chosen.decided_at,
                    case when not %(is_due)s and chosen.turn_at > ops.now() - %(patience)s
                         then greatest(chosen.turn_at, ops.now()) end)
               as public_at,
           coalesce(upload.opened_at, chosen.decided_at, video.published_at, video.created_at)
               > ops.now() - make_interval(days => %(share)s) as is_recent
    from ops.videos as video
    left join ops.uploads as upload using (video_id)
    left join lateral (
        select case when waits_for is null then decided_at end as decided_at,
               case when waits_for is not null then publish_at end as turn_at
        from ops.choices as choice
        where choice.video_id = video.video_id and upload.video_id is null
        order by choice_id desc limit 1
    ) as chosen on true
    where video.channel_id = any(%(names)s) and video.video_id is distinct from %(but)s
      and (video.state not in ('failed', 'rejected') or upload.video_id is not null)
      and greatest(video.publish_at, video.published_at, upload.opened_at, chosen.decided_at,
                   video.created_at) > ops.now() - %(look)s
    union all
    select channel_id, null, null, true
    from ops.requests
    where channel_id = any(%(names)s) and state = 'queued'
      and requested_at > ops.now() - make_interval(days => %(share)s)
"""


def _take(
    db: Connection, video: dict[str, Any], choice: Choice, *, state: str = "waiting_channel"
) -> None:
    """Write a decision down: in the video, in the choices, and where a channel was passed over."""
    waits_for = state if choice.waits_until is not None else None
    moved = choice.channel_id if waits_for is None else video["channel_id"]
    values = {
        "video": video["video_id"],
        "channel": choice.channel_id,
        "moved": moved,
        "publish_at": choice.publish_at,
        "waits_for": waits_for,
        "until": choice.waits_until,
        "because": Jsonb(choice.because()),
        "has_upload": video["uploading_on"] is not None,
    }
    db.execute(
        """
        update ops.videos set
            channel_id = %(moved)s,
            publish_at = case when %(has_upload)s then publish_at
                              when %(waits_for)s::text is null then %(publish_at)s end,
            waits_until = %(until)s,
            state = case when state in ('published', 'removed') then state
                         when %(waits_for)s::text is not null then %(waits_for)s
                         when state in ('waiting_quota', 'waiting_channel') then 'checked'
                         else state end
        where video_id = %(video)s
        """,
        values,
    )
    db.execute(
        """
        insert into ops.choices
            (video_id, channel_id, publish_at, waits_for, waits_until, because)
        values (%(video)s, %(channel)s, %(publish_at)s, %(waits_for)s, %(until)s, %(because)s)
        """,
        values,
    )
    if waits_for is None and choice.channel_id not in (video["home"], video["channel_id"]):
        events.note_on(
            db,
            video["home"],
            "failed_over",
            "info",
            f"{video['video_id']} goes to {choice.channel_id}: {choice.told}.",
            video_id=video["video_id"],
        )
