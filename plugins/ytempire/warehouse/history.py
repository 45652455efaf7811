"""What the marts said: after each build the rows that changed are kept, so that nobody recomputes.

Days are restated, the ledger grows and the models change with releases: what a page showed in May
cannot be built again in November. So schema `snapshots` keeps versions (`said_from` <= moment <
`said_to`) of what pages read, and schema `as_of` reads them: `as_of.rpt_executive_days(moment)`,
and a view of the same name whose moment is the setting `ytempire.as_of`. Full rebuilds leave both
alone.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import NamedTuple

import psycopg
from psycopg import sql
from psycopg.rows import DictRow

from ytempire.errors import InvalidInput

Db = psycopg.Connection[DictRow]


class Kept(NamedTuple):
    """A mart whose versions are kept.

    Attributes:
        key: what its rows are one per.
        left_out: columns that move with every pull though nothing else does; they are not kept,
            since a version a row and hour would say less than it costs.
        of_build: columns that are the same in all rows of a build; `snapshots.builds` keeps them.
    """

    mart: str
    key: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    of_build: tuple[str, ...] = ()


KEPT = (
    Kept("rpt_executive_days", ("day",), of_build=("youtube_as_of", "ops_as_of", "built_at")),
    Kept("rpt_mrr_months", ("month",)),
    Kept("fct_channel_days", ("channel_id", "day"), left_out=("as_of",)),
    Kept("fct_video_economics", ("video_id",), left_out=("as_of",)),
    Kept("dim_channels", ("channel_id",), left_out=("as_of",)),
    Kept(
        "dim_videos",
        ("video_id",),
        left_out=("total_views", "total_likes", "total_comments", "views_per_hour", "counted_at"),
    ),
    Kept("dim_customers", ("customer_id",)),
)
_SPAN = {"said_from": "timestamp with time zone", "said_to": "timestamp with time zone"}


def record(db: Db) -> int:
    """Keep what the marts say now, where it is not what they said; returns the new versions.

    Call it when a build has ended, however it ended: pages show what it left. But not while the
    marts still hold what was removed from `raw`: it would be kept. A mart that is not built yet is
    passed over.

    Args:
        db: of the marts' owner; all is one transaction.
    """
    with db.transaction():
        db.execute(_BUILDS)
        # A clock that was set back makes no version end before it began.
        build = db.execute(
            "insert into snapshots.builds (said_from) "
            "select greatest(ops.now(), max(said_from) + interval '1 microsecond') "
            "from snapshots.builds returning said_from"
        ).fetchone()
        assert build is not None
        at: datetime = build["said_from"]
        return sum(_record(db, kept, at) for kept in KEPT)


def rewritten(query: str) -> str:
    """A query on `marts` as one on `as_of`.

    Raises:
        InvalidInput: it reads a mart whose versions are not kept.
    """
    known = {kept.mart for kept in KEPT}

    def replaced(found: re.Match[str]) -> str:
        if found[1].lower() not in known:
            raise InvalidInput(
                f"What {found[0]} said is not kept.", f"Kept are: {', '.join(sorted(known))}."
            )
        return f"as_of.{found[1]}"

    return re.sub(r'(?i)\bmarts"?\s*\.\s*"?(\w+)', replaced, query)


def moment(text: str) -> datetime:
    """An instant as a person writes it; without a zone it is UTC, a day alone is its beginning.

    Raises:
        InvalidInput: it is no instant.
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInput(
            f"{text!r} is no moment.", "Write it as 2026-11-01T12:00Z or 2026-11-01."
        ) from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


_BUILDS = """
create table if not exists snapshots.builds (
    said_from      timestamptz primary key,
    youtube_as_of  timestamptz,
    ops_as_of      timestamptz,
    built_at       timestamptz
);
comment on table snapshots.builds is
    'One row per build: since when the marts said what it made, and what is the same in all rows '
    'of rpt_executive_days.';
grant select on snapshots.builds to analyst, dashboard;
"""


def _record(db: Db, kept: Kept, at: datetime) -> int:
    columns = _columns(db, f"marts.{kept.mart}")
    if not columns:
        return 0
    for name in kept.left_out:
        columns.pop(name, None)
    own = {name: kind for name, kind in columns.items() if name not in kept.of_build}
    _prepare(db, kept, own, columns)
    if kept.of_build:
        _stamp(db, kept, at)
    names = {
        "mart": sql.Identifier("marts", kept.mart),
        "kept": sql.Identifier("snapshots", kept.mart),
        "key": _pairs(kept.key),
        "columns": _list(own),
        "mart_row": _list(own, "mart"),
        "kept_row": _list(own, "kept"),
        "at": sql.Literal(at),
    }
    db.execute(sql.SQL(_CLOSE).format(**names))
    return db.execute(sql.SQL(_OPEN).format(**names)).rowcount


_CLOSE = """
update {kept} as kept set said_to = {at}
where said_to is null and not exists (
    select from {mart} as mart
    where {key} and row({mart_row}) is not distinct from row({kept_row})
)
"""
_OPEN = """
insert into {kept} ({columns}, said_from)
select {mart_row}, {at} from {mart} as mart
where not exists (select from {kept} as kept where {key} and kept.said_to is null)
"""


def _stamp(db: Db, kept: Kept, at: datetime) -> None:
    stamps = _list(kept.of_build)
    db.execute(
        sql.SQL(
            "update snapshots.builds set ({stamps}) = (select {stamps} from {mart} limit 1) "
            "where said_from = {at}"
        ).format(stamps=stamps, mart=sql.Identifier("marts", kept.mart), at=sql.Literal(at))
    )


def _prepare(db: Db, kept: Kept, own: dict[str, str], columns: dict[str, str]) -> None:
    """The table of versions follows its mart through releases: columns come, none goes."""
    there = _columns(db, f"snapshots.{kept.mart}")
    table = sql.Identifier("snapshots", kept.mart)
    if not there:
        _create(db, kept, own | _SPAN)
        there = own
    for name, kind in own.items():
        if there.get(name) == kind:
            continue
        change = (
            "alter column {0} type {1} using {0}::{1}" if name in there else "add column {0} {1}"
        )
        db.execute(
            sql.SQL("alter table {} ").format(table)
            + sql.SQL(change).format(sql.Identifier(name), sql.SQL(kind))
        )
    if _columns(db, f"as_of.{kept.mart}") != columns:
        _offer(db, kept, columns)


def _create(db: Db, kept: Kept, columns: dict[str, str]) -> None:
    owned = next((name for name in ("channel_id", "customer_id") if name in columns), None)
    db.execute(
        sql.SQL(_TABLE).format(
            table=sql.Identifier("snapshots", kept.mart),
            columns=_declared(columns),
            key=_list(kept.key),
            comment=sql.Literal(
                f"Versions of marts.{kept.mart}: it said so from said_from until said_to (null: "
                "it still does)."
            ),
        )
    )
    if owned:  # as macro own_rows does for the mart
        db.execute(
            sql.SQL(_OWNED).format(
                table=sql.Identifier("snapshots", kept.mart),
                key=sql.Identifier(owned),
                own=sql.Identifier("ops", f"own_{owned.removesuffix('_id')}s"),
            )
        )


_TABLE = """
create table {table} ({columns});
alter table {table} alter column said_from set not null;
create unique index on {table} ({key}) where said_to is null;
create unique index on {table} ({key}, said_from);
create index on {table} (said_to);
comment on table {table} is {comment};
alter table {table} enable row level security;
create policy readers on {table} for select to analyst, dashboard using (true);
grant select on {table} to analyst, dashboard;
"""
_OWNED = """
create policy owners on {table} for select to owner using ({key} in (select {own}()));
grant select on {table} to owner;
"""


def _offer(db: Db, kept: Kept, columns: dict[str, str]) -> None:
    """The function and the view that read the versions, with the mart's columns in its order."""
    name = sql.Identifier("as_of", kept.mart)
    build = sql.SQL(_OF_BUILD) if kept.of_build else sql.SQL("")
    selected = sql.SQL(", ").join(
        sql.Identifier("build" if each in kept.of_build else "said", each) for each in columns
    )
    table = sql.Identifier("snapshots", kept.mart)
    body = sql.SQL(_BODY).format(columns=selected, table=table, build=build)
    db.execute(
        sql.SQL(_READERS).format(
            name=name, columns=_declared(columns), body=sql.Literal(body.as_string(db))
        )
    )
    if {"channel_id", "customer_id"} & columns.keys():
        db.execute(sql.SQL("grant select on {} to owner").format(name))


_OF_BUILD = """cross join (
    select * from snapshots.builds where said_from <= $1 order by said_from desc limit 1
) as build"""
_BODY = """
select {columns} from {table} as said {build}
where said.said_from <= $1 and (said.said_to is null or said.said_to > $1)
"""
_READERS = """
drop view if exists {name};
drop function if exists {name}(timestamptz);
create function {name}(moment timestamptz) returns table ({columns})
language sql stable as {body};
create view {name} with (security_invoker = true) as
select * from {name}(current_setting('ytempire.as_of')::timestamptz);
grant select on {name} to analyst, dashboard;
"""


def _columns(db: Db, table: str) -> dict[str, str]:
    """A table's columns and their types, in its order; none if it is not there."""
    return {
        row["name"]: row["kind"]
        for row in db.execute(
            "select attname as name, format_type(atttypid, atttypmod) as kind from pg_attribute "
            "where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped order by attnum",
            (table,),
        )
    }


def _list(names: dict[str, str] | tuple[str, ...], table: str | None = None) -> sql.Composed:
    return sql.SQL(", ").join(
        sql.Identifier(table, name) if table else sql.Identifier(name) for name in names
    )


def _declared(columns: dict[str, str]) -> sql.Composed:
    return sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(kind))
        for name, kind in columns.items()
    )


def _pairs(key: tuple[str, ...]) -> sql.Composed:
    return sql.SQL(" and ").join(
        sql.SQL("mart.{0} = kept.{0}").format(sql.Identifier(name)) for name in key
    )
