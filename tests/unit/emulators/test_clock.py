import pytest
from ytempire.emulators.youtube.clock import Clock


class Real:
    """A real clock in the test's hand, epoch seconds."""

    def __init__(self) -> None:
        self.seconds = 1_000_000.0

    def __call__(self) -> float:
        return self.seconds


def test_it_starts_at_the_real_time_and_runs_at_its_speed() -> None:
    real = Real()
    clock = Clock(None, 60.0, real)
    assert clock.seconds() == 1_000_000.0
    real.seconds += 10
    assert clock.seconds() == 1_000_600.0


def test_it_goes_on_while_nobody_runs_it() -> None:
    real = Real()
    first = Clock(None, 2.0, real)
    real.seconds += 100
    assert Clock(first.anchor, 2.0, real).seconds() == 1_000_200.0


def test_another_speed_does_not_make_it_jump() -> None:
    real = Real()
    first = Clock(None, 100.0, real)
    real.seconds += 10
    second = Clock(first.anchor, 1.0, real)
    assert second.seconds() == first.seconds() == 1_001_000.0
    real.seconds += 10
    assert second.seconds() == 1_001_010.0
    assert second.t0 == first.t0


def test_it_moves_forward_only() -> None:
    clock = Clock(None, 1.0, Real())
    clock.advance(2)
    assert clock.seconds() == 1_007_200.0
    with pytest.raises(ValueError, match="cannot go back"):
        clock.advance(-1)
