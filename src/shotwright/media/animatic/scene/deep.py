"""Places without a horizon: deep space, and under the sea."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from shotwright.media.animatic.scene import noise
from shotwright.media.animatic.scene.ground import FLOOR, silhouette
from shotwright.media.animatic.scene.land import feet
from shotwright.media.animatic.scene.noise import OVERSCAN, smooth
from shotwright.media.animatic.scene.palette import Floats, colour
from shotwright.media.animatic.scene.raster import enlarged, remapped
from shotwright.media.animatic.scene.sky import blurred_points, gradient, splat
from shotwright.media.animatic.scene.world import WIDE, Layer, Painting, World, towards

_VOID = colour("#03040a")
_NEBULAE = (("#3b2a7a", "#c05a8a"), ("#123f63", "#3aa6a0"), ("#5a2440", "#e08a4a"))
_AIR = colour("#bcd8ff")
_STARS = 2900
_SEA = tuple(colour(code) for code in ("#8fe0dc", "#2fa3b5", "#0f5878", "#06273f"))
_RAYS, _ROCK = colour("#d8fff4"), colour("#0c3d55")


def space(world: World) -> Painting:
    random = world.random("space")
    dark, bright = (colour(code) for code in _NEBULAE[int(random.integers(3))])
    centre = (0.75 if random.random() < 0.5 else 0.25, 0.95)
    layers = [
        Layer(
            world.grid, np.clip(_nebula(world, dark, bright, float(random.uniform(0.3, 0.8))) + _stars(world), 0, 255)
        ),
        _planet(world, centre, 0.62, dark, bright),
    ]
    return Painting(tuple(layers), 0.5, focus=centre[0])


def _nebula(world: World, dark: Floats, bright: Floats, angle: float) -> Floats:
    grid = world.grid.scaled(0.5)
    random = world.random("nebula")
    first, second = noise.field(random, 3, 7, 0.55), noise.field(random, 3, 7, 0.55)
    bend, dust = noise.field(random, 2, 3), noise.field(random, 5, 6, 0.6)
    x, y = grid.x[None], grid.y[:, None] / np.float32(WIDE)
    across = (x - 0.5) * np.sin(angle) - (y - 0.28) * np.cos(angle) + 0.12 * (grid.sample(bend) - 0.5)
    band = np.exp(-((across / 0.17) ** 2))
    sheet = _VOID + dark * (1.1 * smooth(0.38, 0.8, grid.sample(first)) * band)[..., None]
    sheet = sheet + bright * (0.9 * smooth(0.48, 0.85, grid.sample(second)) * band)[..., None]
    sheet = sheet * (1 - 0.5 * smooth(0.5, 0.7, grid.sample(dust)) * band)[..., None]
    full: Floats = enlarged(sheet.astype(np.float32), grid.cols * 2, grid.rows * 2)
    return full[: world.grid.rows, : world.grid.cols]


def _stars(world: World) -> Floats:
    grid, random = world.grid, world.random("stars")
    x = random.uniform(-OVERSCAN, 1 + OVERSCAN, _STARS).astype(np.float32)
    y = random.uniform(-OVERSCAN, 1 + OVERSCAN, _STARS).astype(np.float32)
    brightness = (0.25 + 4.8 * random.random(_STARS) ** 6).astype(np.float32)
    fine = blurred_points(grid, splat(grid, x, y, brightness * 4.2), 0.75)
    big = brightness > 2
    halo = blurred_points(grid, splat(grid, x[big], y[big], brightness[big] * 3), 4.0)
    shine = np.clip(fine + halo, 0, 1.3)
    return np.asarray(shine[..., None] * np.array([214, 222, 230], np.float32), np.float32)


def _planet(world: World, centre: tuple[float, float], radius: float, dark: Floats, bright: Floats) -> Layer:
    grid = world.grid.band(centre[1] - radius - 0.06, FLOOR)
    across = ((grid.x - centre[0]) * np.float32(WIDE / radius))[None]
    down = ((grid.y - centre[1]) / np.float32(radius))[:, None]
    squared = across * across + down * down
    away = np.sqrt(squared)
    outward = np.sqrt(np.clip(1 - squared, 0, 1))
    lit_side = -across if centre[0] > 0.5 else across
    light = np.clip(lit_side * 0.75 - down * 0.45 + outward * 0.12, 0, 1) ** 0.9
    table = noise.field(world.random("planet"), 4, 7, 0.55, shape=(512, 512), stretch=2.2)
    u = np.arcsin(np.clip(across, -1, 1)) * 140 + 256 + 0 * down
    v = np.arcsin(np.clip(down, -1, 1)) * 140 + 256 + 0 * across
    land = remapped(table, u.astype(np.float32), v.astype(np.float32))
    sheet = bright * (0.55 + 0.9 * (land - 0.5))[..., None] + dark * 0.5
    sheet = sheet * (1.5 * light)[..., None] + 4
    air = np.exp(-np.abs(away - 1) / 0.018) * np.clip(light + 0.25 * (lit_side - down), 0, 1)
    sheet = np.clip(sheet + _AIR * air[..., None], 0, 255).astype(np.float32)
    edge = max(2.2 / 1080, 0.8 / grid.lines) / radius
    cover = smooth(1 + edge, 1 - edge, away.astype(np.float32)) + 0.9 * air * (squared > 1)
    return Layer(grid, sheet, np.clip(cover, 0, 1).astype(np.float32), near=0.25)


def underwater(world: World) -> Painting:
    hour = replace(world.palette, haze=colour("#1c7a92"), ink=colour("#031a2b"), tint=0.9)
    below = replace(world, palette=hour)
    crests = [
        noise.line(world.random(f"reef {step}"), 4, 7, 0.55, 0.5) * -0.22 + (0.90 + 0.07 * step) for step in range(3)
    ]
    layers = [Layer(world.grid.scaled(0.5), _shafts(world))]
    for step, (crest, foot, depth) in enumerate(zip(crests, feet(crests), (0.8, 0.5, 0.15), strict=True)):
        tone = hour.layered(_ROCK, depth)
        layers.append(silhouette(below, f"reef {step}", crest, tone, 0.2 + 0.3 * step, mist=0.2, foot=foot))
    return Painting(tuple(layers), 0.5, focus=0.5)


def _shafts(world: World) -> Floats:
    """Blue water, and shafts of light that fan out from above."""
    grid = world.grid.scaled(0.5)
    ramp = list(zip((0.0, 0.2, 0.6, 1.0), _SEA, strict=True))
    sheet = np.repeat(gradient(ramp, grid.y)[:, None], grid.cols, 1)
    rays = noise.line(world.random("rays"), 14, 4)
    fan = (grid.x[None] - 0.5) / (np.maximum(grid.y, -0.05)[:, None] + np.float32(0.35))
    beam = np.interp(np.clip(fan / 3 + 0.5, 0, 1), np.linspace(0, 1, len(rays.table)), rays.table)
    share = smooth(0.5, 0.8, beam.astype(np.float32)) * np.exp(-np.maximum(grid.y, 0) / 0.5)[:, None] * 0.55
    return towards(sheet, _RAYS, np.asarray(share, np.float32))
