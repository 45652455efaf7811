"""What the pages read: the named queries of `queries/`, by a role that can read `marts` only.

Answers are kept until the marts are built again: their version, not a clock, is part of the key.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import streamlit as st
from ytempire.config import settings
from ytempire.errors import YTEmpireError
from ytempire.warehouse import database

QUERIES = Path(__file__).with_name("queries")
#: Answers kept, each of one query, its parameters and one version of the marts.
KEPT_ANSWERS = 500

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

    def read(self, query: str, **parameters: Any) -> list[Row]:
        """The rows of `queries/<query>.sql`, its `%(name)s` places filled."""
        return _kept(query, self.version, parameters)


def marts() -> Marts:
    """Asks for the marts' version; every run of a page starts with it.

    Raises:
        MartsEmpty: they were never built, or hold no day.
        ServiceFailed, NotConfigured: the database does not answer, or is not known.
    """
    row = _ask("version", {})[0]
    if row["version"] is None:
        raise MartsEmpty("The marts hold no day yet.")
    return Marts(**row)


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
