"""The driver against the real Postgres of the wheel: passwords, kill -9, foreign data."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import psycopg
import pytest
from ytempire.errors import ServiceFailed
from ytempire.local.installation import Keys, warehouse_dsn
from ytempire.local.place import find_place
from ytempire.local.ports import choose
from ytempire.local.postgres import Postgres, end_servers
from ytempire.local.processes import Supervisor

from .conftest import is_gone, until

pytestmark = pytest.mark.slow
KEYS = Keys()


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """One cluster for this module; each test leaves it startable."""
    home = Path(tempfile.mkdtemp(prefix="ytempire-test-"))
    home.chmod(0o755)
    supervisor = Supervisor(home)
    made = Postgres(find_place(home), choose(25_432), KEYS, supervisor)
    try:
        made.start()
        made.ensure_databases()
        yield made
    finally:
        made.stop()
        shutil.rmtree(home)


@pytest.fixture
def running(postgres: Postgres) -> Postgres:
    postgres.start()
    return postgres


def query(url: str, statement: str) -> object:
    with psycopg.connect(url, connect_timeout=5) as db:
        row = db.execute(statement).fetchone()
    return row[0] if row else None


def postmaster(postgres: Postgres) -> int:
    return int((postgres.place.data / "postmaster.pid").read_text().splitlines()[0])


def test_it_is_made_with_checksums_utf8_and_fsync(running: Postgres) -> None:
    url = running.url("warehouse")
    assert query(url, "show data_checksums") == "on"
    assert query(url, "show server_encoding") == "UTF8"
    assert query(url, "show fsync") == "on"
    assert query(url, "show timezone") == "UTC"
    assert query(url, "select lower('ÄÖ') || upper('é')") == "äöÉ"


def test_nobody_gets_in_without_a_password(running: Postgres) -> None:
    for role in ("postgres", "ytempire", "analyst"):
        with pytest.raises(psycopg.OperationalError, match="password"):
            query(warehouse_dsn(running.port, role, "guess"), "select 1")
    rules = query(
        running.url(), "select string_agg(distinct auth_method, ',') from pg_hba_file_rules"
    )
    assert rules == "scram-sha-256"


def test_it_listens_on_loopback_only_and_makes_no_socket(running: Postgres) -> None:
    listening = psutil.Process(postmaster(running)).net_connections("all")
    assert [part.laddr for part in listening if part.status == "LISTEN"] == [
        ("127.0.0.1", running.port)
    ]
    assert query(running.url(), "show unix_socket_directories") == ""


def test_each_role_has_its_database_and_no_more(running: Postgres) -> None:
    assert query(warehouse_dsn(running.port, "ytempire", KEYS.owner), "select 1") == 1
    airflow = warehouse_dsn(running.port, "airflow", KEYS.airflow_database, "airflow")
    assert query(airflow, "select 1") == 1
    for role, password, database in (
        ("analyst", KEYS.analyst, "airflow"),
        ("ytempire", KEYS.owner, "airflow"),
        ("airflow", KEYS.airflow_database, "warehouse"),
    ):
        with pytest.raises(psycopg.OperationalError, match="permission denied"):
            query(warehouse_dsn(running.port, role, password, database), "select 1")
    assert query(running.url(), "select count(*) from pg_roles where rolsuper") == 1


def test_ensuring_again_changes_nothing_and_mends_a_password(running: Postgres) -> None:
    with psycopg.connect(running.url(), autocommit=True) as db:
        db.execute("alter role analyst password 'forgotten'")
    running.ensure_databases()
    assert query(warehouse_dsn(running.port, "analyst", KEYS.analyst), "select 1") == 1


def test_a_second_start_leaves_a_running_one_alone(running: Postgres) -> None:
    before = postmaster(running)
    assert running.start() is False
    assert postmaster(running) == before


def test_after_kill_9_no_acknowledged_row_is_lost(running: Postgres) -> None:
    url = warehouse_dsn(running.port, "ytempire", KEYS.owner)
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("create table if not exists kept (n int)")
        db.execute("truncate kept")
        for number in range(50):
            db.execute("insert into kept values (%s)", (number,))
        os.kill(postmaster(running), signal.SIGKILL)
    assert running.start() is True
    assert query(url, "select sum(n) from kept") == sum(range(50))


def test_a_lock_file_with_a_recycled_number_does_not_stop_it(running: Postgres) -> None:
    pid = postmaster(running)
    lock = running.place.data / "postmaster.pid"
    content = lock.read_text().splitlines()
    os.kill(pid, signal.SIGKILL)
    until(lambda: is_gone(pid))
    lock.write_text("\n".join([str(os.getpid()), *content[1:]]) + "\n")
    assert running.start() is True


def test_a_server_without_a_record_is_replaced(running: Postgres) -> None:
    pid = postmaster(running)
    record = running._supervisor.run / "postgres.json"
    record.unlink()
    assert running.start() is True
    assert is_gone(pid)


def test_stop_leaves_no_server(running: Postgres) -> None:
    pid = postmaster(running)
    assert running.stop()
    assert is_gone(pid)
    assert not end_servers(running.place.data)
    assert not running.is_ready()
    assert not running.stop()


def test_data_of_another_major_are_refused_and_kept(running: Postgres) -> None:
    running.stop()
    version = running.place.data / "PG_VERSION"
    version.write_text("16\n")
    try:
        with pytest.raises(ServiceFailed, match="made by Postgres 16") as failure:
            running.start()
        assert "pg_dumpall" in failure.value.remedy
    finally:
        version.write_text("18\n")
    assert running.start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_data_of_another_owner_are_refused(running: Postgres) -> None:
    running.stop()
    other = replace(running.place, account=replace(running.place.account, uid=12_345))
    with pytest.raises(ServiceFailed, match="belongs to user"):
        Postgres(other, running.port, KEYS, running._supervisor).start()
    assert running.start()


def test_a_half_made_cluster_is_made_again() -> None:
    home = Path(tempfile.mkdtemp(prefix="ytempire-test-"))
    home.chmod(0o755)
    try:
        place = find_place(home)
        half = place.base / "data.part"
        half.mkdir()
        (half / "PG_VERSION").write_text("18\n")
        postgres = Postgres(place, choose(25_600), KEYS, Supervisor(home))
        assert postgres.start()
        assert not half.exists()
        postgres.stop()
    finally:
        shutil.rmtree(home)
