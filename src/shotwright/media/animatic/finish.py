"""The last touch: a weak vignette, and fine grain against banding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from shotwright.domain.units import Size

if TYPE_CHECKING:
    from shotwright.media.animatic.spec import Planes


GRAIN_FINAL = 1.5  # of 255
GRAIN_DRAFT = 1.0
VIGNETTE_STILL = 0.14
_TILE = 768
_SPREAD = 128  # the window into the table moves this far
_SIGMA = 0.8  # pixels


def vignette(size: Size, amount: float = VIGNETTE_STILL) -> Planes:
    """Factors in 255ths that darken luma towards the corners by `amount`, from 45 % of the radius; uint8 [h, w]."""
    width, height = max(2, size.width // 4), max(2, size.height // 4)
    x = (np.arange(width, dtype=np.float32) + 0.5) / width - 0.5
    y = (np.arange(height, dtype=np.float32) + 0.5) / height - 0.5
    radius = np.sqrt((x * np.float32(1.1))[None] ** 2 + (y**2)[:, None]) / np.float32(0.74)
    share = np.clip((radius - 0.45) / 0.6, 0, 1)
    factor = 255 * (1 - amount * share * share * (3 - 2 * share))
    full = cv2.resize(factor, (size.width, size.height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.convertScaleAbs(full), np.uint8)


class Grain:
    """Adds grain to luma: a gaussian table, seen through a window that jumps from frame to frame."""

    def __init__(self, size: Size, frames: int, seed: int, amount: float = GRAIN_FINAL) -> None:
        draw = np.random.default_rng(seed)
        noise = _noise(draw, amount)
        self._offsets = draw.integers(0, _SPREAD, (frames, 2))
        rows, columns = size.height + _SPREAD, size.width + _SPREAD
        self._lighter, self._darker = (_tiled(part, rows, columns) for part in _parts(noise))
        self._size = size

    def apply(self, index: int, planes: Planes) -> None:
        """Grain of frame `index`, in place."""
        down, across = (int(value) for value in self._offsets[index])
        height, width = self._size.height, self._size.width
        luma = planes[:height]
        cv2.add(luma, self._lighter[down : down + height, across : across + width], dst=luma)
        cv2.subtract(luma, self._darker[down : down + height, across : across + width], dst=luma)


def lay_grain(luma: Planes, seed: int, amount: float) -> None:
    """Grain that stays on the picture as on a print, in place on luma uint8 [h, w].

    Moving with the picture it costs the encoder next to nothing, where grain that changes with each frame doubles its
    work; and it does the same against banding.
    """
    lighter, darker = (_tiled(part, *luma.shape) for part in _parts(_noise(np.random.default_rng(seed), amount)))
    cv2.add(luma, lighter, dst=luma)
    cv2.subtract(luma, darker, dst=luma)


def _noise(draw: np.random.Generator, amount: float) -> NDArray[np.float32]:
    white = draw.standard_normal((_TILE, _TILE), dtype=np.float32)
    noise = np.asarray(cv2.GaussianBlur(white, (0, 0), _SIGMA, borderType=cv2.BORDER_REFLECT_101), np.float32)
    return np.asarray(noise * (np.float32(amount) / noise.std()), np.float32)


def _parts(noise: NDArray[np.float32]) -> tuple[Planes, Planes]:
    """What it adds and what it takes away, as uint8."""
    return np.round(np.maximum(noise, 0)).astype(np.uint8), np.round(np.maximum(-noise, 0)).astype(np.uint8)


def _tiled(table: Planes, rows: int, columns: int) -> Planes:
    times = (-(-rows // _TILE), -(-columns // _TILE))
    return np.ascontiguousarray(np.tile(table, times)[:rows, :columns])
