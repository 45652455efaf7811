"""What YouTube is told stays within YouTube's limits, whatever the script says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from ytempire.channels.accounts import Channel
from ytempire.channels.metadata import (
    DESCRIPTION_BYTES,
    TAG_CHARACTERS,
    TITLE_CHARACTERS,
    marker_of,
    resource_of,
)
from ytempire.domain import Scene, Script

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
