"""The project's daily quota, as YouTube counts it since 1 June 2026: four buckets, Pacific days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ytempire.emulators.youtube.pacific import day_of
from ytempire.emulators.youtube.refusals import Refusal
from ytempire.emulators.youtube.store import Store

LIMITS = {"uploads": 100, "search": 100, "stats": 10_000, "default": 10_000}

_BUCKETS = {
    "youtube.videos.insert": "uploads",
    "youtube.search.list": "search",
    "youtube.videos.batchGetStats": "stats",
}
_UNITS = {
    "youtube.captions.list": 50,
    "youtube.captions.insert": 400,
    "youtube.videos.update": 50,
    "youtube.videos.delete": 50,
    "youtube.thumbnails.set": 50,
    "youtube.playlists.insert": 50,
    "youtube.playlistItems.insert": 50,
}


@dataclass(frozen=True)
class Charge:
    """What a call takes from which bucket; Analytics calls take nothing of these."""

    bucket: str
    units: int


def charge_of(method: str, *, is_valid: bool) -> Charge | None:
    """The price of a call; an invalid one still takes a unit."""
    if not method.startswith("youtube."):
        return None
    units = _UNITS.get(method, 1) if is_valid else 1
    return Charge(_BUCKETS.get(method, "default"), units)


class Quota:
    """The ledger of one project."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def take(self, charge: Charge, now: datetime) -> None:
        """Takes the units or refuses. Raises Refusal as the bucket's own error."""
        day = day_of(now).isoformat()
        limit = LIMITS[charge.bucket]
        self._store.run("insert or ignore into quota values (?, ?, 0)", charge.bucket, day)
        granted = self._store.run(
            "update quota set used = used + ? where bucket = ? and day = ? and used + ? <= ?",
            charge.units,
            charge.bucket,
            day,
            charge.units,
            limit,
        )
        if not granted:
            raise spent(charge.bucket)

    def used(self, now: datetime) -> dict[str, int]:
        """Units used today, per bucket."""
        rows = self._store.rows("select * from quota where day = ?", day_of(now).isoformat())
        return dict.fromkeys(LIMITS, 0) | {row["bucket"]: row["used"] for row in rows}

    def spend(self, bucket: str, used: int, now: datetime) -> None:
        """Sets a bucket's use of today: lets a test stand before an empty one."""
        day = day_of(now).isoformat()
        self._store.insert("quota", {"bucket": bucket, "day": day, "used": used})


def spent(bucket: str) -> Refusal:
    """How YouTube says that a bucket is empty; uploads answer 429, all others 403."""
    if bucket == "uploads":
        return Refusal(
            429,
            "rateLimitExceeded",
            "Quota exceeded for quota metric 'Video Uploads' and limit 'Video Uploads per day' of "
            "service 'youtube.googleapis.com'.",
        )
    return Refusal(
        403,
        "quotaExceeded",
        'The request cannot be completed because you have exceeded your <a href="/youtube/v3/'
        'getting-started#quota">quota</a>.',
        "youtube.quota",
    )
