"""Pictures made for these tests: textured, with one bright subject, the same on every run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]
MakePicture = Callable[..., Pixels]


@pytest.fixture
def picture() -> MakePicture:
    """A picture uint8 [h, w, 3]: soft ground, many corners, and a bright subject at (`x`, `y`) shares of it."""

    def make(width: int = 640, height: int = 480, *, seed: int = 1, x: float = 0.5, y: float = 0.5) -> Pixels:
        draw = np.random.default_rng(seed)
        coarse = draw.integers(60, 130, (6, 8, 3), np.uint8)
        ground = np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)
        for _ in range(160):
            at = (int(draw.integers(0, width)), int(draw.integers(0, height)))
            colour = [int(value) for value in draw.integers(40, 150, 3)]
            cv2.circle(ground, at, int(draw.integers(2, 9)), colour, -1, cv2.LINE_AA)
        middle, radius = (int(x * width), int(y * height)), min(width, height) // 12
        cv2.circle(ground, middle, radius, (250, 220, 60), -1, cv2.LINE_AA)
        cv2.circle(ground, middle, radius // 2, (200, 30, 30), -1, cv2.LINE_AA)
        return ground

    return make


@pytest.fixture
def saved(tmp_path: Path) -> Callable[[str, Pixels], str]:
    """Writes a picture as PNG and gives its path."""

    def save(name: str, pixels: Pixels) -> str:
        path = tmp_path / f"{name}.png"
        Image.fromarray(pixels).save(path)
        return str(path)

    return save
