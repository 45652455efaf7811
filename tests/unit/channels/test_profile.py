"""A profile is one YAML file: every mistake is named at once, and it survives the round trip."""

from __future__ import annotations

import pytest
from ytempire.channels import accounts, profile_file
from ytempire.channels.accounts import Channel
from ytempire.channels.profile_file import apply, read, templates, written
from ytempire.errors import InvalidInput
from ytempire.warehouse.database import connect

GOOD = """
channel_id: tidewise
title: Tidewise
niche: ocean science
language: no
posting:
  timezone: Europe/Oslo
  times: [18:30, "07:05"]
  weekdays: [mon, sun]
"""


def wrong(text: str) -> list[str]:
    with pytest.raises(InvalidInput) as found:
        read(text, "tidewise.yaml")
    return found.value.remedy.splitlines() or [found.value.message]


@pytest.mark.parametrize("name", sorted(templates()))
def test_a_template_can_be_applied_as_it_is(name: str) -> None:
    profile = read(profile_file.template(name), name)
    channel = Channel(youtube_channel_id=None, **profile.model_dump(mode="json"))
    assert read(written(channel), name) == profile


def test_there_are_three_templates_that_look_differently() -> None:
    looks = {read(profile_file.template(name), name).identity.palette for name in templates()}
    assert len(looks) == len(templates()) == 3
    with pytest.raises(InvalidInput, match="explainer"):
        profile_file.template("unheard-of")


def test_scalars_are_read_as_they_stand() -> None:
    profile = read(GOOD, "tidewise.yaml")
    # YAML 1.1 takes 18:30 for the number 1110, and no for false.
    assert [each.isoformat("minutes") for each in profile.posting.times] == ["18:30", "07:05"]
    assert profile.language == "no"


def test_everything_that_is_wrong_is_said_at_once_with_its_path() -> None:
    found = wrong(
        """
        channel_id: My Channel
        title: Tides
        title: Tides again
        formats: [tall]
        posting: {timezone: Mars/Base, weekdays: [monday]}
        pacing: {per_day: many, weight: 0}
        wording: {title: "{titel}", description: "{", privacy: secret, playlist: x}
        identity: {palette: ["#fff", "#000000"], texture: wood, colour: blue}
        watches: [UCshort]
        """
    )
    places = {line.split(":")[0] for line in found}
    assert places == {
        *("channel_id", "title", "niche", "formats[1]", "posting.timezone"),
        *("posting.weekdays[1]", "pacing.per_day", "pacing.weight", "wording.title"),
        *("wording.description", "wording.privacy", "wording.playlist", "identity.palette[1]"),
        *("identity.palette[3]", "identity.palette[4]", "identity.palette[5]"),
        *("identity.texture", "identity.colour", "watches[1]"),
    }
    said = "\n".join(found)
    assert "title: it stands twice, again in line 4" in said
    assert "none of 'waves', 'dunes', 'rings', 'grid', 'contours', 'paper' or 'grain'" in said
    assert "there is no such field; there are name, palette" in said
    assert "unknown placeholder {titel}" in said


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: [", "line 1 is no YAML"),
        ("- a\n- b", "the file"),
        ("a: &x [1]\nb: *x", "anchors"),
        ("x" * 70_000, "larger than 64 KiB"),
        ("", "channel_id: it is missing"),
        (GOOD.replace("timezone: Europe/Oslo", "timezone:"), "posting.timezone: it is empty"),
        (GOOD.replace("07:05", "25:00"), "posting.times[2]"),
        (GOOD.replace("07:05", "18:30"), "posting.times: something stands there twice"),
    ],
)
def test_a_file_that_is_no_profile_is_refused_in_words(text: str, says: str) -> None:
    assert says in "\n".join(wrong(text))


@pytest.mark.slow
def test_applying_adds_then_changes_and_leaves_state_and_account(warehouse: None) -> None:
    assert apply(read(GOOD, "x")) is None
    accounts.bind("tidewise", "UC1", "Tidewise")
    accounts.set_state("tidewise", "paused")
    assert apply(read(GOOD, "x")) == {}
    changed = apply(read(GOOD.replace("18:30", "19:30") + "pacing: {per_day: 2}", "x"))
    assert changed == {
        "posting.times": (["18:30", "07:05"], ["19:30", "07:05"]),
        "pacing.per_day": (4, 2),
    }
    now = accounts.channel("tidewise")
    assert (now.youtube_channel_id, now.state, now.pacing.per_day) == ("UC1", "paused", 2)


@pytest.mark.slow
def test_a_wrong_profile_changes_nothing(warehouse: None) -> None:
    wrong(GOOD.replace("Europe/Oslo", "Mars/Base"))
    with connect() as db:
        assert db.execute("select count(*) as n from ops.channels").fetchone() == {"n": 0}


@pytest.mark.slow
def test_two_channels_are_never_one_youtube_channel(warehouse: None) -> None:
    for name in ("one", "two"):
        accounts.add_new(name, title=name, niche="sea")
    accounts.bind("one", "UC1", "Tides")
    with pytest.raises(InvalidInput, match="connected as one"):
        accounts.bind("two", "UC1", "Tides")
    with pytest.raises(InvalidInput, match="not the one that one stands for"):
        accounts.bind("one", "UC2", "Others")
