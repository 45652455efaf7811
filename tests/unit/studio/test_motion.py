"""Stills move smoothly, in the right colours, from scene to scene."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from ytempire.errors import InvalidMedia
from ytempire.studio import motion
from ytempire.studio.motion import Camera, Frame, Move, load_planes, moves

SIZE = (216, 384)


def _picture(path: Path, colour: tuple[int, int, int], size: tuple[int, int] = (242, 430)) -> Path:
    picture = np.full((size[1], size[0], 3), colour[::-1], dtype=np.uint8)
    assert cv2.imwrite(str(path), picture)
    return path


@pytest.mark.parametrize(
    ("rgb", "yuv"),  # ITU-R BT.709, 8 bit, limited range
    [
        ((255, 255, 255), (235, 128, 128)),
        ((0, 0, 0), (16, 128, 128)),
        ((255, 0, 0), (63, 102, 240)),
        ((0, 255, 0), (173, 42, 26)),
        ((0, 0, 255), (32, 240, 118)),
    ],
)
def test_colours_are_bt709(
    tmp_path: Path, rgb: tuple[int, int, int], yuv: tuple[int, int, int]
) -> None:
    planes = load_planes(_picture(tmp_path / "p.png", rgb), SIZE)
    for plane, wanted in zip(planes, yuv, strict=True):
        assert abs(float(plane.mean()) - wanted) <= 1
        assert np.ptp(plane) < 0.01


def test_a_dot_moves_without_jitter(tmp_path: Path) -> None:
    """Its second difference, in pixels per frame squared, stays below what the eye sees."""
    picture = np.zeros((430, 242, 3), np.uint8)
    cv2.circle(picture, (121, 180), 9, (255, 255, 255), -1, cv2.LINE_AA)
    path = tmp_path / "dot.png"
    cv2.imwrite(str(path), picture)
    camera = Camera(load_planes(path, SIZE), moves(1, 3)[0], SIZE)
    frame, centres = Frame(SIZE), []
    for step in range(60):
        camera.film(step / 59, frame.planes)
        bright = frame.planes[0].astype(float) - 16
        rows, columns = np.indices(bright.shape)
        centres.append((np.sum(rows * bright), np.sum(columns * bright)) / np.sum(bright))
    second = np.diff(np.array(centres), n=2, axis=0)
    assert np.abs(second).mean() < 0.06
    assert np.linalg.norm(centres[-1] - centres[0]) > 1.5


def test_no_move_shows_what_lies_beyond_the_picture(tmp_path: Path) -> None:
    picture = np.full((430, 242, 3), 200, np.uint8)
    camera_moves = moves(40, 5)
    path = tmp_path / "p.png"
    cv2.imwrite(str(path), picture)
    planes = load_planes(path, SIZE)
    for move in camera_moves:
        for progress in (0.0, 0.5, 1.0):
            way = move.ease(progress)
            zoom = move.zooms[0] + (move.zooms[1] - move.zooms[0]) * way
            pan = tuple(a + (b - a) * way for a, b in zip(*move.pans, strict=True))
            matrix = Camera._matrix(planes[0], Frame(SIZE).planes[0], zoom, (pan[0], pan[1]))
            for corner in ((0, 0, 1), (SIZE[0] - 1, SIZE[1] - 1, 1)):
                x, y = matrix @ np.array(corner)
                assert -0.51 <= x <= planes[0].shape[1] - 0.49
                assert -0.51 <= y <= planes[0].shape[0] - 0.49


def test_neighbouring_scenes_move_differently_and_the_same_each_time() -> None:
    plan = moves(12, 9)
    assert all(a.zooms != b.zooms for a, b in pairwise(plan))
    assert [m.zooms for m in moves(12, 9)] == [m.zooms for m in plan]
    assert all(isinstance(move, Move) for move in plan)


@pytest.mark.parametrize("size", [(40, 30), (3000, 400), (1001, 777)])
def test_a_picture_of_any_shape_fills_the_frame(tmp_path: Path, size: tuple[int, int]) -> None:
    planes = load_planes(_picture(tmp_path / "p.png", (10, 200, 30), size), SIZE)
    assert planes[0].shape == (430, 242)
    assert np.ptp(planes[0]) < 0.01


def test_a_corrupt_picture_is_named(tmp_path: Path) -> None:
    good = _picture(tmp_path / "good.jpg", (9, 9, 200), (900, 900))
    noise = np.random.default_rng(1).integers(0, 255, (900, 900, 3)).astype(np.uint8)
    cv2.imwrite(str(good), noise)
    cut = tmp_path / "cut-off.jpg"
    cut.write_bytes(good.read_bytes()[: good.stat().st_size // 2])
    text = tmp_path / "text.png"
    text.write_text("not a picture")
    for path in (cut, text, tmp_path / "absent.jpg"):
        with pytest.raises(InvalidMedia, match=path.name):
            motion.require_picture(path)
