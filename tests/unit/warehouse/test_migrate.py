from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import NullPool, create_engine
from ytempire.config import Ports
from ytempire.warehouse.database import alchemy_url, connect
from ytempire.warehouse.migrate import config, migrate

pytestmark = pytest.mark.slow


@pytest.fixture
def blank(postgres: Ports, home: Path) -> Iterator[str]:
    """The DSN of a database with nothing in it."""
    from ytempire.local.installation import load_keys, warehouse_dsn

    def dsn(database: str) -> str:
        return warehouse_dsn(postgres.postgres, "postgres", load_keys(home).postgres, database)

    with connect(dsn("postgres"), autocommit=True) as db:
        db.execute("create database blank")
    yield dsn("blank")
    with connect(dsn("postgres"), autocommit=True) as db:
        db.execute("drop database blank with (force)")


def tables(url: str) -> set[str]:
    with connect(url) as db:
        rows = db.execute(
            "select schemaname || '.' || tablename as name from pg_tables "
            "where schemaname in ('ops', 'raw')"
        ).fetchall()
    return {row["name"] for row in rows}


def test_two_migrations_at_once_make_the_tables_once(blank: str) -> None:
    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(migrate, blank) for _ in range(2)]:
            done.result()
    assert {"ops.videos", "ops.ledger", "raw.youtube_video_days", "raw.pulls"} <= tables(blank)


def test_migrating_again_keeps_what_is_there(blank: str) -> None:
    migrate(blank)
    with connect(blank) as db:
        db.execute("insert into ops.channels (channel_id, title, niche) values ('ab', 'A', 'n')")
    migrate(blank)
    with connect(blank) as db:
        assert db.execute("select channel_id from ops.channels").fetchall() == [
            {"channel_id": "ab"}
        ]


def test_every_revision_can_be_undone_and_made_again(blank: str) -> None:
    migrate(blank)
    whole = tables(blank)
    engine = create_engine(alchemy_url(blank), poolclass=NullPool)
    with engine.begin() as connection:
        alembic = config()
        alembic.attributes["connection"] = connection
        command.downgrade(alembic, "0001")
    assert tables(blank) < whole
    migrate(blank)
    assert tables(blank) == whole
