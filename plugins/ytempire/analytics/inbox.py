"""Files that people or other systems put down for us: each is read once, whole, in one transaction.

They lie in `<home>/inbox/<source>/`; who puts one there writes it under another name first and
renames it. What was landed is known by its content, so the same file twice changes nothing, and a
later file that says a row anew adds a version of it.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb
from pydantic import BaseModel, ValidationError

from ytempire.config import settings
from ytempire.errors import ContractBroken, InvalidInput
from ytempire.warehouse import clock
from ytempire.warehouse.database import connect
from ytempire.warehouse.load import append, append_changed

#: What a file's record holds before it is believed: text by the names of its header.
Record = Mapping[str, Any]
#: Its cells that stand in no column: some other cell was taken for two, so none is believed.
NAMELESS = ""
MARKS = ("run_id", "fetched_at", "is_simulated")
#: What a row that is kept apart holds.
REJECT = ("source", "table_name", "run_id", "reason", "body", "fetched_at")


@dataclass(frozen=True)
class Feed:
    """What a source's files hold and where it lands.

    Attributes:
        table: of `raw`, without its schema.
        key: what makes two of its rows versions of one.
        rows_of: the rows of a record; raises ValidationError or InvalidInput where it is none.
        needs: names that a header must hold.
    """

    source: str
    table: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    needs: frozenset[str]
    rows_of: Callable[[Record], Iterable[BaseModel]]


def pull(feed: Feed, run_id: str) -> dict[str, int]:
    """Land the files of a source that are new; returns rows written by table, and those rejected.

    Raises:
        ContractBroken: files that are not what the source promises; they are named, nothing of
            them was stored, and the others were landed.
    """
    written = {feed.table: 0, "rejects": 0}
    broken: list[str] = []
    for path in files_of(feed.source):
        try:
            landed = land(feed, path.name, path.read_bytes(), run_id)
        except ContractBroken as error:
            broken.append(f"{path}: {error.message}")
            continue
        for table, rows in landed.items():
            written[table] += rows
    if broken:
        raise ContractBroken("\n".join(broken), "Mend these files or take them away.")
    mark(feed.source, run_id, sum(written.values()))
    return written


def land(
    feed: Feed, name: str, content: bytes, run_id: str, *, is_simulated: bool = False
) -> dict[str, int]:
    """Land one file; one whose content was landed before is left alone.

    Raises:
        ContractBroken: it is no text, or its header lacks a name.
    """
    records = list(_records(feed, name, content))
    with connect() as db:
        known = db.execute(
            """
            insert into raw.files (source, sha256, name, run_id, fetched_at, rows_read)
            values (%s, %s, %s, %s, %s, %s) on conflict do nothing
            """,
            (
                feed.source,
                hashlib.sha256(content).hexdigest(),
                name,
                run_id,
                clock.now(),
                len(records),
            ),
        )
        if not known.rowcount:
            return {}
        return _land(db, feed, records, run_id, is_simulated=is_simulated, file=name)


def land_records(feed: Feed, records: Iterable[Record], run_id: str) -> dict[str, int]:
    """Land what came by another way than a file; bad ones are rejected as a file's are."""
    with connect() as db:
        return _land(db, feed, records, run_id)


def _land(
    db: Any,
    feed: Feed,
    records: Iterable[Record],
    run_id: str,
    *,
    is_simulated: bool = False,
    **told: str,
) -> dict[str, int]:
    fetched_at = clock.now()
    good, bad = sift(feed, records)
    written = _write(db, feed, good, (run_id, fetched_at, is_simulated))
    rejected = (
        {"table_name": feed.table, "reason": reason, "body": told | dict(record)}
        for reason, record in bad
    )
    return {feed.table: written, "rejects": reject(db, feed.source, run_id, fetched_at, rejected)}


def reject(
    db: Any, source: str, run_id: str, fetched_at: datetime, rows: Iterable[Mapping[str, Any]]
) -> int:
    """Keep apart what no table may hold, but for what waits already; returns how many are new.

    Args:
        rows: each with `table_name`, `reason` and `body`.
    """
    waiting = db.execute(
        "select table_name, reason, body from raw.rejects "
        "where source = %s and replayed_at is null",
        (source,),
    ).fetchall()
    known = {_identity(row) for row in waiting}
    return append(
        db,
        "raw.rejects",
        REJECT,
        [
            (
                *(source, row["table_name"], run_id, row["reason"]),
                *(Jsonb(row["body"], dumps=_text), fetched_at),
            )
            for row in rows
            if _identity(row) not in known
        ],
    )


def replay(feed: Feed, run_id: str) -> tuple[int, int]:
    """Land what can be read now, as of when it was fetched; how many are settled, how many wait.

    A row of which a version has landed since is settled by that, and nothing is landed.
    """
    with connect() as db:
        # Of what came together the later is meant: it lands first, and settles the earlier.
        waiting = db.execute(
            """
            select reject_id, body, fetched_at from raw.rejects
            where source = %s and table_name = %s and replayed_at is null
            order by fetched_at, reject_id desc for update
            """,
            (feed.source, feed.table),
        ).fetchall()
        settled = []
        for each in waiting:
            good, bad = sift(feed, [each["body"]])
            if not bad:
                at = each["fetched_at"]
                news = [row for row in good if not _is_told_since(db, feed, row, at)]
                _write(db, feed, news, (run_id, at, False))
                settled.append(each["reject_id"])
        db.execute(
            "update raw.rejects set replayed_at = ops.now() where reject_id = any(%s)", (settled,)
        )
    return len(settled), len(waiting) - len(settled)


def _is_told_since(db: Any, feed: Feed, row: BaseModel, moment: datetime) -> bool:
    """Whether a version of a row has landed that is not older than a moment."""
    names = [sql.SQL("{} = %s").format(sql.Identifier(name)) for name in feed.key]
    found = db.execute(
        sql.SQL("select from {} where {} and fetched_at >= %s limit 1").format(
            sql.Identifier("raw", feed.table), sql.SQL(" and ").join(names)
        ),
        (*(getattr(row, name) for name in feed.key), moment),
    ).fetchone()
    return found is not None


def _identity(rejected: Mapping[str, Any]) -> tuple[str, str, str]:
    return rejected["table_name"], rejected["reason"], _text(rejected["body"])


def _text(body: Any) -> str:
    return json.dumps(body, sort_keys=True, default=str)


def sift(feed: Feed, records: Iterable[Record]) -> tuple[list[BaseModel], list[tuple[str, Record]]]:
    """The rows of good records, and the bad ones with what is wrong with each."""
    good: dict[tuple[Any, ...], BaseModel] = {}
    bad: list[tuple[str, Record]] = []
    for record in records:
        if NAMELESS in record:
            bad.append(("more cells than the header names; one with a comma needs quotes", record))
            continue
        try:
            rows = list(feed.rows_of(record))
        except ValidationError as error:
            told = "; ".join(f"{e['loc'][0]}: {e['msg']}" for e in error.errors())
            bad.append((told, record))
        except InvalidInput as error:
            bad.append((error.message, record))
        else:
            # A file that says a row twice means the later one.
            good |= {tuple(getattr(row, name) for name in feed.key): row for row in rows}
    return list(good.values()), bad


def files_of(source: str) -> Iterator[Path]:
    """The files that lie there, by name; hidden and half-written (`*.part`) ones are not."""
    folder = settings().home / "inbox" / source
    for path in sorted(folder.glob("*")):
        if path.is_file() and not path.name.startswith(".") and path.suffix != ".part":
            yield path


def mark(source: str, run_id: str, rows: int) -> None:
    """Set the watermark of a source that is the house's and no channel's."""
    with connect() as db:
        db.execute(
            """
            insert into raw.pulls (source, channel_id, run_id, fetched_at, watermark, rows_landed)
            values (%s, '', %s, %s, %s, %s) on conflict do nothing
            """,
            (source, run_id, clock.now(), clock.now(), rows),
        )


def watermark(source: str) -> datetime | None:
    """How far a source has been read; None: it never was."""
    with connect() as db:
        row = db.execute(
            "select max(watermark) as at from raw.pulls where source = %s", (source,)
        ).fetchone()
    return row["at"] if row else None


def day_of_last(source: str) -> date | None:
    """The UTC day on which a source was last read; None: it never was."""
    at = watermark(source)
    return at.date() if at else None


def _write(
    db: Any, feed: Feed, rows: Sequence[BaseModel], marks: tuple[str, datetime, bool]
) -> int:
    return append_changed(
        db,
        f"raw.{feed.table}",
        (*MARKS, *feed.columns),
        ((*marks, *(getattr(row, name) for name in feed.columns)) for row in rows),
        key=feed.key,
    )


def _records(feed: Feed, name: str, content: bytes) -> Iterator[Record]:
    """Records of a CSV with a header, or of JSON lines, by the file's name."""
    try:
        text = content.decode("utf-8-sig")
        if name.endswith(".jsonl"):
            yield from (_complete(feed, json.loads(line)) for line in text.splitlines() if line)
            return
        lines = csv.reader(io.StringIO(text), strict=True, skipinitialspace=True)
        names = next(lines, [])
        _complete(feed, dict.fromkeys(names))
        yield from (_named(names, cells) for cells in lines if cells)
    except (UnicodeDecodeError, csv.Error, json.JSONDecodeError) as error:
        raise ContractBroken(f"It cannot be read: {error}", "Write it as UTF-8 CSV.") from error


def _named(names: Sequence[str], cells: Sequence[str]) -> Record:
    """A line's cells by their names; those for which the header has none, under `NAMELESS`."""
    pairs = list(zip_longest(names, cells, fillvalue=""))
    nameless = [cell for name, cell in pairs if not name and cell.strip()]
    named = {name: cell for name, cell in pairs if name}
    return named | {NAMELESS: nameless} if nameless else named


def _complete(feed: Feed, record: Record) -> Record:
    lacking = feed.needs - record.keys()
    if lacking:
        raise ContractBroken(
            f"It lacks {', '.join(sorted(lacking))}.", f"A header has {', '.join(feed.columns)}."
        )
    return record
