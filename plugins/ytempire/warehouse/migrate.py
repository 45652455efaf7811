"""Brings `ops` and `raw` to the newest revision with Alembic, configured here and not by a file."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import NullPool, create_engine, text

from ytempire.warehouse.database import alchemy_url, connect

MIGRATIONS = Path(__file__).parent / "migrations"
#: The advisory lock under which revisions are applied: any number that nobody else takes.
LOCK = 7_301_001


def config() -> Config:
    """Alembic's configuration, for `migrate` and for writing a new revision."""
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return made


def migrate(url: str | None = None) -> None:
    """Apply every missing revision, all in one transaction; nothing happens when none is missing.

    Two at once do not collide: the second waits for the first and then finds nothing to do.

    Raises:
        NotConfigured, ServiceFailed: there is no warehouse, or it does not answer.
    """
    with connect(url) as db:  # first, for its readable error
        if _revision_in(db.execute(_HAS_REVISIONS).fetchone()) is not None:
            row = db.execute("select version_num as revision from alembic_version").fetchone()
            if _revision_in(row) == ScriptDirectory.from_config(config()).get_current_head():
                return
    alembic = config()
    engine = create_engine(alchemy_url(url), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        alembic.attributes["connection"] = connection
        command.upgrade(alembic, "head")


_HAS_REVISIONS = "select to_regclass('public.alembic_version')::text as revision"


def _revision_in(row: dict[str, object] | None) -> object:
    return row["revision"] if row else None
