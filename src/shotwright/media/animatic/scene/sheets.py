"""Painted layers as premultiplied planes, and their compositing: a sheet touches only the pixels it shows on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from shotwright.media.animatic.scene.noise import OVERSCAN
from shotwright.media.animatic.scene.palette import Floats
from shotwright.media.animatic.scene.raster import enlarged, halved
from shotwright.media.animatic.scene.world import NEAREST, WIDE, Grid, Layer

Bytes = NDArray[np.uint8]

_TO_YUV = np.array(
    [
        [0.2126 * 219 / 255, 0.7152 * 219 / 255, 0.0722 * 219 / 255],
        [-0.2126 / 1.8556 * 224 / 255, -0.7152 / 1.8556 * 224 / 255, 0.5 * 224 / 255],
        [0.5 * 224 / 255, -0.7152 / 1.5748 * 224 / 255, -0.0722 / 1.5748 * 224 / 255],
    ],
    np.float32,
)
_ZERO = np.array([16, 128, 128], np.float32)
_SOLID = 0.998
_STRIPS = 6  # more touch fewer pixels, but each costs its calls
_COARSE = 0.6  # sheets with less than this share of the frame's lines are laid at half size, then doubled
_BINS = 96  # of x, over the whole world


def yuv(colour: Floats) -> Floats:
    """RGB 0 to 255 as BT.709 limited-range Y, U, V: float32 of the same shape [..., 3]."""
    return np.asarray(colour @ _TO_YUV.T + _ZERO, np.float32)


@dataclass(frozen=True)
class View:
    """Where a frame looks: world = scale * frame + offset, both ways; in frame widths and heights per frame pixel."""

    scale_x: float
    left: float
    scale_y: float
    top: float


@dataclass(frozen=True)
class Strip:
    """Columns `left` to `right` of a sheet: something shows from row `first`, everything is covered from `solid` on,
    nothing shows from `end` on. Even numbers of luma pixels."""

    left: int
    right: int
    first: int
    solid: int
    end: int


@dataclass(frozen=True)
class Sheet:
    """One layer ready to composite. `through` is 255 less the cover, for luma and chroma; None where it covers all."""

    grid: Grid
    near: float
    drift: float
    bob: float
    colour: tuple[Bytes, Bytes, Bytes]
    through: tuple[Bytes, Bytes] | None
    strips: tuple[Strip, ...]

    @property
    def depth(self) -> float:
        """0 for the sky to 1 for the nearest."""
        return min(self.near, NEAREST) / NEAREST


def compile_layer(layer: Layer, dither: Floats) -> Sheet:
    """Planes of a layer, rounded with dither so that soft ramps do not band."""
    grid = layer.grid
    luma, u, v = (np.ascontiguousarray(band) for band in np.moveaxis(yuv(layer.colour), -1, 0))
    cover = layer.cover
    if cover is None:
        planes = (_bytes(luma, dither), _bytes(halved(u), dither), _bytes(halved(v), dither))
        strips = tuple(Strip(left, right, 0, 0, grid.rows) for left, right in _runs(grid.cols))
        return Sheet(grid, layer.near, layer.drift, layer.bob, planes, None, strips)
    planes = (_bytes(luma * cover, dither), _bytes(halved(u * cover), dither), _bytes(halved(v * cover), dither))
    through = (_inverse(cover), _inverse(halved(cover)))
    return Sheet(grid, layer.near, layer.drift, layer.bob, planes, through, _strips(cover))


def dither_for(grid: Grid) -> Floats:
    """Uniform noise 0 to 1 for every rounding of a world: float32 [rows, cols]."""
    tile = np.random.default_rng(7).random((509, 509), np.float32)
    return np.tile(tile, (grid.rows // 509 + 1, grid.cols // 509 + 1))


def _bytes(plane: Floats, dither: Floats) -> Bytes:
    rows, cols = plane.shape
    return np.asarray(np.clip(plane + dither[:rows, :cols], 0, 255), np.uint8)


def _inverse(cover: Floats) -> Bytes:
    return np.asarray(255 - np.round(cover * 255), np.uint8)


def _runs(cols: int) -> list[tuple[int, int]]:
    """Columns in a few runs of even borders."""
    edges = [round(cols * part / _STRIPS / 2) * 2 for part in range(_STRIPS)] + [cols]
    return list(pairwise(edges))


def _strips(cover: Floats) -> tuple[Strip, ...]:
    """Where each run of columns begins to show and where it is solid; runs that show nothing are left out."""
    rows, cols = cover.shape
    found = []
    for left, right in _runs(cols):
        part = cover[:, max(0, left - 3) : right + 3]
        shown = np.flatnonzero(part.max(axis=1) > 0.002)
        if not len(shown):
            continue
        gaps = np.flatnonzero(part.min(axis=1) < _SOLID)
        solid = int(gaps[-1]) + 1 if len(gaps) else 0
        end = rows if shown[-1] >= rows - 2 else (int(shown[-1]) + 3) // 2 * 2
        found.append(Strip(left, right, max(0, (int(shown[0]) - 2) // 2 * 2), min(rows, (solid + 1) // 2 * 2), end))
    return tuple(found)


def trimmed(sheets: Sequence[Sheet]) -> tuple[Sheet, ...]:
    """The sheets without what nearer ones hide wherever the camera goes."""
    kept: list[Sheet] = []
    hiding: list[tuple[float, Floats]] = []
    for sheet in reversed(sheets):
        strips = tuple(strip for strip in (_shown(sheet, strip, hiding) for strip in sheet.strips) if strip)
        if not strips:
            continue
        if not sheet.drift and not sheet.bob:
            hiding.append((sheet.depth, _hidden_below(sheet)))
        kept.append(_cut(replace(sheet, strips=strips), max(strip.end for strip in strips)))
    return tuple(reversed(kept))


def _shown(sheet: Sheet, strip: Strip, hiding: Sequence[tuple[float, Floats]]) -> Strip | None:
    """The strip down to where nearer sheets hide it, with room for how far they shift against it."""
    grid, end = sheet.grid, strip.end
    for depth, below in hiding:
        apart = abs(depth - sheet.depth)
        room = (0.25 * apart + 0.02) * _BINS
        first = int(np.clip(_bin(grid, strip.left) - room, 0, _BINS - 1))
        last = int(np.clip(_bin(grid, strip.right) + room, 0, _BINS - 1))
        hidden_from = float(below[first : last + 1].max()) + 0.16 * apart + 0.01
        row = int(np.ceil((hidden_from - grid.top) * grid.lines))
        end = min(end, (row + 1) // 2 * 2)
    return replace(strip, end=end, solid=min(strip.solid, end)) if end > strip.first + 2 else None


def _hidden_below(sheet: Sheet) -> Floats:
    """For each bin of x, the y below which a sheet lets nothing through; far down where it always lets something."""
    grid = sheet.grid
    below, reached = np.full(_BINS, -9.0, np.float32), np.zeros(_BINS, bool)
    for strip in sheet.strips:
        first, last = (_bin(grid, edge) for edge in (strip.left, strip.right))
        part = slice(0 if strip.left == 0 else int(first), _BINS if strip.right == grid.cols else int(np.ceil(last)))
        through = strip.end < grid.rows or strip.solid >= grid.rows
        below[part] = np.maximum(below[part], 9.0 if through else grid.top + strip.solid / grid.lines)
        reached[part] = True
    return np.where(reached, below, 9.0).astype(np.float32)


def _bin(grid: Grid, col: float) -> float:
    return (grid.left + col / grid.lines / WIDE + OVERSCAN) / (1 + 2 * OVERSCAN) * _BINS


def _cut(sheet: Sheet, bottom: int) -> Sheet:
    luma, u, v = sheet.colour
    planes = (luma[:bottom].copy(), u[: bottom // 2].copy(), v[: bottom // 2].copy())
    through = sheet.through
    if through is not None:
        through = (through[0][:bottom].copy(), through[1][: bottom // 2].copy())
    return replace(sheet, colour=planes, through=through)


def composite(sheet: Sheet, view: View, planes: Sequence[Bytes]) -> None:
    """Lays a sheet over Y, U, V planes in place."""
    grid = sheet.grid
    across = _Axis(view.scale_x * grid.lines * WIDE, (view.left - grid.left) * grid.lines * WIDE)
    down = _Axis(view.scale_y * grid.lines, (view.top - grid.top) * grid.lines)
    floor = grid.top + sheet.colour[0].shape[0] / grid.lines > 1 - 0.01
    for band, target in enumerate(planes):
        step = 1 if band == 0 else 2
        through = None if sheet.through is None else sheet.through[min(band, 1)]
        half = band == 0 and down.scale < _COARSE
        laying = _Laying(sheet.colour[band], through, across.stepped(step), down.stepped(step), target, half)
        for strip in sheet.strips:
            laying.lay(strip, step, floor=floor)


@dataclass(frozen=True)
class _Axis:
    """Source position of frame pixel i, as indices of pixel centres: start + scale * i."""

    scale: float
    start: float

    def stepped(self, step: int) -> _Axis:
        """For planes with one sample per `step` pixels; from edges to pixel centres."""
        return _Axis(self.scale, (self.start + 0.5 * step * self.scale) / step - 0.5)

    def halved(self, first: int) -> _Axis:
        """For a picture of half the pixels that begins at frame pixel `first`."""
        return _Axis(2 * self.scale, self.start + self.scale * (first + 0.5))

    def pixel(self, edge: float) -> int:
        """The first frame pixel whose centre lies at or beyond a source edge."""
        return int(np.ceil((edge - 0.5 - self.start) / self.scale))


@dataclass(frozen=True)
class _Laying:
    """One plane of a sheet on its way onto one plane of a frame."""

    colour: Bytes
    through: Bytes | None
    across: _Axis
    down: _Axis
    target: Bytes
    half: bool

    def lay(self, strip: Strip, step: int, *, floor: bool) -> None:
        rows, cols = self.colour.shape
        height, width = self.target.shape
        left = 0 if strip.left == 0 else max(0, self.across.pixel(strip.left / step))
        right = width if strip.right // step >= cols else min(width, self.across.pixel(strip.right / step))
        end = min(rows, strip.end // step)
        last = height if floor and end == rows else min(height, self.down.pixel(end))
        first = 0 if self.through is None else max(0, self.down.pixel(strip.first / step))
        solid = 0 if self.through is None else self.down.pixel(strip.solid / step) + 1
        if strip.solid // step >= rows:
            solid = last
        solid = min(max(solid, first), last)
        if self.half:
            left, first, solid = left // 2 * 2, first // 2 * 2, (solid + 1) // 2 * 2
            right, last = right if right == width else right // 2 * 2, min(height, (last + 1) // 2 * 2)
        if right <= left or last <= first:
            return
        if self.through is not None and solid > first:
            part = self.target[first:solid, left:right]
            cv2.multiply(part, self._seen(self.through, first, left, part), dst=part, scale=1 / 255)
            cv2.add(part, self._seen(self.colour, first, left, part), dst=part)
        if last > solid:
            part = self.target[solid:last, left:right]
            self._seen(self.colour, solid, left, part, into=True)

    def _seen(self, plane: Bytes, first: int, left: int, part: Bytes, *, into: bool = False) -> Bytes:
        """The plane as the frame's pixels from row `first` and column `left` see it, in the shape of `part`."""
        rows, cols = part.shape
        if self.half and rows >= 4:
            small = np.empty((rows // 2, cols // 2), np.uint8)
            _warp(plane, self.across.halved(left), self.down.halved(first), small)
            doubled = enlarged(small, cols, rows)
            if into:
                part[:] = doubled
            return doubled
        out = part if into else np.empty_like(part)
        across = _Axis(self.across.scale, self.across.start + self.across.scale * left)
        down = _Axis(self.down.scale, self.down.start + self.down.scale * first)
        _warp(plane, across, down, out)
        return out


def _warp(plane: Bytes, across: _Axis, down: _Axis, out: Bytes) -> None:
    """Bilinear, edges repeated; only the source window that is read is handed over, for the warp's speed."""
    low_row, high_row = _window(down, out.shape[0], plane.shape[0])
    low_col, high_col = _window(across, out.shape[1], plane.shape[1])
    matrix = np.array([[across.scale, 0, across.start - low_col], [0, down.scale, down.start - low_row]])
    cv2.warpAffine(
        plane[low_row:high_row, low_col:high_col],
        matrix,
        (out.shape[1], out.shape[0]),
        dst=out,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )


def _window(axis: _Axis, count: int, size: int) -> tuple[int, int]:
    low = int(np.floor(axis.start)) - 1
    high = int(np.ceil(axis.start + (count - 1) * axis.scale)) + 2
    low = min(max(low, 0), size - 1)
    return low, max(min(high, size), low + 1)
