"""What the Analytics API can be asked: metrics, dimensions, and a query checked against them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from ytempire.emulators.youtube.calls import Call
from ytempire.emulators.youtube.refusals import invalid

Sums = Mapping[str, int]


def _ratio(top: float, bottom: float) -> float:
    return top / bottom if bottom else 0.0


def _usd(name: str) -> Callable[[Sums], float]:
    return lambda sums: sums[name] / 1000


@dataclass(frozen=True)
class Metric:
    """A metric: the world's columns that it needs, and how it follows from their sums.

    Attributes:
        is_money: it exists a day later, and only for channels of the partner programme.
    """

    needs: tuple[str, ...]
    of: Callable[[Sums], float]
    type: str = "INTEGER"
    is_money: bool = False


def _count(name: str, *, is_money: bool = False) -> Metric:
    return Metric((name,), lambda sums: sums[name], is_money=is_money)


def _money(name: str) -> Metric:
    return Metric((name,), _usd(name), "FLOAT", is_money=True)


METRICS: dict[str, Metric] = {
    "views": _count("views"),
    "engagedViews": _count("engaged"),
    "estimatedMinutesWatched": _count("minutes"),
    "averageViewDuration": Metric(
        ("minutes", "views"), lambda s: round(_ratio(s["minutes"] * 60, s["views"]))
    ),
    "averageViewPercentage": Metric(
        ("minutes", "whole_minutes"),
        lambda s: round(100 * _ratio(s["minutes"], s["whole_minutes"]), 2),
        "FLOAT",
    ),
    "likes": _count("likes"),
    "comments": _count("comments"),
    "shares": _count("shares"),
    "subscribersGained": _count("gained"),
    "subscribersLost": _count("lost"),
    "estimatedRevenue": _money("revenue"),
    "estimatedAdRevenue": _money("ad_revenue"),
    "grossRevenue": _money("gross"),
    "cpm": Metric(
        ("gross", "ad_impressions"),
        lambda s: round(_ratio(s["gross"], s["ad_impressions"]), 3),
        "FLOAT",
        is_money=True,
    ),
    "playbackBasedCpm": Metric(
        ("gross", "playbacks"),
        lambda s: round(_ratio(s["gross"], s["playbacks"]), 3),
        "FLOAT",
        is_money=True,
    ),
    "adImpressions": _count("ad_impressions", is_money=True),
    "monetizedPlaybacks": _count("playbacks", is_money=True),
}

#: Shares of views, for reports that split them; each adds up to one.
SPLITS: dict[str, dict[str, float]] = {
    "country": {
        "US": 0.38, "GB": 0.11, "IN": 0.1, "CA": 0.07, "DE": 0.07, "AU": 0.05, "BR": 0.05,
        "PH": 0.04, "FR": 0.04, "NL": 0.03, "MX": 0.03, "PL": 0.03,
    },
    "deviceType": {"MOBILE": 0.61, "DESKTOP": 0.18, "TV": 0.15, "TABLET": 0.06},
    "insightTrafficSourceType": {
        "RELATED_VIDEO": 0.31, "SUBSCRIBER": 0.24, "YT_SEARCH": 0.2, "EXT_URL": 0.08,
        "SHORTS": 0.07, "YT_CHANNEL": 0.06, "NO_LINK_OTHER": 0.04,
    },
}  # fmt: skip
#: Metrics that a split report can give.
SPLIT_METRICS = ("views", "estimatedMinutesWatched")
SHAPES = {(), ("day",), ("month",), ("video",), ("video", "day"), *((name,) for name in SPLITS)}
MOST_FILTERED, MOST_VIDEOS = 500, 200


@dataclass(frozen=True)
class Query:
    """A checked query.

    Attributes:
        videos: ids of the filter; None without one.
        sort: names with their direction, `True` for descending.
    """

    start: date
    end: date
    metrics: tuple[str, ...]
    dimensions: tuple[str, ...]
    videos: tuple[str, ...] | None
    sort: tuple[tuple[str, bool], ...]
    first: int
    most: int | None

    @property
    def has_money(self) -> bool:
        return any(METRICS[name].is_money for name in self.metrics)


def parse(call: Call) -> Query:
    """Reads a call. Raises Refusal (400) for what the API does not support."""
    for name in ("startDate", "endDate", "metrics"):
        if not call.one(name):
            raise invalid(f"Required parameter: {name}", "required")
    query = Query(
        start=_date(call, "startDate"),
        end=_date(call, "endDate"),
        metrics=_metrics(call.many("metrics")),
        dimensions=tuple(call.many("dimensions")),
        videos=_filter(call.one("filters")),
        sort=tuple((name.lstrip("-"), name.startswith("-")) for name in call.many("sort")),
        first=_positive(call, "startIndex") or 1,
        most=_positive(call, "maxResults"),
    )
    _check_shape(query)
    return query


def _date(call: Call, name: str) -> date:
    try:
        return date.fromisoformat(call.one(name))
    except ValueError:
        raise invalid(
            f"Invalid value '{call.one(name)}' for {name}: YYYY-MM-DD.", "badRequest"
        ) from None


def _positive(call: Call, name: str) -> int | None:
    text = call.one(name)
    if text and int(text) < 1:
        raise invalid(f"Invalid value '{text}' for {name}: at least 1.", "badRequest")
    return int(text) if text else None


def _metrics(names: list[str]) -> tuple[str, ...]:
    for name in names:
        if name.startswith("videoThumbnailImpressions"):
            raise _unsupported()
        if name not in METRICS:
            raise invalid(
                f"Unknown identifier ({name}) given in field parameters.metrics.", "badRequest"
            )
    return tuple(names)


def _filter(text: str) -> tuple[str, ...] | None:
    if not text:
        return None
    name, equals, values = text.partition("==")
    if name != "video" or not equals or ";" in values:
        raise _unsupported()
    videos = tuple(values.split(","))
    if len(videos) > MOST_FILTERED:
        raise invalid(f"A filter takes at most {MOST_FILTERED} videos.", "badRequest")
    return videos


def _check_shape(query: Query) -> None:
    if query.end < query.start:
        raise invalid("endDate is before startDate.", "badRequest")
    if query.dimensions not in SHAPES:
        raise _unsupported()
    if query.dimensions == ("video", "day") and query.videos is None:
        raise _unsupported()
    if query.dimensions == ("month",) and (query.start.day, query.end.day) != (1, 1):
        raise invalid("With months, both dates are the first of a month.", "badRequest")
    is_split = bool(query.dimensions) and query.dimensions[0] in SPLITS
    if is_split and not set(query.metrics) <= set(SPLIT_METRICS):
        raise _unsupported()
    known = {*query.metrics, *query.dimensions}
    if any(name not in known for name, _ in query.sort):
        raise invalid("A sort names a metric or dimension of the query.", "badRequest")
    if query.dimensions == ("video",):
        _check_ranking(query)


def _check_ranking(query: Query) -> None:
    """A ranking of videos: best first, and at most 200."""
    is_best_first = bool(query.sort) and all(is_descending for _, is_descending in query.sort)
    if query.most is None or query.most > MOST_VIDEOS or not is_best_first:
        raise _unsupported()


def _unsupported() -> Exception:
    return invalid(
        "The query is not supported. Check the documentation for supported queries.", "badRequest"
    )
