"""How often a thumbnail was shown and how often that led to a view: impressions that agree with
the views which came from them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from ytempire.emulators.youtube.calls import Emulator
from ytempire.emulators.youtube.catalog import Channel, Video
from ytempire.emulators.youtube.chance import between

#: Columns of channel_reach_basic_a1, as named since 15 January 2026.
COLUMNS = (
    "date",
    "channel_id",
    "video_id",
    "video_thumbnail_impressions",
    "video_thumbnail_impressions_ctr",
)


def rows_of(
    emulator: Emulator, channel: Channel, day: date, made_at: datetime
) -> Iterator[list[str]]:
    """A row for each video that was shown on a Pacific day; one without id for the deleted ones."""
    named, videos = emulator.library.named(channel), emulator.library.counted(channel)
    views = emulator.world.told(videos, channel, ("views",), (day,), made_at)["views"]
    deleted = [0, 0]
    for video, told in zip(videos, views[:, 0].tolist(), strict=True):
        impressions, clicks = _shown(emulator.seed, video, told)
        if not impressions:
            continue
        if video.youtube_video_id in named:
            yield _row(channel, video.youtube_video_id, day, impressions, clicks)
        else:
            deleted = [deleted[0] + impressions, deleted[1] + clicks]
    if deleted[0]:
        yield _row(channel, "", day, *deleted)


def _row(channel: Channel, video_id: str, day: date, impressions: int, clicks: int) -> list[str]:
    rate = f"{clicks / impressions:.6f}"
    return [f"{day:%Y%m%d}", channel.channel_id, video_id, str(impressions), rate]


def _shown(seed: int, video: Video, views: int) -> tuple[int, int]:
    """Impressions of a day with so many views, and the views that came of them."""
    name = video.youtube_video_id
    low, high = (0.04, 0.12) if video.format == "short" else (0.42, 0.68)
    clicks = round(views * between(low, high, seed, "browse", name))
    return round(clicks / between(0.025, 0.09, seed, "ctr", name)), clicks
