from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from shotwright.domain.units import Size
from shotwright.media.animatic.camera import Path, Stage, choose, eased, plan, progress, sway
from shotwright.media.animatic.framing import crops_well, framed, stage_for
from shotwright.media.animatic.subject import Box
from shotwright.media.animatic.words import Move, MoveKind, read

MakePicture = Callable[..., NDArray[np.uint8]]
SIZES = [Size(640, 360), Size(360, 640), Size(480, 480)]
PROMPTS = ["push in", "fast push in", "pull out", "pan left", "pan right", "arc", "static", "handheld, push in"]


def inside(stage: Stage, path: Path, index: int, box: Box) -> bool:
    """Whether a box is in the view at a frame, with a pixel's grace."""
    half = path.width[index] / 2
    across = path.x[index] - half - 1 <= box.left * stage.width and path.x[index] + half + 1 >= box.right * stage.width
    half /= stage.aspect
    top, bottom = box.top * stage.height, box.bottom * stage.height
    return bool(across and path.y[index] - half - 1 <= top and path.y[index] + half + 1 >= bottom)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("prompt", PROMPTS)
def test_the_subject_stays_in_view_from_start_to_end(picture: MakePicture, prompt: str, size: Size) -> None:
    for x, y in ((0.5, 0.5), (0.3, 0.4), (0.7, 0.6)):
        stage = stage_for(picture(x=x, y=y), size)
        move = read(prompt)
        assert move is not None and stage.holds_subject()
        path = plan(stage, move, 4.0, progress(96), seed=3)
        travels = move.kind in {MoveKind.PAN, MoveKind.ARC}
        box = stage.subject.boxes[-1] if travels else stage.box  # a travel that was asked for may cost the rim
        assert inside(stage, path, 0, box) and inside(stage, path, -1, box)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("prompt", [*PROMPTS, "tilt up", "tilt down"])
def test_the_view_never_leaves_the_picture(picture: MakePicture, prompt: str, size: Size) -> None:
    stage = stage_for(picture(x=0.3), size)
    move = read(prompt)
    assert move is not None
    path = plan(stage, move, 6.0, progress(144), seed=3)
    cos, sin = np.cos(path.roll), np.abs(np.sin(path.roll))
    tall = path.width / stage.aspect
    half_x, half_y = (path.width * cos + tall * sin) / 2, (tall * cos + path.width * sin) / 2
    assert (path.x - half_x).min() > -0.5 and (path.x + half_x).max() < stage.width + 0.5
    assert (path.y - half_y).min() > -0.5 and (path.y + half_y).max() < stage.height + 0.5


def test_moves_go_where_their_words_say(picture: MakePicture) -> None:
    stage = stage_for(picture(800, 800), Size(640, 360))

    def path(prompt: str) -> Path:
        move = read(prompt)
        assert move is not None
        return plan(stage, move, 4.0, progress(96), seed=1)

    assert path("push in").width[-1] < path("push in").width[0] * 0.95
    assert path("pull out").width[-1] > path("pull out").width[0] * 1.05
    assert path("pan left").x[-1] < path("pan left").x[0] - 5 < path("pan right").x[-1]
    assert path("tilt up").y[-1] < path("tilt up").y[0] - 5
    assert path("tilt down").y[-1] > path("tilt down").y[0] + 5
    assert np.ptp(path("arc").roll) > 0.008
    fast, slow = (path(f"{speed} push in").width for speed in ("fast", "slow"))
    assert fast[-1] / fast[0] < slow[-1] / slow[0]


def test_ease_starts_and_ends_at_rest_but_not_at_a_joint() -> None:
    free = np.diff(progress(100))
    assert free[0] < 0.1 * free.max() and free[-1] < 0.1 * free.max()
    assert free.max() * 99 == pytest.approx(1.28, abs=0.02)
    joined = np.diff(eased(100, joined_before=True, joined_after=False))
    assert joined[0] == pytest.approx(joined.max(), rel=1e-6) and joined[-1] < 0.1 * joined.max()
    both = np.diff(eased(100, joined_before=True, joined_after=True))
    assert np.ptp(both) < 1e-9


def test_a_chained_shot_begins_on_the_whole_picture(picture: MakePicture) -> None:
    stage = stage_for(picture(640, 360, x=0.3), Size(640, 360))
    for prompt in ("push in", "pull out", "pan left", "tilt down", "handheld", "arc", "static"):
        move = read(prompt)
        assert move is not None
        path = plan(stage, move, 4.0, progress(96), seed=1, whole=True)
        assert (path.x[0], path.y[0], path.width[0], path.roll[0]) == (320, 180, 640, 0)
        assert path.width[-1] < 640


def test_sway_is_the_same_at_every_frame_rate_and_stays_gentle() -> None:
    slow, fast = sway(97, 4.0, 7), sway(193, 4.0, 7)
    for at_24, at_48 in zip(slow, fast, strict=True):
        assert np.allclose(at_24, at_48[::2], atol=1e-9)
    assert np.ptp(slow[0]) < 0.02 and np.abs(np.diff(slow[0])).max() * 24 < 0.03


def test_the_seed_chooses_where_no_words_do(picture: MakePicture) -> None:
    square = stage_for(picture(600, 600), Size(640, 360))
    assert {choose(square, seed).kind for seed in range(20)} == {MoveKind.TILT}
    same = stage_for(picture(640, 360), Size(640, 360))
    moves = [choose(same, seed) for seed in range(40)]
    assert {move.kind for move in moves} == {MoveKind.PUSH, MoveKind.PULL, MoveKind.PAN}
    assert moves == [choose(same, seed) for seed in range(40)]


def test_a_picture_that_cannot_be_cropped_is_shown_whole(picture: MakePicture) -> None:
    wide = picture(1200, 300)
    assert not crops_well(stage_for(wide, Size(360, 640)))
    ready = framed(wide, Size(360, 640), "auto")
    assert ready.padded and ready.rgb.shape[1] / ready.rgb.shape[0] == pytest.approx(360 / 640, rel=0.01)
    path = plan(ready.stage, Move(MoveKind.PUSH), 8.0, progress(48), seed=1)
    inner = 0.93 * ready.stage.width
    assert path.width[-1] >= inner * 0.999
    assert not framed(wide, Size(360, 640), "crop").padded
