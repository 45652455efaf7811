"""Health follows from what a channel's operation has met, fades, and explains itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ytempire.channels import accounts, events, health
from ytempire.channels.accounts import Channel
from ytempire.channels.health import Facts, rate
from ytempire.errors import UnknownChannel
from ytempire.warehouse import clock

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 25, 18, tzinfo=UTC)


def facts(*met: tuple[str, float], **more: object) -> Facts:
    """What a well channel has met: (kind, hours ago)."""
    happened = tuple((kind, NOW - timedelta(hours=hours)) for kind, hours in met)
    given = {"channel_id": "tidewise", "state": "active", "has_grant": True, "events": happened}
    return Facts.model_validate(given | more)


def part(rated: health.Health, name: str) -> health.Part:
    return next(each for each in rated.parts if each.name == name)


def test_a_channel_that_met_nothing_is_well() -> None:
    rated = rate(facts(), NOW)
    assert (rated.total, rated.worst) == (100, None)


def test_a_trouble_weighs_half_after_two_days_and_nothing_after_seven() -> None:
    lost = [part(rate(facts(("cap_met", hours)), NOW), "caps").lost for hours in (0, 48, 96, 168)]
    assert lost == [12.0, 6.0, 3.0, 0.0]


def test_a_part_says_what_it_rests_on() -> None:
    rated = rate(facts(("publish_failed", 30), ("publish_failed", 5)), NOW)
    assert part(rated, "publishing").words == (
        "2 failed publications in 7 days, the last 5 hours ago",
    )
    assert rated.worst == part(rated, "publishing")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"has_grant": False}, "it is not connected"),
        ({"state": "reauth_required"}, "its grant is dead: connect it again"),
        ({"is_readable": False}, "its grant cannot be read with the present keys"),
    ],
)
def test_without_a_grant_that_works_it_is_of_no_use(state: dict, words: str) -> None:
    rated = rate(facts(**state), NOW)
    assert rated.total == 0
    assert part(rated, "grant").words == (words,)


def test_a_grant_that_will_die_costs_more_the_nearer_it_is() -> None:
    far = rate(facts(expires_at=NOW + timedelta(days=6)), NOW)
    near = rate(facts(expires_at=NOW + timedelta(days=1)), NOW)
    assert (far.total, near.total) == (90, 70)
    assert "dies on 2026-11-26 18:00 UTC" in part(near, "grant").words[0]


def test_strikes_that_cannot_be_read_are_unknown_not_fine() -> None:
    rated = rate(facts(has_audits=False), NOW)
    assert rated.total == 100
    assert "strikes are unknown" in part(rated, "standing").words[0]


def test_an_open_strike_does_not_fade() -> None:
    rated = rate(facts(strikes=("copyright",)), NOW)
    assert rated.total == 40


@given(
    st.lists(
        st.tuples(st.sampled_from(events.KINDS), st.floats(min_value=0, max_value=400)), max_size=80
    )
)
def test_it_stays_between_0_and_100_and_no_part_costs_more_than_its_most(met: list) -> None:
    rated = rate(facts(*met), NOW)
    assert 0 <= rated.total <= 100
    assert all(0 <= each.lost <= each.weight for each in rated.parts)
    assert rated.total == max(0, round(100 - sum(each.lost for each in rated.parts)))


@pytest.fixture
def tidewise(warehouse: None) -> str:
    accounts.add(Channel(channel_id="tidewise", youtube_channel_id="UC1", title="T", niche="sea"))
    return "tidewise"


def test_one_cause_is_told_once(tidewise: str) -> None:
    told = [
        events.note(tidewise, "quota_spent", "warning", "Spent.", cause="quota/uploads/2026-11-25")
        for _ in range(2)
    ]
    assert told == [True, False]


def test_what_is_noted_is_what_is_rated(tidewise: str) -> None:
    assert part(health.score(tidewise), "grant").words == ("it is not connected",)
    events.note(tidewise, "publish_failed", "warning", "No.")
    assert part(health.score(tidewise), "publishing").lost == 8.0
    with clock.replayed(clock.now() + timedelta(days=2)):
        assert part(health.score(tidewise), "publishing").lost == pytest.approx(4.0, abs=0.1)
    with pytest.raises(UnknownChannel, match="tidewise"):
        health.score("nobody")


def test_a_strike_is_open_until_it_is_over(tidewise: str) -> None:
    events.note(tidewise, "strike", "critical", "copyright")
    with clock.replayed(clock.now() + timedelta(days=30)):
        assert part(health.score(tidewise), "standing").words == ("an open strike: copyright",)
        events.note(tidewise, "strike_over", "info", "copyright")
        assert part(health.score(tidewise), "standing").lost == 0
