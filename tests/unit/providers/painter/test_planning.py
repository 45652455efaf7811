"""Each scene gets the composition that its words ask for, and none like its neighbour's."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ytempire.domain import Identity, Scene, Script
from ytempire.providers.painter.planning import plan
from ytempire.providers.painter.subjects import SUBJECTS, named_in

BEFORE = (Scene(narration="The Sun rises."), Scene(narration="The mountain is high."))


@pytest.mark.parametrize(
    ("narration", "on_screen", "kind"),
    [
        ("It rises to 16 metres.", "", "number"),
        ("About 71% of it is water.", "Mostly water", "share"),
        ("Iron costs 4 cents and copper costs 9 cents.", "Dear metals", "bars"),
        ("In 1990 it was 2 km, in 2000 it was 3 km, and in 2010 it was 6 km.", "Growth", "line"),
        ("In 1494 a friar wrote.", "A friar", "timeline"),
        ("First, fill the pot. Then boil it.", "Two moves", "steps"),
        ("So who is right?", "Who is right?", "hook"),
        ("The Moon shines.", "Bright", "subject"),
        ("Hm, well.", "Indeed", "headline"),
    ],
)
def test_every_composition_is_reached_by_words(narration: str, on_screen: str, kind: str) -> None:
    script = Script(title="T", scenes=(*BEFORE, Scene(narration=narration, on_screen=on_screen)))
    assert plan(script, Identity())[2].kind == kind


def test_the_first_scene_hooks_with_what_it_is_about() -> None:
    script = Script(title="T", scenes=(Scene(narration="The Moon is far.", on_screen="How far?"),))
    first = plan(script, Identity())[0]
    assert (first.kind, first.subject) == ("hook", "moon")


def test_diagrams_need_all_they_show() -> None:
    assert named_in("The Moon pulls the sea")[0] == "pull"
    assert "pull" not in named_in("He pulls the rope")
    assert named_in("Sun, Moon and Earth in one line")[0] == "alignment"


def test_every_subject_is_called_by_its_first_word() -> None:
    for name, subject in SUBJECTS.items():
        words = subject.words[0].rstrip("*") + " " + " ".join(subject.with_all)
        assert name in named_in(words), name


SAYINGS = st.sampled_from(
    [
        "The Moon shines.",
        "It is 16 metres.",
        "71% of it.",
        "Who knows?",
        "In 1494 he wrote.",
        "Hm, well.",
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(SAYINGS, min_size=2, max_size=14), st.integers(0, 99))
def test_neighbours_never_look_alike(sayings: list[str], seed: int) -> None:
    script = Script(title="T", scenes=tuple(Scene(narration=said) for said in sayings))
    plans = plan(script, Identity(seed=seed))
    assert len(plans) == len(sayings)
    for before, after in pairwise(plans):
        assert before.look != after.look
