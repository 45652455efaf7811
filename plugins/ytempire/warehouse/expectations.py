"""Stops bad landed rows before they are modelled: Great Expectations over `raw`.

The rules are in `expectations/`, one suite per table. A few are noted only: what breaks them is
odd, not wrong.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import DictRow

from ytempire.config import REPOSITORY
from ytempire.errors import BadData, ServiceFailed
from ytempire.warehouse.database import alchemy_url, connect
from ytempire.warehouse.load import LANDING_LOCK

CONTEXT = REPOSITORY / "expectations"
CHECKPOINT = "landing"
_log = logging.getLogger(__name__)
#: Offending rows shown of a broken rule.
SAMPLE = 3


def validate(url: str | None = None, *, everything: bool = False) -> list[str]:
    """Hold every table of `raw` against its rules; returns (and logs) what is noted only.

    Of a table that numbers its rows as they land, what came since the last good look is read;
    after rows of the modelled tables were altered or removed, all of it. A few aggregate queries
    read a table; only one with broken rules is read again, for samples.

    Args:
        url: the warehouse; unset, that of the settings.
        everything: read all tables whole.

    Raises:
        BadData: each broken rule with its table and some rows that break it.
        ServiceFailed: the warehouse does not answer, or a rule cannot be asked of it.
    """
    with connect(url, autocommit=True) as db, _news(db, everything):
        import great_expectations

        context = great_expectations.get_context(
            mode="file",
            context_root_dir=str(CONTEXT),
            runtime_environment={"YTEMPIRE_EXPECTATIONS_URL": _landing_url(url)},
        )
        outcome = context.checkpoints.get(CHECKPOINT).run()
        found = [
            told
            for result in outcome.run_results.values()
            if not result.success
            for told in _broken(context.validation_definitions.get(result.suite_name))
        ]
        noted = [words for is_noted_only, words in found if is_noted_only]
        for words in noted:
            _log.warning("Landed rows are odd: %s", words)
        broken = [words for is_noted_only, words in found if not is_noted_only]
        if broken:
            raise BadData(
                "Landed rows broke a rule; the marts keep their last good state.\n"
                + "\n".join(broken),
                "Mend the source, or delete these rows (their run_id is shown), and clear the "
                "task.",
            )
    return noted


#: One look at a time: its views are of this look alone.
_LOOK_LOCK = 7_301_004
_MARK = """
    create schema if not exists staging;
    create table if not exists staging.validations (
        only_row boolean primary key default true check (only_row),
        landed bigint not null, rewrites bigint not null);
    drop schema if exists raw_news cascade;
    create schema raw_news
"""
_SEEN = """
    select (select last_value from raw.landings) as landed,
           (select coalesce(max(rewrite_id), 0) from ops.rewrites) as rewrites,
           (select landed from staging.validations) as known_landed,
           (select rewrites from staging.validations) as known_rewrites
"""
_GOOD = """
    insert into staging.validations (landed, rewrites) values (%(landed)s, %(rewrites)s)
    on conflict (only_row) do update set landed = excluded.landed, rewrites = excluded.rewrites
"""
_NUMBERED = """
    select table_name from information_schema.columns
    where table_schema = 'raw' and column_name = 'landing'
"""


@contextmanager
def _news(db: psycopg.Connection[DictRow], everything: bool) -> Iterator[None]:
    """`raw_news` holds views of what is to be read of numbered tables, in front of `raw`; when the
    block ends well, that much has been seen."""
    db.execute("set statement_timeout = 0")
    db.execute("select pg_advisory_lock(%s)", (_LOOK_LOCK,))
    db.execute(_MARK)
    with db.transaction():
        # No load is under way: every number up to the last is there to be seen.
        db.execute("select pg_advisory_xact_lock(%s)", (LANDING_LOCK,))
        seen = db.execute(_SEEN).fetchone()
    assert seen is not None
    if not everything and seen["known_rewrites"] == seen["rewrites"]:
        for row in db.execute(_NUMBERED).fetchall():
            db.execute(
                sql.SQL(
                    "create view raw_news.{0} as select * from raw.{0} where landing > {1}"
                ).format(sql.Identifier(row["table_name"]), sql.Literal(seen["known_landed"]))
            )
    try:
        yield
        db.execute(_GOOD, seen)
    finally:
        # Nothing may hang on the tables of `raw` when a migration changes them.
        db.execute("drop schema raw_news cascade")


def _landing_url(url: str | None) -> str:
    """The warehouse; unqualified tables are what is new of those in `raw`, or else all of it."""
    base = alchemy_url(url)
    return f"{base}{'&' if '?' in base else '?'}options=-csearch_path%3Draw_news%2Craw"


def _broken(definition: Any) -> Iterator[tuple[bool, str]]:
    """For each broken rule of a table whether it is noted only, and table, rule and sample."""
    result = definition.run(
        result_format={
            "result_format": "SUMMARY",
            "partial_unexpected_count": SAMPLE,
            "unexpected_index_column_names": definition.suite.meta["shown"],
        }
    )
    for found in result.results:
        if not found.success:
            meta = found.expectation_config.meta
            rule = f"raw.{definition.name}: {meta['rule']}"
            _raise_if_unasked(rule, found.exception_info)
            sample = (f"    {row}" for row in _sample(definition, found))
            words = [f"{rule}; {_count(found.result)} rows do not, such as", *sample]
            yield meta.get("is_noted_only", False), "\n".join(words)


def _raise_if_unasked(rule: str, exception: Mapping[str, Any]) -> None:
    # One exception, or one for each metric that failed.
    for each in (exception, *(v for v in exception.values() if isinstance(v, Mapping))):
        if each.get("raised_exception"):
            raise ServiceFailed(
                f"The rule could not be asked. {rule}: {each.get('exception_message')}",
                "Run the migrations, or correct the suite in expectations/suites.",
            )


def _count(result: Mapping[str, Any]) -> Any:
    return result.get("unexpected_count", result.get("observed_value"))


def _sample(definition: Any, found: Any) -> list[str]:
    result = found.result
    if found.expectation_config.type == "unexpected_rows_expectation":
        # Only a complete result holds the rows of a rule that is a query (at most 200 of them).
        batch = definition.data.get_batch()
        expectation = found.expectation_config.to_domain_obj()
        result = batch.validate(expectation, result_format="COMPLETE").result
    rows = (
        result.get("details", {}).get("unexpected_rows")
        or result.get("partial_unexpected_index_list")
        or result.get("partial_unexpected_list")
        or []
    )
    return [
        ", ".join(f"{column}={value}" for column, value in row.items())
        if isinstance(row, Mapping)
        else str(row)
        for row in rows[:SAMPLE]
    ]
