"""Which channel a video goes to, and when: fair, in words, and the same whenever it is asked."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ytempire.channels.accounts import Channel
from ytempire.channels.choosing import Candidate, Wanted, choose, is_candidate, judge, match
from ytempire.channels.profile import Pacing, Posting
from ytempire.channels.slots import HORIZON_DAYS, LEAD, earliest, next_slot, slots
from ytempire.domain import Format
from ytempire.warehouse.clock import pacific_day

#: Noon in California.
NOW = datetime(2026, 11, 10, 20, tzinfo=UTC)
WANTED = Wanted(owner="house", niche="ocean science", format=Format.SHORT, language="en")
HOUR = timedelta(hours=1)


def channel(name: str, **values) -> Channel:
    base = {"channel_id": name, "youtube_channel_id": None, "title": name, "niche": "ocean science"}
    return Channel(**base | values)


def candidate(name: str, *, weight: float = 1.0, state: str = "active", **values) -> Candidate:
    pacing = values.pop("pacing", Pacing(per_day=4, min_gap_h=0, weight=weight))
    posting = values.pop("posting", Posting())
    rest_until = values.pop("rest_until", None)
    made = channel(name, state=state, pacing=pacing, posting=posting, rest_until=rest_until)
    return Candidate(
        **{"channel": made, "health": 100, "has_grant": True, "has_times": bool(posting.times)}
        | values
    )


def test_the_channel_a_video_was_made_for_takes_it_while_it_can() -> None:
    home = candidate("home", recent=50)
    other = candidate("other")
    choice = choose(WANTED.model_copy(update={"home": "home"}), [home, other], NOW)
    assert (choice.channel_id, choice.waits_until) == ("home", None)


@pytest.mark.parametrize(
    ("home", "word"),
    [
        (candidate("home", state="paused"), "paused"),
        (candidate("home", state="reauth_required"), "grant"),
        (candidate("home", state="resting", rest_until=NOW + 5 * HOUR), "resting until"),
        (candidate("home", has_grant=False), "not connected"),
        (candidate("home", health=19), "health 19"),
        (candidate("home", uploads=(NOW - HOUR,) * 4), "daily cap of 4 reached"),
    ],
)
def test_another_one_takes_it_when_that_is_full_or_ill(home: Candidate, word: str) -> None:
    wanted = WANTED.model_copy(update={"home": "home"})
    choice = choose(wanted, [home, candidate("other")], NOW)
    assert (choice.channel_id, choice.waits_until) == ("other", None)
    [told] = [each.refused for each in choice.candidates if each.channel_id == "home"]
    assert word in told
    assert told in choice.told
    alone = choose(wanted, [home], NOW)
    assert alone.waits_until is not None
    assert alone.waits_until > NOW


def test_a_gap_is_waited_for_at_home() -> None:
    home = candidate("home", pacing=Pacing(per_day=4, min_gap_h=3), taken=(NOW - HOUR,))
    choice = choose(WANTED.model_copy(update={"home": "home"}), [home, candidate("other")], NOW)
    assert (choice.channel_id, choice.waits_until) == ("home", NOW + 2 * HOUR)


def test_a_later_slot_of_its_own_is_no_reason_to_leave_home() -> None:
    home = candidate("home", posting=Posting(timezone="UTC", times=(time(19),)))
    choice = choose(WANTED.model_copy(update={"home": "home"}), [home, candidate("other")], NOW)
    assert (choice.channel_id, choice.publish_at) == ("home", NOW + 23 * HOUR)


def test_all_full_wait_for_whoever_is_free_first() -> None:
    rests = candidate("rests", state="resting", rest_until=NOW + HOUR)
    full = candidate("full", uploads=(NOW,) * 4)
    choice = choose(WANTED, [full, rests, candidate("paused", state="paused")], NOW)
    assert (choice.channel_id, choice.waits_until) == ("rests", NOW + HOUR)


def test_shares_follow_the_weights() -> None:
    weights = {"a": 1.0, "b": 2.0, "c": 3.0}
    given_to: Counter[str] = Counter()
    for _ in range(60):
        candidates = [
            candidate(name, weight=weight, recent=given_to[name])
            for name, weight in weights.items()
        ]
        given_to[str(choose(WANTED, candidates, NOW).channel_id)] += 1
    assert given_to == {"a": 10, "b": 20, "c": 30}


def test_an_iller_channel_gets_less() -> None:
    choice = choose(WANTED, [candidate("a", health=50), candidate("b", health=90)], NOW)
    assert choice.channel_id == "b"


def test_of_equals_the_one_that_waited_longest_goes_first_then_the_name() -> None:
    waited = candidate("z", uploads=(NOW - 50 * HOUR,))
    choice = choose(WANTED, [candidate("y", uploads=(NOW - 2 * HOUR,)), waited], NOW)
    assert choice.channel_id == "z"
    assert choose(WANTED, [candidate("y"), candidate("x")], NOW).channel_id == "x"


def test_the_order_of_the_rows_does_not_matter() -> None:
    dice = random.Random(4)
    candidates = [candidate(f"c{n}", recent=dice.randrange(3)) for n in range(15)]
    first = choose(WANTED, candidates, NOW)
    for _ in range(5):
        dice.shuffle(candidates)
        assert choose(WANTED, candidates, NOW) == first


def test_only_the_same_owner_niche_language_and_format_come_into_question() -> None:
    assert is_candidate(WANTED, channel("a"))
    for other in ({"owner": "ada"}, {"niche": "money"}, {"language": "de"},
                  {"formats": (Format.WIDE,)}):  # fmt: skip
        assert not is_candidate(WANTED, channel("a", **other))
    assert is_candidate(WANTED.model_copy(update={"home": "a"}), channel("a", niche="money"))


def test_a_part_of_the_niche_is_half_a_match() -> None:
    assert match("ocean science", "Ocean Science") == 1.0
    assert match("ocean science", "ocean") == match("ocean", "ocean science") == 0.5
    assert match("ocean science", "ocean history") == match("", "ocean") == 0.0
    wide = candidate("wide").model_copy(update={"channel": channel("wide", niche="ocean")})
    assert judge(WANTED, wide, NOW).share == 2.0


def test_a_time_that_does_not_exist_is_an_hour_later_and_one_that_is_twice_is_the_first() -> None:
    posting = Posting(timezone="America/Los_Angeles", times=(time(1, 30), time(2, 30), time(3, 30)))
    spring = datetime(2026, 3, 8, 8, tzinfo=UTC)
    assert [f"{at:%H:%M}" for at in slots(posting, spring, spring + 20 * HOUR)] == [
        "09:30",  # 1:30 PST
        "10:30",  # 2:30 does not exist: 3:30 PDT, which is the third as well
    ]
    autumn = datetime(2026, 11, 1, 7, tzinfo=UTC)
    assert [f"{at:%H:%M}" for at in slots(posting, autumn, autumn + 20 * HOUR)] == [
        "08:30",  # 1:30 PDT, and not again at 1:30 PST
        "10:30",
        "11:30",
    ]


def test_slots_are_those_of_the_channels_own_weekdays() -> None:
    posting = Posting(timezone="Asia/Tokyo", times=(time(9),), weekdays=("mon",))
    [at] = slots(posting, NOW, NOW + timedelta(days=7))
    assert at == datetime(2026, 11, 16, 0, tzinfo=UTC)


moments = st.lists(
    st.integers(-3 * 24 * 60, HORIZON_DAYS * 24 * 60).map(
        lambda minutes: NOW + timedelta(minutes=minutes)
    ),
    max_size=20,
)
paces = st.builds(Pacing, per_day=st.integers(1, 5), min_gap_h=st.floats(0, 30))


@given(moments, paces, st.lists(st.times(), min_size=1, max_size=5))
def test_a_slot_keeps_the_gap_the_cap_and_the_lead(taken, pacing, times) -> None:
    posting = Posting(timezone="Europe/Berlin", times=tuple(times))
    at = next_slot(posting, pacing, taken, NOW)
    if at is None:
        return
    assert at >= NOW + LEAD
    assert at.astimezone(posting.zone).time() in {each.replace(tzinfo=None) for each in times}
    assert all(abs(at - other) >= timedelta(hours=pacing.min_gap_h) for other in taken)
    assert sum(pacific_day(other) == pacific_day(at) for other in taken) < pacing.per_day


@given(moments, paces)
def test_the_earliest_moment_keeps_gap_and_cap_and_none_before_it_does(taken, pacing) -> None:
    def fits(at: datetime) -> bool:
        return all(abs(at - other) >= timedelta(hours=pacing.min_gap_h) for other in taken) and (
            sum(pacific_day(other) == pacific_day(at) for other in taken) < pacing.per_day
        )

    found = earliest(pacing, taken, NOW)
    assert found >= NOW
    assert fits(found)
    assert not any(fits(NOW + n * (found - NOW) / 20) for n in range(20) if found > NOW)
