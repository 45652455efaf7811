from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from ytempire.emulators.youtube.catalog import (
    Scale,
    history,
    own_channels,
    watched_channels,
    watched_videos,
)
from ytempire.emulators.youtube.topics import TOPICS
from ytempire.errors import InvalidInput

T0 = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def test_the_same_seed_tells_the_same_past() -> None:
    assert history(7, T0) == history(7, T0)
    assert {video.youtube_video_id for video in history(7, T0)}.isdisjoint(
        video.youtube_video_id for video in history(8, T0)
    )


def test_each_own_channel_has_forty_videos_of_both_formats_in_ninety_days() -> None:
    for channel in own_channels(7):
        videos = [video for video in history(7, T0) if video.channel == channel.key]
        assert len(videos) == 40
        assert {video.format for video in videos} == {"short", "wide"}
        assert all(T0 - timedelta(days=91) < video.published_at < T0 for video in videos)
        assert len({video.published_at.hour for video in videos}) > 8


def test_no_own_title_is_told_twice() -> None:
    titles = [video.title for video in history(7, T0, with_removed=True)]
    assert len(titles) == len(set(titles)) == 126


def test_removed_videos_are_told_only_when_asked_for() -> None:
    removed = [video for video in history(7, T0, with_removed=True) if video.removed_at]
    assert len(removed) == 6
    assert not {video.youtube_video_id for video in removed} & {
        video.youtube_video_id for video in history(7, T0)
    }
    assert all(video.published_at < video.removed_at < T0 for video in removed if video.removed_at)


def test_own_channels_have_slugs_and_youtube_ids() -> None:
    channels = own_channels(7)
    assert [channel.key for channel in channels] == ["tidewise", "ledger-lore", "quiet-orbit"]
    assert all(len(c.channel_id) == 24 and c.channel_id.startswith("UC") for c in channels)


def test_watched_channels_go_on_publishing_after_t0() -> None:
    for channel in watched_channels(7):
        until = T0 + timedelta(days=10)
        before = watched_videos(7, channel, T0, T0)
        after = watched_videos(7, channel, T0, until)
        assert after[: len(before)] == before
        assert 5 <= len(after) - len(before) <= 11
        assert after[-1].published_at <= until


def test_six_channels_are_watched_in_each_niche() -> None:
    niches = [channel.niche for channel in watched_channels(7)]
    assert {niche: niches.count(niche) for niche in set(niches)} == dict.fromkeys(
        (channel.niche for channel in own_channels(7)), 6
    )


def test_a_larger_world_begins_with_the_channels_of_a_smaller_one() -> None:
    large = own_channels(7, 60)
    assert large[:3] == own_channels(7)
    assert len({channel.channel_id for channel in large}) == len({c.key for c in large}) == 60
    assert Counter(channel.niche for channel in large[:15]) == dict.fromkeys(TOPICS, 5)


def test_a_fuller_past_has_several_videos_a_day_and_no_title_twice() -> None:
    scale = Scale(channels=4, past_days=100, videos=150)
    videos = history(7, T0, with_removed=True, scale=scale)
    assert Counter(video.channel for video in videos) == {
        channel.key: 150 for channel in own_channels(7, 4)
    }
    assert len({video.youtube_video_id for video in videos}) == 600
    for channel in own_channels(7, 4):
        titles = [video.title for video in videos if video.channel == channel.key]
        assert len(set(titles)) == 150
    assert min(video.published_at for video in videos) > T0 - timedelta(days=101)


@pytest.mark.parametrize("wrong", [{"channels": 0}, {"channels": 61}, {"past_days": 0}])
def test_a_scale_that_cannot_be_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(InvalidInput):
        Scale(**wrong)
