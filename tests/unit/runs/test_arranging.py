"""Requests that people arrange, on a real Postgres: nothing is lost, who comes second is told."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from ytempire.channels.accounts import Channel, add
from ytempire.domain import Format, Tier
from ytempire.errors import InvalidInput
from ytempire.runs import arranging, queue
from ytempire.runs.arranging import Arranged

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("warehouse")]


@pytest.fixture(autouse=True)
def _waiting(warehouse: None) -> None:
    """Five standard requests, r0 the oldest."""
    add(Channel(channel_id="tidewise", youtube_channel_id=None, title="Tidewise", niche="sea"))
    for number in range(5):
        put(f"r{number}")


def put(request_id: str, tier: Tier = Tier.STANDARD) -> None:
    queue.put(
        queue.Request(
            request_id=request_id,
            channel_id="tidewise",
            topic=request_id,
            format=Format.SHORT,
            tier=tier,
        )
    )


def test_to_the_front_is_in_the_order_given_and_again_before_those() -> None:
    assert arranging.to_front(["r3", "r1"]).done == ("r3", "r1")
    assert queue.waiting() == ["r3", "r1", "r0", "r2", "r4"]
    arranging.to_front(["r4"])
    assert queue.waiting() == ["r4", "r3", "r1", "r0", "r2"]


def test_to_the_back_is_behind_all_but_those_asked_for_since() -> None:
    arranging.to_back(["r0", "r2"])
    assert queue.waiting() == ["r1", "r3", "r4", "r0", "r2"]


def test_a_tier_goes_before_a_place() -> None:
    arranging.to_front(["r0"])
    arranging.prioritise(["r4"], Tier.PREMIUM)
    arranging.prioritise(["r1"], Tier.ECONOMY)
    assert queue.waiting() == ["r4", "r0", "r2", "r3", "r1"]
    assert queue.get("r4").tier == Tier.PREMIUM


def test_what_was_called_off_is_not_begun() -> None:
    arranging.cancel(["r2"])
    assert queue.waiting() == ["r0", "r1", "r3", "r4"]
    with pytest.raises(InvalidInput, match="called off"):
        queue.accept("r2")


@pytest.mark.parametrize(
    "arrange", [arranging.cancel, arranging.to_front, arranging.to_back], ids=lambda f: f.__name__
)
def test_one_that_was_accepted_meanwhile_is_told_and_the_others_done(
    arrange: Callable[[list[str]], Arranged],
) -> None:
    video_id = queue.accept("r1")
    arranged = arrange(["r0", "r1", "r2"])
    assert arranged == Arranged(("r0", "r2"), {"r1": "accepted"})
    assert queue.accept("r1") == video_id


@pytest.mark.parametrize("chosen", [[], [f"x{n}" for n in range(51)], ["r0", "nobody's"]])
def test_nothing_is_changed_by_a_choice_that_cannot_be(chosen: list[str]) -> None:
    with pytest.raises(InvalidInput):
        arranging.cancel(chosen)
    assert len(queue.waiting()) == 5


def test_two_people_at_once_lose_nothing() -> None:
    """Each request is called off or begun, never both; each place is given once."""
    with ThreadPoolExecutor(8) as people:
        moves = [people.submit(arranging.to_front, [f"r{n}"]) for n in (0, 1, 2, 3, 4)]
        assert all(move.result().done for move in moves)
        off = people.submit(arranging.cancel, ["r0", "r1", "r2"])
        begun = [people.submit(queue.accept, f"r{n}") for n in (2, 1, 0)]
        cancelled = set(off.result().done)
        refused = {f"r{n}" for n, each in zip((2, 1, 0), begun, strict=True) if each.exception()}
    assert cancelled == refused
    assert set(queue.waiting()) == {"r3", "r4"}
