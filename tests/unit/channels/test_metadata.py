"""What YouTube is told stays within YouTube's limits, whatever the script says."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ytempire.channels.accounts import Channel
from ytempire.channels.metadata import (
    DESCRIPTION_BYTES,
    TAG_CHARACTERS,
    TITLE_CHARACTERS,
    check_wording,
    marker_of,
    privacy_of,
    resource_of,
)
from ytempire.channels.profile import Wording
from ytempire.domain import Scene, Script
from ytempire.errors import InvalidInput

REAL = Channel(channel_id="mine", youtube_channel_id=None, title="Mine", niche="tides")
LOCAL = REAL.model_copy(update={"is_simulated": True})

scripts = st.builds(
    Script,
    title=st.text(min_size=1, max_size=100),
    scenes=st.just((Scene(narration="The sea rises."),)),
    description=st.text(max_size=9_000),
    tags=st.lists(st.text(max_size=60), max_size=40).map(tuple),
    sources=st.lists(st.text(max_size=200), max_size=5).map(tuple),
)


@given(scripts)
def test_a_resource_is_within_the_limits(script: Script) -> None:
    snippet = resource_of(script, "a-video", REAL)["snippet"]
    assert len(snippet["title"]) <= TITLE_CHARACTERS
    assert len(snippet["description"].encode()) <= DESCRIPTION_BYTES
    assert snippet["description"].endswith("Voice and pictures are generated.")
    assert not set("<>") & set(snippet["title"] + snippet["description"])
    counted = sum(len(tag) + (2 if " " in tag else 0) for tag in snippet["tags"])
    assert counted + len(snippet["tags"]) - 1 <= TAG_CHARACTERS
    assert snippet["tags"][0] == marker_of("a-video")
    assert not any("," in tag for tag in snippet["tags"])


def test_every_field_that_an_upload_needs_is_set() -> None:
    script = Script(title="Tides", scenes=(Scene(narration="The sea rises."),))
    resource = resource_of(script, "a-video", REAL)
    assert resource["status"] == {
        "privacyStatus": "private",
        "selfDeclaredMadeForKids": False,
        "containsSyntheticMedia": True,
        "embeddable": True,
        "license": "youtube",
    }
    assert resource["snippet"]["categoryId"] == "27"
    assert resource["snippet"]["defaultLanguage"] == "en"
    assert "generated" in resource["snippet"]["description"]


def test_only_a_simulated_channel_publishes_in_the_open_by_itself() -> None:
    script = Script(title="Tides", scenes=(Scene(narration="The sea rises."),))
    assert resource_of(script, "a", LOCAL)["status"]["privacyStatus"] == "public"


SCRIPT = Script(
    title="Tides",
    scenes=(Scene(narration="The sea rises."),),
    description="Why it does.",
    tags=("moon",),
    sources=("A book",),
)


def worded(**wording: object) -> Channel:
    return REAL.model_copy(update={"wording": Wording(**wording)})


def test_a_channels_templates_word_title_and_description() -> None:
    channel = worded(
        title="{title} | {channel}", description="About {niche}.\n{sources}", tags=("sea", "moon")
    )
    snippet = resource_of(SCRIPT, "a", channel)["snippet"]
    assert snippet["title"] == "Tides | Mine"
    assert snippet["description"].startswith("About tides.\nA book\n\nVoice and")
    assert snippet["tags"] == ["yte-a", "moon", "sea"]


def test_sources_are_named_even_where_a_template_forgets_them() -> None:
    description = resource_of(SCRIPT, "a", worded(description="Watch!"))["snippet"]["description"]
    assert description.startswith("Watch!\n\nSources\nA book")


@pytest.mark.parametrize("template", ["{titel}", "{title", "{0}", "{title!r}", "{title:>9}", "{}"])
def test_a_template_that_cannot_be_filled_in_is_refused(template: str) -> None:
    for wording in (Wording(title=template), Wording(description=template)):
        with pytest.raises(InvalidInput, match="template"):
            check_wording(wording)


def test_braces_in_a_script_are_words() -> None:
    script = SCRIPT.model_copy(update={"title": "{niche} {0}"})
    assert resource_of(script, "a", worded(title="{title}"))["snippet"]["title"] == "{niche} {0}"


def test_privacy_is_the_wordings_then_the_simulated_ones_then_the_installations() -> None:
    assert privacy_of(REAL) == "private"
    assert privacy_of(LOCAL) == "public"
    unlisted = {"wording": Wording(privacy="unlisted")}
    assert privacy_of(LOCAL.model_copy(update=unlisted)) == "unlisted"


def test_a_scheduled_video_is_private_until_then_and_one_that_is_not_to_be_public_never() -> None:
    at = datetime(2026, 11, 10, 9, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    status = resource_of(SCRIPT, "a", LOCAL, at)["status"]
    assert (status["privacyStatus"], status["publishAt"]) == ("private", "2026-11-10T08:30:00Z")
    assert "publishAt" not in resource_of(SCRIPT, "a", REAL, at)["status"]
