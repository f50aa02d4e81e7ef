"""A room: a wall with one window on the same sky, light on the floor, and furniture in silhouette."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from shotwright.media.animatic.scene import noise
from shotwright.media.animatic.scene.ground import FLOOR, silhouette
from shotwright.media.animatic.scene.noise import smooth
from shotwright.media.animatic.scene.palette import Floats, colour
from shotwright.media.animatic.scene.raster import blurred
from shotwright.media.animatic.scene.sky import sky
from shotwright.media.animatic.scene.world import WIDE, Grid, Layer, Painting, World, drawn, towards

_HILL = colour("#55705a")
_WALLS = {False: colour("#6d6257"), True: colour("#1d2029")}
_FLOORS = {False: colour("#4a382b"), True: colour("#15131a")}
_LAMPLIGHT, _LAMPSHADE = colour("#ffb469"), colour("#ffd9a0")
_SKIRTING, _FLOOR = 0.755, 0.777
_LAMP_X = 0.203


@dataclass(frozen=True)
class _Room:
    """`at` mirrors an x where the light comes from the left; the window is left, right, top, bottom."""

    world: World
    window: tuple[float, float, float, float]

    def at(self, x: float) -> float:
        return x if self.world.side > 0 else 1 - x

    @property
    def night(self) -> bool:
        return self.world.dark

    @property
    def daylight(self) -> Floats:
        return np.asarray(self.world.palette.horizon * (0.8 if self.night else 1.0), np.float32)


def interior(world: World) -> Painting:
    left, right = (0.50, 0.86) if world.side > 0 else (0.14, 0.50)
    room = _Room(world, (left, right, 0.12, 0.64))
    layers = sky(world, 0.9)
    for step, depth in enumerate((0.75, 0.5)):
        crest = noise.line(world.random(f"hill {step}"), 3, 6, 0.5, 0.6) * -0.14 + (0.62 + 0.1 * step)
        hue = world.palette.layered(_HILL, depth)
        layers.append(silhouette(world, f"hill {step}", crest, hue, 0.05, mist=0.4, foot=0.75))
    layers.append(_wall(room))
    layers.append(_furniture(room))
    focus = (left + right) / 2 if not room.night else room.at(0.24)
    return Painting(tuple(layers), 0.55, focus=focus)


def _span(value: Floats, low: float, high: float, soft: float) -> Floats:
    """1 between low and high with edges of width `soft`, 0 outside."""
    return smooth(low - soft / 2, low + soft / 2, value) * smooth(high + soft / 2, high - soft / 2, value)


def _wall(room: _Room) -> Layer:
    grid, hour = room.world.grid, room.world.palette
    left, right = room.window[:2]
    middle = (left + right) / 2
    x, y = grid.x[None], grid.y[:, None]
    far = np.sqrt(((x - middle) / 0.6) ** 2 + ((y - 0.45) / 0.8) ** 2)
    wall = _WALLS[room.night] * (1.18 - 0.62 * smooth(0, 1.2, far))[..., None]
    wall = wall * (1 - 0.18 * ((y > _SKIRTING) & (y <= _FLOOR)))[..., None]
    floor = _FLOORS[room.night] * (1.25 - 0.6 * smooth(0, 1.0, far))[..., None]
    sheet = wall + (floor - wall) * smooth(_FLOOR - 0.001, _FLOOR + 0.001, y)[..., None]
    sheet = towards(sheet, room.daylight, _patch(room, grid) * np.float32(0.2 if room.night else 0.42))
    beside = np.maximum(np.abs(x - middle) - (right - left) / 2, 0) ** 2 / 0.02
    soft = np.exp(-(beside + np.maximum(np.abs(y - 0.38) - 0.26, 0) ** 2 / 0.03))
    sheet = towards(sheet, room.daylight, np.asarray(0.16 * soft, np.float32))
    open_part, frame = _window(room, grid)
    sheet = sheet + (_WALLS[room.night] * 0.62 + hour.horizon * 0.12 - sheet) * frame[..., None]
    if room.night:
        lamp = np.exp(-(((x - room.at(_LAMP_X)) / 0.185) ** 2 + ((y - 0.50) / 0.24) ** 2))
        sheet = towards(sheet, _LAMPLIGHT, np.asarray(0.55 * lamp, np.float32))
    return Layer(grid, np.clip(sheet, 0, 255).astype(np.float32), 1 - open_part, near=0.35)


def _window(room: _Room, grid: Grid) -> tuple[Floats, Floats]:
    """How open each pixel is to the sky, and how much of it is window frame."""
    left, right, top, bottom = room.window
    pixel = 1 / grid.lines
    u, v = (grid.x - left) / (right - left), (grid.y - top) / (bottom - top)
    edge_u, edge_v = pixel / WIDE / (right - left), pixel / (bottom - top)
    panes_u = sum(_span(u, low, high, edge_u) for low, high in ((0.014, 0.322), (0.345, 0.655), (0.678, 0.986)))
    panes_v = sum(_span(v, low, high, edge_v) for low, high in ((0.025, 0.346), (0.374, 0.975)))
    panes = np.asarray(panes_v, np.float32)[:, None] * np.asarray(panes_u, np.float32)[None]
    outer = _span(v, -0.03, 1.05, edge_v)[:, None] * _span(u, -0.035, 1.035, edge_u)[None]
    return np.clip(panes, 0, 1), np.clip(outer - panes, 0, 1)


def _patch(room: _Room, grid: Grid) -> Floats:
    """The window's light, laid askew on the floor."""
    left, right, *_ = room.window
    shift = -0.16 * room.world.side
    lean = -(grid.y[:, None] - 0.80) * np.float32(0.9 * room.world.side)
    u = ((grid.x[None] - lean - (left + shift)) / (right - left)).astype(np.float32)
    bars = np.abs((u * 3) % 1 - 0.5) > 0.465
    rows = smooth(0.79, 0.81, grid.y) * smooth(0.97, 0.93, grid.y)
    shape = smooth(0, 0.03, u) * smooth(1, 0.97, u) * (1 - 0.7 * bars) * rows[:, None]
    return blurred(shape.astype(np.float32), 5 * grid.pixel)


def _furniture(room: _Room) -> Layer:
    """Table with a lamp and books on one side, a plant on the other."""
    world = room.world
    grid = world.grid.band(0.36, FLOOR)
    random = world.random("plant")
    leaves = [(random.uniform(-1.2, 1.2), random.uniform(0.16, 0.30)) for _ in range(11)]

    def paint(fine: Grid, mask: NDArray[np.uint8]) -> None:
        def fill(points: list[tuple[float, float]]) -> None:
            shape = [(float(fine.col(room.at(x))) * 8, float(fine.row(y)) * 8) for x, y in points]
            cv2.fillPoly(mask, [np.round(shape).astype(np.int32)], 255, cv2.LINE_8, 3)

        for x0, y0, x1, y1 in _BOXES:
            fill([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])
        fill([(0.155, 0.53), (0.251, 0.53), (0.228, 0.40), (0.178, 0.40)])
        fill([(0.90, 0.80), (0.97, 0.80), (0.957, 0.94), (0.913, 0.94)])
        for angle, length in leaves:
            _leaf(fill, angle, length)

    cover = drawn(grid, paint)
    sheet = np.broadcast_to(_WALLS[room.night] * 0.28 + world.palette.ink * 0.2, (grid.rows, grid.cols, 3))
    soft = blurred(cover, 2 * grid.pixel)
    shift = max(1, round(5 * grid.pixel)) * world.side
    rim = np.clip(soft - np.roll(soft, -shift, 1), 0, 1)
    sheet = towards(sheet.astype(np.float32), room.daylight, np.asarray(0.6 * rim, np.float32))
    if room.night:
        beside = _span(grid.x, room.at(_LAMP_X) - 0.055, room.at(_LAMP_X) + 0.055, 0.004)
        shade = _span(grid.y, 0.38, 0.53, 0.002)[:, None] * beside[None]
        sheet = towards(sheet, _LAMPSHADE, shade)
    return Layer(grid, sheet, cover, near=0.6)


_BOXES = (
    (0.08, 0.70, 0.40, 0.722),
    (0.10, 0.72, 0.112, 0.95),
    (0.368, 0.72, 0.38, 0.95),
    (0.20, 0.52, 0.206, 0.70),
    (0.178, 0.69, 0.228, 0.70),
    (0.28, 0.675, 0.345, 0.70),
    (0.285, 0.655, 0.35, 0.675),
)


def _leaf(fill: Callable[[list[tuple[float, float]]], None], angle: float, length: float) -> None:
    share = np.linspace(0, 1, 20)
    x = 0.935 + np.sin(angle) * length * 0.42 * share
    y = 0.80 - length * np.cos(angle * 0.6) * share + 0.10 * share**2 * abs(angle)
    half = 0.012 * np.sin(np.pi * np.clip(share * 0.95 + 0.05, 0, 1))
    upper = list(zip(x.tolist(), (y - half).tolist(), strict=True))
    lower = list(zip(x[::-1].tolist(), (y + half)[::-1].tolist(), strict=True))
    fill(upper + lower)
