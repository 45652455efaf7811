"""The queue of requests: what is to be made, by whom it was asked for, and on what evidence."""

from __future__ import annotations

import re
import unicodedata
import uuid
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb
from pydantic import Field

from ytempire.domain import Format, Frozen, Tier
from ytempire.errors import InvalidInput, UnknownChannel
from ytempire.learning.experiments import assignment
from ytempire.runs.content import AFTER
from ytempire.warehouse.database import connect

TOPIC_CHARACTERS = 200


class Request(Frozen):
    """A wish for a video.

    Attributes:
        slot: the publishing slot that it fills; one request per channel and slot.
        script: the person's own words; None: the writer tells the topic from `evidence`.
        evidence: what spoke for the topic; `signals` is the list of trend signals.
    """

    request_id: str
    channel_id: str
    topic: str
    format: Format
    tier: Tier = Tier.STANDARD
    slot: str | None = None
    script: str | None = None
    evidence: dict[str, Any] = Field(default_factory=dict)
    source: str = "person"


def slug(text: str, length: int = 32) -> str:
    """Lower-case words joined by hyphens: safe in file names, run ids and addresses."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    joined = ""
    for word in words:
        if len(joined) + len(word) + 1 > length:
            break
        joined = f"{joined}-{word}" if joined else word
    return joined or "untitled"


def new_request_id(channel_id: str, topic: str, form: str = "") -> str:
    """A readable id that no other request has, but for the same wish on the same form."""
    return f"{channel_id}.{slug(topic)}.{form or uuid.uuid4().hex[:6]}"


def put(request: Request) -> str | None:
    """Put a request in the queue; returns its id, or None when the slot is already taken.

    Putting the same id again changes nothing, so a retried task asks once.

    Raises:
        UnknownChannel: no such channel. InvalidInput: the topic is empty or too long.
    """
    topic = " ".join(request.topic.split())
    if not topic or len(topic) > TOPIC_CHARACTERS:
        raise InvalidInput(f"A topic has 1 to {TOPIC_CHARACTERS} characters, not {len(topic)}.")
    with connect() as db:
        known = db.execute(
            "select 1 from ops.channels where channel_id = %s", (request.channel_id,)
        ).fetchone()
        if known is None:
            raise UnknownChannel(
                f"There is no channel {request.channel_id!r}.", "See `ytempire channel list`."
            )
        row = db.execute(
            """
            insert into ops.requests
                (request_id, channel_id, slot, topic, format, tier, script, evidence, source)
            values (%(request_id)s, %(channel_id)s, %(slot)s, %(topic)s, %(format)s, %(tier)s,
                    %(script)s, %(evidence)s, %(source)s)
            on conflict do nothing
            returning request_id
            """,
            request.model_dump(mode="json") | {"topic": topic, "evidence": Jsonb(request.evidence)},
        ).fetchone()
        if row is None:
            row = db.execute(
                "select request_id from ops.requests where request_id = %s", (request.request_id,)
            ).fetchone()
    return row["request_id"] if row else None


def find(request_id: str) -> Request | None:
    """A request by its id, if there is one."""
    with connect() as db:
        row = db.execute(
            """
            select request_id, channel_id, topic, format, tier, slot, script, evidence, source
            from ops.requests where request_id = %s
            """,
            (request_id,),
        ).fetchone()
    return Request.model_validate(row) if row else None


def get(request_id: str) -> Request:
    """A request by its id. Raises InvalidInput when there is none."""
    request = find(request_id)
    if request is None:
        raise InvalidInput(f"There is no request {request_id!r}.", "See the queue in ops.requests.")
    return request


def requested_at(request_id: str) -> datetime:
    """When a request was put in the queue, UTC: its evidence is as of then."""
    with connect() as db:
        row = db.execute(
            "select requested_at from ops.requests where request_id = %s", (request_id,)
        ).fetchone()
    assert row is not None
    at: datetime = row["requested_at"]
    return at


def waiting() -> list[str]:
    """Ids of the requests that no run has accepted yet: premium first, then by place and age."""
    with connect() as db:
        rows = db.execute(
            """
            select request.request_id
            from ops.requests as request join ops.channels as channel using (channel_id)
            where request.state = 'queued' and channel.state = 'active'
            order by array_position('{premium,standard,economy}', request.tier),
                     request.place, request.requested_at
            """
        ).fetchall()
    return [row["request_id"] for row in rows]


def accept(request_id: str) -> str:
    """Begin a request's video, in a variant of each experiment that runs on its channel; returns
    the video's id, the same one each time.

    Raises:
        InvalidInput: there is no such request, or somebody has called it off.
    """
    request = get(request_id)
    video_id = f"{slug(request.topic)}-{uuid.uuid5(uuid.NAMESPACE_OID, request_id).hex[:8]}"
    with connect() as db:
        # The row is locked: what a person arranges at this moment comes wholly before or after.
        row = db.execute(
            "select state, tier from ops.requests where request_id = %s for update", (request_id,)
        ).fetchone()
        if row is None or row["state"] == "cancelled":
            raise InvalidInput(
                f"Request {request_id!r} was called off before its video was begun.",
                "Ask for the video anew if it is wanted after all.",
            )
        is_new = db.execute(
            """
            insert into ops.videos
                (video_id, request_id, channel_id, title, format, tier, is_simulated)
            values (%s, %s, %s, %s, %s, %s,
                    (select is_simulated from ops.channels where channel_id = %s))
            on conflict (request_id) do nothing
            """,
            (
                video_id,
                request_id,
                request.channel_id,
                request.topic,
                request.format,
                row["tier"],
                request.channel_id,
            ),
        ).rowcount
        if is_new:
            assignment.assign(db, video_id, request.channel_id)
        db.execute(
            "update ops.requests set state = 'accepted' where request_id = %s and state = 'queued'",
            (request_id,),
        )
    return video_id


def known(video_id: str) -> str:
    """The same id, if there is such a video. Raises InvalidInput when there is none."""
    request_of(video_id)
    return video_id


def request_of(video_id: str) -> Request:
    """The request that a video answers."""
    with connect() as db:
        row = db.execute(
            "select request_id from ops.videos where video_id = %s", (video_id,)
        ).fetchone()
    if row is None:
        raise InvalidInput(f"There is no video {video_id!r}.")
    return get(row["request_id"])


def entitle(video_id: str, title: str) -> None:
    """Give a video another title."""
    with connect() as db:
        db.execute("update ops.videos set title = %s where video_id = %s", (title, video_id))


def reject(video_id: str) -> None:
    """End a video and its request: a person, or a time-out, said no."""
    move(video_id, "rejected")
    with connect() as db:
        db.execute(
            """
            update ops.requests set state = 'rejected'
            where request_id = (select request_id from ops.videos where video_id = %s)
              and state <> 'published'
            """,
            (video_id,),
        )


def reconsider(video_id: str) -> None:
    """Take a video and its request back from a no: a person is asked again."""
    move(video_id, "in_review")
    with connect() as db:
        db.execute(
            """
            update ops.requests set state = 'accepted'
            where request_id = (select request_id from ops.videos where video_id = %s)
              and state = 'rejected'
            """,
            (video_id,),
        )


def fallbacks_of(video_id: str) -> tuple[str, ...]:
    """What served instead of what was wanted, in words, in every attempt at a stage since a person
    last had it made anew: what an earlier attempt made is kept by the later ones."""
    with connect() as db:
        rows = db.execute(
            """
            select distinct on (fallback.capability, fallback.wanted)
                   fallback.capability || ': ' || fallback.used || ' instead of '
                   || fallback.wanted as told
            from ops.fallbacks as fallback join ops.stage_runs as run using (stage_run_id)
            where run.video_id = %(id)s
              and run.started_at > all (
                  select decided_at from ops.reviews as review
                  where video_id = %(id)s and state = 'redo'
                    and %(after)s::jsonb -> (review.changes ->> 'stage') ? run.stage)
            order by fallback.capability, fallback.wanted, run.started_at desc
            """,
            {"id": video_id, "after": Jsonb(AFTER)},
        ).fetchall()
    return tuple(str(row["told"]) for row in rows)


def move(video_id: str, state: str, **values: Any) -> None:
    """Note a video's new state, and its title or seconds when they are known now.

    A published video stays published, whatever an earlier task is made to say again. One that has
    ended without an upload gives its posting slot back.
    """
    with connect() as db:
        db.execute(
            """
            update ops.videos as video
            set state = case when state in ('published', 'removed') then state
                             else %(state)s end,
                waits_until = null,
                publish_at = case
                    when %(state)s not in ('failed', 'rejected')
                         or state in ('published', 'removed')
                         or exists (select from ops.uploads as upload
                                    where upload.video_id = video.video_id) then publish_at end,
                title = coalesce(%(title)s, title),
                seconds = coalesce(%(seconds)s, seconds)
            where video_id = %(video_id)s
            """,
            {"title": None, "seconds": None, **values, "state": state, "video_id": video_id},
        )
