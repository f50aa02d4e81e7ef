"""What falls or drifts before the scene: rain, snow, and banks of fog."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from shotwright.media.animatic.scene import noise
from shotwright.media.animatic.scene.palette import Floats, colour, mix
from shotwright.media.animatic.scene.raster import enlarged
from shotwright.media.animatic.scene.sheets import Bytes, yuv
from shotwright.media.animatic.scene.world import World

Planes3 = tuple[Bytes, Bytes, Bytes]
_TILE = 1024  # pixels of a 1080-line frame


@dataclass(frozen=True)
class Falling:
    """One tiled sheet of streaks or flakes, moved by whole pixels per frame: `light` is added, `veil` multiplies."""

    light: Bytes
    veil: Bytes
    tile: int
    across: float  # pixels per frame
    down: float
    sway: float  # pixels
    pace: float  # of the sway, radians per frame

    def draw(self, luma: Bytes, index: int) -> None:
        rows, cols = luma.shape
        left = round(-self.across * index - self.sway * np.sin(self.pace * index)) % self.tile
        top = round(-self.down * index) % self.tile
        window = slice(top, top + rows), slice(left, left + cols)
        cv2.multiply(luma, self.veil[window], dst=luma, scale=1 / 255)
        cv2.add(luma, self.light[window], dst=luma)


def falling_for(world: World, rows: int, cols: int, unit: float, fps: float) -> tuple[Falling, ...]:
    """The sheets of this weather; none when nothing falls."""
    if world.reading.weather == "rain":
        return tuple(_rain(world, near, rows, cols, unit, fps) for near in (0.5, 0.8, 1.2))
    if world.reading.weather == "snow":
        return tuple(_snow(world, near, rows, cols, unit, fps) for near in (0.4, 0.7, 1.1, 1.9))
    return ()


def _tile(draw: Callable[[NDArray[Any]], None], blur: float, scale: float) -> NDArray[Any]:
    """A seamless tile, drawn at twice 1080 lines and reduced to the frame's own scale."""
    big = np.zeros((_TILE * 2, _TILE * 2), np.uint8)
    draw(big)
    side = max(64, round(_TILE * scale))
    kind = cv2.INTER_AREA if side < _TILE * 2 else cv2.INTER_LINEAR
    small = cv2.resize(big, (side, side), interpolation=kind)
    sigma = max(0.35, blur * scale)
    pad = int(4 * sigma) + 2
    wrapped = cv2.copyMakeBorder(small, pad, pad, pad, pad, cv2.BORDER_WRAP)
    return np.asarray(cv2.GaussianBlur(wrapped, (0, 0), sigma)[pad:-pad, pad:-pad])


def _spread(tile: NDArray[Any], rows: int, cols: int) -> NDArray[Any]:
    side = tile.shape[0]
    return np.tile(tile, ((rows + side) // side + 1, (cols + side) // side + 1))[: rows + side, : cols + side]


def _rain(world: World, near: float, rows: int, cols: int, unit: float, fps: float) -> Falling:
    random = world.random(f"rain {near}")
    scale = unit / 1080

    def draw(tile: NDArray[Any]) -> None:
        for _ in range(int(240 / near)):
            x, y = random.random(2) * _TILE
            length = 42 * near * random.uniform(0.6, 1.3)
            bright = int(255 * random.uniform(0.3, 1.0))
            for shift_y in (0, -_TILE, _TILE):
                for shift_x in (0, -_TILE):
                    start = (int((x + shift_x) * 16), int((y + shift_y) * 16))
                    end = (int((x + shift_x + length * 0.12) * 16), int((y + shift_y - length) * 16))
                    cv2.line(tile, start, end, bright, 2 if near < 1 else 3, cv2.LINE_AA, 3)

    streaks = _tile(draw, 0.7 * near, scale).astype(np.float32) * np.float32(0.26 / 255)
    grey = float(yuv(mix(world.palette.horizon * 0.5, colour("#ffffff"), 0.75))[0])
    light, veil = _blend(streaks, grey)
    speed = 1250 * near * scale / fps
    return Falling(
        light=_spread(light, rows, cols),
        veil=_spread(veil, rows, cols),
        tile=light.shape[0],
        across=-0.12 * speed,
        down=speed,
        sway=0.0,
        pace=0.0,
    )


def _blend(cover: Floats, shade: float) -> tuple[Bytes, Bytes]:
    """What is added and what the picture is multiplied by, for a cover 0 to 1 of one luma."""
    light = np.clip(cover * shade, 0, 255).astype(np.uint8)
    return light, np.asarray(255 - np.round(cover * 255), np.uint8)


def _snow(world: World, near: float, rows: int, cols: int, unit: float, fps: float) -> Falling:
    random = world.random(f"snow {near}")
    scale = unit / 1080

    def draw(tile: NDArray[Any]) -> None:
        for _ in range(int(170 / near)):
            x, y = random.random(2) * _TILE
            radius, bright = near * random.uniform(1.2, 2.6), int(255 * random.uniform(0.5, 1.0))
            for shift_x in (0, -_TILE, _TILE):
                for shift_y in (0, -_TILE, _TILE):
                    centre = (int((x + shift_x) * 16), int((y + shift_y) * 16))
                    cv2.circle(tile, centre, int(radius * 16), bright, -1, cv2.LINE_AA, 3)

    strength = 0.75 if near < 1.5 else 0.4
    flakes = _tile(draw, max(0.6, (near - 0.6) * 2.2), scale).astype(np.float32) * np.float32(strength / 255)
    white = float(yuv(world.palette.light * 0.97)[0])
    light, veil = _blend(flakes, white)
    down = max(1.0, float(round(95 * near * scale / fps)))  # whole pixels a frame: flakes must not judder
    return Falling(
        light=_spread(light, rows, cols),
        veil=_spread(veil, rows, cols),
        tile=light.shape[0],
        across=26 * near * scale / fps,
        down=down,
        sway=20 * scale * near,
        pace=0.7 / fps,
    )


@dataclass(frozen=True)
class Fog:
    """A slow bank of fog about the horizon, in quarter size."""

    bank: NDArray[Any]  # uint8, whole world width and more
    colour: NDArray[Any]
    unit: float
    left: float
    speed: float

    def draw(self, planes: Planes3, horizon: float, seconds: float) -> None:
        """Veils the rows about the `horizon` row, in place."""
        rows, cols = planes[0].shape
        first = max(0, int(horizon - 0.34 * self.unit) // 8 * 8)
        last = min(rows, int(horizon + 0.40 * self.unit) // 8 * 8)
        if last - first < 16:
            return
        down = np.arange(first, last, 4, dtype=np.float32) + 2
        height = (down - horizon) / self.unit
        where = np.exp(-(((height - 0.03) / 0.16) ** 2))[:, None]
        step = 4 / self.unit * 540
        matrix = np.array(
            [[step * 0.42, 0, self.left + self.speed * seconds], [0, step, 270 + height[0] * 540]], np.float64
        )
        size = (cols // 4, len(down))
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        warped = cv2.warpAffine(self.bank, matrix, size, flags=flags, borderMode=cv2.BORDER_REFLECT)
        bank = np.asarray(warped, np.float32)
        cover = np.clip(noise.smooth(0.28, 0.78, bank) * 0.85 * where + 0.15 * where, 0, 1) * np.float32(255)
        cover8 = cover.astype(np.uint8)
        for band, plane in enumerate(planes):
            part = plane[first:last] if band == 0 else plane[first // 2 : last // 2]
            veil = enlarged(cover8, part.shape[1], part.shape[0])
            tint = cv2.convertScaleAbs(veil, alpha=float(self.colour[band]) / 255)
            cv2.multiply(part, cv2.bitwise_not(veil), dst=part, scale=1 / 255)
            cv2.add(part, tint, dst=part)


def fog_for(world: World, unit: float, left: float) -> Fog:
    """`left` is where the frame begins, in frame widths of the 16:9 world."""
    bank = noise.field(world.random("fog"), 7, 4, shape=(540, 2200))
    colour = mix(world.palette.haze, world.palette.light, 0.06)
    return Fog(bank, yuv(colour), unit, 400 + left * 403, 6.0)
