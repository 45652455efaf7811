from pathlib import Path

import psycopg
import pytest
from ytempire.config import Ports, settings
from ytempire.warehouse.database import connect
from ytempire.warehouse.roles import READERS, ensure

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("warehouse")]


@pytest.fixture(autouse=True)
def restrained(postgres: Ports, home: Path) -> None:
    """The grants as `make up` makes them: by the superuser."""
    from ytempire.local.installation import load_keys, warehouse_dsn

    keys = load_keys(home)
    with connect(warehouse_dsn(postgres.postgres, "postgres", keys.postgres, "warehouse")) as db:
        ensure(db)


def analyst(query: str) -> list[dict[str, object]]:
    with connect(settings().analyst_url()) as db:
        return db.execute(query).fetchall()


def test_a_table_that_the_owner_builds_later_is_readable_at_once() -> None:
    with connect() as db:
        db.execute("create table marts.later as select 1 as n")
    try:
        assert analyst("select n from later") == [{"n": 1}]
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            analyst("delete from marts.later")
        with connect(settings().analyst_url()) as db:
            db.execute("set default_transaction_read_only = off")
            db.commit()
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                db.execute("delete from marts.later")
            db.rollback()
    finally:
        with connect() as db:
            db.execute("drop table marts.later")


@pytest.mark.parametrize("table", ["ops.grants", "ops.videos", "raw.youtube_videos"])
def test_what_the_marts_are_made_of_is_hidden(table: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        analyst(f"select * from {table}")


def test_grants_given_by_hand_are_taken_back() -> None:
    with connect() as db:
        db.execute("grant usage on schema ops to analyst")
        db.execute("grant select on ops.grants to analyst")
        ensure(db)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        analyst("select * from ops.grants")


def test_readers_are_held_to_a_time_limit() -> None:
    with connect() as db:
        rows = db.execute(
            "select rolname, array_to_string(rolconfig, ',') as config from pg_roles "
            "where rolname = any(%s)",
            (list(READERS),),
        ).fetchall()
    config = {row["rolname"]: row["config"] for row in rows}
    assert "statement_timeout=60s" in config["analyst"]
    assert "statement_timeout=30s" in config["dashboard"]
