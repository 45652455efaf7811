"""YouTube Analytics API v2: reports.query over the world's Pacific days."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from ytempire.emulators.youtube import retention
from ytempire.emulators.youtube.calls import Answer, Call, Emulator
from ytempire.emulators.youtube.catalog import Channel, Video
from ytempire.emulators.youtube.oauth import MONEY_SCOPE
from ytempire.emulators.youtube.pacific import day_of
from ytempire.emulators.youtube.refusals import Refusal, invalid, too_narrow
from ytempire.emulators.youtube.reports import METRICS, SPLITS, Query, Sums, parse
from ytempire.emulators.youtube.world import Integers, World

Row = list[str | int | float]
_METHOD = "youtubeAnalytics.reports.query"


@dataclass(frozen=True)
class Table:
    """The numbers that a report adds up: every report sums the same video days.

    Attributes:
        videos: those that count; a channel's include the ones it removed.
        named: which of them may be told by name.
        days: successive Pacific days that exist.
        cells: per needed column, whole numbers by video and day.
    """

    query: Query
    videos: tuple[Video, ...]
    named: frozenset[str]
    days: tuple[date, ...]
    cells: Mapping[str, Integers]

    def row(self, key: Row, sums: Sums) -> Row:
        """A row: its key, then each metric of the sums."""
        return [*key, *(METRICS[name].of(sums) for name in self.query.metrics)]

    def sums(self, which: Any = ...) -> Sums:
        """Sums over chosen cells."""
        return {name: int(cells[which].sum()) for name, cells in self.cells.items()}

    def per_day(self) -> Iterator[tuple[date, Sums]]:
        """Sums over all videos, day by day."""
        daily = {name: cells.sum(axis=0).tolist() for name, cells in self.cells.items()}
        for index, day in enumerate(self.days):
            yield day, {name: numbers[index] for name, numbers in daily.items()}

    def birthday(self, index: int) -> date:
        """The first Pacific day of a video."""
        return day_of(self.videos[index].published_at)


def query_report(emulator: Emulator, call: Call) -> Answer:
    """reports.query of the caller's channel. Raises Refusal."""
    channel = _channel(call)
    if retention.is_asked(call):
        return retention.report(emulator, call, channel)
    query = parse(call)
    if query.has_money and MONEY_SCOPE not in call.scopes:
        raise too_narrow()
    no_revenue = query.has_money and emulator.faults.state(
        "no_revenue", _METHOD, channel.channel_id
    )
    if no_revenue:
        raise Refusal(403, "forbidden", "Forbidden")
    rows = _ordered(list(_rows(_table(emulator, channel, query))), query)
    rows = rows[query.first - 1 :][: query.most]
    headers = [_header(name) for name in (*query.dimensions, *query.metrics)]
    if emulator.faults.state("renamed_column", _METHOD, channel.channel_id):
        headers[-1]["name"] += "Renamed"
    body: dict[str, object] = {"kind": "youtubeAnalytics#resultTable", "columnHeaders": headers}
    if rows:
        body["rows"] = rows
    return Answer(body)


def _channel(call: Call) -> Channel:
    if not call.one("ids"):
        raise invalid("Required parameter: ids", "required")
    kind, _, name = call.one("ids").partition("==")
    if kind != "channel" or not name:
        raise invalid(f"Invalid value '{call.one('ids')}' for ids.", "badRequest")
    if name not in ("MINE", call.account.channel_id):
        raise Refusal(403, "forbidden", "Forbidden")
    return call.account


def _table(emulator: Emulator, channel: Channel, query: Query) -> Table:
    named = emulator.library.named(channel)
    videos = emulator.library.counted(channel)
    if query.videos is not None:
        asked = named.intersection(query.videos)
        videos = [video for video in videos if video.youtube_video_id in asked]
    now = emulator.now()
    days = _days(emulator, channel, query, now)
    needed = {column for name in query.metrics for column in METRICS[name].needs}
    cells = _cells(emulator.world, channel, videos, days, needed, now)
    return Table(query, tuple(videos), named, days, cells)


def _days(emulator: Emulator, channel: Channel, query: Query, now: datetime) -> tuple[date, ...]:
    """The asked days that exist: cut to the last on which all metrics do."""
    last = emulator.world.last_day(channel, now, with_money=query.has_money)
    missing = emulator.faults.state("days_missing", _METHOD, channel.channel_id)
    if missing:
        last -= timedelta(days=missing.days)
    end = _month_end(query.end) if query.dimensions == ("month",) else query.end
    count = (min(end, last) - query.start).days + 1
    return tuple(query.start + timedelta(days=n) for n in range(count))


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _cells(
    world: World,
    channel: Channel,
    videos: list[Video],
    days: tuple[date, ...],
    needed: set[str],
    now: datetime,
) -> dict[str, Integers]:
    told = world.told(videos, channel, {*needed, "views"} - {"whole_minutes"}, days, now)
    if "whole_minutes" in needed:  # what full views would have lasted
        seconds = np.array([video.seconds for video in videos], dtype=np.int64)
        told["whole_minutes"] = np.rint(told["views"] * seconds[:, None] / 60).astype(np.int64)
    return told


def _rows(table: Table) -> Iterator[Row]:
    if not table.days:
        return
    match table.query.dimensions:
        case ():
            yield table.row([], table.sums())
        case ("day",):
            yield from _by_day(table)
        case ("month",):
            yield from _by_month(table)
        case ("video",):
            for index, video in _named(table):
                yield table.row([video.youtube_video_id], table.sums(index))
        case ("video", "day"):
            yield from _by_video_day(table)
        case (name,):
            yield from _split(table, name)


def _named(table: Table) -> list[tuple[int, Video]]:
    return [(n, v) for n, v in enumerate(table.videos) if v.youtube_video_id in table.named]


def _by_day(table: Table) -> Iterator[Row]:
    born = min((table.birthday(n) for n in range(len(table.videos))), default=date.max)
    for day, sums in table.per_day():
        if day >= born:
            yield table.row([day.isoformat()], sums)


def _by_month(table: Table) -> Iterator[Row]:
    months = np.array([day.strftime("%Y-%m") for day in table.days])
    for month in sorted(set(months.tolist())):
        yield table.row([month], table.sums((slice(None), months == month)))


def _by_video_day(table: Table) -> Iterator[Row]:
    for number, video in _named(table):
        born = table.birthday(number)
        told = {name: cells[number].tolist() for name, cells in table.cells.items()}
        for index, day in enumerate(table.days):
            if day >= born:
                sums = {name: numbers[index] for name, numbers in told.items()}
                yield table.row([video.youtube_video_id, day.isoformat()], sums)


def _split(table: Table, name: str) -> Iterator[Row]:
    """Splits whole numbers by fixed shares so that the rows add up to the total."""
    columns = [_apportioned(int(number), SPLITS[name]) for number in table.row([], table.sums())]
    for key in SPLITS[name]:
        yield [key, *(column[key] for column in columns)]


def _apportioned(total: int, shares: dict[str, float]) -> dict[str, int]:
    """Largest remainders."""
    exact = {key: total * share for key, share in shares.items()}
    whole = {key: int(value) for key, value in exact.items()}
    rest = sorted(exact, key=lambda key: whole[key] - exact[key])
    for key in rest[: total - sum(whole.values())]:
        whole[key] += 1
    return whole


def _ordered(rows: list[Row], query: Query) -> list[Row]:
    names = (*query.dimensions, *query.metrics)
    rows.sort(key=lambda row: tuple(map(str, row[: len(query.dimensions)])))
    for name, is_descending in reversed(query.sort):
        index = names.index(name)
        rows.sort(key=lambda row: row[index], reverse=is_descending)
    return rows


def _header(name: str) -> dict[str, str]:
    if name in METRICS:
        return {"name": name, "columnType": "METRIC", "dataType": METRICS[name].type}
    return {"name": name, "columnType": "DIMENSION", "dataType": "STRING"}


HANDLERS = {_METHOD: query_report}
