from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest

from shotwright.domain.units import Size
from shotwright.media.animatic import scene
from shotwright.media.animatic.scene.camera import ease, handheld
from shotwright.media.animatic.scene.places import PAINTERS
from shotwright.media.animatic.spec import split
from shotwright.media.animatic.words import Move, MoveKind
from tests.media.animatic.drawing import FPS, STILL, frame, luma, psnr, reduced

SMALL = Size(320, 180)
PROMPTS = {
    "mountain": "two hikers in misty mountains at dawn",
    "city": "a man on a roof in the city at night in the rain",
    "sea": "a sailboat on the sea at sunset",
    "lake": "lake under the stars",
    "forest": "a girl in the snowy forest",
    "desert": "desert dunes, golden afternoon",
    "meadow": "a couple in a meadow on a summer day",
    "interior": "a kitchen at night",
    "space": "planet in deep space",
    "underwater": "underwater reef",
    "abstract": "a feeling of hope",
}


def test_every_place_has_a_prompt_here() -> None:
    assert set(PROMPTS) == set(PAINTERS)


@pytest.mark.parametrize("place", PROMPTS)
def test_each_place_is_a_picture_in_legal_range_and_always_the_same(place: str) -> None:
    planes = frame(PROMPTS[place], SMALL)
    assert np.array_equal(planes, frame(PROMPTS[place], SMALL))
    y, u, v = split(planes)
    assert y.std() > 6
    assert y.min() >= 12
    assert y.max() <= 240
    assert u.min() > 20
    assert v.max() < 230


def test_another_seed_is_another_world() -> None:
    first, other = (frame("mountains at dawn", SMALL, seed=seed) for seed in (1, 2))
    assert psnr(luma(first), luma(other)) < 30


@pytest.mark.parametrize("place", ["mountain", "city", "sea", "interior", "space", "abstract"])
def test_the_world_is_the_same_at_every_size(place: str) -> None:
    half = Size(480, 270)
    large = reduced(luma(frame(PROMPTS[place], Size(960, 540))), half)
    assert psnr(large, luma(frame(PROMPTS[place], half))) > 30


def test_an_upright_frame_is_a_window_of_the_same_world() -> None:
    """The upright picture is found again, whole height, somewhere in the wide one."""
    prompt = "desert dunes at sunset"
    wide, upright = luma(frame(prompt, Size(640, 360))), luma(frame(prompt, Size(202, 360)))
    inner = slice(60, 300), slice(30, 170)
    best = max(psnr(wide[inner[0], left + 30 : left + 170], upright[inner]) for left in range(640 - 202))
    assert best > 27


@pytest.mark.parametrize("size", [Size(180, 320), Size(200, 200), Size(420, 180), Size(720, 180), Size(322, 182)])
def test_any_shape_of_frame(size: Size) -> None:
    for place in ("sea", "interior", "city"):
        assert luma(frame(PROMPTS[place], size)).std() > 5


def test_frames_come_in_any_order_and_from_threads() -> None:
    source = scene.build(PROMPTS["lake"], seed=3, size=SMALL, fps=FPS, frames=24, move=Move(MoveKind.PAN, 1))

    def draw(index: int) -> bytes:
        planes = np.zeros((270, 320), np.uint8)
        source.planes(index, planes)
        return planes.tobytes()

    alone = [draw(index) for index in range(24)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(draw, reversed(range(24))))
    assert alone == together[::-1]


def test_every_pixel_is_written() -> None:
    source = scene.build(PROMPTS["meadow"], seed=3, size=SMALL, fps=FPS, frames=24, move=Move(MoveKind.TILT, -1))
    dark, bright = np.zeros((270, 320), np.uint8), np.full((270, 320), 255, np.uint8)
    for index in (0, 12, 23):
        source.planes(index, dark)
        source.planes(index, bright)
        assert np.array_equal(dark, bright)


@pytest.mark.parametrize("kind", [MoveKind.PUSH, MoveKind.PULL, MoveKind.PAN, MoveKind.TILT, MoveKind.ARC])
def test_a_move_moves_and_stays_within_the_world(kind: MoveKind) -> None:
    source = scene.build("mountains by day", seed=3, size=SMALL, fps=FPS, frames=240, move=Move(kind, 1, speed="fast"))
    first, last = np.zeros((270, 320), np.uint8), np.zeros((270, 320), np.uint8)
    source.planes(0, first)
    source.planes(239, last)
    assert psnr(luma(first), luma(last)) < 30
    for picture in (first, last):  # beyond the world the last column or row would be repeated
        y = luma(picture).astype(int)
        assert np.abs(y[:, 0] - y[:, 12]).mean() > 0.3
        assert np.abs(y[:, -1] - y[:, -13]).mean() > 0.3


def test_a_pan_to_the_right_shifts_the_picture_to_the_left_and_near_things_more() -> None:
    move = Move(MoveKind.PAN, 1, speed="fast")
    source = scene.build("mountains by day", seed=3, size=Size(640, 360), fps=FPS, frames=49, move=move)
    before, after = np.zeros((540, 640), np.uint8), np.zeros((540, 640), np.uint8)
    source.planes(22, before)
    source.planes(26, after)

    def shift(rows: slice) -> int:
        wide = range(-30, 31)
        left, right = luma(before)[rows, 100:540].astype(int), luma(after)[rows].astype(int)
        errors = [np.abs(left - right[:, 100 + at : 540 + at]).mean() for at in wide]
        return wide[int(np.argmin(errors))]

    far, near = shift(slice(130, 190)), shift(slice(330, 360))
    assert near < far <= 0


def test_neighbouring_frames_differ_little() -> None:
    source = scene.build(PROMPTS["sea"], seed=3, size=SMALL, fps=FPS, frames=48, move=Move(MoveKind.PUSH))
    planes = [np.zeros((270, 320), np.uint8) for _ in range(8)]
    for index, buffer in enumerate(planes):
        source.planes(20 + index, buffer)
    steps = [psnr(luma(one), luma(other)) for one, other in pairwise(planes)]
    assert min(steps) > 26


def test_a_static_shot_of_land_stands_still_but_water_and_rain_move() -> None:
    def moved(prompt: str) -> float:
        source = scene.build(prompt, seed=3, size=SMALL, fps=FPS, frames=48, move=STILL)
        one, other = np.zeros((270, 320), np.uint8), np.zeros((270, 320), np.uint8)
        source.planes(10, one)
        source.planes(30, other)
        return float(np.abs(luma(one)[120:].astype(int) - luma(other)[120:]).mean())

    assert moved("desert at noon") < 0.2
    assert moved("the sea at noon") > 0.8
    assert moved("rain over the meadow at night") > 0.3


def test_people_are_drawn_only_when_named() -> None:
    lonely, peopled = (frame(words, Size(640, 360)) for words in ("desert at sunset", "a man, desert at sunset"))
    changed = np.abs(luma(lonely).astype(int) - luma(peopled)) > 12
    rows, cols = np.nonzero(changed)
    assert 40 < len(rows) < 3000
    assert np.ptp(rows) < 0.2 * 360
    assert np.ptp(cols) < 0.2 * 640


def test_the_ease_is_smooth_and_complete() -> None:
    way = ease(np.linspace(0, 1, 101))
    steps = np.diff(way)
    assert way[0] == pytest.approx(0)
    assert way[-1] == pytest.approx(1)
    assert (steps > 0).all()
    assert steps.max() * 100 == pytest.approx(1.28, abs=0.02)


def test_the_hand_sways_gently() -> None:
    across, up = handheld(5, FPS, 240)
    assert 0.0005 < across.std() < 0.003
    assert 0.0003 < up.std() < 0.002
    assert np.abs(np.diff(across)).max() * 24 < 0.02
