"""A painted scene as a source of frames."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from shotwright.domain.units import FrameRate, Size
from shotwright.media.animatic.scene import places
from shotwright.media.animatic.scene.camera import Camera, camera_for, span, window_for
from shotwright.media.animatic.scene.finish import Finish, finish_for
from shotwright.media.animatic.scene.noise import OVERSCAN
from shotwright.media.animatic.scene.palette import PALETTES
from shotwright.media.animatic.scene.reading import Reading, read
from shotwright.media.animatic.scene.sheets import Bytes, Sheet, compile_layer, composite, dither_for, trimmed
from shotwright.media.animatic.scene.sky import sun_height
from shotwright.media.animatic.scene.water import Water, water_for
from shotwright.media.animatic.scene.weather import Falling, Fog, falling_for, fog_for
from shotwright.media.animatic.scene.world import WIDE, Grid, Painting, World, sun_position
from shotwright.media.animatic.spec import split
from shotwright.media.animatic.words import Move

_MOST_PIXELS = 4_200_000
"""Worlds are painted with no more pixels than this and enlarged a little by the camera above it (1440 lines and up)."""

_PROBE = Grid(36, -OVERSCAN, -OVERSCAN, 74, 42)
"""A glance at the world, to learn where its centre of interest is before the window is chosen."""

_MOST_DRIFT = 0.06  # frame widths, either way: clouds must not run out of sky


@dataclass(frozen=True)
class SceneFrames:
    """Draws any frame of a scene, from any thread: it only reads what was made when it was built."""

    reading: Reading
    size: Size
    fps: FrameRate
    camera: Camera
    horizon: float
    water_line: float | None
    sun: tuple[float, float]
    far: tuple[Sheet, ...]
    near: tuple[Sheet, ...]
    water: Water | None
    fog: Fog | None
    falling: tuple[Falling, ...]
    finish: Finish
    frames: int

    def planes(self, index: int, out: Bytes) -> None:
        """Fills `out` with frame `index`: I420, BT.709, limited range, uint8 [height * 3 / 2, width]."""
        planes = split(out)
        seconds = index / float(self.fps.value)
        for sheet in self.far:
            self._lay(sheet, index, seconds, planes)
        if self.water is not None and self.water_line is not None:
            row = self._row(index, self.water_line, 0.06)
            sun = self._col(index, self.sun[0], 0.0), self._row(index, self.sun[1], 0.0)
            self.water.draw(planes, row, seconds, sun)
        for sheet in self.near:
            self._lay(sheet, index, seconds, planes)
        if self.fog is not None:
            self.fog.draw(planes, self._row(index, self.horizon, 0.3), seconds)
        for falling in self.falling:
            falling.draw(planes[0], index)
        self.finish.apply(planes)

    def _lay(self, sheet: Sheet, index: int, seconds: float, planes: tuple[Bytes, Bytes, Bytes]) -> None:
        middle = self.frames / float(self.fps.value) / 2
        drift = float(np.clip(sheet.drift * (seconds - middle), -_MOST_DRIFT, _MOST_DRIFT))
        bob = sheet.bob * np.sin(1.3 * seconds)
        composite(sheet, self.camera.view(index, sheet.near, drift, bob), planes)

    def _row(self, index: int, y: float, near: float) -> float:
        view = self.camera.view(index, near)
        return (y - view.top) / view.scale_y

    def _col(self, index: int, x: float, near: float) -> float:
        view = self.camera.view(index, near)
        return (x - view.left) / view.scale_x


def build(prompt: str, *, seed: int, size: Size, fps: FrameRate, frames: int, move: Move) -> SceneFrames:
    """Paints the backdrop that a prompt's words call for, as large as the shot needs; takes 0.3 to 2 seconds at 1080p.

    The same words and seed are the same world at every size. Widths and heights are pixels and even.
    """
    reading, sun = read(prompt, seed), sun_position(seed)
    world = World(reading, PALETTES[reading.time], seed, _PROBE, sun)
    glance = places.paint(world)
    window = window_for(size, glance.focus, glance.horizon)
    camera = camera_for(window, move, fps, frames, seed)
    unit = size.height / window.high
    world = replace(world, grid=_grid(camera, unit))
    return _assemble(world, places.paint(world), camera, unit, fps, frames)


def _grid(camera: Camera, unit: float) -> Grid:
    low, high, top, bottom = span(camera)
    area = (high - low) * WIDE * (bottom - top) * unit * unit
    lines = unit * min(1.0, float(np.sqrt(_MOST_PIXELS / area)))
    cols, rows = (int(np.ceil(side * lines / 4)) * 4 for side in ((high - low) * WIDE, bottom - top))
    return Grid(lines, low, top, cols, rows)


def _assemble(
    world: World, painting: Painting, camera: Camera, unit: float, fps: FrameRate, frames: int
) -> SceneFrames:
    size, window = camera.window.size, camera.window
    dither = dither_for(world.grid)
    sheets = [compile_layer(layer, dither) for layer in painting.layers]
    split_at = painting.above if painting.water is not None else len(sheets)
    water = None
    left = window.centre_x - window.wide / 2
    if painting.water is not None:
        row = (painting.water - window.centre_y + window.high / 2) * unit
        water = water_for(world, size.height, size.width, unit, row, left * WIDE * unit)
    return SceneFrames(
        reading=world.reading,
        size=size,
        fps=fps,
        camera=camera,
        horizon=painting.horizon,
        water_line=painting.water,
        sun=(world.sun, sun_height(world, painting.horizon)),
        far=trimmed(sheets[:split_at]),
        near=trimmed(sheets[split_at:]),
        water=water,
        fog=fog_for(world, unit, left) if painting.fog else None,
        falling=falling_for(world, size.height, size.width, unit, float(fps.value)),
        finish=finish_for(size.width, size.height, unit),
        frames=frames,
    )
