"""What is left of the day's quota goes to what matters: captions and playlists, best videos first.

A video is published with its thumbnail; captions (400 units) and a place in the channel's playlist
(50) are added from units that nobody else will need before midnight Pacific.
"""

from __future__ import annotations

import logging

from ytempire.channels import quota
from ytempire.channels.account import Account
from ytempire.config import settings
from ytempire.domain import Frozen
from ytempire.errors import AlreadyThere, QuotaExhausted, YTEmpireError
from ytempire.runs import artifacts
from ytempire.warehouse import clock
from ytempire.warehouse.database import connect

log = logging.getLogger(__name__)

UNITS = {"captions": quota.CAPTION, "playlist": quota.LIST + quota.PLAYLIST_ITEM}
#: Days after which a video is no longer worth it: by then it has found its viewers or has not.
WORTH_DAYS = 30


class Wish(Frozen):
    """Something that a published video lacks.

    Attributes:
        views_per_hour: over its life, as far as counted; None: not counted yet.
    """

    video_id: str
    youtube_video_id: str
    channel_id: str
    kind: str
    tier: str
    language: str
    playlist: str | None = None
    views_per_hour: float | None = None

    @property
    def units(self) -> int:
        return UNITS[self.kind]


class Dressed(Frozen):
    """What one look has done.

    Attributes:
        given: `kind video_id`, in order of worth.
        waiting: how many wishes the spare quota did not reach.
        failed: `kind video_id: why`.
    """

    spare: int
    given: tuple[str, ...] = ()
    waiting: int = 0
    failed: tuple[str, ...] = ()


def ranked(wishes: list[Wish], *, by_pace: bool) -> list[Wish]:
    """The worthiest first: premium, then the fastest movers (or, without pace, as they came).

    A playlist costs an eighth of captions and comes first for the same video.
    """
    tiers = ("premium", "standard", "economy")
    return sorted(
        wishes,
        key=lambda wish: (
            tiers.index(wish.tier),
            -(wish.views_per_hour or 0.0) if by_pace else 0.0,
            wish.units,
        ),
    )


def affordable(wishes: list[Wish], units: int) -> list[Wish]:
    """As many as fit, in their order; a dear one that does not fit lets cheaper ones pass."""
    chosen = []
    for wish in wishes:
        if wish.units <= units:
            chosen.append(wish)
            units -= wish.units
    return chosen


def dress() -> Dressed:
    """Give the best videos what they lack, from what the day has to spare. Safe to run twice."""
    spare = _spare()
    wishes = ranked(_wishes(), by_pace=settings().youtube.derived_scores)
    given, failed = [], []
    chosen = affordable(wishes, spare)
    for wish in chosen:
        name = f"{wish.kind} {wish.video_id}"
        try:
            _give(wish)
        except QuotaExhausted:
            break  # others needed it after all
        except YTEmpireError as error:
            log.warning("%s was not given: %s", name, error.message)
            failed.append(f"{name}: {error.message}")
        else:
            given.append(name)
    return Dressed(
        spare=spare, given=tuple(given), waiting=len(wishes) - len(chosen), failed=tuple(failed)
    )


def _spare() -> int:
    """Units of the default bucket that neither the pace of the day nor waiting videos will take."""
    told = quota.forecast()
    with connect() as db:
        row = db.execute(
            """
            select count(*) as coming from ops.videos
            where state not in ('published', 'removed', 'rejected', 'failed')
            """
        ).fetchone()
    assert row is not None
    uploads = min(int(row["coming"]), told["uploads"].headroom)
    return max(0, told["default"].spare(clock.now()) - uploads * quota.THUMBNAIL)


def _wishes() -> list[Wish]:
    with connect() as db:
        rows = db.execute(_WISHES, {"days": WORTH_DAYS}).fetchall()
    return [Wish.model_validate(row) for row in rows]


#: A channel whose grant is gone has no wishes until a person has connected it again.
_WISHES = """
    with live as (
        select video.*, channel.language, channel.wording ->> 'playlist' as playlist
        from ops.uploads as upload
        join ops.videos as video using (video_id)
        join ops.channels as channel on channel.channel_id = video.channel_id
        join ops.grants as token on token.channel_id = video.channel_id
        where upload.state = 'dressed' and video.state = 'published'
          and channel.state in ('active', 'resting')
          and video.published_at > ops.now() - make_interval(days => %(days)s)
    ),

    wanted as (
        select live.*, 'captions' as kind
        from live join ops.artifacts as artifact using (video_id)
        where artifact.kind = 'captions'
        union all
        select live.*, 'playlist' as kind from live where playlist is not null
    )

    select wanted.video_id, wanted.youtube_video_id, wanted.channel_id, wanted.kind, wanted.tier,
           wanted.language, wanted.playlist,
           (latest.views / greatest(1, extract(
               epoch from latest.fetched_at - wanted.published_at) / 3600))::float
               as views_per_hour
    from wanted
    left join lateral (
        select views, fetched_at from raw.youtube_video_counts as counted
        where counted.youtube_video_id = wanted.youtube_video_id
        order by fetched_at desc limit 1
    ) as latest on true
    where not exists (
        select from ops.dressings as done
        where done.video_id = wanted.video_id and done.kind = wanted.kind)
    order by wanted.published_at desc, wanted.video_id
"""


def _give(wish: Wish) -> None:
    account = Account(wish.channel_id, "dress", wish.video_id)
    if wish.kind == "captions":
        youtube_id = _captions(account, wish)
    else:
        youtube_id = _playlist(account, wish, str(wish.playlist))
    with connect() as db:
        db.execute(
            """
            insert into ops.dressings (video_id, kind, units, youtube_id) values (%s, %s, %s, %s)
            on conflict (video_id, kind) do nothing
            """,
            (wish.video_id, wish.kind, wish.units, youtube_id),
        )


def _captions(account: Account, wish: Wish) -> str | None:
    """The track's id; None when an earlier try, whose answer was lost, had given it."""
    from googleapiclient.http import MediaFileUpload

    file = artifacts.local(wish.video_id, "captions")
    track = {"videoId": wish.youtube_video_id, "language": wish.language, "name": ""}
    request = account.data.captions().insert(
        part="snippet",
        body={"snippet": track},
        media_body=MediaFileUpload(str(file), mimetype="application/octet-stream"),
    )
    try:
        return str(account.write(request, default=quota.CAPTION)["id"])
    except AlreadyThere:
        return None


def _playlist(account: Account, wish: Wish, playlist: str) -> str:
    """The item's id; one that an earlier try has left there is found, not doubled."""
    items = account.data.playlistItems()
    found = account.read(
        items.list(part="id", playlistId=playlist, videoId=wish.youtube_video_id),
        default=quota.LIST,
    ).get("items")
    if found:
        return str(found[0]["id"])
    video = {"kind": "youtube#video", "videoId": wish.youtube_video_id}
    body = {"snippet": {"playlistId": playlist, "resourceId": video}}
    return str(
        account.write(items.insert(part="snippet", body=body), default=quota.PLAYLIST_ITEM)["id"]
    )
