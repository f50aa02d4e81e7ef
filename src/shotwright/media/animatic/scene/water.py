"""Water: a mirror of what stands above the horizon, moved by waves that shorten with distance but never stop."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from shotwright.media.animatic.scene.noise import smooth
from shotwright.media.animatic.scene.palette import DEEP_WATER, Floats
from shotwright.media.animatic.scene.raster import enlarged, remapped
from shotwright.media.animatic.scene.sheets import Bytes, yuv
from shotwright.media.animatic.scene.world import WIDE, World

_DOWN, _ACROSS = 4, 8  # pixels per sample of the waves, which are long along the horizon
_WAVES = 6
_MARGIN = 0.12  # heights by which the water may begin higher than at rest
_DEPTH = 0.46  # heights from the horizon to the viewer's feet
_DISC = 0.042  # heights: radius of the largest sun, its edge and some glow
_GAIN = 180  # the brightness of a mirrored pixel that keeps all its light, in steps of a byte


def _kept(share: Floats, band: int) -> Floats:
    """How much of the mirrored light is kept from far (0) to near (1); of its red more, or yellow clouds turn olive."""
    return np.asarray(0.92 - 0.26 * share**0.8 if band == 2 else 0.86 - 0.50 * share**0.8, np.float32)


@dataclass(frozen=True)
class _Surface:
    """One frame's waves on the coarse raster: row and column that a mirrored pixel comes from, how bright it is, and
    how much of its colour it keeps; glints."""

    source: Floats
    across: Floats
    gain: Bytes
    keep: tuple[Bytes, ...]
    glints: Floats
    depth: Floats  # heights below the horizon, one per coarse row


@dataclass(frozen=True)
class Water:
    """Tables for the rows below the horizon, made for the lowest rows that a frame can need.

    `unit` is the world's frame height in pixels. `phases` holds sine and cosine of each wave, [pixels, 2 * waves]
    of the coarse raster; `flicker` [pixels, 2] those of the glints.
    """

    height: int
    width: int
    unit: float
    phases: Floats
    rates: Floats
    weights: Floats
    flicker: Floats
    light: Floats | None
    deep: Floats
    starry: bool  # mirrored stars would be worms of light: they are left out

    def draw(
        self, planes: tuple[Bytes, Bytes, Bytes], horizon: float, seconds: float, sun: tuple[float, float]
    ) -> None:
        """Fills the rows below `horizon` (a row, fractions allowed) with the mirrored rows above it, in place.

        `sun` is the column and row of sun or moon.
        """
        first = int(np.floor(horizon)) // 2 * 2
        if first >= self.height - 8 or first < 8:
            return
        surface = self._surface(first, horizon, seconds)
        for band, plane in enumerate(planes):
            self._mirror(plane, first, horizon, surface, band, sun)
        if self.light is not None:
            self._glitter(planes, first, surface, sun[0])

    def _surface(self, first: int, horizon: float, seconds: float) -> _Surface:
        cols = -(-self.width // _ACROSS)
        rows = min(-(-(self.height - first) // _DOWN), len(self.phases) // cols)
        turn = self.rates * np.float32(seconds)
        factors = np.concatenate([np.cos(turn) * self.weights, np.sin(turn) * self.weights]).astype(np.float32)
        waves = (self.phases[: rows * cols] @ factors).reshape(rows, cols)
        beat = np.array([np.cos(2.1 * seconds), np.sin(2.1 * seconds)], np.float32)
        glints = waves + 0.75 * (self.flicker[: rows * cols] @ beat).reshape(rows, cols)
        at = (first + (np.arange(rows, dtype=np.float32) + 0.5) * _DOWN)[:, None]
        depth = np.maximum(at - np.float32(horizon), 0)
        share = np.clip(depth / np.float32(self.unit * _DEPTH), 0, 1)
        pixel = self.unit / 1080
        swing = (1.5 + 26 * share) * pixel
        source = horizon - depth * 0.92 - np.abs(waves) * swing * 1.1
        across = (np.arange(cols, dtype=np.float32) + 0.5) * _ACROSS + waves * swing * 0.35
        keep = _kept(share, 0)
        bright = keep * (1 + 0.10 * np.clip(waves, -2, 2) * (0.25 + share))
        return _Surface(
            source=np.clip(source, 0.5, max(0.5, horizon - 0.5)).astype(np.float32),
            across=np.broadcast_to(across, waves.shape).astype(np.float32),
            gain=np.asarray(np.clip(bright * _GAIN + 0.5, 0, 255), np.uint8),
            keep=tuple(
                np.asarray(np.broadcast_to(_kept(share, band), waves.shape) * _GAIN + 0.5, np.uint8) for band in (1, 2)
            ),
            glints=np.asarray(glints, np.float32),
            depth=depth[:, 0] / np.float32(self.unit),
        )

    def _mirror(
        self, plane: Bytes, first: int, horizon: float, surface: _Surface, band: int, sun: tuple[float, float]
    ) -> None:
        step = 1 if band == 0 else 2
        start, width = first // step, plane.shape[1]
        rows = plane.shape[0] - start
        low = max(0, int(surface.source.min()) - int(24 * self.unit / 1080) - 2) // 2 * 2
        size = surface.source.shape[1] * _ACROSS // step, surface.source.shape[0] * _DOWN // step
        source, across = (
            enlarged(table / np.float32(step) - np.float32(0.5), *size)[:rows, :width]
            for table in (surface.source - np.float32(low), surface.across)
        )
        above = plane[low // step : start + 1]
        if self.light is not None:
            above = self._without_disc(above, sun[0] / step, (sun[1] - low) / step, step)
        if band == 0:
            if self.starry:
                speck = 2 * round(3 * self.unit / 1080) + 1
                above = np.asarray(cv2.morphologyEx(above, cv2.MORPH_OPEN, np.ones((speck, speck), np.uint8)), np.uint8)
            soft = (1, 2 * max(1, round(5.5 * self.unit / 1080)) + 1)
            above = np.asarray(cv2.blur(cv2.blur(above, soft), soft), np.uint8)
        mirrored = remapped(above, across, source)
        gain = enlarged(surface.gain if band == 0 else surface.keep[band - 1], *size)[:rows, :width]
        shown = cv2.multiply(mirrored, gain, scale=1 / _GAIN)
        cv2.add(shown, self._floor(rows, step, start, horizon, band), dst=shown)
        edge = np.clip((start + np.arange(2) + 1) - horizon / step, 0, 1)[:, None]
        shown[:2] = plane[start : start + 2] * (1 - edge) + np.asarray(shown[:2]) * edge + 0.5
        plane[start:] = shown

    def _without_disc(self, above: Bytes, col: float, row: float, step: int) -> Bytes:
        """The sky without its disc: in the water a path of glints stands for it."""
        reach = _DISC * self.unit / step
        left, right = int(col - reach), int(col + reach) + 1
        top, bottom = max(0, int(row - reach)), min(above.shape[0] - 2, int(row + reach) + 1)
        if left < 1 or right >= above.shape[1] - 1 or bottom <= top:
            return above
        cleared = above.copy()
        share = np.linspace(0, 1, right - left, dtype=np.float32)[None]
        ends = above[top:bottom, [left - 1, right]].astype(np.float32)
        cleared[top:bottom, left:right] = ends[:, :1] * (1 - share) + ends[:, 1:] * share + 0.5
        return cleared

    def _floor(self, rows: int, step: int, start: int, horizon: float, band: int) -> Bytes:
        """The water's own colour, which shows the more the nearer it is: uint8 [rows, width of the plane]."""
        depth = (start + np.arange(rows) + 0.5) * step - horizon
        share = np.clip(depth / (self.unit * _DEPTH), 0, 1)
        own = float(self.deep[band]) * (1 - _kept(share, band)) + 0.5
        return np.repeat(own.astype(np.uint8)[:, None], self.width // step, axis=1)

    def _glitter(self, planes: tuple[Bytes, Bytes, Bytes], first: int, surface: _Surface, sun_col: float) -> None:
        """The path of light under sun or moon, fading towards the viewer."""
        assert self.light is not None
        reach = 0.26 * self.unit
        low, high = (int(np.clip(side, 0, self.width)) // 16 * 16 for side in (sun_col - reach, sun_col + reach))
        if high - low < 16:
            return
        rows = self.height - first
        fine = enlarged(surface.glints[:, low // _ACROSS : high // _ACROSS], (high - low) // 2, len(surface.depth) * 2)
        depth = enlarged(surface.depth[:, None], 1, len(surface.depth) * 2)
        share = np.clip(depth / np.float32(_DEPTH), 0, 1)
        wide = (0.018 + 0.10 * share) * np.float32(self.unit * WIDE)
        across = (np.arange(low + 1, high, 2, dtype=np.float32)[None] - np.float32(sun_col)) / wide
        shine = np.exp(-across * across) * smooth(0.55, 1.5, fine) * (1 - 0.9 * share**0.7) * (0.9 * 255)
        small = np.asarray(np.clip(shine, 0, 255), np.uint8)
        for band, plane in enumerate(planes):
            step = 1 if band == 0 else 2
            part = plane[first // step :, low // step : high // step]
            amount = enlarged(small, small.shape[1] * 2, small.shape[0] * 2)[:rows] if band == 0 else small
            amount = amount[: part.shape[0]]
            cv2.multiply(part, cv2.bitwise_not(amount), dst=part, scale=1 / 255)
            cv2.add(part, cv2.convertScaleAbs(amount, alpha=float(self.light[band]) / 255), dst=part)


def water_for(world: World, height: int, width: int, unit: float, horizon_row: float, left: float) -> Water:
    """Tables for frames of this size. `unit` is the world's frame height in pixels, `horizon_row` where the horizon is
    at rest, `left` the pixel of a 16:9 frame of that height at which this frame begins."""
    tallest = min(height, int(height - horizon_row + _MARGIN * unit) + 8)
    rows, cols = -(-tallest // _DOWN), -(-width // _ACROSS)
    scale = 1080 / unit
    share = (np.arange(rows, dtype=np.float32) + 0.5) * _DOWN / np.float32(unit * _DEPTH)
    x = (((np.arange(cols, dtype=np.float32) + 0.5) * _ACROSS + left) * scale)[None]
    run = np.maximum(1 / (0.05 + 0.62 * share) - 9 * share, -12)
    random = world.random("waves")
    phases = []
    for wave in range(_WAVES):
        start, rate, slant = random.uniform(0, 2 * np.pi), random.uniform(0.7, 1.5), random.uniform(-0.4, 0.4)
        lean = (x * (0.0035 * (wave + 1) * rate)) * (0.35 + 0.65 * np.maximum(1 - share, 0))[:, None]
        phases.append((run * (9 + 7 * wave) * rate)[:, None] + lean + slant * wave * x * 0.004 + start)
    stacked = np.stack(phases).reshape(_WAVES, -1)
    flicker = ((run * 31)[:, None] + x * 0.05).reshape(-1)
    hour = world.palette
    deep = hour.top * 0.55 + hour.ink * 0.25 + DEEP_WATER * (0.06 if world.dark else 0.2)
    return Water(
        height=height,
        width=width,
        unit=unit,
        phases=np.concatenate([np.sin(stacked), np.cos(stacked)]).T.astype(np.float32, order="C"),
        rates=(1.1 + 0.35 * np.arange(_WAVES)).astype(np.float32),
        weights=(1 / (1 + 0.5 * np.arange(_WAVES))).astype(np.float32),
        flicker=np.stack([np.sin(flicker), np.cos(flicker)], -1).astype(np.float32),
        light=yuv(hour.light) if world.show_sun else None,
        deep=yuv(deep.astype(np.float32)),
        starry=world.starry,
    )
