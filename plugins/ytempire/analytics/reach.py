"""Reach: impressions and click-through rate of thumbnails, from the Reporting API's daily files.

A job per channel makes a file for each Pacific day, about two days later. Files that say a day anew
come as further reports; each is read once, and the latest of a day counts (`reported_at`).
"""

from __future__ import annotations

import codecs
import csv
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from ytempire.analytics.polling import is_due
from ytempire.analytics.pull import Pull
from ytempire.errors import ContractBroken, InvalidInput, MalformedAnswer, NotConfigured
from ytempire.warehouse.clock import pacific_day
from ytempire.warehouse.database import connect

TYPE = "channel_reach_basic_a1"
#: The watermark of a look for new files, and how often that is: files come once a day.
SOURCE, EVERY = "youtube_reach", timedelta(hours=6)
#: A report may be listed later than one that was made after it.
OVERLAP = timedelta(days=2)
DAY, CHANNEL, VIDEO = "date", "channel_id", "video_id"
IMPRESSIONS, CTR = "video_thumbnail_impressions", "video_thumbnail_impressions_ctr"
COLUMNS = (DAY, CHANNEL, VIDEO, IMPRESSIONS, CTR)

Row = dict[str, str]
Report = dict[str, Any]


def fetch_reach(pull: Pull) -> None:
    """Read the files that are new, if it is time to look.

    A project without the Reporting API has no reach; the pull's `skipped` says so.

    Raises:
        ContractBroken: a file lacks a column, or holds another kind of value; it is named.
        MalformedAnswer: a file is garbled.
    """
    known, since, last = _known(pull.channel.channel_id)
    if not is_due(last, EVERY, pull.fetched_at):
        return
    try:
        job = _job(pull)
    except (NotConfigured, InvalidInput) as error:
        pull.skipped.append(f"reach: {error.message}")
        return
    new = [report for report in _listed(pull, job, since) if report["id"] not in known]
    for report in sorted(new, key=_made_at):
        _fetch_report(pull, report)
    pull.mark(SOURCE, len(new))


def _fetch_report(pull: Pull, report: Report) -> None:
    day = pacific_day(datetime.fromisoformat(report["startTime"]))
    digest = hashlib.sha256()
    rows = 0
    pull.calls += 1
    for row in read_rows(_hashed(pull.account.download(report["downloadUrl"]), digest)):
        rows += 1
        reason = _reason_against(row, day, pull.channel.youtube_channel_id)
        if reason:
            pull.reject("youtube_reach_days", reason, row | {"report_id": report["id"]})
            continue
        pull.add(
            "youtube_reach_days",
            youtube_video_id=row[VIDEO],
            day=day,
            impressions=int(row[IMPRESSIONS]),
            ctr=Decimal(row[CTR]) if row[CTR] else None,
            report_id=report["id"],
            reported_at=_made_at(report),
        )
    pull.reports.append(
        {
            "report_id": report["id"],
            "report_type": TYPE,
            "day": day,
            "reported_at": _made_at(report),
            "rows_read": rows,
            "sha256": digest.hexdigest(),
        }
    )


def read_rows(pieces: Iterable[bytes]) -> Iterator[Row]:
    """The rows of a file, by column, as text that has been held against what is promised.

    Raises:
        ContractBroken: a column is lacking, by exact name, or holds what it never did.
        MalformedAnswer: no text, or a row that ends too early.
    """
    try:
        lines = csv.reader(_lines(pieces), strict=True)
        header = next(lines, [])
        _check(header)
        for values in lines:
            if len(values) != len(header):
                raise MalformedAnswer(
                    f"A row of a reach report has {len(values)} of {len(header)} columns."
                )
            row = dict(zip(header, values, strict=True))
            _check_values(row)
            yield {name: row[name] for name in COLUMNS}
    except (UnicodeDecodeError, csv.Error) as error:
        raise MalformedAnswer(f"A reach report is no table: {error}.") from error


def _check(header: Sequence[str]) -> None:
    lacking = [name for name in COLUMNS if name not in header]
    if lacking:
        raise _broken(f"lacks the column {', '.join(lacking)}; it has {', '.join(header)}")


def _check_values(row: Row) -> None:
    """Numbers are numbers, and a rate is a share of one; an empty one is not told."""
    if not row[IMPRESSIONS].lstrip("-").isdecimal():
        raise _broken(f"has {row[IMPRESSIONS]!r} in the column {IMPRESSIONS}, not a whole number")
    try:
        ctr = Decimal(row[CTR] or 0)
    except InvalidOperation:
        raise _broken(f"has {row[CTR]!r} in the column {CTR}, not a number") from None
    if not ctr.is_finite() or ctr > 1:
        raise _broken(f"has {row[CTR]!r} in the column {CTR}, not a share between 0 and 1")


def _reason_against(row: Row, day: date, youtube_channel_id: str | None) -> str:
    """Why a row cannot be stored; empty when it can."""
    negative = [name for name in (IMPRESSIONS, CTR) if row[name].startswith("-")]
    if negative:
        return f"a negative counter: {', '.join(negative)}"
    if row[CHANNEL] != youtube_channel_id:
        return "a channel that was not asked for"
    if row[DAY] != f"{day:%Y%m%d}":
        return "a day that is not the report's"
    return ""


def _broken(what: str) -> ContractBroken:
    return ContractBroken(
        f"A report of the type {TYPE} {what}.",
        "Nothing of this pull was stored. A column that is named or told otherwise must be "
        "followed in ytempire/analytics/reach.py.",
    )


def _lines(pieces: Iterable[bytes]) -> Iterator[str]:
    """Lines with their ends, however the pieces are cut."""
    rest = ""
    for text in codecs.iterdecode(pieces, "utf-8-sig"):
        *lines, rest = (rest + text).splitlines(keepends=True) or [""]
        if rest.endswith("\n"):
            lines, rest = [*lines, rest], ""
        yield from lines
    if rest:
        yield rest


def _hashed(pieces: Iterable[bytes], digest: Any) -> Iterator[bytes]:
    for piece in pieces:
        digest.update(piece)
        yield piece


def _made_at(report: Report) -> datetime:
    return datetime.fromisoformat(report["createTime"])


def _job(pull: Pull) -> str:
    """The job that makes the channel's files; the first time it is created."""
    jobs = pull.account.reporting.jobs()
    found = [
        job["id"]
        for answer in _pages(pull, jobs, jobs.list())
        for job in answer.get("jobs", [])
        if job["reportTypeId"] == TYPE
    ]
    if found:
        return str(min(found))
    pull.calls += 1
    body = {"reportTypeId": TYPE, "name": "YTEmpire reach"}
    return str(pull.account.write(jobs.create(body=body))["id"])


def _listed(pull: Pull, job: str, since: datetime | None) -> list[Report]:
    reports = pull.account.reporting.jobs().reports()
    wanted = {"createdAfter": _zulu(since - OVERLAP)} if since else {}
    return [
        report
        for answer in _pages(pull, reports, reports.list(jobId=job, **wanted))
        for report in answer.get("reports", [])
    ]


def _pages(pull: Pull, service: Any, request: Any) -> Iterator[dict[str, Any]]:
    while request is not None:
        answer = pull.read(request)
        yield answer
        request = service.list_next(request, answer)


def _zulu(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _known(channel_id: str) -> tuple[set[str], datetime | None, datetime | None]:
    """Reports that were read, when the latest of them was made, and when it was last looked."""
    with connect() as db:
        rows = db.execute(
            "select report_id, reported_at from raw.youtube_reports "
            "where channel_id = %s and report_type = %s",
            (channel_id, TYPE),
        ).fetchall()
        looked = db.execute(
            "select max(fetched_at) as last from raw.pulls where source = %s and channel_id = %s",
            (SOURCE, channel_id),
        ).fetchone()
    assert looked is not None
    since = max((row["reported_at"] for row in rows), default=None)
    return {row["report_id"] for row in rows}, since, looked["last"]
