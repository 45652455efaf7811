"""Runs dbt over the warehouse, and says in a sentence what failed and on which rows."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import DictRow

from ytempire.config import REPOSITORY, digest_of, inherited_environment, settings
from ytempire.errors import BadData, YTEmpireError
from ytempire.warehouse import database, history
from ytempire.warehouse.database import connect
from ytempire.warehouse.load import LANDING_LOCK

PROJECT = REPOSITORY / "dbt"
#: Seconds after which a build is taken for hung.
DEADLINE_S = 1800
#: What Postgres may use for each sort and each join of a build, and for each index: an hour's rows
#: stay in memory.
WORK_MEMORY, INDEX_MEMORY = "64MB", "256MB"
#: Offending rows shown of a failed test.
SAMPLE = 3


class BuildFailed(YTEmpireError):
    """dbt could not build a model, or could not start at all."""


@dataclass(frozen=True)
class TransformResult:
    """What a build did.

    Attributes:
        models: models built.
        tests: tests passed.
        seconds: wall time, dbt's own start included.
    """

    models: int
    tests: int
    seconds: float


def build(select: str | None = None, *, everything: bool = False) -> TransformResult:
    """Build and test the models; models below a failed one keep their last good state.

    Loads wait meanwhile, and so does a second build. Large models take, and their tests look at,
    the days of which something landed since the last good build (`int_days_touched`).

    Args:
        select: dbt's node selection, such as `marts.fct_video_days+`; unset, everything but
            the unit tests, which test the models' logic and not the data.
        everything: every day there is, and the tests that look at all of history too.

    Raises:
        BadData: a test found rows that break a rule; the message shows some.
        BuildFailed: a model could not be built, or dbt could not run.
    """
    chosen = ["--select", select] if select else []
    extent = [FULL] if everything else ["--exclude", NIGHTLY]
    return run("build", *chosen, *extent, "--exclude-resource-type", "unit_test")


def run(command: str, *arguments: str) -> TransformResult:
    """Any of dbt's commands that leave results (`build`, `run`, `test`), as `build` runs it.

    Before the first whole build, after landed rows were altered or removed, and after an upgrade
    that changed the models, it builds in full.
    """
    started = time.monotonic()
    results = target_folder() / "run_results.json"
    with _turn() as db:
        results.unlink(missing_ok=True)
        if command in ("build", "run"):
            if _must_be_full(db):
                arguments = (*(each for each in arguments if each != FULL), FULL)
            elif not {FULL, "--select"} & set(arguments) and _has_staging(db):
                arguments = (*arguments, *WITHOUT_VIEWS)
        output = _dbt(command, *arguments)
        nodes = _nodes(results, output)
        failed = [node for node in nodes if node["status"] in ("error", "fail", "runtime error")]
        if command == "build" and "--select" not in arguments and not failed:
            db.execute(_GOOD, (fingerprint(),))
        if command in ("build", "run") and not _must_be_full(db):
            history.record(db)  # else the marts may hold what had to go
    if failed:
        raise _failure(failed)
    return TransformResult(
        models=sum(node["unique_id"].startswith("model.") for node in nodes),
        tests=sum(node["unique_id"].startswith(("test.", "unit_test.")) for node in nodes),
        seconds=time.monotonic() - started,
    )


def parse() -> None:
    """Read the project, and leave its manifest in `target_folder`.

    Raises:
        BuildFailed: a file of it is broken.
    """
    manifest = target_folder() / "manifest.json"
    manifest.unlink(missing_ok=True)
    output = _dbt("parse")
    if not manifest.exists():
        raise BuildFailed("dbt could not read the project:\n" + output.strip()[-2000:])


def document() -> Path:
    """dbt's own pages about the warehouse, in one file; returns where it is.

    Raises:
        BuildFailed: dbt could not run.
    """
    page = target_folder() / "static_index.html"
    page.unlink(missing_ok=True)
    output = _dbt("docs", "generate", "--static")
    if not page.exists():
        raise BuildFailed("dbt could not write its pages:\n" + output.strip()[-2000:])
    return page


def environment() -> dict[str, str]:
    """What `dbt/profiles.yml` and dbt itself need, for whoever runs dbt another way."""
    dsn = conninfo_to_dict(settings().warehouse_url())
    return {
        "YTEMPIRE_DBT_HOST": str(dsn.get("host", "127.0.0.1")),
        "YTEMPIRE_DBT_PORT": str(dsn.get("port", 5432)),
        "YTEMPIRE_DBT_USER": str(dsn.get("user", "ytempire")),
        "YTEMPIRE_DBT_DATABASE": str(dsn.get("dbname", "warehouse")),
        "YTEMPIRE_DBT_SSLMODE": str(dsn.get("sslmode", "prefer")),
        # dbt keeps variables of this prefix out of its logs and artefacts.
        "DBT_ENV_SECRET_YTEMPIRE_PASSWORD": str(dsn.get("password", "")),
        # The models' present is the house's, in a replay too.
        "PGOPTIONS": f"-c work_mem={WORK_MEMORY} -c maintenance_work_mem={INDEX_MEMORY} "
        f"{database.clock_option()}",
        "DBT_PROFILES_DIR": str(PROJECT),
        "DBT_PROJECT_DIR": str(PROJECT),
        "DBT_TARGET_PATH": str(target_folder()),
        "DBT_LOG_PATH": str(settings().home / "dbt" / "logs"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }


def fingerprint() -> str:
    """Names the models as they are in this checkout: whatever decides what they hold."""
    models_and_macros = PROJECT.glob("m*/**/*.sql")
    return digest_of(PROJECT, [PROJECT / "dbt_project.yml", *models_and_macros])


def is_outdated() -> bool:
    """Whether the next build has to be in full, after an upgrade that changed the models say."""
    with connect() as db:
        return _must_be_full(db)


def target_folder() -> Path:
    """Where dbt keeps what it parsed (so that the next start is quick) and its results."""
    return settings().home / "dbt" / "target"


#: Tests of all of history, which hourly builds leave to the nightly one.
NIGHTLY = "tag:nightly"
FULL = "--full-refresh"
#: Views of sources are the same until the models change: an hour makes none anew and tests them all
#: the same. (Views further down go with the tables that they read, when those are new.)
WITHOUT_VIEWS = (
    *("--exclude", "path:models/staging,config.materialized:view"),
    *("--indirect-selection", "empty"),
)
_GOOD = """
    update staging.builds
    set built_landed = landed, built_rewrites = rewrites, built_at = started_at,
        built_project = %s
"""


def _must_be_full(db: psycopg.Connection[DictRow]) -> bool:
    """Whether there is no good build yet to go on from, or it was of rows, or by models, that are
    others now."""
    found = db.execute("select to_regclass('staging.builds') is not null as is_there").fetchone()
    if not found or not found["is_there"]:
        return True
    row = db.execute(
        "select to_jsonb(builds) as build, "
        "(select coalesce(max(rewrite_id), 0) from ops.rewrites) as rewrites from staging.builds"
    ).fetchone()
    return (
        row is None
        or row["build"].get("built_landed") is None
        or row["build"]["built_rewrites"] != row["rewrites"]
        or row["build"].get("built_project") != fingerprint()
    )


def _has_staging(db: psycopg.Connection[DictRow]) -> bool:
    """Whether each staging model is there: a migration may have dropped one."""
    found = db.execute(
        "select relname from pg_class where relnamespace = to_regnamespace('staging')"
    ).fetchall()
    models = {path.stem for path in PROJECT.glob("models/staging/**/*.sql")}
    return models <= {row["relname"] for row in found}


@contextmanager
def _turn() -> Iterator[psycopg.Connection[DictRow]]:
    """One build at a time, and none while rows land."""
    with connect(autocommit=True) as db:
        db.execute("set statement_timeout = 0")
        db.execute("select pg_advisory_lock(%s)", (LANDING_LOCK,))
        yield db


def _dbt(command: str, *arguments: str) -> str:
    target_folder().mkdir(parents=True, exist_ok=True)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "dbt.cli.main", "--no-use-colors", command, *arguments],
            cwd=PROJECT,
            env={**inherited_environment(), **environment()},
            capture_output=True,
            text=True,
            timeout=DEADLINE_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise BuildFailed(f"dbt {command} had not ended after {DEADLINE_S} s.") from error
    return done.stdout + done.stderr


def _nodes(results: Path, output: str) -> list[dict[str, Any]]:
    try:
        nodes: list[dict[str, Any]] = json.loads(results.read_text())["results"]
    except FileNotFoundError:
        # It stopped before the first node: a broken file, or no connection.
        raise BuildFailed(
            "dbt could not start:\n" + "\n".join(output.strip().splitlines()[-20:]),
            f"The whole story: {settings().home / 'dbt' / 'logs' / 'dbt.log'}",
        ) from None
    return nodes


def _failure(failed: list[dict[str, Any]]) -> YTEmpireError:
    tests = [node for node in failed if node["status"] == "fail"]
    broken = [node for node in failed if node["status"] != "fail"]
    lines = [f"{_name(node)}: {(node['message'] or '').strip()}" for node in broken]
    for node in tests:
        lines.append(f"{_name(node)}: {(node['message'] or '').strip()}")
        lines += [f"    {row}" for row in _sample(node.get("compiled_code"))]
    message = "The marts were not refreshed.\n" + "\n".join(lines)
    if broken:
        return BuildFailed(message, "Mend the model, or the rows that it cannot cast, and rerun.")
    return BadData(message, "The rows shown break the rule; mend their source and rerun.")


def _name(node: dict[str, Any]) -> str:
    kind, _, rest = str(node["unique_id"]).partition(".")
    return f"{kind} {rest.split('.')[1]}"


def _sample(test: str | None) -> list[str]:
    """Some rows that a failed test found: a test is a query for rows that should not be."""
    if not test:
        return []
    query = sql.SQL("select * from (\n{}\n) as offending limit {}").format(
        sql.SQL(test),  # our own test, compiled by dbt
        sql.Literal(SAMPLE),
    )
    try:
        with connect() as db:
            return [
                ", ".join(f"{column}={value}" for column, value in row.items())
                for row in db.execute(query).fetchall()
            ]
    except psycopg.Error:
        return []  # the sample is a courtesy; the failure itself is told anyway
