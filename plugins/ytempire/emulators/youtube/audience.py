"""How a video does: its traits, drawn once from the seed.

Sources of the shapes: Szabo & Huberman, arXiv 0811.0405; Miotto et al., arXiv 1609.06399. Levels
are set so that an own channel earns $5 to $60 a day at $2 to $12 per 1000 wide views and $0.03 to
$0.15 per 1000 Shorts views.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from ytempire.emulators.youtube.catalog import Channel, Video
from ytempire.emulators.youtube.chance import between, generator, unit
from ytempire.emulators.youtube.topics import MONEY, OCEAN, SPACE

#: Median of a video's views for good, by niche and format, on a channel of reach 1.
_MEDIAN_VIEWS = {
    (OCEAN, "wide"): 12_000.0,
    (OCEAN, "short"): 34_000.0,
    (MONEY, "wide"): 8_500.0,
    (MONEY, "short"): 22_000.0,
    (SPACE, "wide"): 13_000.0,
    (SPACE, "short"): 40_000.0,
}
#: USD that advertisers pay per 1000 monetised playbacks, low and high.
_PLAYBACK_CPM_USD = {OCEAN: (10.0, 19.0), MONEY: (22.0, 40.0), SPACE: (11.0, 21.0)}
_HIT_CHANCE = 0.045


class Traits(NamedTuple):
    """What decides a video's numbers. Shares and rates are per view unless said otherwise.

    Attributes:
        views: views for good (the curve's ceiling).
        tau_hours, exponent: of the growth 1 - (1 + t/tau)^-exponent.
        viewed_seconds: average view duration.
        playback_cpm_usd: gross USD per 1000 monetised playbacks.
        creator_share: of the gross.
    """

    views: float
    tau_hours: float
    exponent: float
    engaged: float
    viewed_seconds: float
    likes: float
    comments: float
    shares: float
    gained: float
    lost: float
    monetized: float
    ads_per_playback: float
    playback_cpm_usd: float
    creator_share: float


def traits(seed: int, video: Video, channel: Channel) -> Traits:
    """The traits of a video: a function of the seed, its id and its channel alone."""
    key = (seed, "traits", video.youtube_video_id)

    def draw(low: float, high: float, name: str) -> float:
        return between(low, high, *key, name)

    is_short = video.format == "short"
    median = _MEDIAN_VIEWS[channel.niche, video.format] * channel.reach
    views = median * math.exp(0.65 * float(generator(*key, "size").standard_normal()))
    likes = draw(0.025, 0.06, "likes")
    gained = draw(0.0012, 0.004, "gained")
    return Traits(
        views=views * _hit(*key),
        tau_hours=draw(9, 22, "tau") if is_short else draw(28, 70, "tau"),
        exponent=draw(0.9, 1.3, "exponent") if is_short else draw(0.55, 0.9, "exponent"),
        engaged=draw(0.55, 0.78, "engaged") if is_short else draw(0.86, 0.95, "engaged"),
        viewed_seconds=video.seconds
        * (draw(0.6, 0.98, "viewed") if is_short else draw(0.34, 0.58, "viewed")),
        likes=likes,
        comments=likes * draw(0.02, 0.09, "comments"),
        shares=draw(0.002, 0.012, "shares"),
        gained=gained,
        lost=gained * draw(0.08, 0.25, "lost"),
        monetized=draw(0.5, 0.7, "monetized") if is_short else draw(0.42, 0.6, "monetized"),
        ads_per_playback=1.0 if is_short else draw(1.15, 1.7, "ads"),
        playback_cpm_usd=draw(0.13, 0.46, "cpm")
        if is_short
        else draw(*_PLAYBACK_CPM_USD[channel.niche], "cpm"),
        creator_share=0.45 if is_short else 0.55,
    )


def _hit(*key: object) -> float:
    """A rare multiplier with a heavy (Pareto 1.6) tail, at most 20."""
    if unit(*key, "hit") >= _HIT_CHANCE:
        return 1.0
    return float(min(20.0, 2.5 * (1.0 - unit(*key, "hit size")) ** (-1 / 1.6)))
