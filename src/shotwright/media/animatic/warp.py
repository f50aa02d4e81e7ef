"""The camera over a still: every frame a sub-pixel exact view of the planes."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from shotwright.domain.units import Size
from shotwright.media.animatic.camera import Path
from shotwright.media.animatic.spec import split
from shotwright.media.animatic.still import PAD, Mip

if TYPE_CHECKING:
    from shotwright.media.animatic.spec import Planes


Map = NDArray[np.float32]

_CLOSE = 0.02  # pixels: so near a phase is taken as it is
_REACH = 40  # whole pixels to step back for a sampling grid that falls on the wanted phase
_WARP = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
DEPTH_SHIFT = 0.012  # of the view's width, each way


@dataclass(frozen=True)
class Depth:
    """How near things are, float32 [h, w] from 0 to 1, with `scale` map pixels per picture pixel."""

    near: Map
    scale: float


@dataclass(frozen=True)
class Lens:
    """What a view passes through: a factor in 255ths per pixel, and the rest of a phase that is let be, in pixels."""

    shade: Planes | None = None
    close: float = _CLOSE


_CHROMA = Lens(close=2 * _CLOSE)


class StillSource:
    """Frames of a path over a still. `depth` is used where the path turns; `shade` is a vignette, in 255ths."""

    def __init__(
        self, mip: Mip, path: Path, size: Size, depth: Depth | None = None, shade: Planes | None = None
    ) -> None:
        self._lens = Lens(shade)
        self._mip = mip
        self._path = path
        self._size = size
        self._depth = depth

    def planes(self, index: int, out: Planes) -> None:
        """Fills `out` with frame `index`."""
        path = self._path
        if abs(path.roll[index]) < 1e-9 and path.turn is None:
            self._straight(index, out)
            return
        if path.turn is not None and self._depth is not None:
            self._deep(index, out, self._depth)
        else:
            self._rolled(index, out)
        if self._lens.shade is not None:
            luma = split(out)[0]
            cv2.multiply(luma, self._lens.shade, dst=luma, scale=1 / 255)

    def _straight(self, index: int, out: Planes) -> None:
        path, mip = self._path, self._mip
        step = path.width[index] / self._size.width
        tall = step * self._size.height
        left = (path.x[index] - path.width[index] / 2 - mip.left) * mip.scale_x
        top = (path.y[index] - tall / 2 - mip.top) * mip.scale_y
        step_x, step_y = step * mip.scale_x, step * mip.scale_y
        y, u, v = split(out)
        window(mip.y, left + PAD, top + PAD, step_x, step_y, y, self._lens)
        for plane, target in ((mip.u, u), (mip.v, v)):
            window(plane, left / 2 + PAD // 2, top / 2 + PAD // 2, step_x, step_y, target, _CHROMA)

    def _matrix(self, index: int) -> NDArray[np.float64]:
        """Frame corner coordinates to mip corner coordinates, luma."""
        path, mip, size = self._path, self._mip, self._size
        step, roll = path.width[index] / size.width, path.roll[index]
        turn = np.array([[np.cos(roll), -np.sin(roll)], [np.sin(roll), np.cos(roll)]]) * step
        turn = np.diag([mip.scale_x, mip.scale_y]) @ turn
        centre = np.array([(path.x[index] - mip.left) * mip.scale_x, (path.y[index] - mip.top) * mip.scale_y]) + PAD
        offset = centre - turn @ np.array([size.width / 2, size.height / 2])
        return np.hstack([turn, offset[:, None]])

    def _rolled(self, index: int, out: Planes) -> None:
        matrix = self._matrix(index)
        mip = self._mip
        for plane, target, scale in zip((mip.y, mip.u, mip.v), split(out), (1.0, 0.5, 0.5), strict=True):
            at = matrix.copy()
            at[:, 2] = at[:, 2] * scale + at[:, :2] @ np.array([0.5, 0.5]) - 0.5
            height, width = target.shape
            cv2.warpAffine(plane, at, (width, height), dst=target, flags=_WARP, borderMode=cv2.BORDER_REPLICATE)

    def _deep(self, index: int, out: Planes, depth: Depth) -> None:
        """A view in which near things shift against far ones."""
        path, mip, size = self._path, self._mip, self._size
        matrix = self._matrix(index)
        columns = np.arange(size.width, dtype=np.float32) + 0.5
        rows = (np.arange(size.height, dtype=np.float32) + 0.5)[:, None]
        shift = self._shift(matrix, depth)
        turn = 0.0 if path.turn is None else float(path.turn[index])
        shift *= np.float32(DEPTH_SHIFT * path.width[index] * mip.scale_x * turn)
        map_x = np.float32(matrix[0, 0]) * columns + (np.float32(matrix[0, 1]) * rows + np.float32(matrix[0, 2]))
        map_y = np.float32(matrix[1, 0]) * columns + (np.float32(matrix[1, 1]) * rows + np.float32(matrix[1, 2]))
        map_x += shift
        y, u, v = split(out)
        _remap(mip.y, map_x, map_y, y)
        half = (size.width // 2, size.height // 2)
        half_x, half_y = (_halved(grid, half) for grid in (map_x, map_y))
        _remap(mip.u, half_x, half_y, u)
        _remap(mip.v, half_x, half_y, v)

    def _shift(self, matrix: NDArray[np.float64], depth: Depth) -> Map:
        """Depth about its middle in the frame, float32 [h, w]."""
        mip, size = self._mip, self._size
        per_x, per_y = 1 / mip.scale_x, 1 / mip.scale_y
        to_depth = np.array(
            [
                [per_x, 0, mip.left - PAD * per_x],
                [0, per_y, mip.top - PAD * per_y],
                [0, 0, 1],
            ]
        )
        at = (np.diag([depth.scale, depth.scale, 1]) @ to_depth @ np.vstack([matrix, [0, 0, 1]]))[:2]
        at[:, 2] += at[:, :2] @ np.array([0.5, 0.5]) - 0.5
        frame = (size.width, size.height)
        seen = cv2.warpAffine(depth.near, at, frame, flags=_WARP, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(seen - np.float32(0.4), np.float32)


def _halved(grid: Map, size: tuple[int, int]) -> Map:
    return np.asarray(cv2.resize(grid, size, interpolation=cv2.INTER_AREA) * np.float32(0.5), np.float32)


def _remap(plane: Planes, map_x: Map, map_y: Map, target: Planes) -> None:
    half = np.float32(0.5)
    cv2.remap(plane, map_x - half, map_y - half, cv2.INTER_LINEAR, dst=target, borderMode=cv2.BORDER_REPLICATE)


def window(plane: Planes, left: float, top: float, step_x: float, step_y: float, out: Planes, lens: Lens) -> None:
    """Bilinear view of a plane into `out`, uint8 [h, w].

    The view's corner is at (`left`, `top`) of the plane, counted from its corner, and one pixel of `out` spans `step_x`
    by `step_y`. Separable, so a third of the cost of a free warp: a resize whose grid starts some pixels earlier, where
    its phase nearly fits, then the rest of the phase.
    """
    height, width = out.shape
    first_x, skip_x, rest_x = _grid(left, step_x)
    first_y, skip_y, rest_y = _grid(top, step_y)
    end_x = first_x + ceil((width + skip_x + 2) * step_x) + 1
    end_y = first_y + ceil((height + skip_y + 2) * step_y) + 1
    part = plane[first_y:end_y, first_x:end_x]
    fine = cv2.resize(part, None, fx=1 / step_x, fy=1 / step_y, interpolation=cv2.INTER_LINEAR)
    seen = fine[skip_y : skip_y + height, skip_x : skip_x + width]
    if max(abs(rest_x), abs(rest_y)) > lens.close:
        centre = (skip_x + rest_x + (width - 1) / 2, skip_y + rest_y + (height - 1) / 2)
        seen = cv2.getRectSubPix(fine, (width, height), centre, patch=out)
    if lens.shade is not None:
        cv2.multiply(seen, lens.shade, dst=out, scale=1 / 255)
    elif seen is not out:
        np.copyto(out, seen)


def _grid(edge: float, step: float) -> tuple[int, int, float]:
    """First plane pixel, whole pixels to skip of the output, and the rest (-0.5 to 0.5) for a view that begins here."""
    last = floor(edge) - 1
    firsts = np.arange(last, max(last - _REACH, -1), -1) if last > 0 else np.array([max(last, 0)])
    skip = (edge - firsts) / step
    whole = np.round(skip)
    best = int(np.argmin(np.abs(skip - whole)))
    return int(firsts[best]), int(whole[best]), float(skip[best] - whole[best])
