from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ytempire.emulators.youtube.catalog import (
    Channel,
    Video,
    history,
    own_channels,
    watched_channels,
    watched_videos,
)
from ytempire.emulators.youtube.pacific import day_of, end_of
from ytempire.emulators.youtube.rhythm import factors
from ytempire.emulators.youtube.world import AUDIENCE, MONEY, Integers, World, cut_at

T0 = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
OWN = own_channels(7)
PAST = history(7, T0)
LATER = T0 + timedelta(days=30)


def of(channel: Channel) -> list[Video]:
    return [video for video in PAST if video.channel == channel.key]


def channel_of(video: Video) -> Channel:
    return next(channel for channel in OWN if channel.key == video.channel)


def days_of(world: World, video: Video, as_of: datetime) -> dict[str, Integers]:
    """All of a video's numbers from its first day to the one before `as_of`."""
    first = day_of(video.published_at)
    days = [first + timedelta(days=n) for n in range((day_of(as_of) - first).days)]
    told = world.told([video], channel_of(video), (*AUDIENCE, *MONEY), days, as_of)
    return {name: numbers[0] for name, numbers in told.items()}


@settings(max_examples=40, deadline=None)
@given(st.integers(0, len(PAST) - 1), st.integers(0, 3000), st.integers(0, 3000))
def test_counters_never_fall_and_do_not_depend_on_who_asked_before(
    index: int, first: int, second: int
) -> None:
    video = PAST[index]
    early = video.published_at + timedelta(hours=min(first, second))
    late = video.published_at + timedelta(hours=max(first, second))
    warm, cold = World(7), World(7)
    before = warm.counters(video, channel_of(video), early)
    after = warm.counters(video, channel_of(video), late)
    assert (before.views, before.likes, before.comments) <= (
        after.views,
        after.likes,
        after.comments,
    )
    assert cold.counters(video, channel_of(video), late) == after


@settings(max_examples=20, deadline=None)
@given(st.integers(0, len(PAST) - 1))
def test_settled_days_add_up_to_the_counter_at_midnight(index: int) -> None:
    video, world = PAST[index], World(7)
    last = day_of(T0)
    first = day_of(video.published_at)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    told = world.told([video], channel_of(video), ("views", "likes"), days, LATER)
    midnight = world.counters(video, channel_of(video), end_of(last))
    assert told["views"].sum() == midnight.views
    assert told["likes"].sum() == midnight.likes


def test_a_number_is_the_same_whatever_is_asked_with_it() -> None:
    world, channel = World(7), OWN[0]
    videos = of(channel)
    days = [T0.date() - timedelta(days=n) for n in range(80, 0, -1)]
    whole = world.told(videos, channel, (*AUDIENCE, *MONEY), days, T0)
    for name in ("views", "revenue"):
        alone = World(7).told(videos[7:8], channel, (name,), days[70:78], T0)[name]
        assert (alone[0] == whole[name][7, 70:78]).all()


def test_another_seed_is_another_world() -> None:
    video = PAST[0]
    views = {World(seed).counters(video, channel_of(video), T0).views for seed in range(5)}
    assert len(views) == 5


def test_engaged_views_are_fewer_and_nothing_is_negative() -> None:
    world = World(7)
    for video in PAST:
        columns = days_of(world, video, T0)
        assert (columns["engaged"] <= columns["views"]).all()
        assert columns["engaged"].sum() < columns["views"].sum()
        assert all((column >= 0).all() for column in columns.values())


def test_revenue_per_thousand_views_is_that_of_the_format() -> None:
    world = World(7)
    ranges = {"wide": (2.0, 13.0), "short": (0.03, 0.16)}
    for video in PAST:
        columns = days_of(world, video, LATER)
        rpm_usd = columns["revenue"].sum() / columns["views"].sum()
        low, high = ranges[video.format]
        assert low <= rpm_usd <= high


@pytest.mark.parametrize("seed", [1, 7, 42])
def test_a_channel_earns_five_to_sixty_dollars_a_day(seed: int) -> None:
    world = World(seed)
    days = [T0.date() - timedelta(days=n) for n in range(40, 10, -1)]
    for channel in own_channels(seed):
        videos = [video for video in history(seed, T0) if video.channel == channel.key]
        mills = int(world.told(videos, channel, ("revenue",), days, T0)["revenue"].sum())
        assert 5 <= mills / 1000 / len(days) <= 60


def test_the_newest_days_are_absent_then_provisional_then_final() -> None:
    world, channel, day = World(7), OWN[0], date(2026, 11, 10)
    video = [video for video in of(channel) if video.published_at.date() < day][-1]
    midnight = end_of(day)

    def told_at(hours: float) -> int:
        as_of = midnight + timedelta(hours=hours)
        return int(world.told([video], channel, ("views",), [day], as_of)["views"][0, 0])

    assert world.last_day(channel, midnight + timedelta(hours=47), with_money=False) < day
    assert world.last_day(channel, midnight + timedelta(hours=73), with_money=False) >= day
    final = told_at(121)
    assert told_at(500) == final > 100
    provisional = {told_at(hours) for hours in (73, 97, 119)}
    assert any(number != final for number in provisional)
    assert all(abs(number - final) <= 0.05 * final + 1 for number in provisional)
    assert told_at(73) == told_at(73)


def test_money_is_told_a_day_after_views() -> None:
    world = World(7)
    for hours in range(0, 96, 7):
        now = T0 + timedelta(hours=hours)
        views = world.last_day(OWN[1], now, with_money=False)
        money = world.last_day(OWN[1], now, with_money=True)
        assert views - money == timedelta(days=1)


def test_a_removed_video_is_watched_no_more() -> None:
    world = World(7)
    removed = next(v for v in history(7, T0, with_removed=True) if v.removed_at)
    assert removed.removed_at is not None
    then = world.counters(removed, channel_of(removed), removed.removed_at)
    assert world.counters(removed, channel_of(removed), LATER) == then
    assert then.views > 0


def test_nobody_watches_before_publication() -> None:
    video = PAST[0]
    before = video.published_at - timedelta(seconds=1)
    assert World(7).counters(video, channel_of(video), before).views == 0


def test_a_few_watched_videos_move_much_faster_than_most() -> None:
    world = World(7)
    speeds = sorted(
        world.counters(video, channel, video.published_at + timedelta(hours=48)).views
        for channel in watched_channels(7)
        for video in watched_videos(7, channel, T0, T0)[-20:]
    )
    assert speeds[-1] > 20 * speeds[len(speeds) // 2]


def test_a_month_s_money_is_cut_once_it_has_closed() -> None:
    world, channel, day = World(7), OWN[0], date(2026, 10, 31)
    videos = [video for video in of(channel) if video.published_at.date() < day]

    def told_at(as_of: datetime) -> tuple[int, int]:
        told = world.told(videos, channel, ("views", "revenue"), [day], as_of)
        return int(told["views"].sum()), int(told["revenue"].sum())

    before, after = told_at(cut_at(day) - timedelta(hours=1)), told_at(cut_at(day))
    assert before[0] == after[0]
    assert 0.97 * before[1] <= after[1] < 0.999 * before[1]
    assert told_at(cut_at(day) + timedelta(days=90)) == after


def test_weekends_and_evenings_are_busier() -> None:
    assert factors(date(2026, 11, 21)).sum() > factors(date(2026, 11, 17)).sum()
    monday = factors(date(2026, 11, 16))
    assert monday[17] > monday[5]


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 8), 23), (date(2026, 11, 1), 25), (date(2026, 7, 1), 24)]
)
def test_days_of_daylight_saving_have_their_own_hours(day: date, hours: int) -> None:
    """None is lost or told twice: views before, of and after the day join up."""
    assert len(factors(day)) == hours
    world = World(7)
    video = next(iter(history(7, datetime(day.year, day.month, day.day, tzinfo=UTC))))
    channel = channel_of(video)
    days = [day + timedelta(days=n) for n in (-1, 0, 1)]
    told = world.told([video], channel, ("views",), days, end_of(day) + timedelta(days=30))
    begin, end = end_of(day - timedelta(days=2)), end_of(day + timedelta(days=1))
    seen = [world.counters(video, channel, at).views for at in (begin, end)]
    assert told["views"].sum() == seen[1] - seen[0] > 0
