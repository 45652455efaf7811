from ytempire.channels.dressing import UNITS, Wish, affordable, ranked


def wish(
    name: str, pace: float | None = None, tier: str = "standard", kind: str = "captions"
) -> Wish:
    return Wish(
        video_id=name,
        youtube_video_id=name,
        channel_id="tidewise",
        kind=kind,
        tier=tier,
        language="en",
        views_per_hour=pace,
    )


def names(wishes: list[Wish]) -> list[str]:
    return [each.video_id for each in wishes]


def test_premium_comes_first_then_the_fastest_mover_and_the_uncounted_last() -> None:
    wishes = [wish("new"), wish("slow", 2), wish("fast", 90), wish("paid", 1, "premium")]
    assert names(ranked(wishes, by_pace=True)) == ["paid", "fast", "slow", "new"]


def test_without_a_pace_they_stand_as_they_came() -> None:
    wishes = [wish("newest", 1), wish("older", 90)]
    assert names(ranked(wishes, by_pace=False)) == ["newest", "older"]


def test_a_playlist_comes_before_captions_of_the_same_video() -> None:
    wishes = [wish("a", 5), wish("a", 5, kind="playlist")]
    assert [each.kind for each in ranked(wishes, by_pace=True)] == ["playlist", "captions"]


def test_what_does_not_fit_lets_cheaper_ones_pass() -> None:
    wishes = [wish("a"), wish("b"), wish("c", kind="playlist")]
    assert names(affordable(wishes, UNITS["captions"] + UNITS["playlist"])) == ["a", "c"]
    assert affordable(wishes, 10) == []
