from __future__ import annotations

import itertools
from collections.abc import Callable
from fractions import Fraction

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from shotwright.domain.units import FrameRate, Size
from shotwright.media.animatic.kinship import CameraMove, Flow, kinship
from shotwright.media.animatic.source import build
from shotwright.media.animatic.spec import AnimaticSpec, empty_planes, split
from shotwright.media.animatic.still import frame_of

Pixels = NDArray[np.uint8]
MakePicture = Callable[..., Pixels]
Save = Callable[[str, Pixels], str]
SIZE = Size(480, 270)


def view(picture: Pixels, x: float, y: float, width: float, roll: float = 0.0) -> Pixels:
    """A view of a picture at the frame's size."""
    step = width / SIZE.width
    cos, sin = np.cos(roll) * step, np.sin(roll) * step
    half_x, half_y = SIZE.width / 2, SIZE.height / 2
    matrix = np.array([[cos, -sin, x - cos * half_x + sin * half_y], [sin, cos, y - sin * half_x - cos * half_y]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(picture, matrix, (SIZE.width, SIZE.height), flags=flags), np.uint8)


def textured(width: int, height: int) -> Pixels:
    """Detail at every scale, as in a photograph."""
    draw = np.random.default_rng(3)
    total = np.zeros((height, width, 3), np.float32)
    for cell in (4, 8, 16, 40, 100):
        coarse = draw.standard_normal((height // cell + 1, width // cell + 1, 3)).astype(np.float32)
        total += cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.clip(128 + 28 * total, 0, 255).astype(np.uint8)


def luma(picture: Pixels) -> Pixels:
    return split(frame_of(picture))[0]


def test_a_camera_move_between_two_frames_is_found() -> None:
    scene = textured(900, 700)
    kin = kinship(luma(view(scene, 450, 350, 700)), luma(view(scene, 470, 330, 500, 0.03)))
    assert isinstance(kin, CameraMove)
    assert np.hypot(kin.matrix[0, 0], kin.matrix[1, 0]) == pytest.approx(1.4, abs=0.01)


def test_a_soft_bend_is_flow(picture: MakePicture) -> None:
    soft = np.asarray(cv2.GaussianBlur(picture(480, 270), (0, 0), 6), np.uint8)
    y, x = np.mgrid[0:270, 0:480].astype(np.float32)
    bent = cv2.remap(
        soft, x + 5 * np.sin(y / 40), y + 4 * np.sin(x / 50), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )
    assert isinstance(kinship(luma(soft), luma(np.asarray(bent, np.uint8))), Flow)


def test_strangers_have_nothing_in_common(picture: MakePicture) -> None:
    assert kinship(luma(picture(480, 270)), luma(picture(480, 270, seed=9, x=0.2))) is None


@pytest.mark.parametrize("case", ["camera", "strangers", "whip", "zoom", "same"])
def test_a_shot_begins_and_ends_on_exactly_the_given_frames(picture: MakePicture, saved: Save, case: str) -> None:
    scene = textured(900, 700)
    first = view(scene, 450, 350, 700)
    last = view(scene, 470, 330, 500) if case == "camera" else view(picture(900, 700, seed=5, x=0.3), 450, 350, 700)
    if case == "same":
        last = first
    prompt = {"whip": "whip pan left", "zoom": "zoom through"}.get(case, "")
    spec = AnimaticSpec(prompt, SIZE, FrameRate(Fraction(24)), 25, first=saved("a", first), last=saved("b", last))
    clip = build(spec)
    frames = [empty_planes(SIZE) for _ in range(spec.frames)]
    for index, planes in enumerate(frames):
        clip.planes(index, planes)
    assert np.array_equal(frames[0], frame_of(first)) and np.array_equal(frames[-1], frame_of(last))
    steps = [float(cv2.absdiff(a, b).mean()) for a, b in itertools.pairwise(frames)]
    assert max(steps) < 40 and min(steps) > 0


def test_half_way_along_a_camera_move_is_half_way(saved: Save) -> None:
    scene = textured(900, 700)
    first, last = view(scene, 430, 350, 600), view(scene, 470, 350, 600)
    spec = AnimaticSpec("", SIZE, FrameRate(Fraction(24)), 25, first=saved("a", first), last=saved("b", last))
    middle = empty_planes(SIZE)
    build(spec).planes(12, middle)
    wanted = luma(view(scene, 450, 350, 600))
    error = cv2.absdiff(split(middle)[0], wanted)[20:-20, 60:-60]
    assert float(error.mean()) < 2.5
