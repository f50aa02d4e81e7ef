"""The world of a scene: its coordinates, the layers that painters make, and what a finished painting holds.

Lengths along y are frame heights, along x widths of a 16:9 frame of that height; the frame at rest is 0 to 1 both ways
and the world goes 0.08 beyond on every side. Frames of other shapes are windows of the same world.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from shotwright.media.animatic.scene import noise
from shotwright.media.animatic.scene.noise import OVERSCAN, Line
from shotwright.media.animatic.scene.palette import Floats, Palette
from shotwright.media.animatic.scene.raster import shrunk
from shotwright.media.animatic.scene.reading import Reading

WIDE = 16 / 9
HORIZON = 0.62
NEAREST = 1.15
"""The nearness of what moves most."""


@dataclass(frozen=True)
class Grid:
    """A raster over a window of the world: `lines` pixels per frame height, first pixel's edge at `left`, `top`."""

    lines: float
    left: float
    top: float
    cols: int
    rows: int

    @property
    def x(self) -> Floats:
        """Centres of the columns, in frame widths."""
        return (self.left + (np.arange(self.cols) + 0.5) / (self.lines * WIDE)).astype(np.float32)

    @property
    def y(self) -> Floats:
        """Centres of the rows, in frame heights."""
        return (self.top + (np.arange(self.rows) + 0.5) / self.lines).astype(np.float32)

    @property
    def pixel(self) -> float:
        """One pixel of a 1080-line frame, in pixels here."""
        return self.lines / 1080

    def col(self, x: float | Floats) -> Floats:
        """Column coordinate (0 at the left edge) of an x."""
        return np.asarray((x - self.left) * self.lines * WIDE, np.float32)

    def row(self, y: float | Floats) -> Floats:
        """Row coordinate (0 at the top edge) of a y."""
        return np.asarray((y - self.top) * self.lines, np.float32)

    def band(self, top: float, bottom: float) -> Grid:
        """The rows that cover `top` to `bottom`, on even borders so that chroma keeps its place."""
        first = max(0, int(np.floor((top - self.top) * self.lines)) // 2 * 2)
        last = min(self.rows, (int(np.ceil((bottom - self.top) * self.lines)) + 1) // 2 * 2)
        last = max(last, min(self.rows, first + 2))
        first = min(first, last - 2)
        return replace(self, top=self.top + first / self.lines, rows=last - first)

    def scaled(self, factor: float) -> Grid:
        """About the same window with `factor` times the pixels; even sides, at least covering it."""
        cols, rows = (int(np.ceil(side * factor / 2)) * 2 for side in (self.cols, self.rows))
        return replace(self, lines=self.lines * factor, cols=cols, rows=rows)

    def sample(self, table: Floats) -> Floats:
        """A field that spans the whole world, resampled to this window: float32 [rows, cols]."""
        high, wide = table.shape[:2]
        span = 1 + 2 * OVERSCAN
        per_col = wide / span / (self.lines * WIDE)
        per_row = high / span / self.lines
        first_col = (self.left + OVERSCAN) / span * wide + 0.5 * per_col - 0.5
        first_row = (self.top + OVERSCAN) / span * high + 0.5 * per_row - 0.5
        matrix = np.array([[per_col, 0, first_col], [0, per_row, first_row]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        warped = cv2.warpAffine(table, matrix, (self.cols, self.rows), flags=flags, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(warped, np.float32)


@dataclass(frozen=True)
class Layer:
    """One painted sheet: colour float32 [rows, cols, 3] RGB 0 to 255, and how much it covers, 0 to 1 (None: all).

    `near` is 0 for the sky and about 1 for the foreground: how far the camera shifts it. `drift` moves it by itself, in
    frame widths per second; `bob` lets it rise and fall by that many heights.
    """

    grid: Grid
    colour: Floats
    cover: Floats | None = None
    near: float = 0.0
    drift: float = 0.0
    bob: float = 0.0


@dataclass(frozen=True)
class Stand:
    """Where figures may stand: on `crest`, within `span` of x, `height` tall; their layer becomes number `place`."""

    crest: Line
    place: int
    near: float
    height: float
    span: tuple[float, float] = (0.46, 0.78)


@dataclass(frozen=True)
class Painting:
    """Layers from far to near. `water` is the y of a horizon below which the layers before `above` are mirrored."""

    layers: tuple[Layer, ...]
    horizon: float
    focus: float
    water: float | None = None
    above: int = 0
    fog: bool = False
    stand: Stand | None = None


@dataclass(frozen=True)
class World:
    """What every painter is given."""

    reading: Reading
    palette: Palette
    seed: int
    grid: Grid
    sun: float
    tables: dict[str, Floats] = field(
        default_factory=dict, compare=False
    )  # drawn once, for the glance and the painting

    def field(
        self, purpose: str, base: int, octaves: int, gain: float = 0.5, shape: tuple[int, int] = noise.FIELD
    ) -> Floats:
        """Noise for one purpose, as `noise.field` makes it."""
        if purpose not in self.tables:
            self.tables[purpose] = noise.field(self.random(purpose), base, octaves, gain, shape=shape)
        return self.tables[purpose]

    def random(self, purpose: str) -> np.random.Generator:
        """A generator for one purpose alone, so that one more cloud does not move a tree."""
        return np.random.default_rng([self.seed, zlib.crc32(purpose.encode())])

    @property
    def side(self) -> int:
        """+1 when the light stands right of the middle, else -1."""
        return 1 if self.sun > 0.5 else -1

    @property
    def dark(self) -> bool:
        return self.reading.time in ("night", "dusk", "storm")

    @property
    def starry(self) -> bool:
        return self.reading.time == "night" and not self.reading.wet

    @property
    def show_sun(self) -> bool:
        hidden = self.reading.wet and self.reading.time in ("night", "day")
        return self.palette.sun is not None and not hidden

    def horizon(self, around: float = HORIZON, spread: float = 0.03) -> float:
        return around + float(self.random("horizon").uniform(-spread, spread))


Painter = Callable[[World], Painting]


def sun_position(seed: int) -> float:
    """x of sun or moon: about one third or two thirds of the width."""
    random = np.random.default_rng([seed, zlib.crc32(b"sun")])
    return float(random.choice([0.29, 0.71])) + float(random.uniform(-0.05, 0.05))


def flat(grid: Grid, colour: Floats) -> Floats:
    """A sheet of one colour, float32 [rows, cols, 3]."""
    return np.broadcast_to(colour, (grid.rows, grid.cols, 3)).astype(np.float32)


def drawn(grid: Grid, paint: Callable[[Grid, NDArray[np.uint8]], None]) -> Floats:
    """A shape drawn at twice the size as uint8 and area-reduced for soft edges: float32 [rows, cols], 0 to 1."""
    fine = replace(grid, lines=grid.lines * 2, cols=grid.cols * 2, rows=grid.rows * 2)
    mask = np.zeros((fine.rows, fine.cols), np.uint8)
    paint(fine, mask)
    return shrunk(mask, grid.cols, grid.rows).astype(np.float32) / np.float32(255)


def towards(colour: Floats, target: Floats, share: Floats) -> Floats:
    """A sheet moved towards one colour by a map of shares [rows, cols] (or anything that broadcasts to it)."""
    shares = share[..., None]
    return np.asarray(colour + (target - colour) * shares, np.float32)
