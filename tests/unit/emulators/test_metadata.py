import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ytempire.emulators.youtube.metadata import check_video, tag_length
from ytempire.emulators.youtube.refusals import Refusal


def video(**changes: object) -> dict[str, object]:
    snippet = {"title": "Tides", "description": "Of the sea."} | changes
    return {"snippet": snippet, "status": {"privacyStatus": "public"}}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"title": ""}, "invalidTitle"),
        ({"title": "t" * 101}, "invalidTitle"),
        ({"title": "1 < 2"}, "invalidTitle"),
        ({"description": "é" * 2501}, "invalidDescription"),
        ({"description": "a > b"}, "invalidDescription"),
        ({"tags": ["t" * 251, "u" * 250]}, "invalidTags"),
        ({"categoryId": "science"}, "invalidCategoryId"),
    ],
)
def test_what_youtube_refuses_is_refused(changes: dict[str, object], reason: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_video(video(**changes))
    assert (refused.value.code, refused.value.reason) == (400, reason)


@pytest.mark.parametrize(
    "changes",
    [{"title": "t" * 100}, {"description": "é" * 2500}, {"tags": ["t" * 250, "u" * 249]}],
)
def test_the_limits_themselves_are_allowed(changes: dict[str, object]) -> None:
    check_video(video(**changes))


def test_only_a_private_video_is_scheduled() -> None:
    at = "2026-12-01T10:00:00Z"
    check_video(video() | {"status": {"privacyStatus": "private", "publishAt": at}})
    for status in ({"publishAt": at}, {"privacyStatus": "private", "publishAt": "soon"}):
        with pytest.raises(Refusal, match="scheduled"):
            check_video(video() | {"status": status})


@settings(deadline=None)
@given(st.lists(st.text("ab ", min_size=1)))
def test_tags_cost_their_characters_commas_and_quotes(tags: list[str]) -> None:
    assert tag_length(tags) == len(",".join(f'"{t}"' if " " in t else t for t in tags))
