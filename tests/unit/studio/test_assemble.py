"""Shots follow one another: transitions between any two, to the frame."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from ytempire.studio import transitions
from ytempire.studio.motion import Frame
from ytempire.studio.sequence import Run, Shot, film, half_transition, scene_frames

SIZE = (216, 384)


def _picture(path: Path, level: int) -> Path:
    assert cv2.imwrite(str(path), np.full((430, 242, 3), level, np.uint8))
    return path


def _levels(shots: list[Shot], seed: int) -> list[float]:
    drawn = []
    for each in film(shots, SIZE, seed):
        assert not isinstance(each, Run)
        drawn.append(float(each.planes[0].mean()))
    return drawn


@pytest.mark.parametrize("kind", ["fade", "cut", "left", "up", "zoom"])
def test_one_scene_becomes_the_next_within_a_third_of_a_second(tmp_path: Path, kind: str) -> None:
    dark, light = _picture(tmp_path / "a.png", 0), _picture(tmp_path / "b.png", 255)
    seed = next(seed for seed in range(99) if transitions.chosen(1, seed) == [kind])
    levels = _levels([Shot(dark, 30), Shot(light, 60)], seed)
    half = 0 if kind == "cut" else half_transition([30, 60], 0)
    assert len(levels) == 60
    assert levels[: 30 - half] == [16] * (30 - half)
    assert levels[30 + half :] == [235] * (30 - half)
    between = levels[30 - half : 30 + half]
    assert between == sorted(between)
    assert kind == "cut" or len(set(between)) >= 2 * half - 2


def test_no_two_transitions_in_a_row_are_alike_and_a_seed_repeats_itself() -> None:
    kinds = transitions.chosen(60, 4)
    assert all(a != b for a, b in pairwise(kinds))
    assert set(kinds) == {"fade", "cut", "left", "up", "zoom"}
    assert kinds == transitions.chosen(60, 4) != transitions.chosen(60, 5)


@pytest.mark.parametrize("kind", ["left", "up"])
def test_a_slide_shows_each_pixel_of_one_of_the_two(kind: str) -> None:
    before, after, mixed = Frame(SIZE), Frame(SIZE), Frame(SIZE)
    before.data[:], after.data[:] = 40, 200
    seen = []
    for progress in (0.1, 0.5, 0.9):
        transitions.draw(kind, progress, before, after, mixed)
        assert set(np.unique(mixed.data)) == {40, 200}
        seen.append(int((mixed.data == 200).sum()))
    assert seen == sorted(seen)


def test_the_narration_decides_the_frames() -> None:
    assert scene_frames([1.0, 2.5]) == [30, 75]
    assert scene_frames([1.0, 2.501]) == [30, 76]  # rounded up: no sound is cut off
    assert scene_frames([0.001, 0.002, 0.003]) == [1, 2, 3]
    assert scene_frames([1.0, 2.0], Fraction(60000, 1001)) == [60, 120]


def test_scenes_of_a_few_frames_have_short_transitions_or_none() -> None:
    assert half_transition([30, 60], 0) == 5
    assert half_transition([30, 36], 0) == 2
    assert half_transition([1, 2, 3], 0) == 0
