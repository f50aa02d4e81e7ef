"""Places by the water: sea and lake. What stands above the horizon is mirrored when a frame is drawn."""

from __future__ import annotations

import numpy as np

from shotwright.media.animatic.scene import noise, palette
from shotwright.media.animatic.scene.ground import silhouette, trees
from shotwright.media.animatic.scene.noise import Line
from shotwright.media.animatic.scene.sky import sky
from shotwright.media.animatic.scene.world import Layer, Painting, Stand, World


def sea(world: World) -> Painting:
    horizon = 0.54
    layers = sky(world, horizon)
    rises = noise.line(world.random("headland"), 3, 6, 0.5, 0.6)
    crest = Line(np.asarray(horizon + 0.004 - 0.14 * np.maximum(0, rises.table - 0.47), np.float32))
    colour = world.palette.layered(palette.MOUNTAIN, 0.7)
    layers.append(silhouette(world, "headland", crest, colour, 0.06, mist=0.3, foot=horizon + 0.02))
    return _by_the_water(world, layers, horizon)


def lake(world: World) -> Painting:
    horizon = 0.56
    layers = sky(world, horizon)
    for step, depth in enumerate((0.84, 0.6)):
        ridge = noise.line(world.random(f"ridge {step}"), 3 + step, 8, 0.5, 0.7 - 0.2 * step)
        crest = ridge * -(0.26 - 0.08 * step) + horizon
        colour = world.palette.layered(palette.MOUNTAIN, depth)
        layers.append(
            silhouette(
                world,
                f"ridge {step}",
                crest,
                colour,
                0.08 + 0.05 * step,
                mist=0.5,
                foot=horizon + 0.02,
                rock=0.45,
                snow=step == 0,
            )
        )
    bank = noise.line(world.random("bank"), 3, 5) * 0.008 + (horizon - 0.012)
    layers.append(
        trees(
            world, "bank", bank, tallest=0.07, near=0.18, count=140, tint=palette.FIR, depth=0.34, foot=horizon + 0.02
        )
    )
    return _by_the_water(world, layers, horizon)


def _by_the_water(world: World, layers: list[Layer], horizon: float) -> Painting:
    above = len(layers)
    standing = None
    wants_shore = world.reading.shore or (world.reading.people and not world.reading.boats)
    if wants_shore:
        x = noise.LINE_X.astype(np.float32)
        fall = 0.14 / (1 + np.exp((x - 0.60) / 0.09))
        crest = noise.line(world.random("shore"), 3, 6, 0.45) * 0.02 + np.asarray(0.835 + fall, np.float32)
        colour = world.palette.layered(palette.SAND, 0.06, 0.6)
        layers.append(silhouette(world, "shore", crest, colour, 1.0, mist=0.08, texture=0.08))
        standing = Stand(crest, place=len(layers), near=0.98, height=0.13, span=(0.62, 0.80))
    misty = world.reading.weather == "fog"
    return Painting(tuple(layers), horizon, world.sun, water=horizon, above=above, fog=misty, stand=standing)
