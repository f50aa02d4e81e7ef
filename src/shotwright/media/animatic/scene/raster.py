"""Resampling and blurring of arrays that keep their type."""

from __future__ import annotations

from typing import Any, TypeVar, cast

import cv2
from numpy.typing import NDArray

Raster = TypeVar("Raster", bound=NDArray[Any])


def shrunk(sheet: Raster, cols: int, rows: int) -> Raster:
    """By area: every source pixel counts once."""
    return cast("Raster", cv2.resize(sheet, (cols, rows), interpolation=cv2.INTER_AREA))


def halved(sheet: Raster) -> Raster:
    return shrunk(sheet, sheet.shape[1] // 2, sheet.shape[0] // 2)


def enlarged(sheet: Raster, cols: int, rows: int) -> Raster:
    """Bilinear."""
    return cast("Raster", cv2.resize(sheet, (cols, rows), interpolation=cv2.INTER_LINEAR))


def blurred(sheet: Raster, sigma_x: float, sigma_y: float = 0.0) -> Raster:
    """Gaussian; `sigma_y` 0 means the same both ways. In pixels."""
    return cast("Raster", cv2.GaussianBlur(sheet, (0, 0), sigmaX=sigma_x, sigmaY=sigma_y))


def remapped(table: Raster, across: NDArray[Any], down: NDArray[Any]) -> Raster:
    """Bilinear look-up of float32 coordinates, mirrored at the edges."""
    return cast("Raster", cv2.remap(table, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT))
