"""How often a thumbnail was shown and how often that led to a view: impressions that agree with
the views which came from them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from ytempire.emulators.youtube.calls import Emulator
from ytempire.emulators.youtube.catalog import Channel, Video
from ytempire.emulators.youtube.chance import between
from ytempire.emulators.youtube.pacific import day_of
from ytempire.emulators.youtube.world import first_unsettled, restatement

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
    named = {listing.video_id for listing in emulator.library.of_channel(channel)}
    deleted = [0, 0]
    for video in emulator.library.counted(channel):
        impressions, clicks = _shown(emulator, channel, video, day, made_at)
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


def _shown(
    emulator: Emulator, channel: Channel, video: Video, day: date, made_at: datetime
) -> tuple[int, int]:
    """Impressions and the views that came of them, as told when the file was made.

    A Short is mostly met in its feed, where no thumbnail is shown.
    """
    known = emulator.world.days(video, channel, emulator.now())
    place, views = (day - known.first).days, known.columns["views"]
    if not 0 <= place < len(views):
        return 0, 0
    seed, name = emulator.seed, video.youtube_video_id
    told = int(views[place])
    if day >= first_unsettled(made_at):
        told = int(told * restatement(seed, "audience", name, day, day_of(made_at)))
    share = between(0.04, 0.12, seed, "browse", name) if video.format == "short" else between(
        0.42, 0.68, seed, "browse", name
    )  # fmt: skip
    clicks = round(told * share)
    return round(clicks / between(0.025, 0.09, seed, "ctr", name)), clicks
