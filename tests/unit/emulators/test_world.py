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
from ytempire.emulators.youtube.pacific import end_of
from ytempire.emulators.youtube.world import World, rhythm

T0 = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
OWN = own_channels(7)
PAST = history(7, T0)
LATER = T0 + timedelta(days=30)


def of(channel: Channel) -> list[Video]:
    return [video for video in PAST if video.channel == channel.key]


def channel_of(video: Video) -> Channel:
    return next(channel for channel in OWN if channel.key == video.channel)


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
    days = world.days(video, channel_of(video), T0)
    last = days.first + timedelta(days=len(days.columns["views"]) - 1)
    midnight = world.counters(video, channel_of(video), end_of(last))
    assert days.columns["views"].sum() == midnight.views
    assert days.columns["likes"].sum() == midnight.likes


def test_another_seed_is_another_world() -> None:
    video = PAST[0]
    views = {World(seed).counters(video, channel_of(video), T0).views for seed in range(5)}
    assert len(views) == 5


def test_engaged_views_are_fewer_and_nothing_is_negative() -> None:
    world = World(7)
    for video in PAST:
        columns = world.days(video, channel_of(video), T0).columns
        assert (columns["engaged"] <= columns["views"]).all()
        assert columns["engaged"].sum() < columns["views"].sum()
        assert all((column >= 0).all() for column in columns.values())


def test_revenue_per_thousand_views_is_that_of_the_format() -> None:
    world = World(7)
    ranges = {"wide": (2.0, 13.0), "short": (0.03, 0.16)}
    for video in PAST:
        columns = world.days(video, channel_of(video), LATER).columns
        rpm_usd = columns["revenue"].sum() / columns["views"].sum()
        low, high = ranges[video.format]
        assert low <= rpm_usd <= high


@pytest.mark.parametrize("seed", [1, 7, 42])
def test_a_channel_earns_five_to_sixty_dollars_a_day(seed: int) -> None:
    world = World(seed)
    days = [T0.date() - timedelta(days=n) for n in range(40, 10, -1)]
    for channel in own_channels(seed):
        videos = [video for video in history(seed, T0) if video.channel == channel.key]
        mills = sum(int(world.told(v, channel, "revenue", days, T0).sum()) for v in videos)
        assert 5 <= mills / 1000 / len(days) <= 60


def test_the_newest_days_are_absent_then_provisional_then_final() -> None:
    world, channel, day = World(7), OWN[0], date(2026, 11, 10)
    video = [video for video in of(channel) if video.published_at.date() < day][-1]
    midnight = end_of(day)

    def told_at(hours: float) -> int:
        return int(world.told(video, channel, "views", [day], midnight + timedelta(hours=hours))[0])

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


def test_weekends_and_evenings_are_busier() -> None:
    week = rhythm(int(datetime(2026, 11, 16, 8, tzinfo=UTC).timestamp()) // 3600, 168)
    assert week[5 * 24 : 6 * 24].sum() > week[24 : 2 * 24].sum()
    assert week[17] > week[5]
