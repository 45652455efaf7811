"""Sessions are used again within a process, and nobody notices."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psutil
import psycopg
import pytest
from ytempire.config import Ports, settings
from ytempire.warehouse import clock, kept
from ytempire.warehouse.database import connect

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("postgres")]

THREADS = 3 * kept.KEPT


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """No session of an earlier test, and none for a later one."""
    kept.close()
    yield
    kept.close()


def session() -> int:
    """The number of the session that the next user gets."""
    with connect() as db:
        return db.info.backend_pid


def end(number: int) -> None:
    """Ends a session as an administrator does, and waits until it is gone."""
    with connect(autocommit=True) as db:
        db.execute("select pg_terminate_backend(%s, 5000)", (number,))


def lives(number: int) -> bool:
    with connect(autocommit=True) as db:
        row = db.execute("select from pg_stat_activity where pid = %s", (number,)).fetchone()
    return row is not None


def sockets(port: int) -> int:
    """Open connections of this process to a port."""
    return sum(
        bool(each.raddr) and each.raddr.port == port and each.status == "ESTABLISHED"
        for each in psutil.Process().net_connections("tcp")
    )


def of_others(port: int) -> int:
    """Connections that other libraries of this process hold: a pool of the dashboards, say."""
    kept.close()
    return sockets(port)


def in_a_fork(work: Callable[[], Any]) -> Any:
    """What a forked child answers within seconds."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(20)
        try:
            said = work()
        except BaseException as error:
            said = f"{type(error).__name__}: {error}"
        os.write(writing, json.dumps(said).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        answer = pipe.read()
    os.waitpid(child, 0)
    return json.loads(answer or '"it hung"')


def test_the_next_user_gets_the_same_session() -> None:
    assert session() == session()


def test_two_users_at_once_have_a_session_each() -> None:
    with connect() as one, connect() as another:
        assert one.info.backend_pid != another.info.backend_pid


def test_what_a_user_wrote_is_committed_and_what_failed_is_not() -> None:
    with connect() as db:
        db.execute("create table ops.noted (n integer)")
    try:
        with connect() as db:
            db.execute("insert into ops.noted values (1)")
        with pytest.raises(ZeroDivisionError), connect() as db:
            db.execute("insert into ops.noted values (2)")
            raise ZeroDivisionError
        with connect(autocommit=True) as db:
            assert db.execute("select n from ops.noted").fetchall() == [{"n": 1}]
    finally:
        with connect() as db:
            db.execute("drop table ops.noted")


def test_a_session_in_which_something_failed_is_not_used_again() -> None:
    with pytest.raises(psycopg.errors.DivisionByZero), connect() as db:
        failed = db.info.backend_pid
        db.execute("select 1 / 0")
    assert session() != failed


SETTINGS = "select current_setting('timezone') as zone, current_setting('statement_timeout') as s"


def test_nothing_that_a_user_said_to_its_session_is_left_for_the_next() -> None:
    with connect() as db:
        before = db.execute(SETTINGS).fetchone()
    with connect() as db:
        number = db.info.backend_pid
        db.execute("set timezone = 'Asia/Tokyo'")
        db.execute("set statement_timeout = '7s'")
        db.execute("create temp table left_over as select 1")
        db.execute("listen news")
        db.execute("select pg_advisory_lock(7)")
    with connect(autocommit=True) as other:
        locks = "select from pg_locks where locktype = 'advisory' and pid = %s"
        assert other.execute(locks, (number,)).fetchall() == [], "a lock is not kept until then"
    with connect() as db:
        assert db.info.backend_pid == number
        assert db.execute(SETTINGS).fetchone() == before
        assert db.execute("select to_regclass('pg_temp.left_over') as it").fetchone() == {
            "it": None
        }
        assert db.execute("select pg_listening_channels()").fetchall() == []


def test_a_statement_that_is_asked_often_is_asked_in_every_later_use_too() -> None:
    for _ in range(20):
        with connect() as db:
            for _ in range(3):
                assert db.execute("select 1 as n").fetchone() == {"n": 1}


def test_a_session_in_use_is_not_ended_for_standing_still() -> None:
    session()
    with connect() as db:
        assert db.execute("show idle_session_timeout").fetchone() == {"idle_session_timeout": "0"}


def test_one_that_was_ended_is_replaced_and_its_user_sees_nothing() -> None:
    with connect() as one, connect() as another:
        both = {one.info.backend_pid, another.info.backend_pid}
    for each in both:
        end(each)
    assert session() not in both


def test_postgres_ends_one_that_nobody_uses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "KEEP_SECONDS", 0.05)
    first = session()
    until = time.monotonic() + 20
    while lives(first):
        assert time.monotonic() < until
    assert session() != first


def test_no_more_than_a_few_are_kept_and_no_two_threads_share_one(postgres: Ports) -> None:
    used: set[int] = set()
    others = of_others(postgres.postgres)
    together = threading.Barrier(THREADS)

    def use(_: int) -> None:
        together.wait(30)
        for _ in range(20):
            with connect() as db:
                number = db.info.backend_pid
                assert number not in used
                used.add(number)
                db.execute("select 1")
                used.remove(number)

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(use, range(THREADS)))
    assert 0 < sockets(postgres.postgres) - others <= kept.KEPT


def test_a_fork_has_sessions_of_its_own_and_leaves_its_parents_alone(postgres: Ports) -> None:
    others = of_others(postgres.postgres)
    ours = session()

    def childs() -> tuple[int, int, int]:
        return sockets(postgres.postgres), session(), session()

    inherited, first, second = in_a_fork(childs)
    assert inherited == others
    assert first == second != ours
    assert session() == ours


def test_a_fork_can_connect_though_a_thread_of_its_parent_was_about_to() -> None:
    with kept._lock:
        assert isinstance(in_a_fork(session), int)


def test_an_autocommit_session_is_new_and_ends_with_its_block() -> None:
    kept_one = session()
    with connect(autocommit=True) as db:
        number = db.info.backend_pid
        db.execute("select pg_advisory_lock(7)")
    assert number != kept_one
    assert db.closed


def test_a_replay_and_another_database_have_sessions_of_their_own() -> None:
    first, there = session(), clock.now()
    with clock.replayed(there):
        assert session() != first
        assert clock.now() == there
    assert clock.now() != there
    with connect(settings().analyst_url()) as db:
        assert db.info.user == "analyst"
    assert session() == first
