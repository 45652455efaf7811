"""How many still watch, hundredth by hundredth of a video; the curve's mean is the average view."""

from __future__ import annotations

from ytempire.emulators.youtube.calls import Answer, Call, Emulator
from ytempire.emulators.youtube.catalog import Channel
from ytempire.emulators.youtube.chance import between
from ytempire.emulators.youtube.pacific import day_of
from ytempire.emulators.youtube.refusals import invalid

DIMENSION = "elapsedVideoTimeRatio"
METRICS = ("audienceWatchRatio", "relativeRetentionPerformance")
POINTS = 100


def is_asked(call: Call) -> bool:
    """Whether a report is one of retention."""
    return DIMENSION in call.many("dimensions") or bool(set(METRICS) & set(call.many("metrics")))


def report(emulator: Emulator, call: Call, channel: Channel) -> Answer:
    """The curve of one own video; none before its first day is told. Raises Refusal (400)."""
    metrics = call.many("metrics")
    kind, _, video_id = call.one("filters").partition("==")
    if (
        call.many("dimensions") != [DIMENSION]
        or not metrics
        or not set(metrics) <= set(METRICS)
        or kind != "video"
        or not video_id
        or "," in video_id
        or ";" in video_id
    ):
        raise invalid("The query is not supported.", "badRequest")
    headers = [{"name": DIMENSION, "columnType": "DIMENSION", "dataType": "FLOAT"}]
    headers += [{"name": m, "columnType": "METRIC", "dataType": "FLOAT"} for m in metrics]
    body: dict[str, object] = {"kind": "youtubeAnalytics#resultTable", "columnHeaders": headers}
    rows = _rows(emulator, channel, video_id, metrics)
    if rows:
        body["rows"] = rows
    return Answer(body)


def _rows(
    emulator: Emulator, channel: Channel, video_id: str, metrics: list[str]
) -> list[list[float]]:
    listing = emulator.library.find(video_id)
    if listing is None or listing.channel is not channel:
        return []
    video, now = listing.video, emulator.now()
    last = emulator.world.last_day(channel, now, with_money=False)
    if day_of(video.published_at) > last:
        return []
    watched = emulator.world.traits(video, channel).viewed_seconds / video.seconds
    # The mean of (1 - x)^b over a video is 1 / (b + 1).
    steepness = 1 / min(watched, 0.999) - 1
    liked = between(0.3, 0.7, emulator.seed, "relative", video_id)
    columns = {
        "audienceWatchRatio": lambda at: round((1 - at) ** steepness, 4),
        "relativeRetentionPerformance": lambda at: round(liked * (1.1 - 0.2 * at), 4),
    }
    return [
        [number / POINTS, *(columns[name]((number - 0.5) / POINTS) for name in metrics)]
        for number in range(1, POINTS + 1)
    ]
