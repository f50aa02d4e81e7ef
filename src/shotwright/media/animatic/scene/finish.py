"""The last touch of drawn scenes: bloom about the brightest parts, and a weak vignette."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from shotwright.media.animatic.scene.noise import smooth
from shotwright.media.animatic.scene.palette import Floats
from shotwright.media.animatic.scene.raster import blurred, enlarged, halved, shrunk
from shotwright.media.animatic.scene.sheets import Bytes

_BRIGHT = 179  # limited-range luma from which on light spills over
_BLOOM = 0.20


@dataclass(frozen=True)
class Finish:
    """Tables for one frame size."""

    vignette: Bytes
    lift: Bytes
    vignette_half: Bytes
    lift_half: Bytes
    unit: float

    def apply(self, planes: tuple[Bytes, Bytes, Bytes]) -> None:
        """In place."""
        luma, u, v = planes
        self._bloom(luma)
        cv2.multiply(luma, self.vignette, dst=luma, scale=1 / 255)
        cv2.add(luma, self.lift, dst=luma)
        for plane in (u, v):
            cv2.multiply(plane, self.vignette_half, dst=plane, scale=1 / 255)
            cv2.add(plane, self.lift_half, dst=plane)

    def _bloom(self, luma: Bytes) -> None:
        rows, cols = luma.shape
        small = shrunk(luma, max(8, cols // 8), max(8, rows // 8)).astype(np.float32)
        spill = np.maximum(small - _BRIGHT, 0)
        if not spill.any():
            return
        scale = self.unit / 1080
        light = spill * np.float32(1.6)
        wide, tight = (blurred(light, max(0.5, sigma * scale)) for sigma in (9, 3))
        room = 1 - (small - 16) / 232
        glow = np.clip((wide * 0.7 + tight * 0.3) * (_BLOOM * 219 / 255) * room + 0.5, 0, 255).astype(np.uint8)
        cv2.add(luma, enlarged(glow, cols, rows), dst=luma)


def finish_for(width: int, height: int, unit: float, strength: float = 0.22) -> Finish:
    """`strength` is how much darker the far corners get; `unit` the frame height of the 16:9 world in pixels."""
    vignette = _vignette(width, height, strength)
    return Finish(*_tables(vignette, 16), *_tables(halved(vignette), 128), unit)


def _vignette(width: int, height: int, strength: float) -> Floats:
    across = ((np.arange(width) + 0.5) / width - 0.5)[None] * 1.1
    down = ((np.arange(height) + 0.5) / height - 0.5)[:, None]
    away = (np.sqrt(across * across + down * down) / 0.74).astype(np.float32)
    return np.asarray(1 - strength * smooth(0.45, 1.05, away), np.float32)


def _tables(vignette: Floats, zero: int) -> tuple[Bytes, Bytes]:
    grit = np.random.default_rng(5).uniform(-1.8, 1.8, vignette.shape) * (vignette < 0.999)  # else it draws rings
    factor = np.clip(np.round(vignette * 255 + grit), 0, 255).astype(np.uint8)
    return factor, np.round(zero * (1 - factor / 255)).astype(np.uint8)
