from __future__ import annotations

from dashboards.lockout import FREE_TRIES, LONGEST_WAIT, MOST_CLIENTS, MOST_NAMES, Lockout


class Clock:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def _try(lockout: Lockout, times: int, client: str = "a", name: str = "admin") -> list[int]:
    return [lockout.begin(client, name) for _ in range(times)]


def test_five_tries_are_looked_at_and_the_sixth_waits() -> None:
    assert _try(Lockout(Clock()), 6) == [0] * FREE_TRIES + [30]


def test_each_further_try_doubles_the_wait_up_to_an_hour() -> None:
    clock = Clock()
    lockout = Lockout(clock)
    _try(lockout, FREE_TRIES)
    waits = []
    for _ in range(10):
        wait = lockout.begin("a", "admin")
        waits.append(wait)
        clock.seconds += wait
        assert lockout.begin("a", "admin") == 0
    assert waits[:4] == [30, 60, 120, 240]
    assert waits[-1] == LONGEST_WAIT


def test_a_refused_try_does_not_lengthen_the_wait() -> None:
    lockout = Lockout(Clock())
    _try(lockout, FREE_TRIES)
    assert _try(lockout, 20) == [30] * 20


def test_a_right_password_starts_afresh() -> None:
    lockout = Lockout(Clock())
    _try(lockout, 4)
    lockout.forgive("a", "admin")
    assert _try(lockout, FREE_TRIES) == [0] * FREE_TRIES


def test_a_right_password_forgives_no_guess_at_another_name() -> None:
    lockout = Lockout(Clock())
    for _ in range(4):
        lockout.begin("a", "admin")
        assert lockout.begin("a", "vi") == 0
        lockout.forgive("a", "vi")
    assert _try(lockout, 2) == [0, 30]


def test_a_flood_of_names_neither_fills_the_memory_nor_hides_a_name() -> None:
    lockout = Lockout(Clock())
    _try(lockout, FREE_TRIES)
    waits = [lockout.begin("a", f"name-{number}") for number in range(MOST_NAMES + FREE_TRIES)]
    assert waits == [0] * (MOST_NAMES - 1 + FREE_TRIES) + [30]
    assert len(lockout._clients["a"]) == MOST_NAMES + 1
    assert lockout.begin("a", "admin") == 30
    lockout.forgive("a", "vi")
    assert lockout.begin("a", "ada") == 30, "counted with those that came too late for their own"


def test_a_try_that_was_not_looked_at_is_none() -> None:
    lockout = Lockout(Clock())
    _try(lockout, FREE_TRIES)
    lockout.take_back("a", "admin")
    assert _try(lockout, 2) == [0, 30]


def test_one_client_does_not_lock_out_another() -> None:
    lockout = Lockout(Clock())
    _try(lockout, 9, "a")
    assert lockout.begin("b", "admin") == 0


def test_a_flood_of_addresses_does_not_fill_the_memory() -> None:
    lockout = Lockout(Clock())
    for number in range(MOST_CLIENTS + 50):
        lockout.begin(str(number), "admin")
    assert len(lockout._clients) == MOST_CLIENTS
