"""YouTube Reporting API v1: jobs whose daily files hold the reach of thumbnails.

A job's files begin two days after it was made, with a month of the past. A day's file comes when
the day is told, and again when its numbers have settled: the later one replaces the earlier.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast

from ytempire.emulators.youtube.calls import Answer, Call, Emulator, Handler
from ytempire.emulators.youtube.chance import identifier
from ytempire.emulators.youtube.discovery import check_body
from ytempire.emulators.youtube.library import moment
from ytempire.emulators.youtube.pacific import day_of, end_of, start_of
from ytempire.emulators.youtube.reach import COLUMNS, rows_of
from ytempire.emulators.youtube.refusals import invalid, not_found
from ytempire.emulators.youtube.store import plain
from ytempire.emulators.youtube.world import SETTLED_HOURS

TYPES = {"channel_reach_basic_a1": "Reach basic", "channel_reach_combined_a1": "Reach combined"}
#: The one whose files are made here.
SERVED = "channel_reach_basic_a1"
#: Until a job's first files, and how long files are kept: of its own days, and of the past's.
FIRST_FILES = timedelta(hours=48)
BACKFILLED_DAYS = 30
KEPT, KEPT_BACKFILL = timedelta(days=60), timedelta(days=30)


@dataclass(frozen=True)
class Report:
    """A file of a job: one Pacific day, as it was told when the file was made."""

    report_id: str
    job_id: str
    day: date
    made_at: datetime
    kept: timedelta

    def resource(self, address: str) -> dict[str, str]:
        """As the API shows it."""
        return {
            "id": self.report_id,
            "jobId": self.job_id,
            "startTime": _stamp(start_of(self.day)),
            "endTime": _stamp(end_of(self.day)),
            "createTime": _stamp(self.made_at),
            "downloadUrl": f"{address}/v1/media/{self.report_id}?alt=media",
        }


def list_types(emulator: Emulator, call: Call) -> Answer:
    """reportTypes.list; the types of a2 died in October 2025."""
    return Answer({"reportTypes": [{"id": name, "name": told} for name, told in TYPES.items()]})


def create_job(emulator: Emulator, call: Call) -> Answer:
    """jobs.create. Raises Refusal: an unknown type, or one that has a job already."""
    try:
        body = json.loads(call.body or b"{}")
    except ValueError:
        raise invalid("Parse Error", "parseError") from None
    check_body(call.method, body)
    kind = str(body.get("reportTypeId", ""))
    if kind not in TYPES:
        raise invalid(f"There is no report type '{kind}'.", "badRequest")
    mine = _jobs(emulator, call)
    if any(job["type"] == kind for job in mine):
        raise invalid(f"The report type '{kind}' has a job already.", "alreadyExists")
    row = {
        "job_id": identifier(
            32, emulator.seed, "job", call.account.key, kind, len(mine), emulator.clock.seconds()
        ),
        "channel_id": call.account.channel_id,
        "type": kind,
        "name": str(body.get("name", "")),
        "at": emulator.clock.seconds(),
        "deleted_at": None,
    }
    emulator.store.insert("report_jobs", row)
    return Answer(_job(row))


def list_jobs(emulator: Emulator, call: Call) -> Answer:
    """jobs.list of the caller."""
    return Answer({"jobs": [_job(row) for row in _jobs(emulator, call)]})


def get_job(emulator: Emulator, call: Call) -> Answer:
    """jobs.get."""
    return Answer(_job(_own_job(emulator, call, call.path.split("/")[3])))


def delete_job(emulator: Emulator, call: Call) -> Answer:
    """jobs.delete: its files go with it."""
    job = _own_job(emulator, call, call.path.split("/")[3])
    emulator.store.run(
        "update report_jobs set deleted_at = ? where job_id = ?",
        emulator.clock.seconds(),
        job["job_id"],
    )
    return Answer({})


def list_reports(emulator: Emulator, call: Call) -> Answer:
    """jobs.reports.list, the latest made first."""
    job = _own_job(emulator, call, call.path.split("/")[3])
    after = _given(call, "createdAfter")
    begins, ends = _given(call, "startTimeAtOrAfter"), _given(call, "startTimeBefore")
    found = [
        report
        for report in _reports(emulator, call, job)
        if (after is None or report.made_at > after)
        and (begins is None or start_of(report.day) >= begins)
        and (ends is None or start_of(report.day) < ends)
    ]
    found.sort(key=lambda report: (report.made_at, report.day), reverse=True)
    size = int(call.one("pageSize", "50"))
    start = int(call.one("pageToken", "0"))
    shown = found[start : start + size]
    body: dict[str, Any] = {"reports": [report.resource(call.address) for report in shown]}
    if start + size < len(found):
        body["nextPageToken"] = str(start + size)
    return Answer(body)


def get_report(emulator: Emulator, call: Call) -> Answer:
    """jobs.reports.get."""
    job = _own_job(emulator, call, call.path.split("/")[3])
    wanted = call.path.split("/")[5]
    for report in _reports(emulator, call, job):
        if report.report_id == wanted:
            return Answer(report.resource(call.address))
    raise not_found("report", "notFound", "global")


def download(emulator: Emulator, call: Call) -> Answer:
    """media.download of a report: CSV, zipped for whoever takes that."""
    wanted = call.path.split("/")[3]
    for job in _jobs(emulator, call):
        for report in _reports(emulator, call, job):
            if report.report_id == wanted:
                return _file(emulator, call, report)
    raise not_found("media", "notFound", "global")


def _file(emulator: Emulator, call: Call, report: Report) -> Answer:
    columns = list(COLUMNS)
    method = "youtubereporting.media.download"
    if emulator.faults.state("renamed_column", method, call.account.channel_id):
        columns[3] = "thumbnail_impressions"
    lines = [columns, *rows_of(emulator, call.account, report.day, report.made_at)]
    content = "".join(f"{','.join(line)}\n" for line in lines).encode()
    headers = {"Content-Type": "text/csv"}
    if "gzip" in call.headers.get("accept-encoding", ""):
        content, headers = gzip.compress(content, mtime=0), headers | {"Content-Encoding": "gzip"}
    return Answer(content, headers=headers)


def _reports(emulator: Emulator, call: Call, job: dict[str, Any]) -> list[Report]:
    """The files of a job that exist now."""
    if job["type"] != SERVED:
        return []
    now, began = emulator.now(), moment(job["at"])
    first = day_of(began) - timedelta(days=BACKFILLED_DAYS)
    reports = []
    for number in range((day_of(now) - first).days):
        day = first + timedelta(days=number)
        kept = KEPT if day >= day_of(began) else KEPT_BACKFILL
        for version, made_at in enumerate(_made(emulator, call, day, began)):
            if made_at <= now < made_at + kept:
                name = identifier(24, job["job_id"], day, version)
                reports.append(Report(name, job["job_id"], day, made_at, kept))
    return reports


def _made(emulator: Emulator, call: Call, day: date, began: datetime) -> list[datetime]:
    """When the files of a day are made: when it is told, and when it has settled."""
    told = emulator.world.appears(call.account, day)
    settled = end_of(day) + timedelta(hours=SETTLED_HOURS + 1)
    first = began + FIRST_FILES
    times = [max(settled, first)] if settled <= first else [max(told, first), settled]
    return [at.replace(microsecond=0) for at in times]


def _jobs(emulator: Emulator, call: Call) -> list[dict[str, Any]]:
    rows = emulator.store.rows(
        "select * from report_jobs where channel_id = ? and deleted_at is null order by at",
        call.account.channel_id,
    )
    return [plain(row) for row in rows]


def _own_job(emulator: Emulator, call: Call, job_id: str) -> dict[str, Any]:
    for job in _jobs(emulator, call):
        if job["job_id"] == job_id:
            return job
    raise not_found("job", "notFound", "global")


def _job(row: dict[str, Any]) -> dict[str, str]:
    return {
        "id": row["job_id"],
        "reportTypeId": row["type"],
        "name": row["name"],
        "createTime": _stamp(moment(row["at"])),
    }


def _given(call: Call, name: str) -> datetime | None:
    text = call.one(name)
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        raise invalid(f"Invalid value '{text}' for {name}.", "badRequest") from None


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


HANDLERS = cast(
    dict[str, Handler],
    {
        "youtubereporting.reportTypes.list": list_types,
        "youtubereporting.jobs.create": create_job,
        "youtubereporting.jobs.list": list_jobs,
        "youtubereporting.jobs.get": get_job,
        "youtubereporting.jobs.delete": delete_job,
        "youtubereporting.jobs.reports.list": list_reports,
        "youtubereporting.jobs.reports.get": get_report,
        "youtubereporting.media.download": download,
    },
)
