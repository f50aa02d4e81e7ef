"""Water: a mirror of what stands above the horizon, moved by waves that shorten with distance but never stop."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from shotwright.media.animatic.scene.noise import smooth
from shotwright.media.animatic.scene.palette import DEEP_WATER, Floats
from shotwright.media.animatic.scene.sheets import Bytes, yuv
from shotwright.media.animatic.scene.world import World

_COARSE = 4  # waves are summed on every fourth pixel
_WAVES = 6
_MARGIN = 0.12  # heights by which the water may begin higher than at rest


@dataclass(frozen=True)
class Water:
    """Tables for the rows below the horizon, made for the lowest rows a frame can need."""

    height: int
    width: int
    unit: float  # pixels per frame height of the 16:9 world
    sines: Floats  # [2 * waves, rows * cols]: sine and cosine of each wave's phase
    rates: Floats
    weights: Floats
    glitter: Floats  # [2, rows * cols]
    light_x: float
    light: Floats | None
    deep: Floats

    def draw(self, planes: tuple[Bytes, Bytes, Bytes], horizon: float, seconds: float, sun_col: float) -> None:
        """Fills the rows below `horizon` (a row, fractions allowed) with the mirrored rows above it, in place."""
        luma, u, v = planes
        first = int(np.floor(horizon))
        if first >= self.height - 2 or first < 8:
            return
        first -= first % 2
        rows = self.height - first
        waves, glints = self._waves(rows, seconds)
        depth = np.clip((np.arange(first, self.height, dtype=np.float32) + 0.5 - horizon) / self.unit, 0, None)
        self._mirror(luma, first, horizon, waves, depth, 1, 0)
        self._mirror(u, first // 2, horizon / 2, waves, depth, 2, 1)
        self._mirror(v, first // 2, horizon / 2, waves, depth, 2, 2)
        if self.light is not None:
            self._glitter(planes, first, glints, depth, sun_col)

    def _waves(self, rows: int, seconds: float) -> tuple[Floats, Floats]:
        coarse_rows = -(-rows // _COARSE)
        coarse_cols = -(-self.width // _COARSE)
        used = coarse_rows * coarse_cols
        turn = self.rates * np.float32(seconds)
        factors = np.concatenate([np.cos(turn) * self.weights, np.sin(turn) * self.weights]).astype(np.float32)
        waves = (factors @ self.sines[:, :used]).reshape(coarse_rows, coarse_cols)
        flicker = np.array([np.cos(2.1 * seconds), np.sin(2.1 * seconds)], np.float32)
        glints = waves + 0.75 * (flicker @ self.glitter[:, :used]).reshape(coarse_rows, coarse_cols)
        return waves, glints

    def _mirror(
        self, plane: Bytes, first: int, horizon: float, waves: Floats, depth: Floats, step: int, band: int
    ) -> None:
        rows, width = plane.shape[0] - first, plane.shape[1]
        deep = np.clip(depth[::step][:rows], 0, None)
        share = np.clip(deep / 0.46, 0, 1)
        pixel = self.unit / 1080 / step
        swell = cv2.resize(waves, (width, rows), interpolation=cv2.INTER_LINEAR)
        amplitude = ((1.5 + 26 * share) * pixel).astype(np.float32)[:, None]
        at = np.arange(first, first + rows, dtype=np.float32)[:, None] + 0.5
        source = horizon - 0.5 - (at - horizon) * 0.92 - np.abs(swell) * amplitude * 1.1
        source = np.clip(source, 0, max(0.0, horizon - 1)).astype(np.float32)
        across = np.arange(width, dtype=np.float32)[None] + swell * amplitude * 0.35
        above = plane[: first + 1]
        if step == 1:
            above = cv2.GaussianBlur(above, (0, 0), sigmaX=0.8 * max(pixel, 0.5), sigmaY=max(0.6, 5 * pixel))
        mirrored = cv2.remap(above, across.astype(np.float32), source, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        keep = (0.86 - 0.50 * share**0.8).astype(np.float32)[:, None]
        base = self.deep[band]
        shown = base + (mirrored.astype(np.float32) - base) * keep
        if step == 1:
            shown = 16 + (shown - 16) * (1 + 0.10 * np.clip(swell, -2, 2) * (0.25 + share[:, None]))
        edge = np.clip(at[:2] + 0.5 - horizon, 0, 1)
        shown[:2] = plane[first : first + 2] * (1 - edge) + shown[:2] * edge
        plane[first:] = np.clip(shown + 0.5, 0, 255)

    def _glitter(
        self, planes: tuple[Bytes, Bytes, Bytes], first: int, glints: Floats, depth: Floats, sun_col: float
    ) -> None:
        """The path of light under sun or moon, fading towards the viewer."""
        assert self.light is not None
        share = np.clip(depth / 0.46, 0, 1)[:, None]
        reach = (0.018 + 0.10 * share) * self.unit * 16 / 9
        low, high = (int(v) for v in np.clip([sun_col - 0.26 * self.unit, sun_col + 0.26 * self.unit], 0, self.width))
        low, high = low // 2 * 2, high // 2 * 2
        if high - low < 4:
            return
        field = cv2.resize(glints, (self.width, len(depth)), interpolation=cv2.INTER_LINEAR)[:, low:high]
        across = (np.arange(low, high, dtype=np.float32)[None] - sun_col) / reach
        shine = np.exp(-across * across) * smooth(0.55, 1.5, field) * (1 - 0.9 * share**0.7) * 0.9
        shine = np.clip(shine, 0, 1).astype(np.float32)
        half = cv2.resize(shine, (shine.shape[1] // 2, shine.shape[0] // 2), interpolation=cv2.INTER_AREA)
        for band, (plane, amount) in enumerate(zip(planes, (shine, half, half), strict=True)):
            part = plane[first if band == 0 else first // 2 :, slice(low, high) if band == 0 else slice(low // 2, high // 2)]
            amount = amount[: part.shape[0]]
            part[:] = part + (self.light[band] - part) * amount[: part.shape[0]] + 0.5


def water_for(world: World, height: int, width: int, unit: float, horizon_row: float, left_px: float) -> Water:
    """Tables for frames of this size; `unit` is the world's frame height in pixels, `left_px` where the frame begins in
    a 16:9 frame of that height."""
    tallest = min(height, int(height - horizon_row + _MARGIN * unit))
    rows, cols = -(-tallest // _COARSE), -(-width // _COARSE)
    scale = 1080 / unit
    y = (np.arange(rows, dtype=np.float32) * _COARSE + 1.5) * scale
    share = y / 497
    x = ((np.arange(cols, dtype=np.float32) * _COARSE + 1.5 + left_px) * scale)[None]
    run = np.maximum(1 / (0.05 + 0.62 * share) - 9 * share, -12)
    random = world.random("waves")
    phases, weights = [], []
    for wave in range(_WAVES):
        start, rate, slant = random.uniform(0, 2 * np.pi), random.uniform(0.7, 1.5), random.uniform(-0.4, 0.4)
        lean = (x * (0.0035 * (wave + 1) * rate)) * (0.35 + 0.65 * np.maximum(1 - share, 0))[:, None]
        phases.append((run * (9 + 7 * wave) * rate)[:, None] + lean + slant * wave * x * 0.004 + start)
        weights.append(1 / (1 + 0.5 * wave))
    stacked = np.stack(phases).reshape(_WAVES, -1)
    flicker = ((run * 31)[:, None] + x * 0.05).reshape(-1)
    palette = world.palette
    dim = 0.3 if world.dark else 1.0
    deep = palette.top * 0.55 + palette.ink * 0.25 + DEEP_WATER * (0.2 * dim)
    return Water(
        height=height,
        width=width,
        unit=unit,
        sines=np.concatenate([np.sin(stacked), np.cos(stacked)]).astype(np.float32),
        rates=(1.1 + 0.35 * np.arange(_WAVES)).astype(np.float32),
        weights=np.array(weights, np.float32),
        glitter=np.stack([np.sin(flicker), np.cos(flicker)]).astype(np.float32),
        light_x=world.sun,
        light=yuv(palette.light) if world.show_sun else None,
        deep=yuv(deep.astype(np.float32)),
    )
