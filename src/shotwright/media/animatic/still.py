"""From a picture's pixels to planes that a camera can move over."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from shotwright.domain.units import Size
from shotwright.media.animatic.camera import Path
from shotwright.media.animatic.finish import lay_grain
from shotwright.media.animatic.spec import split

if TYPE_CHECKING:
    from shotwright.media.animatic.spec import Planes


Pixels = NDArray[np.uint8]

PAD = 64  # luma pixels of repeated edge around a mip, half of it for chroma
_SHARPEN = 0.6
_SHARPEN_FROM = 1.3  # enlargement below which nothing is sharpened
_NEARLY = 0.8  # of the size: so little a reduction needs no softening
_CRISP = 0.22  # makes up for the softness of bilinear sampling

_KR, _KB = 0.2126, 0.0722
_KG = 1 - _KR - _KB
_LUMA = np.array([[_KR, _KG, _KB]]) * 219 / 255
_CHROMA = np.array([[-_KR, -_KG, 1 - _KB], [1 - _KR, -_KG, -_KB]])
_CHROMA *= 224 / 255 / np.array([[2 * (1 - _KB)], [2 * (1 - _KR)]])


@dataclass(frozen=True)
class Mip:
    """Planes of the part of a picture that a path visits, at about the scale of its tightest view.

    `y` is uint8 [rows + 2 PAD, columns + 2 PAD], `u` and `v` half of that. A picture pixel at (x, y) lies at
    ((x - left) * scale_x + PAD, (y - top) * scale_y + PAD) of `y`, counted from its corner.
    """

    y: Planes
    u: Planes
    v: Planes
    left: float
    top: float
    scale_x: float
    scale_y: float


def planes_of(rgb: Pixels) -> tuple[Planes, Planes, Planes]:
    """Y [h, w], U and V [h / 2, w / 2] of an even-sized picture uint8 [h, w, 3]: BT.709, limited range."""
    height, width = rgb.shape[:2]
    luma = cv2.transform(rgb, np.hstack([_LUMA, [[16.0]]]))
    half = cv2.resize(rgb, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    chroma = cv2.transform(half, np.hstack([_CHROMA, [[128.0], [128.0]]]))
    u, v = cv2.split(chroma)
    return np.asarray(luma, np.uint8), np.asarray(u, np.uint8), np.asarray(v, np.uint8)


def frame_of(rgb: Pixels) -> Planes:
    """A picture that already has the frame's size, as one planar buffer uint8 [h * 3 / 2, w]."""
    height, width = rgb.shape[:2]
    out = np.empty((height * 3 // 2, width), np.uint8)
    for target, plane in zip(split(out), planes_of(rgb), strict=True):
        target[:] = plane
    return out


def scaled(rgb: Pixels, width: int, height: int) -> Pixels:
    """A picture at another size: Lanczos and sharpening upwards, means downwards."""
    rows, columns = rgb.shape[:2]
    if (columns, rows) == (width, height):
        return rgb
    factor = max(width / columns, height / rows)
    if factor < 1:
        return _reduced(rgb, width, height, factor)
    larger = np.asarray(cv2.resize(rgb, (width, height), interpolation=cv2.INTER_LANCZOS4), np.uint8)
    return unsharp(larger, 0.45 * factor, _SHARPEN) if factor > _SHARPEN_FROM else larger


def _reduced(rgb: Pixels, width: int, height: int, factor: float) -> Pixels:
    """Halved while it can be, then softened just enough for the rest: half the cost of one mean over areas."""
    while factor <= 0.5:
        rows, columns = rgb.shape[0] // 2, rgb.shape[1] // 2
        if columns < width or rows < height:
            break
        rgb = np.asarray(cv2.resize(rgb[: rows * 2, : columns * 2], (columns, rows), interpolation=cv2.INTER_AREA))
        factor = max(width / columns, height / rows)
    if factor > _NEARLY:
        return np.asarray(cv2.resize(rgb, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)
    soft = cv2.GaussianBlur(rgb, (3, 3), 0.35 / factor)
    return np.asarray(cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def unsharp(picture: Pixels, sigma: float, amount: float) -> Pixels:
    soft = cv2.GaussianBlur(picture, (0, 0), sigma)
    return np.asarray(cv2.addWeighted(picture, 1 + amount, soft, -amount, 0), np.uint8)


def mip_for(rgb: Pixels, path: Path, size: Size, grain: tuple[int, float] | None = None) -> Mip:
    """The planes that a path needs of a picture uint8 [h, w, 3], sampled a little finer than the frame.

    `grain` is seed and amount (of 255) of grain that goes with the picture.
    """
    top, bottom, left, right = _visited(rgb, path, size)
    ratio = float(path.width.max() / path.width.min())
    finer = min(max(1.25 / np.sqrt(ratio), 1.08), 1.14)
    scale = finer * size.width / float(path.width.min())
    columns, rows = _even((right - left) * scale), _even((bottom - top) * scale)
    enlarged = max(columns / (right - left), rows / (bottom - top))
    y, u, v = planes_of(scaled(rgb[top:bottom, left:right], columns, rows))
    if enlarged <= _SHARPEN_FROM:
        y = unsharp(y, 0.7, _CRISP)
    if grain is not None:
        lay_grain(y, *grain)
    return Mip(
        _padded(y, PAD),
        _padded(u, PAD // 2),
        _padded(v, PAD // 2),
        float(left),
        float(top),
        columns / (right - left),
        rows / (bottom - top),
    )


def _visited(rgb: Pixels, path: Path, size: Size) -> tuple[int, int, int, int]:
    """Rows and columns of the picture that any view touches, with a little room for depth and filters."""
    height, width = rgb.shape[:2]
    tall = path.width * size.height / size.width
    cos, sin = np.cos(path.roll), np.abs(np.sin(path.roll))
    half_x, half_y = (path.width * cos + tall * sin) / 2, (tall * cos + path.width * sin) / 2
    room = 4 + (0.015 * float(path.width.max()) if path.turn is not None else 0.0)
    left = max(0, floor(float((path.x - half_x).min()) - room))
    right = min(width, ceil(float((path.x + half_x).max()) + room))
    top = max(0, floor(float((path.y - half_y).min()) - room))
    bottom = min(height, ceil(float((path.y + half_y).max()) + room))
    return top, bottom, left, right


def _even(length: float) -> int:
    return max(2, round(length / 2) * 2)


def _padded(plane: Planes, pad: int) -> Planes:
    return np.asarray(cv2.copyMakeBorder(plane, pad, pad, pad, pad, cv2.BORDER_REPLICATE), np.uint8)
