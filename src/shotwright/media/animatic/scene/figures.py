"""Small figures and sail boats in silhouette: they give a scene scale, and are drawn only when words name them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from shotwright.media.animatic.scene.palette import mix
from shotwright.media.animatic.scene.world import WIDE, Grid, Layer, Painting, Stand, World, drawn

_HEADS = 8
_SHARED = 0.26  # frame widths: figure and sun fit one portrait frame
_BOAT = 0.085  # heights
_TORSO = [
    (-0.30, 6.75), (0.30, 6.75), (0.92, 6.35), (1.02, 5.2), (1.1, 3.7), (0.86, 3.6), (0.74, 5.0), (0.72, 2.6),
    (-0.72, 2.6), (-0.74, 5.0), (-0.86, 3.6), (-1.1, 3.7), (-1.02, 5.2), (-0.92, 6.35),
]  # fmt: skip
_NECK = [(-0.22, 7.0), (0.22, 7.0), (0.25, 6.5), (-0.25, 6.5)]
_HULL = [(-0.5, 0.1), (0.55, 0.13), (0.42, -0.01), (-0.42, -0.01)]
_MAINSAIL = [(0.02, 0.14), (0.02, 0.95), (0.42, 0.18)]
_JIB = [(-0.02, 0.14), (-0.02, 0.82), (-0.34, 0.16)]


def with_figures(world: World, painting: Painting) -> Painting:
    """The painting with the people and boats that its words name, where the place has room for them."""
    if world.reading.people and painting.stand is not None:
        painting = _with_people(world, painting, painting.stand)
    if world.reading.boats and painting.water is not None:
        painting = _with_boat(world, painting, painting.water)
    return painting


def _inserted(painting: Painting, at: int, layer: Layer) -> Painting:
    layers = (*painting.layers[:at], layer, *painting.layers[at:])
    return replace(painting, layers=layers)


def _with_boat(world: World, painting: Painting, horizon: float) -> Painting:
    random = world.random("boat")
    x = float(np.clip(world.sun - world.side * random.uniform(0.10, 0.2), 0.3, 0.8))
    grid = world.grid.band(horizon - 1.1 * _BOAT, horizon + 0.02)

    def paint(fine: Grid, mask: NDArray[np.uint8]) -> None:
        for shape in (_HULL, _MAINSAIL, _JIB):
            points = [(x + across * _BOAT / WIDE, horizon - up * _BOAT) for across, up in shape]
            _fill(fine, mask, points)

    cover = drawn(grid, paint)
    layer = _silhouette(world, grid, cover, near=0.12, bob=0.0012)
    return replace(_inserted(painting, painting.above, layer), above=painting.above + 1, focus=(x + world.sun) / 2)


def _with_people(world: World, painting: Painting, stand: Stand) -> Painting:
    random = world.random("people")
    choices = np.linspace(*stand.span, 25)
    heights = stand.crest(choices.astype(np.float32))
    x = float(choices[int(np.argmin(heights + 0.004 * random.random(len(choices))))])
    walking = float(random.choice([0.0, 0.45]))
    people = [(x, stand.height, walking)]
    if world.reading.people > 1:
        people.append((x + 0.30 * stand.height, stand.height * 0.88, 0.0))
    top = min(stand.crest.at(at) - tall for at, tall, _ in people) - 0.02
    grid = world.grid.band(top, max(stand.crest.at(at) for at, *_ in people) + 0.03)

    def paint(fine: Grid, mask: NDArray[np.uint8]) -> None:
        for at, tall, stride in people:
            _person(fine, mask, at, stand.crest.at(at) + 0.004, tall, stride)

    layer = _silhouette(world, grid, drawn(grid, paint), near=stand.near)
    near_light = abs(x - world.sun) < _SHARED
    return replace(_inserted(painting, stand.place, layer), focus=(x + world.sun) / 2 if near_light else x)


def _silhouette(world: World, grid: Grid, cover: NDArray[Any], *, near: float, bob: float = 0.0) -> Layer:
    colour = mix(world.palette.ink, world.palette.haze, 0.10)
    sheet = np.broadcast_to(colour, (grid.rows, grid.cols, 3)).astype(np.float32)
    return Layer(grid, sheet, cover, near, bob=bob)


def _fill(fine: Grid, mask: NDArray[np.uint8], points: list[tuple[float, float]]) -> None:
    shape = [(float(fine.col(x)) * 16, float(fine.row(y)) * 16) for x, y in points]
    cv2.fillPoly(mask, [np.round(shape).astype(np.int32)], 255, cv2.LINE_AA, 4)


def _person(fine: Grid, mask: NDArray[np.uint8], x: float, feet: float, tall: float, stride: float) -> None:
    """A figure in a coat, eight heads tall; `stride` parts the legs."""
    unit = tall / _HEADS

    def fill(shape: list[tuple[float, float]]) -> None:
        _fill(fine, mask, [(x + across * unit / WIDE, feet - up * unit) for across, up in shape])

    turn = np.linspace(0, 2 * np.pi, 24)
    fill([(0.05 + 0.46 * float(np.cos(angle)), 7.4 + 0.6 * float(np.sin(angle))) for angle in turn])
    fill(_NECK)
    fill(_TORSO)
    for side in (-1, 1):
        knee, foot = side * 0.22 + side * stride * 0.5, side * 0.25 + side * stride
        fill(
            [
                (side * 0.08 - 0.3, 4.0),
                (side * 0.08 + 0.36, 4.0),
                (knee + 0.28, 2.0),
                (foot + 0.24, 0.1),
                (foot + 0.5, 0.0),
                (foot - 0.22, 0.0),
                (knee - 0.26, 2.0),
            ]
        )
