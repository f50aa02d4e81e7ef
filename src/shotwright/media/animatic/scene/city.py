"""A city: five rows of overlapping houses with lit windows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shotwright.media.animatic.scene import noise, palette
from shotwright.media.animatic.scene.ground import FLOOR
from shotwright.media.animatic.scene.noise import OVERSCAN, Line
from shotwright.media.animatic.scene.palette import Floats
from shotwright.media.animatic.scene.raster import shrunk
from shotwright.media.animatic.scene.sky import sky
from shotwright.media.animatic.scene.world import WIDE, Grid, Layer, Painting, Stand, World

_DEPTHS = (0.86, 0.70, 0.50, 0.28, 0.06)
_STREET = 0.12  # heights below the horizon down to which there are windows
_ROOF = 0.895
_PX = 1 / 1080  # one pixel of a 1080-line frame, in heights


@dataclass(frozen=True)
class _House:
    """Edges in frame widths and heights; `windows` is [floors, columns], 0 dark wall, 1 pane, 2 and more lit."""

    left: float
    right: float
    top: float
    shade: float
    roof: str  # box, mast or flat
    rise: float
    windows: NDArray[Any]
    glow: NDArray[Any]
    cell: tuple[float, float]
    pane: tuple[float, float]


def city(world: World) -> Painting:
    horizon = world.horizon(0.78)
    layers = sky(world, 0.74)
    people = world.reading.people > 0
    for row, depth in enumerate(_DEPTHS[:-1] if people else _DEPTHS):
        skyline = _skyline(world, horizon, row)
        houses = _houses(world, skyline, horizon, row)
        layers.append(_row(world, houses, horizon, row, depth))
    standing = None
    if people:  # on a roof, before the paler rows
        roof = Line(np.full(noise.SAMPLES, _ROOF, np.float32))
        layers.append(_ledge(world, _ROOF))
        standing = Stand(roof, place=len(layers), near=1.05, height=0.13, span=(0.58, 0.76))
    return Painting(tuple(layers), horizon, world.sun, fog=world.reading.weather == "fog", stand=standing)


def _skyline(world: World, horizon: float, row: int) -> Line:
    rises = noise.line(world.random(f"skyline {row}"), 3, 3)
    tops = horizon - 0.13 + 0.025 * row - 0.34 * (1 - 0.2 * row) * rises.table**1.5
    return Line(np.asarray(tops, np.float32))


def _houses(world: World, skyline: Line, horizon: float, row: int) -> list[_House]:
    random = world.random(f"houses {row}")
    houses = []
    x = -OVERSCAN - 0.02
    while x < 1 + OVERSCAN:
        wide = random.uniform(0.016, 0.049) * (0.8 + 0.3 * row)
        top = skyline.at(x) + random.uniform(-0.05, 0.06)
        houses.append(_house(world, random, x, wide, top, horizon, row))
        x += wide * (1 - 0.25 * random.random()) - 0.0005
    return houses


def _house(
    world: World, random: np.random.Generator, x: float, wide: float, top: float, horizon: float, row: int
) -> _House:
    pane = (5 + 1.6 * row) * _PX, (7 + 2.0 * row) * _PX
    gap = (3 + row) * _PX
    narrow = gap / 2 if random.random() < 0.25 else gap
    cell = pane[0] + narrow, pane[1] + gap
    columns = max(0, int((wide * WIDE - 8 * _PX) / cell[0]))
    floors = max(0, int((min(FLOOR, horizon + _STREET) - top - pane[1]) / cell[1]))
    busy = float(random.choice([0.35, 0.8, 1.0, 1.5]))
    lit_share = world.palette.windows * busy * (1.1 - 0.08 * row)
    draw = random.random((floors, columns))
    kinds = np.where(draw < 0.72, 1, 0)
    colours = 2 + np.minimum(3, (random.random((floors, columns)) ** 1.4 * 4).astype(int))
    kinds = np.where(draw < lit_share, colours, kinds)
    glow = random.uniform(0.35, 1.0, (floors, columns))
    fate = random.random()
    roof = "box" if fate < 0.3 else "mast" if fate < 0.42 else "flat"
    rise = 0.02 if roof == "box" else random.uniform(0.03, 0.07)
    shade = random.uniform(0.88, 1.1)
    return _House(x, x + wide, top, shade, roof, float(rise), kinds.astype(np.uint8), glow, cell, pane)


def _row(world: World, houses: list[_House], horizon: float, row: int, depth: float) -> Layer:
    crown = min(house.top - house.rise for house in houses) - 0.01
    grid = world.grid.band(crown, FLOOR if row == len(_DEPTHS) - 1 else min(FLOOR, horizon + 0.2))
    fine = Grid(grid.lines * 2, grid.left, grid.top, grid.cols * 2, grid.rows * 2)
    wall = world.palette.layered(palette.HOUSE, depth, 0.55)
    pane = 0.96 if world.reading.time == "day" else 0.93
    cover = np.zeros((fine.rows, fine.cols), np.uint8)
    tone = np.full((fine.rows, fine.cols), 128, np.uint8)  # 128 is the wall's own brightness
    lights = np.zeros((fine.rows, fine.cols, 3), np.uint8)
    table = np.stack([np.zeros(3), np.zeros(3), *palette.WINDOWS]).astype(np.float32)
    for house in houses:
        _draw_house(house, fine, row, pane, (cover, tone, lights), table * (1 - 0.55 * depth))
    size = (grid.cols, grid.rows)
    sheet = wall * (shrunk(tone, *size).astype(np.float32) / 128)[..., None]
    rise = np.clip((grid.y - (horizon - 0.32)) / 0.42, 0, 1)[:, None, None] * np.float32(0.5 - 0.1 * row)
    sheet = sheet + (world.palette.haze - sheet) * rise
    sheet = np.maximum(sheet, shrunk(lights, *size).astype(np.float32))
    covered = shrunk(cover, *size).astype(np.float32) / np.float32(255)
    return Layer(grid, np.clip(sheet, 0, 255).astype(np.float32), covered, 0.1 + 0.2 * row)


def _edges(fine: Grid, left: float, right: float) -> slice:
    low, high = (round(float(fine.col(v))) for v in (left, right))
    return slice(min(max(low, 0), fine.cols), min(max(high, 0), fine.cols))


def _draw_house(
    house: _House,
    fine: Grid,
    row: int,
    pane_tone: float,
    sheets: tuple[NDArray[Any], NDArray[Any], NDArray[Any]],
    table: Floats,
) -> None:
    cover, tone, lights = sheets
    cols = _edges(fine, house.left, house.right)
    if cols.start == cols.stop:
        return
    top = min(max(round(float(fine.row(house.top))), 0), fine.rows)
    cover[top:, cols] = 255
    lights[top:, cols] = 0
    shade = 128 * house.shade
    tone[top:, cols] = round(shade)
    dark_side = _edges(fine, house.right - 0.3 * (house.right - house.left), house.right)
    tone[top:, dark_side] = round(shade * 0.9)
    _draw_roof(house, fine, row, cover, tone, top)
    _draw_windows(house, fine, cols, top, pane_tone, tone, lights, table)


def _draw_roof(house: _House, fine: Grid, row: int, cover: NDArray[Any], tone: NDArray[Any], top: int) -> None:
    wide = house.right - house.left
    if house.roof == "box":
        part = _edges(fine, house.left + wide / 4, house.right - wide / 4)
    elif house.roof == "mast":
        middle, half = (house.left + house.right) / 2, (1 + row / 4) * _PX / WIDE
        part = _edges(fine, middle - half, middle + half)
    else:
        return
    rows = slice(max(0, round(float(fine.row(house.top - house.rise)))), top)
    cover[rows, part] = 255
    tone[rows, part] = round(128 * house.shade)


def _draw_windows(
    house: _House,
    fine: Grid,
    cols: slice,
    top: int,
    pane_tone: float,
    tone: NDArray[Any],
    lights: NDArray[Any],
    table: Floats,
) -> None:
    if not house.windows.size or top >= fine.rows:
        return
    across = (fine.x[cols] - house.left) * WIDE - 4 * _PX
    down = fine.y[top:] - house.top - house.pane[1]
    column, floor = (np.floor(value / step).astype(int) for value, step in zip((across, down), house.cell, strict=True))
    in_column = (column >= 0) & (column < house.windows.shape[1]) & (across - column * house.cell[0] < house.pane[0])
    in_floor = (floor >= 0) & (floor < house.windows.shape[0]) & (down - floor * house.cell[1] < house.pane[1])
    rows_at, cols_at = np.flatnonzero(in_floor), np.flatnonzero(in_column)
    if not len(rows_at) or not len(cols_at):
        return
    cells = np.ix_(floor[rows_at], column[cols_at])
    kinds, glow = house.windows[cells], house.glow[cells]
    where = np.ix_(rows_at + top, cols_at + cols.start)
    tone[where] = np.where(kinds == 1, np.round(tone[where] * pane_tone), tone[where])
    lights[where] = np.clip(table[kinds] * glow[..., None], 0, 255)


def _ledge(world: World, top: float) -> Layer:
    """The roof one stands on: a dark parapet along the lower edge."""
    grid = world.grid.band(top - 0.02, FLOOR)
    cover = np.clip((grid.y - top) * grid.lines + 0.5, 0, 1)[:, None] * np.ones((1, grid.cols), np.float32)
    lip = np.clip(1 - np.abs(grid.y - top - 0.004) / 0.005, 0, 1)[:, None, None] * np.float32(0.10)
    colour = world.palette.layered(palette.HOUSE, 0.02, 0.3)
    sheet = np.broadcast_to(colour, (grid.rows, grid.cols, 3)) * np.float32(0.8)
    return Layer(grid, (sheet + (world.palette.haze - sheet) * lip).astype(np.float32), cover.astype(np.float32), 1.05)
