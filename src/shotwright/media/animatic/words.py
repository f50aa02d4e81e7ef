"""Camera words: what a prompt says about the camera, as a move."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Speed = Literal["slow", "medium", "fast"]


class MoveKind(StrEnum):
    """How the camera travels."""

    PUSH = "push"
    PULL = "pull"
    PAN = "pan"
    TILT = "tilt"
    ARC = "arc"
    STATIC = "static"


@dataclass(frozen=True, slots=True)
class Move:
    """A camera move. `direction` is +1 for right or down, -1 for left or up, 0 where the kind has none.

    `handheld` lays a gentle sway over it. `named` tells whether the words asked for it (else it came from the seed).
    `cut` is how two unrelated pictures meet: a defocus dissolve, a whip, or a zoom through.
    """

    kind: MoveKind
    direction: int = 0
    speed: Speed = "medium"
    handheld: bool = False
    named: bool = False
    cut: Literal["dissolve", "whip", "zoom"] = "dissolve"
