"""SIMULATED: the local YouTube's channels, connected as real ones are, and their past.

The past is what the platform would have written while making the videos that the local YouTube
already shows: requests, videos, stage runs, uploads and ledger lines, each row marked simulated.
Costs are drawn around list prices of late 2026 by a generator seeded with the video's id, so the
same seed gives the same past; some attempts fail, as they do.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx

from ytempire.channels import accounts, consent
from ytempire.channels.accounts import Channel
from ytempire.channels.profile import Pacing
from ytempire.config import own_settings, settings
from ytempire.domain import Format, Identity
from ytempire.emulators.youtube import catalog
from ytempire.errors import MalformedAnswer, ProviderUnavailable
from ytempire.local.installation import speaks_to_local_youtube
from ytempire.providers.youtube.client import Grant
from ytempire.providers.youtube.tokens import OAuthClient
from ytempire.studio.identities import identity_for
from ytempire.warehouse.database import connect

PRICE_VERSION = "simulated"
MICRO = Decimal("0.000001")


@dataclass(frozen=True)
class Line:
    """What a stage of an average one-minute video uses: a quantity of a unit at a list price."""

    stage: str
    provider: str
    kind: str
    unit: str
    quantity: float
    unit_price_usd: str
    #: Whether a longer video uses more of it.
    grows: bool = True


RECIPE = (
    Line("write", "openai", "script", "token", 5_200, "0.000008", grows=False),
    Line("narrate", "elevenlabs", "voice", "character", 950, "0.000165"),
    Line("paint", "machine", "picture", "second", 96, "0.000361"),
    Line("assemble", "machine", "render", "second", 70, "0.000033"),
    Line("check", "machine", "check", "second", 6, "0.000033"),
    Line("publish", "youtube", "upload", "call", 1, "0", grows=False),
)
FAILURE_RATE = 0.07


def connect_channels(endpoint: str, seed: int) -> list[str]:
    """Add and connect every channel that the local YouTube keeps for us; returns their names.

    One that is there already keeps its profile, and stays unconnected if a person has made it so.

    Raises:
        ProviderUnavailable, MalformedAnswer: the local YouTube does not answer as it should.
    """
    grants = _get(endpoint, "/admin/grants")
    known = {each.channel_id: each for each in accounts.all_channels()}
    looks: dict[str, Identity] = {}
    for grant in grants:
        name = grant["key"]
        look = _look(grant, looks)
        if name not in known:
            accounts.add(_channel(grant, look, seed))
        if name not in known or known[name].state != "reauth_required":
            _connect(name, grant)
    return [grant["key"] for grant in grants]


def _channel(grant: dict[str, Any], look: Identity, seed: int) -> Channel:
    watched = [each for each in catalog.watched_channels(seed) if each.niche == grant["niche"]]
    return Channel(
        channel_id=grant["key"],
        youtube_channel_id=grant["channel_id"],
        title=grant["title"],
        niche=grant["niche"],
        formats=(Format.SHORT, Format.WIDE),
        identity=look,
        watches=tuple(each.channel_id for each in watched),
        # Nobody is hurt by a burst there, and a demonstration should not wait.
        pacing=Pacing(per_day=100, min_gap_h=0),
        is_simulated=True,
    )


def _look(grant: dict[str, Any], looks: dict[str, Identity]) -> Identity:
    """A starter's own look; the others' is the first of their niche's, arranged anew."""
    own = identity_for(grant["key"])
    first = looks.setdefault(grant["niche"], own)
    if own is first:
        return own
    return first.model_copy(
        update={
            "name": grant["title"],
            "handle": grant["handle"],
            "seed": zlib.crc32(grant["key"].encode()),
        }
    )


def _connect(channel_id: str, grant: dict[str, Any]) -> None:
    accounts.connect_grant(
        channel_id, Grant(**{name: grant[name] for name in Grant.model_fields if name in grant})
    )


def is_local() -> bool:
    """Whether the YouTube spoken to is the one of this installation."""
    return speaks_to_local_youtube(own_settings())


def oauth_client() -> OAuthClient:
    """The OAuth client of the settings, or the local YouTube's own.

    Raises:
        NotConfigured: there is neither.
    """
    endpoint = settings().youtube.endpoint
    if not is_local() or endpoint is None:
        return consent.oauth_client()
    known = _get(endpoint, "/admin/grants")[0]
    return consent.client_at(endpoint, known["client_id"], known["client_secret"])


def label(channel_id: str) -> None:
    """What comes from the local YouTube is SIMULATED wherever it is seen."""
    with connect() as db:
        db.execute(
            "update ops.channels set is_simulated = true where channel_id = %s", (channel_id,)
        )


def pause_channels() -> None:
    """Plan and pull no more for simulated channels: a person's own YouTube takes their place."""
    with connect() as db:
        db.execute("update ops.channels set state = 'paused' where is_simulated")
        db.execute(
            "delete from ops.grants using ops.channels as channel "
            "where grants.channel_id = channel.channel_id and channel.is_simulated"
        )


def write_past(endpoint: str, seed: int) -> int:
    """Write the simulated past of the channels' videos; returns how many were new."""
    clock = _get(endpoint, "/admin/clock")
    t0, scale = datetime.fromisoformat(clock["t0"]), catalog.Scale(**clock["scale"])
    videos = catalog.history(seed, t0, with_removed=True, scale=scale)
    new = 0
    with connect() as db:
        for video in videos:
            new += _write_video(db, video)
    return new


def _get(endpoint: str, path: str) -> Any:
    try:
        answer = httpx.get(f"{endpoint}{path}", timeout=10, trust_env=False)
        answer.raise_for_status()
        return answer.json()
    except httpx.HTTPError as error:
        raise ProviderUnavailable(f"The local YouTube did not answer {path}: {error}.") from error
    except ValueError as error:
        raise MalformedAnswer(f"The local YouTube answered {path} without JSON.") from error


def _write_video(db: Any, video: catalog.Video) -> int:
    """One video with all that was written while it was made; 0 when it is there already."""
    dice = random.Random(video.youtube_video_id)  # noqa: S311 (a simulation)
    video_id = f"past-{video.youtube_video_id.lower().replace('_', '-')}"
    made_at = video.published_at - timedelta(hours=dice.uniform(1, 9))
    tier = dice.choices(("premium", "standard", "economy"), (1, 7, 2))[0]
    base = {
        "video_id": video_id,
        "request_id": f"past.{video_id}",
        "channel_id": video.channel,
        "title": video.title,
        "topic": video.topic or video.title,
        "format": video.format,
        "tier": tier,
        "seconds": video.seconds,
        "youtube_video_id": video.youtube_video_id,
        "published_at": video.published_at,
        "removed_at": video.removed_at,
        "state": "removed" if video.removed_at else "published",
        "made_at": made_at,
        "bytes": int(video.seconds * dice.uniform(350_000, 600_000)),
    }
    if not _insert_video(db, base):
        return 0
    for number, run in enumerate(_stage_runs(video, tier, made_at, dice)):
        stage_run_id = f"{video_id}.{number}"
        db.execute(_INSERT_RUN, run | base | {"stage_run_id": stage_run_id})
        db.execute(_INSERT_LINE, run | base | {"stage_run_id": stage_run_id})
    return 1


def _insert_video(db: Any, values: dict[str, Any]) -> bool:
    inserted = db.execute(
        """
        insert into ops.requests
            (request_id, channel_id, topic, format, tier, source, state, requested_at)
        values (%(request_id)s, %(channel_id)s, %(topic)s, %(format)s, %(tier)s, 'history',
                'published', %(made_at)s)
        on conflict do nothing returning request_id
        """,
        values,
    ).fetchone()
    if inserted is None:
        return False
    db.execute(
        """
        insert into ops.videos
            (video_id, request_id, channel_id, title, format, tier, state, seconds,
             youtube_video_id, published_at, removed_at, is_simulated, created_at)
        values (%(video_id)s, %(request_id)s, %(channel_id)s, %(title)s, %(format)s, %(tier)s,
                %(state)s, %(seconds)s, %(youtube_video_id)s, %(published_at)s, %(removed_at)s,
                true, %(made_at)s)
        """,
        values,
    )
    db.execute(
        """
        insert into ops.uploads
            (video_id, channel_id, marker, state, session_uri, bytes, youtube_video_id, opened_at,
             finished_at)
        values (%(video_id)s, %(channel_id)s, 'yte-' || %(video_id)s, 'dressed', 'simulated',
                %(bytes)s, %(youtube_video_id)s, %(published_at)s, %(published_at)s)
        """,
        values,
    )
    return True


def _stage_runs(
    video: catalog.Video, tier: str, made_at: datetime, dice: random.Random
) -> Iterator[dict[str, Any]]:
    """The stage runs of a video with their ledger line; a failed attempt precedes its repeat."""
    spending = {"premium": 1.6, "standard": 1.0, "economy": 0.55}[tier]
    at = made_at
    for line in RECIPE:
        length = video.seconds / 60 if line.grows else 1.0
        is_counted_once = line.unit == "call"
        attempts = [True] if dice.random() < FAILURE_RATE and not is_counted_once else []
        for attempt, is_failed in enumerate([*attempts, False], start=1):
            share = dice.uniform(0.1, 0.9) if is_failed else 1.0
            size = 1.0 if is_counted_once else length * spending * dice.lognormvariate(0, 0.25)
            quantity = Decimal(str(round(line.quantity * size * share, 3)))
            price = Decimal(line.unit_price_usd)
            ran = timedelta(seconds=dice.uniform(4, 90))
            yield {
                "stage": line.stage,
                "attempt": attempt,
                "run_state": "failed" if is_failed else "succeeded",
                "started_at": at,
                "ended_at": at + ran,
                "device": "cuda:0" if line.stage == "paint" else "cpu",
                "provider": line.provider,
                "kind": line.kind,
                "unit": line.unit,
                "quantity": quantity,
                "unit_price_usd": price,
                "amount_usd": (quantity * price).quantize(MICRO),
                "price_version": PRICE_VERSION,
                "is_failed": is_failed,
            }
            at += ran


_INSERT_RUN = """
    insert into ops.stage_runs
        (stage_run_id, video_id, stage, attempt, state, queued_at, started_at, finished_at,
         progress, note, device, error)
    values (%(stage_run_id)s, %(video_id)s, %(stage)s, %(attempt)s, %(run_state)s, %(started_at)s,
            %(started_at)s, %(ended_at)s, case when %(is_failed)s then 0.5 else 1 end, 'simulated',
            %(device)s, case when %(is_failed)s then 'simulated failure' end)
"""
_INSERT_LINE = """
    insert into ops.ledger
        (stage_run_id, video_id, channel_id, provider, kind, unit, quantity, unit_price_usd,
         amount_usd, price_version, is_failed, is_simulated, booked_at)
    values (%(stage_run_id)s, %(video_id)s, %(channel_id)s, %(provider)s, %(kind)s, %(unit)s,
            %(quantity)s, %(unit_price_usd)s, %(amount_usd)s, %(price_version)s, %(is_failed)s,
            true, %(ended_at)s)
"""
