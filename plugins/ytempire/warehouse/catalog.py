"""`docs/catalog.md`: what each mart answers, its columns, and a query that is ready to run.

Made from the models' own descriptions (`dbt/models/marts/*.yml`) and from `dbt/analyses`, whose
files are named for the mart that they ask: the question is their first line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from ytempire.config import REPOSITORY

CATALOG = REPOSITORY / "docs" / "catalog.md"
_MODELS = REPOSITORY / "dbt" / "models"
_QUERIES = REPOSITORY / "dbt" / "analyses"
_REF = re.compile(r"\{\{ ref\('(\w+)'\) \}\}")
_HEAD = """# What the marts answer

`ytempire url --role analyst` prints the address for a SQL client, `ytempire sql` opens one. Days
are Pacific where YouTube counts them and UTC where Stripe does; money is USD. Metrics by name, over
any of these: `ytempire metrics`. Definitions are tested at every refresh: a figure whose test fails
is not shown. This page is made by `make docs`.
"""


class Mart(NamedTuple):
    """A table for analysts.

    Attributes:
        query: SQL that the analyst's login can run as it is.
    """

    name: str
    description: str
    columns: list[dict[str, Any]]
    question: str
    query: str


def marts() -> Iterator[Mart]:
    """Every mart by name, each with its question."""
    for path in sorted((_MODELS / "marts").glob("[!_]*.yml")):
        (model,) = yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
        question, _, query = (_QUERIES / f"{model['name']}.sql").read_text("utf-8").partition("\n")
        yield Mart(
            name=model["name"],
            description=model["description"].strip(),
            columns=model["columns"],
            question=question.removeprefix("-- "),
            query=_REF.sub(r"marts.\1", query).strip(),
        )


def page() -> str:
    """The page, whole."""
    return "\n".join([_HEAD, *map(_section, marts())])


def write(path: Path = CATALOG) -> None:
    """Write the page."""
    path.write_text(page(), encoding="utf-8")


def _section(mart: Mart) -> str:
    columns = (
        f"| `{column['name']}` | {column['data_type']} | {_cell(column['description'])} |"
        for column in mart.columns
    )
    return "\n".join(
        (
            *(f"## {mart.name}", "", mart.description, ""),
            *(f"*{mart.question}*", "", "```sql", mart.query, "```", ""),
            *("| column | type | what it is |", "|---|---|---|", *columns, ""),
        )
    )


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
