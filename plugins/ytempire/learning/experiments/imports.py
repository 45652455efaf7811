"""Results of YouTube's Test & Compare, copied from YouTube Studio into a file: it has no API.

One line per variant of a test, the first the one that was there before:

    video_id,varied,variant,watch_time_share,result,started_on,ended_on
    why-tides-1a2b3c4d,thumbnail,old,45.2,,2026-10-01,2026-10-14
    why-tides-1a2b3c4d,thumbnail,new,54.8,winner,2026-10-01,2026-10-14

`video_id` is the house's or YouTube's; `varied` is thumbnail or title; `watch_time_share` is in
percent; `result` is `winner` at the one that YouTube named so, and else empty.
"""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import psycopg
from pydantic import Field, ValidationError, model_validator

from ytempire.domain import Frozen
from ytempire.errors import InvalidInput
from ytempire.warehouse.clock import PACIFIC

Db = psycopg.Connection[dict[str, Any]]
HEADER = (
    "video_id", "varied", "variant", "watch_time_share", "result", "started_on", "ended_on",
)  # fmt: skip
#: A file of results is a page of text; more is some other file.
MOST_BYTES = 1024 * 1024
_MICRO = Decimal("0.000001")


class Line(Frozen):
    """One line of the file."""

    video_id: str = Field(min_length=1, max_length=100)
    varied: Literal["thumbnail", "title"]
    variant: str = Field(min_length=1, max_length=100)
    watch_time_share: Decimal = Field(gt=0, le=100)
    result: Literal["", "winner"]
    started_on: date
    ended_on: date

    @model_validator(mode="after")
    def _ends_after_it_began(self) -> Line:
        if self.ended_on < self.started_on:
            raise ValueError("it ended before it began")
        return self

    @property
    def test(self) -> tuple[str, str, date]:
        """Which test it is of."""
        return self.video_id, self.varied, self.started_on


def read(text: str, name: str) -> list[list[Line]]:
    """The tests of a file, each with its variants in order.

    Raises:
        InvalidInput: with every line that is wrong; nothing is taken of such a file.
    """
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    if tuple(rows.fieldnames or ()) != HEADER:
        raise InvalidInput(f"{name} has another header.", f"It is {','.join(HEADER)}.")
    wrong: list[str] = []
    tests: dict[tuple[str, str, date], list[Line]] = {}
    for row in rows:
        given = {key: (row[key] or "").strip() for key in HEADER}
        try:
            line = Line.model_validate(given)
        except ValidationError as error:
            wrong += [
                f"line {rows.line_num}, {'.'.join(map(str, each['loc'])) or 'dates'}: {each['msg']}"
                for each in error.errors(include_url=False)
            ]
            continue
        tests.setdefault(line.test, []).append(line)
    wrong += [f"{' '.join(map(str, test))}: {what}" for test, what in _misfits(tests)]
    if wrong or not tests:
        raise InvalidInput(
            f"{name} cannot be used; nothing was taken.", "\n".join(wrong) or "It has no line."
        )
    return list(tests.values())


def load(db: Db, path: Path, by: str) -> int:
    """Take the tests of a file; one that was taken before is replaced. Returns how many.

    Raises:
        InvalidInput: the file cannot be read or used, or names a video that is not there.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InvalidInput(f"{path} is larger than {MOST_BYTES // 1024} KiB.")
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} cannot be read: {error}.") from None
    tests = read(text, path.name)
    for test in tests:
        _put(db, test, by)
    return len(tests)


def _misfits(tests: dict[Any, list[Line]]) -> list[tuple[Any, str]]:
    found = []
    for test, lines in tests.items():
        if not 2 <= len(lines) <= 3:
            found.append((test, f"a test has 2 or 3 variants, not {len(lines)}"))
        if len({line.variant for line in lines}) < len(lines):
            found.append((test, "a variant stands there twice"))
        if len({line.ended_on for line in lines}) > 1:
            found.append((test, "it ends on several days"))
        if sum(line.result == "winner" for line in lines) > 1:
            found.append((test, "it has several winners"))
        if abs(sum((line.watch_time_share for line in lines), Decimal(-100))) > 2:
            found.append((test, "the shares do not sum to 100"))
    return found


def _put(db: Db, lines: list[Line], by: str) -> None:
    first = lines[0]
    video = db.execute(
        "select video_id, channel_id from ops.videos where %s in (video_id, youtube_video_id)",
        (first.video_id,),
    ).fetchone()
    if video is None:
        raise InvalidInput(f"There is no video {first.video_id!r}; nothing was taken.")
    experiment_id = f"youtube-{video['video_id']}-{first.varied}-{first.started_on}"
    winner = next((line.variant for line in lines if line.result), None)
    db.execute("delete from ops.experiments where experiment_id = %s", (experiment_id,))
    db.execute(
        """
        insert into ops.experiments (experiment_id, kind, channel_id, hypothesis, setting, outcome,
                                     planned_by, state, started_at, ended_at, decision, winner,
                                     reason, judged_at)
        values (%(id)s, 'imported', %(channel)s, %(hypothesis)s, %(varied)s, 'watch_time_share',
                %(by)s, 'ended', %(began)s, %(ended)s, %(decision)s, %(winner)s,
                'As YouTube''s Test & Compare told it.', ops.now())
        """,
        {
            "id": experiment_id,
            "channel": video["channel_id"],
            "hypothesis": f"Another {first.varied} of {video['video_id']} is watched longer.",
            "varied": first.varied,
            "by": by,
            "began": datetime.combine(first.started_on, time(), PACIFIC),
            "ended": datetime.combine(first.ended_on, time(), PACIFIC),
            "decision": "winner" if winner else "no difference",
            "winner": winner,
        },
    )
    for place, line in enumerate(lines):
        against = (line.watch_time_share / first.watch_time_share - 1).quantize(_MICRO)
        db.execute(
            """
            insert into ops.experiment_variants
                (experiment_id, variant, place, share, estimate)
            values (%s, %s, %s, %s, %s)
            """,
            (
                experiment_id,
                line.variant,
                place,
                Decimal(1) / len(lines),
                against if place else None,
            ),
        )
