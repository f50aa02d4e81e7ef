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
_TILE = 1024
_SPREAD = 128  # the window into the table moves this far
_SIGMA = 0.8  # pixels


class Vignette:
    """Darkens luma towards the corners by `amount`, from 45 % of the radius."""

    def __init__(self, size: Size, amount: float = VIGNETTE_STILL) -> None:
        x = (np.arange(size.width, dtype=np.float32) + 0.5) / size.width - 0.5
        y = (np.arange(size.height, dtype=np.float32) + 0.5) / size.height - 0.5
        radius = np.sqrt((x * np.float32(1.1))[None] ** 2 + (y**2)[:, None]) / np.float32(0.74)
        share = np.clip((radius - 0.45) / 0.6, 0, 1)
        fall = share * share * (3 - 2 * share)
        self._factor: Planes = np.round(255 * (1 - amount * fall)).astype(np.uint8)
        self._height = size.height

    def apply(self, index: int, planes: Planes) -> None:
        """The same for every frame."""
        del index
        luma = planes[: self._height]
        cv2.multiply(luma, self._factor, dst=luma, scale=1 / 255)


class Grain:
    """Adds grain to luma: a gaussian table, seen through a window that jumps from frame to frame."""

    def __init__(self, size: Size, frames: int, seed: int, amount: float = GRAIN_FINAL) -> None:
        draw = np.random.default_rng(seed)
        noise = draw.standard_normal((_TILE, _TILE), dtype=np.float32)
        self._offsets = draw.integers(0, _SPREAD, (frames, 2))
        noise = np.asarray(cv2.GaussianBlur(noise, (0, 0), _SIGMA, borderType=cv2.BORDER_REFLECT_101), np.float32)
        noise *= np.float32(amount) / noise.std()
        self._lighter = _tiled(np.round(np.maximum(noise, 0)).astype(np.uint8), size)
        self._darker = _tiled(np.round(np.maximum(-noise, 0)).astype(np.uint8), size)
        self._size = size

    def apply(self, index: int, planes: Planes) -> None:
        """Grain of frame `index`, in place."""
        down, across = (int(value) for value in self._offsets[index])
        height, width = self._size.height, self._size.width
        luma = planes[:height]
        cv2.add(luma, self._lighter[down : down + height, across : across + width], dst=luma)
        cv2.subtract(luma, self._darker[down : down + height, across : across + width], dst=luma)


def _tiled(table: NDArray[np.uint8], size: Size) -> Planes:
    rows, columns = size.height + _SPREAD, size.width + _SPREAD
    times = (-(-rows // _TILE), -(-columns // _TILE))
    return np.ascontiguousarray(np.tile(table, times)[:rows, :columns])
