"""Painted layers as premultiplied planes, and their compositing in bands: a sheet touches only the rows it shows on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from shotwright.media.animatic.scene.noise import OVERSCAN
from shotwright.media.animatic.scene.palette import Floats
from shotwright.media.animatic.scene.world import WIDE, Grid, Layer

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
_KEPT_BELOW = 0.07  # heights kept under a nearer sheet's edge, because the camera uncovers some


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
class Sheet:
    """One layer ready to composite. Row `solid` and all below cover fully; rows from `bottom` on are never seen."""

    grid: Grid
    near: float
    drift: float
    bob: float
    colour: tuple[Bytes, Bytes, Bytes]
    through: tuple[Bytes, Bytes] | None  # 255 less the cover, for luma and for chroma; None where it covers all
    solid: int
    bottom: int


def compile_layer(layer: Layer, dither: Floats) -> Sheet:
    """Planes of a layer, rounded with dither so that soft ramps do not band."""
    grid = layer.grid
    luma, u, v = (np.ascontiguousarray(band) for band in np.moveaxis(yuv(layer.colour), -1, 0))
    if layer.cover is None:
        planes = (_bytes(luma, dither), _bytes(_half(u), dither), _bytes(_half(v), dither))
        return Sheet(grid, layer.near, layer.drift, layer.bob, planes, None, 0, grid.rows)
    cover = layer.cover
    planes = (_bytes(luma * cover, dither), _bytes(_half(u * cover), dither), _bytes(_half(v * cover), dither))
    through = (_inverse(cover), _inverse(_half(cover)))
    return Sheet(grid, layer.near, layer.drift, layer.bob, planes, through, _first_solid(cover), grid.rows)


def dither_for(grid: Grid) -> Floats:
    """Uniform noise 0 to 1 for every rounding of a world: float32 [rows, cols]."""
    tile = np.random.default_rng(7).random((509, 509), np.float32)
    return np.tile(tile, (grid.rows // 509 + 1, grid.cols // 509 + 1))


def _bytes(plane: Floats, dither: Floats) -> Bytes:
    rows, cols = plane.shape
    return np.clip(plane + dither[:rows, :cols], 0, 255).astype(np.uint8)


def _half(plane: Floats) -> Floats:
    rows, cols = plane.shape
    return np.asarray(cv2.resize(plane, (cols // 2, rows // 2), interpolation=cv2.INTER_AREA), np.float32)


def _inverse(cover: Floats) -> Bytes:
    return np.asarray(255 - np.round(cover * 255), np.uint8)


def _first_solid(cover: Floats) -> int:
    """The first row from which on everything is covered; the number of rows where none is."""
    open_rows = np.flatnonzero(cover.min(axis=1) < _SOLID)
    return int(open_rows[-1]) + 1 if len(open_rows) else 0


def trimmed(sheets: Sequence[Sheet]) -> tuple[Sheet, ...]:
    """The sheets without the rows that nearer ones always hide."""
    hidden_from = 1 + 2 * OVERSCAN
    kept: list[Sheet] = []
    for sheet in reversed(sheets):
        bottom = min(sheet.grid.rows, int(np.ceil((hidden_from + _KEPT_BELOW - sheet.grid.top) * sheet.grid.lines)))
        bottom = min(sheet.grid.rows, (bottom + 1) // 2 * 2)
        if bottom <= 0:
            continue
        kept.append(_cut(sheet, bottom))
        if sheet.solid < sheet.grid.rows and not sheet.drift:
            hidden_from = min(hidden_from, sheet.grid.top + sheet.solid / sheet.grid.lines)
    return tuple(reversed(kept))


def _cut(sheet: Sheet, bottom: int) -> Sheet:
    luma, u, v = sheet.colour
    planes = (luma[:bottom].copy(), u[: bottom // 2].copy(), v[: bottom // 2].copy())
    through = sheet.through
    if through is not None:
        through = (through[0][:bottom].copy(), through[1][: bottom // 2].copy())
    return replace(sheet, colour=planes, through=through, bottom=bottom)


def composite(sheet: Sheet, view: View, planes: Sequence[Bytes], last_row: int) -> None:
    """Lays a sheet over Y, U, V planes in place, down to luma row `last_row` (even)."""
    grid = sheet.grid
    across = view.scale_x * grid.lines * WIDE, (view.left - grid.left) * grid.lines * WIDE
    down = view.scale_y * grid.lines, (view.top - grid.top) * grid.lines
    for band, target in enumerate(planes):
        step = 1 if band == 0 else 2
        colour = sheet.colour[band]
        through = sheet.through and sheet.through[0 if band == 0 else 1]
        col0 = (across[1] + 0.5 * step * across[0]) / step - 0.5
        row0 = (down[1] + 0.5 * step * down[0]) / step - 0.5
        rows = colour.shape[0]
        limit = min(last_row // step, target.shape[0])
        floor = grid.top + sheet.bottom / grid.lines > 1 + OVERSCAN - 0.01
        first = max(0, int(np.ceil(-row0 / down[0])))
        last = limit if floor else min(limit, int(np.floor((rows - 1 - row0) / down[0])) + 1)
        solid = 0 if through is None else int(np.ceil((sheet.solid / step + 0.5 - row0) / down[0])) + 1
        if through is None:
            first = 0
        solid = min(max(first, solid), last)
        if last <= first:
            continue
        warp = _Warp(across[0], col0, down[0], row0, target.shape[1])
        if through is not None and solid > first:
            part = target[first:solid]
            cv2.multiply(part, warp(through, first, solid), dst=part, scale=1 / 255)
            cv2.add(part, warp(colour, first, solid), dst=part)
        if last > solid:
            warp.into(colour, solid, target[solid:last])


@dataclass(frozen=True)
class _Warp:
    scale_x: float
    col0: float
    scale_y: float
    row0: float
    width: int

    def _matrix(self, first: int, low: int) -> NDArray[np.float64]:
        start = self.row0 + first * self.scale_y - low
        return np.array([[self.scale_x, 0, self.col0], [0, self.scale_y, start]])

    def _window(self, plane: Bytes, first: int, last: int) -> tuple[int, int]:
        """The source rows that frame rows first to last read, so that the warp's own clipping stays cheap."""
        low = int(np.floor(self.row0 + first * self.scale_y)) - 1
        high = int(np.ceil(self.row0 + (last - 1) * self.scale_y)) + 2
        low = min(max(low, 0), plane.shape[0] - 1)
        return low, max(min(high, plane.shape[0]), low + 1)

    def __call__(self, plane: Bytes, first: int, last: int) -> Bytes:
        out = np.empty((last - first, self.width), np.uint8)
        self.into(plane, first, out)
        return out

    def into(self, plane: Bytes, first: int, out: Bytes) -> None:
        low, high = self._window(plane, first, first + out.shape[0])
        cv2.warpAffine(
            plane[low:high],
            self._matrix(first, low),
            (self.width, out.shape[0]),
            dst=out,
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
