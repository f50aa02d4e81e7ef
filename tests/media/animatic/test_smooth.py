from __future__ import annotations

import itertools
from collections.abc import Callable
from fractions import Fraction

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from shotwright.domain.units import FrameRate, Size
from shotwright.media.animatic.source import build
from shotwright.media.animatic.spec import AnimaticSpec, empty_planes, split
from shotwright.media.animatic.warp import Lens, window

Pixels = NDArray[np.uint8]
MakePicture = Callable[..., Pixels]
Save = Callable[[str, Pixels], str]
FPS = FrameRate(Fraction(24))


def shift(before: Pixels, after: Pixels) -> NDArray[np.float64]:
    """How far the middle of the picture moved, by an affine fit to tracked corners."""
    corners = cv2.goodFeaturesToTrack(before, 300, 0.01, 6)
    criteria = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 60, 0.001)
    moved, status, _ = cv2.calcOpticalFlowPyrLK(
        before, after, corners, np.zeros_like(corners), winSize=(21, 21), maxLevel=2, criteria=criteria
    )
    good = status.reshape(-1) == 1
    start, way = corners.reshape(-1, 2)[good], (moved - corners).reshape(-1, 2)[good].astype(np.float64)
    ground = np.column_stack([start, np.ones(len(start))]).astype(np.float64)
    kept = np.ones(len(start), bool)
    for _ in range(3):
        fit = np.linalg.lstsq(ground[kept], way[kept], rcond=None)[0]
        miss = np.hypot(*(way - ground @ fit).T)
        kept = miss < max(3 * float(np.median(miss)), 1e-3)
    height, width = before.shape
    return np.asarray(np.array([width / 2, height / 2, 1]) @ fit, np.float64)


@pytest.mark.parametrize("prompt", ["push in", "slow pan left", "tilt up", "arc right"])
def test_motion_is_smooth_to_a_fraction_of_a_pixel(picture: MakePicture, saved: Save, prompt: str) -> None:
    size = Size(480, 270)
    spec = AnimaticSpec(prompt, size, FPS, 40, seed=4, first=saved("still", picture(1200, 900)))
    clip = build(spec)
    lumas = []
    for index in range(spec.frames):
        planes = empty_planes(size)
        clip.planes(index, planes)
        lumas.append(split(planes)[0].copy())
    shifts = np.array([shift(a, b) for a, b in itertools.pairwise(lumas)])
    steps = np.arange(-7, 8)
    rest = [
        shifts[middle] - np.polyfit(steps, shifts[middle - 7 : middle + 8], 2)[2]
        for middle in range(7, len(shifts) - 7)
    ]
    assert np.sqrt(np.mean(np.square(rest))) < 0.07
    assert np.abs(shifts).sum() > 1


def test_the_quick_view_is_where_the_exact_one_is() -> None:
    noise = cv2.GaussianBlur(np.random.default_rng(2).integers(0, 255, (400, 600), np.uint8), (0, 0), 4)
    plane = np.asarray(cv2.normalize(noise, np.empty(0), 20, 230, cv2.NORM_MINMAX), np.uint8)
    out = np.empty((240, 320), np.uint8)
    for step_x, step_y, left, top in ((1.1, 1.1, 70.3, 64.8), (1.13, 1.12, 101.5, 80.25), (1.3, 1.3, 66.0, 70.9)):
        window(plane, left, top, step_x, step_y, out, Lens())
        matrix = np.array([[step_x, 0, left + step_x / 2 - 0.5], [0, step_y, top + step_y / 2 - 0.5]])
        exact = cv2.warpAffine(plane, matrix, (320, 240), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
        assert np.abs(out.astype(int) - exact.astype(int)).max() <= 4
        assert abs(float(out.astype(int).mean() - exact.astype(int).mean())) < 0.3
