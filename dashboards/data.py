"""What the pages read: the named queries of `queries/`, by a role that can read `marts` only.

Answers are kept until the marts are built again: their version, not a clock, is part of the key.
While the warehouse does not answer, those of the version that was read last are shown, with its
age; what was not asked before cannot be shown then.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
import streamlit as st
from ytempire.config import settings
from ytempire.errors import ServiceFailed, YTEmpireError
from ytempire.warehouse import database

QUERIES = Path(__file__).with_name("queries")
#: Answers kept, each of one query, its parameters and one version of the marts.
KEPT_ANSWERS = 500
#: Seconds for which what operators see is kept: many look, the warehouse is asked once.
LIVE_SECONDS = 2

Row = dict[str, Any]


class MartsEmpty(YTEmpireError):
    """The warehouse answers, and its marts hold nothing yet."""


class MartsUnreadable(YTEmpireError):
    """The warehouse answers, but not to this question."""


@dataclass(frozen=True)
class Marts:
    """The marts as they were last built, and the Pacific days they speak of."""

    version: str
    first_day: date
    last_day: date
    last_complete_day: date
    #: Why the warehouse cannot be asked; None while it answers.
    outage: ServiceFailed | None = None

    @property
    def built_at(self) -> datetime:
        """When these marts were built."""
        return datetime.fromisoformat(self.version).replace(tzinfo=UTC)

    def read(self, query: str, **parameters: Any) -> list[Row]:
        """The rows of `queries/<query>.sql`, its `%(name)s` places filled."""
        return _kept(query, self.version, parameters)


def marts() -> Marts:
    """Asks for the marts' version; every run of a page starts with it.

    Raises:
        MartsEmpty: they were never built, or hold no day.
        ServiceFailed: the database does not answer, and has not since this server started.
        NotConfigured: it is not known.
    """
    last = _read_last()
    try:
        row = _ask("version", {})[0]
    except ServiceFailed as outage:
        if not last:
            raise
        return replace(last[0], outage=outage)
    if row["version"] is None:
        raise MartsEmpty("The marts hold no day yet.")
    last[:] = [Marts(**row)]
    return last[0]


@st.cache_data(max_entries=KEPT_ANSWERS, ttl=LIVE_SECONDS, show_spinner=False)
def live(query: str, **parameters: Any) -> list[Row]:
    """The rows of a query on the operators' views, `desk`: as of now, not of the marts.

    Raises:
        ServiceFailed: the database does not answer. NotConfigured: it is not known.
    """
    return _ask(query, parameters)


def whole(query: str, **parameters: Any) -> list[Row]:
    """The rows of a query, not kept: for a file, which holds more of them than a page.

    Raises:
        ServiceFailed: the database does not answer. NotConfigured: it is not known.
    """
    return _ask(query, parameters)


@st.cache_resource(show_spinner=False)
def _read_last() -> list[Marts]:
    """The marts that any page of this server read last; empty until then."""
    return []


@st.cache_data(max_entries=KEPT_ANSWERS, show_spinner=False)
def _kept(query: str, version: str, parameters: dict[str, Any]) -> list[Row]:
    return _ask(query, parameters)


def _ask(query: str, parameters: dict[str, Any]) -> list[Row]:
    statement = (QUERIES / f"{query}.sql").read_bytes()
    try:
        with database.connect(settings().dashboard_url()) as connection:
            return connection.execute(statement, parameters).fetchall()
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName) as error:
        raise MartsEmpty("The marts have not been built yet.") from error
    except psycopg.Error as error:
        raise MartsUnreadable(
            f"The warehouse refused the query `{query}`: {error.diag.message_primary or error}",
            "`ytempire doctor` shows what this installation can reach.",
        ) from error
