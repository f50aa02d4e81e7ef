"""Ground: silhouettes with mist at their feet, rock faces, dunes, trees, grass."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from shotwright.media.animatic.scene.noise import OVERSCAN, Line, smooth
from shotwright.media.animatic.scene.palette import Floats, mix
from shotwright.media.animatic.scene.raster import blurred
from shotwright.media.animatic.scene.world import Grid, Layer, World, drawn, towards

FLOOR = 1 + OVERSCAN
_MIST = 0.30  # heights over which mist thickens below a crest


def silhouette(
    world: World,
    purpose: str,
    crest: Line,
    colour: Floats,
    near: float,
    *,
    mist: float = 0.35,
    texture: float = 0.05,
    foot: float = FLOOR,
    rock: float = 0.0,
    snow: bool = False,
    slope: float = 0.0,
) -> Layer:
    """A band below a crest: colour, texture, mist pooling at its foot.

    `foot` is the y below which nearer layers hide it. `rock` lights its faces, with `snow` near the crest; `slope`
    lights smooth flanks, as of dunes.
    """
    heights = crest(world.grid.x)
    grid = world.grid.band(float(heights.min()) - 3 / world.grid.lines, foot)
    below = grid.y[:, None] - heights[None]
    cover = np.clip(below * np.float32(grid.lines) + 0.5, 0, 1).astype(np.float32)
    grain = grid.sample(world.field(f"texture {purpose}", 9, 5)) - 0.5
    sheet = colour * (1 + 2 * texture * grain[..., None])
    if slope:
        sheet = _flanks(world, purpose, sheet, crest, grid, below, slope)
    sheet = towards(sheet, world.palette.haze, np.clip(below / _MIST, 0, 1) * np.float32(mist))
    if rock:
        sheet = _faces(world, purpose, sheet, grid, below, rock, snow=snow)
    return Layer(grid, np.clip(sheet, 0, 255), cover, near)


def _faces(
    world: World, purpose: str, sheet: Floats, grid: Grid, below: Floats, strength: float, *, snow: bool
) -> Floats:
    """Lit and shaded faces from the slope of ridged noise in fine octaves, snow near the crest."""
    table = world.field(f"rock {purpose}", 10, 8, 0.58, (1152, 2048))
    ridged = 1 - np.abs(2 * table - 1)
    steep = cv2.GaussianBlur(cv2.Sobel(ridged, cv2.CV_32F, 1, 0, ksize=3), (0, 0), 1.2) * world.side
    steep = grid.sample(np.asarray(steep / (steep.std() * 2.2), np.float32))
    inside = below > -0.01
    lit = np.clip(steep, -1, 1) * np.exp(-np.maximum(below, -0.01) / 0.13) * inside * strength
    bright = towards(sheet, world.palette.light, np.asarray(0.55 * np.maximum(lit, 0), np.float32))
    sheet = bright * (1 + 0.55 * np.minimum(lit, 0))[..., None]
    if snow:
        height = np.exp(-np.maximum(below, -0.01) / 0.075) + 0.14 * steep + 0.3 * (grid.sample(ridged) - 0.6)
        white = smooth(0.55, 0.85, np.asarray(height, np.float32)) * inside
        sheet = towards(sheet, world.palette.light * 0.93, np.asarray(0.42 * white, np.float32))
    return np.asarray(sheet, np.float32)


def _flanks(
    world: World, purpose: str, sheet: Floats, crest: Line, grid: Grid, below: Floats, strength: float
) -> Floats:
    """One flank of each crest in the light and the other in shade, with fine ripples along it."""
    deep = np.maximum(below, 0)
    waves = grid.sample(world.field(f"ripples {purpose}", 5, 3))
    run = np.gradient(crest.table) * (len(crest.table) / (1 + 2 * OVERSCAN)) / 1.16
    gentle = Line(cv2.GaussianBlur(run.astype(np.float32)[None], (0, 0), 34)[0])
    along = grid.x[None] + world.side * 0.30 * deep + 0.10 * (waves - 0.5) * np.minimum(1, deep / 0.05)
    facing = np.clip(gentle(along) * world.side * 0.9, -1, 1) * np.exp(-deep / 0.15)
    sheet = towards(sheet, world.palette.light, np.asarray(strength * np.maximum(facing, 0), np.float32))
    sheet = sheet * (1 + strength * 1.1 * np.minimum(facing, 0))[..., None]
    ripples = np.sin(below * 260 / (1 + 6.6 * deep) + 5 * waves) * np.exp(-deep / 0.3)
    return np.asarray(sheet * (1 + 0.015 * ripples)[..., None], np.float32)


def trees(
    world: World,
    purpose: str,
    base: Line,
    *,
    tallest: float,
    near: float,
    count: int,
    tint: Floats,
    depth: float = 0.0,
    kind: str = "fir",
    clearing: tuple[float, float] | None = None,
    foot: float = FLOOR,
) -> Layer:
    """A row of trees on a base line; `tallest` in heights, `kind` fir (a closed wood, down to `foot`)
    or round (single trees); none within a `clearing` of x."""
    random = world.random(f"trees {purpose}")
    crown = float(base.table.min()) - 1.3 * tallest
    grid = world.grid.band(crown, foot)
    places = [_place(random) for _ in range(count)]

    def paint(fine: Grid, mask: NDArray[np.uint8]) -> None:
        if kind == "fir":
            mask[fine.y[:, None] > base(fine.x)[None]] = 255
        for x, vigour, shape in places:
            own = np.random.default_rng(shape)
            if clearing and clearing[0] < x < clearing[1]:
                continue
            foot_row, tall = float(fine.row(base.at(x) + 0.004)), tallest * vigour * fine.lines
            if kind == "fir":
                _fir(mask, own, float(fine.col(x)), foot_row, tall, tallest * vigour)
            else:
                _round_tree(mask, own, float(fine.col(x)), foot_row, tall)

    cover = drawn(grid, paint)
    colour = world.palette.layered(tint, depth, 0.45)
    sheet = np.broadcast_to(colour, (grid.rows, grid.cols, 3)).astype(np.float32)
    below = grid.y[:, None] - base(grid.x)[None] + 0.5 * tallest
    haze = np.clip(below / (1.6 * tallest), 0, 1) * np.float32(0.5 * (depth * 0.9 + 0.12))
    return Layer(grid, towards(sheet, world.palette.haze, haze), cover, near)


def _place(random: np.random.Generator) -> tuple[float, float, int]:
    x = float(random.uniform(-OVERSCAN, 1 + OVERSCAN))
    return x, float(0.45 + 0.75 * random.random() ** 1.5), int(random.integers(2**31))


def _fill(mask: NDArray[np.uint8], points: Floats) -> None:
    cv2.fillPoly(mask, [np.round(points * 8).astype(np.int32)], 255, cv2.LINE_8, 3)


def _fir(
    mask: NDArray[np.uint8], random: np.random.Generator, x: float, foot: float, tall: float, height: float
) -> None:
    """A jagged cone; the number of its teeth follows from its height in the world."""
    steps = max(10, int(height * 196))
    share = np.linspace(0, 1, steps)
    half = tall * 0.19 * (0.7 + 0.5 * random.random())
    odd = np.arange(steps) % 2 == 1
    sides = []
    for side in (-1, 1):
        teeth = np.where(odd, 1.0, 0.52) * (1 + 0.5 * (random.random(steps) - 0.5))
        rows = foot - tall * (1 - share) * 0.93 + np.where(odd, 0.02, -0.012) * tall
        sides.append(np.stack([x + side * half * share**0.85 * teeth, rows], -1))
    _fill(mask, np.concatenate([sides[0], sides[1][::-1]]).astype(np.float32))
    stem = max(1.0, tall * 0.012) / 2
    tip = [
        [x - stem, foot],
        [x - stem * 0.3, foot - tall * 0.97],
        [x + stem * 0.3, foot - tall * 0.97],
        [x + stem, foot],
    ]
    _fill(mask, np.array(tip, np.float32))


def _round_tree(mask: NDArray[np.uint8], random: np.random.Generator, x: float, foot: float, tall: float) -> None:
    stem = tall * 0.025
    trunk = [[x - stem, foot], [x + tall * 0.05 - stem, foot - tall * 0.6]]
    trunk += [[x + tall * 0.05 + stem, foot - tall * 0.6], [x + stem, foot]]
    _fill(mask, np.array(trunk, np.float32))
    angles, away = random.uniform(0, 2 * np.pi, 70), np.sqrt(random.random(70))
    for angle, reach, size in zip(angles, away, random.uniform(0.05, 0.10, 70), strict=True):
        centre = (x + np.cos(angle) * reach * 0.30 * tall, foot - tall * 0.62 + np.sin(angle) * reach * 0.27 * tall)
        cv2.circle(mask, (int(centre[0] * 8), int(centre[1] * 8)), int(size * tall * 8), 255, -1, cv2.LINE_8, 3)


def grass(world: World, tint: Floats, *, blades: int = 1000) -> Layer:
    """Blades along the lower edge, nearest of all."""
    random = world.random("grass")
    grid = world.grid.band(0.80, FLOOR)
    share = np.linspace(0, 1, 9)
    x = random.uniform(-OVERSCAN, 1 + OVERSCAN, blades)
    tall = random.uniform(0.05, 0.17, blades)
    lean = random.normal(0, 0.25, blades) * tall

    def paint(fine: Grid, mask: NDArray[np.uint8]) -> None:
        wide = (2.6 * (1 - share) + 0.4) / 1080 * fine.lines
        for at, height, bend in zip(x, tall, lean, strict=True):
            spine = float(fine.col(float(at))) + bend * fine.lines * share**2
            rows = float(fine.row(1.004)) - height * fine.lines * share
            left, right = np.stack([spine - wide, rows], -1), np.stack([spine + wide, rows], -1)
            _fill(mask, np.concatenate([left, right[::-1]]).astype(np.float32))
        mask[fine.y > 1.0] = 255

    cover = blurred(drawn(grid, paint), max(0.6, 1.2 * grid.pixel))
    colour = world.palette.layered(tint, 0.0)
    sheet = np.broadcast_to(colour, (grid.rows, grid.cols, 3)).astype(np.float32)
    lift = np.clip((1.02 - grid.y) / 0.2, 0, 1)[:, None] * np.float32(0.14)
    return Layer(grid, towards(sheet, mix(world.palette.haze, world.palette.light, 0.3), lift), cover, near=1.15)
