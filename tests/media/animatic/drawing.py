from __future__ import annotations

from fractions import Fraction

import cv2
import numpy as np
from numpy.typing import NDArray

from shotwright.domain.units import FrameRate, Size
from shotwright.media.animatic import scene
from shotwright.media.animatic.words import Move, MoveKind

FPS = FrameRate(Fraction(24))
STILL = Move(MoveKind.STATIC)


def frame(
    prompt: str,
    size: Size,
    *,
    seed: int = 7,
    index: int = 12,
    frames: int = 48,
    move: Move = STILL,
) -> NDArray[np.uint8]:
    """One frame's planes, uint8 [height * 3 / 2, width]."""
    source = scene.build(prompt, seed=seed, size=size, fps=FPS, frames=frames, move=move)
    planes = np.zeros((size.height * 3 // 2, size.width), np.uint8)
    source.planes(index, planes)
    return planes


def luma(planes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return planes[: planes.shape[0] * 2 // 3]


def reduced(plane: NDArray[np.uint8], size: Size) -> NDArray[np.uint8]:
    return np.asarray(cv2.resize(plane, (size.width, size.height), interpolation=cv2.INTER_AREA), np.uint8)


def psnr(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    error = ((one.astype(np.float64) - other) ** 2).mean()
    return float(10 * np.log10(255**2 / max(error, 1e-9)))
