from __future__ import annotations

import pytest

from shotwright.media.animatic.words import Meeting, MoveKind, meeting, read

PUSH, PULL, PAN, TILT, ARC, STATIC = MoveKind


@pytest.mark.parametrize(
    ("prompt", "kind", "direction", "speed"),
    [
        ("slow push in", PUSH, 0, "slow"),
        ("A harbour at dawn, slow push-in on the lighthouse", PUSH, 0, "slow"),
        ("dolly in", PUSH, 0, "medium"),
        ("zoom", PUSH, 0, "medium"),
        ("slowly zooming in", PUSH, 0, "slow"),
        ("the camera moves closer", PUSH, 0, "medium"),
        ("pull back", PULL, 0, "medium"),
        ("lanterns at night, pull out quickly", PULL, 0, "fast"),
        ("fast dolly out", PULL, 0, "fast"),
        ("zoom out", PULL, 0, "medium"),
        ("pan left", PAN, -1, "medium"),
        ("Camera slowly pans to the right over the bay", PAN, 1, "slow"),
        ("truck left", PAN, -1, "medium"),
        ("a tracking shot of a fox", PAN, 0, "medium"),
        ("whip pan right", PAN, 1, "fast"),
        ("slow drift", PAN, 0, "slow"),
        ("tilt up", TILT, -1, "medium"),
        ("quick tilt down", TILT, 1, "fast"),
        ("crane up", TILT, -1, "medium"),
        ("the camera rises above the trees", TILT, -1, "medium"),
        ("arc", ARC, 0, "medium"),
        ("orbit left around the statue", ARC, -1, "medium"),
        ("static", STATIC, 0, "medium"),
        ("locked-off shot of a door", STATIC, 0, "medium"),
        ("a fast car, slow zoom in", PUSH, 0, "slow"),
    ],
)
def test_camera_words_name_a_move(prompt: str, kind: MoveKind, direction: int, speed: str) -> None:
    move = read(prompt)
    assert move is not None
    assert (move.kind, move.direction, move.speed) == (kind, direction, speed)
    assert move.named


@pytest.mark.parametrize(
    "prompt",
    [
        "a frying pan on a stove",
        "Peter Pan flies over London",
        "a train track in snow",
        "the tilt of her head",
        "he pulls back the curtain",
        "a crane standing in shallow water",
        "harbour at dawn",
        "",
    ],
)
def test_things_that_sound_like_camera_words_are_none(prompt: str) -> None:
    assert read(prompt) is None


def test_handheld_goes_with_any_move() -> None:
    alone, added = read("handheld"), read("hand-held, pan left")
    assert alone is not None and alone.handheld and alone.kind is STATIC
    assert added is not None and added.handheld and (added.kind, added.direction) == (PAN, -1)


@pytest.mark.parametrize(
    ("prompt", "how"),
    [("a quiet lake", "dissolve"), ("a car chase", "whip"), ("whip pan", "whip"), ("zoom through the door", "zoom")],
)
def test_how_two_pictures_meet(prompt: str, how: Meeting) -> None:
    assert meeting(prompt) == how
