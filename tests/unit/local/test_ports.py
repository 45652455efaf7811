"""Ports: preferred, kept, or the next free."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from ytempire.errors import ServiceFailed
from ytempire.local.ports import choose, is_free


@pytest.fixture
def busy() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_port_in_use_is_not_free(busy: int) -> None:
    assert not is_free(busy)


def test_a_port_in_use_on_all_addresses_is_not_free() -> None:
    with socket.socket() as listener:
        listener.bind(("0.0.0.0", 0))
        listener.listen()
        assert not is_free(listener.getsockname()[1])


def test_the_next_one_is_chosen_when_the_preferred_is_in_use(busy: int) -> None:
    assert choose(busy) > busy


def test_the_kept_one_comes_before_the_preferred(busy: int) -> None:
    kept = choose(busy + 1)
    assert choose(busy, kept) == kept


def test_a_kept_one_that_was_taken_meanwhile_is_left(busy: int) -> None:
    assert choose(preferred=20_000, kept=busy) != busy


def test_a_promised_port_is_not_given_twice() -> None:
    first = choose(21_000)
    assert choose(21_000, taken={first}) > first


def test_no_free_port_is_an_error() -> None:
    with pytest.raises(ServiceFailed, match="No port"):
        choose(21_000, taken=range(21_000, 21_200))
