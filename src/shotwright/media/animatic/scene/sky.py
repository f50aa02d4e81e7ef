"""Sky: the gradient with sun, moon and stars, and the clouds before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shotwright.media.animatic.scene import noise
from shotwright.media.animatic.scene.noise import smooth
from shotwright.media.animatic.scene.palette import Floats, mix
from shotwright.media.animatic.scene.raster import blurred, enlarged, remapped
from shotwright.media.animatic.scene.world import WIDE, Grid, Layer, World, towards

STARS = 420
_CLOUD_FIELD = (512, 1024)
_STRETCH = 1.12  # where the rows of the cloud field run together
_DRIFT = 0.0035


@dataclass(frozen=True)
class _Light:
    """Disc radius and strength of the glow about it, in frame heights."""

    radius: float
    glow: float


_LIGHTS = {"night": _Light(0.030, 0.35), "day": _Light(0.028, 0.6)}
_LOW_SUN = _Light(0.036, 1.0)


def sky(world: World, horizon: float, *, cover: float | None = None) -> list[Layer]:
    """The opaque sheet behind all, and the clouds; `cover` overrides the palette's share of cloud."""
    clouds = world.palette.cloud if cover is None else cover
    if world.reading.wet:
        clouds = max(clouds, 0.8)
    layers = [Layer(world.grid, _air(world, horizon))]
    if clouds:
        layers.append(_clouds(world, horizon, clouds))
    return layers


def gradient(stops: Sequence[tuple[float, Floats]], y: Floats) -> Floats:
    """Colours between stops, mixed in squared (nearly linear) light: float32 [len(y), 3]."""
    places = [place for place, _ in stops]
    light = np.stack([colour for _, colour in stops]) ** 2
    return np.sqrt(np.stack([np.interp(y, places, light[:, band]) for band in range(3)], -1)).astype(np.float32)


def sun_height(world: World, horizon: float) -> float:
    """y of sun or moon."""
    return horizon * (1 - (world.palette.sun or 0.0))


def _air(world: World, horizon: float) -> Floats:
    grid, palette = world.grid, world.palette
    soft = grid.scaled(0.5)
    ramp = [(0, palette.top), (0.42, palette.upper), (0.8, palette.lower), (1, palette.horizon)]
    air = np.repeat(gradient(ramp, soft.y / np.float32(horizon))[:, None], soft.cols, 1)
    light = _LIGHTS.get(world.reading.time, _LOW_SUN)
    at = (world.sun, sun_height(world, horizon))
    if world.show_sun:
        away = _distance(soft, at)
        glow = 0.55 * np.exp(-((away / 0.10) ** 1.2)) + 0.38 * np.exp(-((away / 0.42) ** 1.1))
        air = towards(air, palette.light, np.clip(glow * light.glow, 0, 1).astype(np.float32))
    air = enlarged(air, soft.cols * 2, soft.rows * 2)[: grid.rows, : grid.cols]
    if world.starry:
        air = air + _stars(world, horizon)
    if world.show_sun:
        _disc(world, air, at, light.radius)
    return np.asarray(np.clip(air, 0, 255), np.float32)


def _distance(grid: Grid, at: tuple[float, float]) -> Floats:
    across = (grid.x - at[0])[None, :] * np.float32(WIDE)
    down = (grid.y - at[1])[:, None]
    return np.asarray(np.sqrt(across * across + down * down), np.float32)


def splat(grid: Grid, x: Floats, y: Floats, value: Floats) -> Floats:
    """Points of light laid on a raster by area, so that they weigh the same at any size: float32 [rows, cols]."""
    sheet = np.zeros((grid.rows + 2, grid.cols + 2), np.float32)
    col, row = grid.col(x) + 0.5, grid.row(y) + 0.5
    inside = (col >= 0) & (col < grid.cols + 1) & (row >= 0) & (row < grid.rows + 1)
    col, row, weight = col[inside], row[inside], value[inside] * grid.pixel**2
    left, top = col.astype(int), row.astype(int)
    right_share, low_share = col - left, row - top
    for across, down, share in (
        (0, 0, (1 - right_share) * (1 - low_share)),
        (1, 0, right_share * (1 - low_share)),
        (0, 1, (1 - right_share) * low_share),
        (1, 1, right_share * low_share),
    ):
        np.add.at(sheet, (top + down, left + across), weight * share)
    return sheet[1:-1, 1:-1]


def blurred_points(grid: Grid, points: Floats, sigma: float) -> Floats:
    """Points spread to `sigma` pixels of a 1080-line frame, never narrower than the raster can show."""
    return blurred(points, max(0.55, sigma * grid.pixel))


def _stars(world: World, horizon: float) -> Floats:
    grid, random = world.grid, world.random("stars")
    x = random.uniform(-noise.OVERSCAN, 1 + noise.OVERSCAN, STARS).astype(np.float32)
    y = (random.random(STARS) ** 1.3 * (horizon + noise.OVERSCAN) - noise.OVERSCAN).astype(np.float32)
    brightness = (0.25 + 2.4 * random.random(STARS) ** 4).astype(np.float32)
    points = splat(grid, x, y, brightness * 10)
    shine = np.clip(blurred_points(grid, points, 0.9), 0, 1.1) * 190
    shine *= (1 - smooth(0.6, 1.0, grid.y / np.float32(horizon)))[:, None]
    return np.asarray(shine[..., None] * np.array([0.9, 0.96, 1.0], np.float32), np.float32)


def _disc(world: World, air: Floats, at: tuple[float, float], radius: float) -> None:
    """Draws the sun or moon in place, only over the pixels it touches."""
    grid = world.grid
    reach = radius + 0.01
    rows = slice(*(int(v) for v in np.clip(grid.row(np.array([at[1] - reach, at[1] + reach])), 0, grid.rows)))
    half = reach / WIDE
    cols = slice(*(int(v) for v in np.clip(grid.col(np.array([at[0] - half, at[0] + half])), 0, grid.cols)))
    if rows.start == rows.stop or cols.start == cols.stop:
        return
    away = _patch(grid, at, rows, cols)
    edge = max(0.0016, 0.8 / grid.lines)
    disc = smooth(radius + edge, radius - edge, away)
    face = np.minimum(world.palette.light * 1.04, 255)
    air[rows, cols] = towards(air[rows, cols], face, disc)
    if world.reading.time == "night":
        air[rows, cols] += (_maria(world, at, radius, grid, rows, cols) * disc)[..., None]


def _patch(grid: Grid, at: tuple[float, float], rows: slice, cols: slice) -> Floats:
    across = (grid.x[cols] - at[0])[None, :] * np.float32(WIDE)
    down = (grid.y[rows] - at[1])[:, None]
    return np.asarray(np.sqrt(across * across + down * down), np.float32)


def _maria(world: World, at: tuple[float, float], radius: float, grid: Grid, rows: slice, cols: slice) -> Floats:
    """Quiet seas on the moon: a lightness to add, drawn on a fixed grid about the disc."""
    table = noise.field(world.random("moon"), 4, 4, shape=(160, 160))
    u = (grid.x[cols] - at[0]) * np.float32(WIDE) / radius * 60 + 80
    v = (grid.y[rows] - at[1]) / np.float32(radius) * 60 + 80
    across, down = np.meshgrid(u.astype(np.float32), v.astype(np.float32))
    return (remapped(table, across, down) - np.float32(0.5)) * np.float32(90)


def _clouds(world: World, horizon: float, cover: float) -> Layer:
    """Noise whose rows run together towards the horizon, lit by its slope towards the sun; half the pixels suffice."""
    grid = world.grid.scaled(0.5).band(-noise.OVERSCAN, horizon)
    random = world.random("clouds")
    table = noise.field(random, 7, 7, 0.52, shape=_CLOUD_FIELD)
    warp = noise.field(random, 3, 3, shape=_CLOUD_FIELD) - 0.5
    y = np.clip(grid.y / np.float32(horizon), -0.15, 0.999)
    down = np.repeat((np.log(_STRETCH / (_STRETCH - y)) * 215 + 34)[:, None], grid.cols, 1).astype(np.float32)
    across = (512 + (grid.x / 1.16 - 0.431)[None] * (760 + 240 * y)[:, None]).astype(np.float32)
    across += 60 * remapped(warp, across, down)
    here = remapped(table, across, down)
    sunward = remapped(table, across - world.side * 14, down + 9)
    low = 0.63 - 0.30 * cover
    thick = smooth(low, low + 0.17, here)
    thick *= ((1 - 0.7 * smooth(0.86, 1.0, y)) * (0.4 + 0.6 * smooth(-0.12, 0.25, y)))[:, None]
    if world.show_sun:
        thick *= 1 - 0.85 * np.exp(-((_distance(grid, (world.sun, sun_height(world, horizon))) / 0.075) ** 2))
    lit = np.clip(0.55 + (here - sunward) * 3.2, 0, 1).astype(np.float32)
    dark, bright = _cloud_colours(world)
    colour = np.clip(dark + (bright - dark) * lit[..., None], 0, 255).astype(np.float32)
    return Layer(grid, colour, np.asarray(0.85 * thick, np.float32), near=0.05, drift=_DRIFT)


def _cloud_colours(world: World) -> tuple[Floats, Floats]:
    palette = world.palette
    usual = mix(palette.upper, palette.lower, 0.38), mix(palette.horizon, palette.light, 0.55)
    return {
        "storm": (palette.top * 0.8, palette.horizon * 0.8),
        "overcast": (palette.upper * 0.9, palette.horizon * 1.03),
        "night": (palette.lower * 0.8, palette.horizon * 1.1),
    }.get(world.reading.time, usual)
