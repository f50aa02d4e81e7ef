"""Colours of the hours: one palette for a time of day, and tints for places."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shotwright.media.animatic.scene.reading import Time

Floats = NDArray[np.float32]


def colour(code: str) -> Floats:
    """ "#rrggbb" as float32 [3], red first, 0 to 255."""
    return np.array([int(code[at : at + 2], 16) for at in (1, 3, 5)], np.float32)


def mix(start: Floats, end: Floats, share: float | Floats) -> Floats:
    """`start` moved towards `end` by a share from 0 to 1."""
    return np.asarray(start + (end - start) * share, np.float32)


@dataclass(frozen=True)
class Palette:
    """Four stops of the sky from the zenith down, the haze that distance mixes in, ink for the nearest, and the light.

    `sun` is the height of sun or moon above the horizon as a share of the sky, None where it is hidden.
    """

    top: Floats
    upper: Floats
    lower: Floats
    horizon: Floats
    haze: Floats
    ink: Floats
    light: Floats
    sun: float | None
    tint: float  # how much of a place's own colour this light lets through
    cloud: float  # cover, 0 to 1
    windows: float  # share of a city's windows that are lit

    def layered(self, tint: Floats, depth: float, share: float = 0.5) -> Floats:
        """The colour of a layer: ink and the place's tint, mixed to the haze by its depth (0 near, 1 far)."""
        near = self.ink * (1 - share) + tint * (share * self.tint)
        return mix(near, self.haze, depth**0.8)


def _palette(stops: str, sun: float | None, *, tint: float, cloud: float, windows: float = 0.0) -> Palette:
    top, upper, lower, horizon, haze, ink, light = (colour(code) for code in stops.split())
    return Palette(top, upper, lower, horizon, haze, ink, light, sun, tint, cloud, windows)


PALETTES: dict[Time, Palette] = {
    "dawn": _palette(
        "#2c3c6b #8a6f9e #eaa28a #ffdcae #e6b7a6 #2a2540 #fff1d0", 0.10, tint=0.7, cloud=0.50, windows=0.08
    ),
    "day": _palette("#2a66a8 #5f9fd3 #a9d2ea #e4f1f3 #c6dde6 #1d3640 #fffaf0", 0.62, tint=0.9, cloud=0.42),
    "golden": _palette("#45568a #b58b93 #f2ab6b #ffd98f #efb884 #2c1f26 #ffedc2", 0.20, tint=0.9, cloud=0.45),
    "sunset": _palette(
        "#1c2250 #6a2f63 #dd5a3c #ffb65c #c9695a #170f22 #ffe0a0", 0.07, tint=0.45, cloud=0.55, windows=0.12
    ),
    "dusk": _palette(
        "#0d1738 #26396f #62639a #d79c8f #6c709c #0b1126 #ffd9b0", None, tint=0.4, cloud=0.40, windows=0.26
    ),
    "night": _palette(
        "#040813 #0a1530 #16294b #2c4567 #20334f #03060d #e8eefc", 0.70, tint=0.22, cloud=0.22, windows=0.30
    ),
    "overcast": _palette(
        "#74828d #93a0a8 #b3bdc1 #d2d7d5 #bfc7c8 #28323a #f4f4ee", None, tint=0.9, cloud=0.75, windows=0.05
    ),
    "storm": _palette(
        "#161c23 #313c46 #5a676e #a3aaa2 #6c787b #0e1317 #eef2f4", None, tint=0.5, cloud=0.90, windows=0.20
    ),
}

MOUNTAIN = colour("#4b6378")
NEAR_HILL = colour("#2c4a3e")
FOOTHILL = colour("#3c5c58")
FIR = colour("#1f4a3c")
LEAVES = colour("#3c5a2c")
DUNE = colour("#c9803f")
MEADOW = colour("#6f8f3f")
GRASS = colour("#3f5a22")
HOUSE = colour("#46506a")
SAND = colour("#8d7a58")
DEEP_WATER = colour("#1f5568")
WINDOWS = tuple(colour(code) for code in ("#ffcf87", "#ffe2b0", "#ffb86a", "#d5e4ff"))
