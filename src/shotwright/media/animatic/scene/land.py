"""Open country: mountains, forest, desert, meadow, and the hills of ribbons for words that name no place."""

from __future__ import annotations

import numpy as np

from shotwright.media.animatic.scene import ground, noise, palette
from shotwright.media.animatic.scene.ground import FLOOR, silhouette, trees
from shotwright.media.animatic.scene.noise import Line, smooth
from shotwright.media.animatic.scene.palette import Floats
from shotwright.media.animatic.scene.sky import gradient, sky
from shotwright.media.animatic.scene.world import WIDE, Layer, Painting, Stand, World, towards

_UNDER = 0.10  # heights that a band reaches below the lowest point of the next one's crest


def feet(crests: list[Line]) -> list[float]:
    """For each crest, the y below which the next one hides it even when the camera moves."""
    return [min(FLOOR, float(nearer.table.max()) + _UNDER) for nearer in crests[1:]] + [FLOOR]


def mountains(world: World) -> Painting:
    horizon = world.horizon()
    layers = sky(world, horizon)
    heights = (0.30, 0.26, 0.20, 0.16)
    crests = [
        noise.line(world.random(f"ridge {step}"), 3 + step, 8, 0.5, 0.8 - 0.15 * step) * (-1.25 * tall)
        + (horizon - 0.05 + 0.075 * step + 1.25 * 0.42 * tall)
        for step, tall in enumerate(heights)
    ]
    wood = noise.line(world.random("tree line"), 3, 5) * 0.03 + (horizon + 0.285)
    for step, (crest, foot, depth) in enumerate(
        zip(crests, feet([*crests, wood]), (0.86, 0.66, 0.44, 0.24), strict=False)
    ):
        tint = palette.MOUNTAIN if step < 3 else palette.NEAR_HILL
        layers.append(
            silhouette(
                world,
                f"ridge {step}",
                crest,
                world.palette.layered(tint, depth),
                0.15 + 0.2 * step,
                mist=0.55 - 0.08 * step,
                texture=0.06,
                foot=foot,
                rock=0.5 - 0.12 * step if step < 2 else 0.0,
                snow=True,
            )
        )
    standing = Stand(crests[3], place=len(layers), near=0.78, height=0.075)
    layers.append(trees(world, "front", wood, tallest=0.09, near=0.95, count=82, tint=palette.FIR))
    return Painting(tuple(layers), horizon, focus=world.sun, fog=world.reading.weather == "fog", stand=standing)


def forest(world: World) -> Painting:
    horizon = world.horizon(0.70)
    layers = sky(world, horizon)
    crest = noise.line(world.random("ridge"), 3, 6, 0.5, 0.5) * -0.12 + (horizon - 0.12)
    colour = world.palette.layered(palette.FOOTHILL, 0.8)
    layers.append(silhouette(world, "ridge", crest, colour, 0.12, mist=0.5, foot=horizon + 0.2))
    clearing = (0.53, 0.69) if world.reading.people else None
    standing = None
    for step, (depth, count) in enumerate(zip((0.68, 0.48, 0.28, 0.08), (175, 105, 54, 23), strict=True)):
        base = noise.line(world.random(f"floor {step}"), 3, 5) * 0.04 + (horizon - 0.03 + 0.085 * step)
        layers.append(
            trees(
                world,
                f"row {step}",
                base,
                tallest=0.17 * (0.9 + 0.55 * step),
                near=0.25 + 0.22 * step,
                count=count,
                tint=palette.FIR,
                depth=depth,
                clearing=clearing if step else None,
                foot=min(FLOOR, horizon + 0.2 + 0.085 * step),
            )
        )
        if step == 2:
            standing = Stand(base, place=len(layers), near=0.72, height=0.10, span=(0.58, 0.63))
    misty = world.reading.weather == "fog" or world.reading.time == "overcast"
    return Painting(tuple(layers), horizon, focus=world.sun, fog=misty, stand=standing)


def desert(world: World) -> Painting:
    horizon = world.horizon()
    layers = sky(world, horizon, cover=0.8 if world.reading.time == "storm" else 0.25)
    crests = [
        noise.line(world.random(f"dune {step}"), 2, 3, 0.3, 0.85) * -(0.10 + 0.03 * step)
        + (horizon - 0.03 + 0.10 * step + 0.5 * (0.10 + 0.03 * step))
        for step in range(4)
    ]
    for step, (crest, foot, depth) in enumerate(zip(crests, feet(crests), (0.78, 0.5, 0.28, 0.1), strict=True)):
        colour = world.palette.layered(palette.DUNE, depth, 0.85)
        near = 0.15 + 0.22 * step
        layers.append(
            silhouette(world, f"dune {step}", crest, colour, near, mist=0.25, texture=0.03, foot=foot, slope=0.38)
        )
    standing = Stand(crests[2], place=len(layers) - 1, near=0.6, height=0.10)
    return Painting(tuple(layers), horizon, focus=world.sun, fog=world.reading.weather == "fog", stand=standing)


def meadow(world: World) -> Painting:
    horizon = world.horizon()
    layers = sky(world, horizon)
    crests = [
        noise.line(world.random(f"hill {step}"), 2 + (step > 1), 3, 0.35) * -0.16 + (horizon + 0.02 + 0.085 * step)
        for step in range(4)
    ]
    standing = None
    for step, (crest, foot, depth) in enumerate(zip(crests, feet(crests), (0.82, 0.6, 0.38, 0.16), strict=True)):
        if step == 2:
            layers.append(
                trees(
                    world,
                    "far",
                    crests[1] + 0.03,
                    tallest=0.10,
                    near=0.35,
                    count=16,
                    tint=palette.LEAVES,
                    depth=0.3,
                    kind="round",
                    foot=foot,
                )
            )
        colour = world.palette.layered(palette.MEADOW, depth, 0.7)
        name = f"hill {step}"
        layers.append(silhouette(world, name, crest, colour, 0.15 + 0.2 * step, mist=0.30, texture=0.10, foot=foot))
        if step == 2:
            standing = Stand(crest, place=len(layers), near=0.6, height=0.085)
    layers.append(ground.grass(world, palette.GRASS))
    return Painting(tuple(layers), horizon, focus=world.sun, fog=world.reading.weather == "fog", stand=standing)


def ribbons(world: World) -> Painting:
    """Long folded hills of the hour's own colours, lit along their edges."""
    hour = world.palette
    layers = [Layer(world.grid.scaled(0.5), _glow(world))]
    waves = world.random("ribbons")
    colours = (hour.horizon, hour.lower, hour.haze, hour.upper, hour.top, hour.ink)
    x = noise.LINE_X.astype(np.float32)
    crests = []
    for step in range(6):
        slow = np.sin(x * 2 * np.pi * waves.uniform(0.4, 0.9) + waves.uniform(0, 2 * np.pi)).astype(np.float32)
        base = noise.line(waves, 1 + (step > 3), 2, 0.35) * 0.20 + (0.30 + 0.105 * step)
        crests.append(base + 0.05 * slow)
    for step, (crest, foot, colour) in enumerate(zip(crests, feet(crests), colours, strict=True)):
        layers.append(_ribbon(world, crest, foot, colour, step))
    standing = Stand(crests[3], place=5, near=0.66, height=0.09)
    return Painting(tuple(layers), 0.5, focus=world.sun, stand=standing)


def _glow(world: World) -> Floats:
    grid = world.grid.scaled(0.5)
    hour = world.palette
    air = np.repeat(gradient([(0, hour.top), (0.5, hour.upper), (1, hour.lower)], grid.y)[:, None], grid.cols, 1)
    across, down = (grid.x - world.sun)[None] * np.float32(1.6), (grid.y - 0.36)[:, None]
    away = np.sqrt(across * across + down * down)
    return towards(air, hour.light, np.asarray(0.75 * np.exp(-((away / 0.26) ** 1.3)), np.float32))


def _ribbon(world: World, crest: Line, foot: float, colour: Floats, step: int) -> Layer:
    heights = crest(world.grid.x)
    grid = world.grid.band(float(heights.min()) - 3 / world.grid.lines, foot)
    below = grid.y[:, None] - heights[None]
    edge = np.exp(-np.maximum(below, 0) / 0.05)
    lit = np.exp(-(((grid.x - world.sun) * WIDE / 0.62) ** 2))[None]
    body = colour * (0.86 - 0.25 * smooth(0, 0.35, below))[..., None]
    sheet = towards(body, world.palette.light, np.asarray(edge * (0.12 + 0.40 * lit) * (1 - 0.12 * step), np.float32))
    edge_cover = np.clip(below * np.float32(grid.lines) + 0.5, 0, 1)
    cover = edge_cover * (0.93 + 0.07 * smooth(0, 0.12, below))
    return Layer(grid, np.clip(sheet, 0, 255), np.asarray(cover, np.float32), 0.15 + 0.17 * step)
