"""Noise on fixed grids: the numbers drawn never depend on the output's size, only their resampling does."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from shotwright.media.animatic.scene.palette import Floats

SAMPLES = 4096
FIELD = (576, 1024)
"""Rows and columns of a two-dimensional field, enough for soft shapes at any output size."""


def smooth(low: float, high: float, value: Floats) -> Floats:
    """0 at `low`, 1 at `high` (which may be the smaller), S-shaped between."""
    share = np.clip((value - np.float32(low)) / np.float32(high - low), 0, 1)
    return np.asarray(share * share * (3 - 2 * share), np.float32)


def field(
    random: np.random.Generator,
    base: int,
    octaves: int,
    gain: float = 0.5,
    *,
    shape: tuple[int, int] = FIELD,
    stretch: float = 1.0,
) -> Floats:
    """float32 [shape], about 0 to 1: `base` knots across, doubled at each octave; `stretch` squeezes it vertically."""
    rows, cols = shape
    total = np.zeros(shape, np.float32)
    weight, weights = 1.0, 0.0
    for octave in range(octaves):
        knots = base * 2**octave
        grid = random.random((max(2, int(knots * rows / cols * stretch) + 3), knots + 3), np.float32)
        total += weight * cv2.resize(grid, (cols, rows), interpolation=cv2.INTER_CUBIC)
        weights += weight
        weight *= gain
    return np.asarray(total / weights, np.float32)


@dataclass(frozen=True)
class Line:
    """A curve over the width of the world, tabulated from -0.08 to 1.08 frame widths."""

    table: Floats

    def __call__(self, x: Floats) -> Floats:
        """float32 of the shape of `x`, which is in frame widths."""
        return np.interp(x, LINE_X, self.table).astype(np.float32)

    def at(self, x: float) -> float:
        return float(np.interp(x, LINE_X, self.table))

    def __add__(self, other: Line | Floats | float) -> Line:
        return Line(np.asarray(self.table + (other.table if isinstance(other, Line) else other), np.float32))

    def __mul__(self, factor: float) -> Line:
        return Line(np.asarray(self.table * np.float32(factor), np.float32))


OVERSCAN = 0.08
"""How far the world goes beyond the frame on each side, in frame widths and heights."""

LINE_X = np.linspace(-OVERSCAN, 1 + OVERSCAN, SAMPLES)


def line(random: np.random.Generator, base: int, octaves: int, gain: float = 0.5, sharp: float = 0.0) -> Line:
    """Octaves of noise over the whole width, normalised to 0 to 1; `sharp` folds them into crests."""
    total = np.zeros(SAMPLES, np.float32)
    weight = 1.0
    for octave in range(octaves):
        knots = random.random((1, base * 2**octave + 3), np.float32)
        kind = cv2.INTER_CUBIC if sharp < 0.5 else cv2.INTER_LINEAR
        wave = cv2.resize(knots, (SAMPLES, 1), interpolation=kind)[0]
        if sharp:
            wave = (1 - sharp) * wave + sharp * (1 - np.abs(2 * wave - 1))
        total += weight * wave
        weight *= gain
    low, high = float(total.min()), float(total.max())
    return Line(np.asarray((total - low) / (high - low + 1e-6), np.float32))
