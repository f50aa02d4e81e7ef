"""Mixing frames in squared light, so that lights and windows keep glowing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from shotwright.media.animatic.spec import split

if TYPE_CHECKING:
    from shotwright.media.animatic.spec import Planes

Map = NDArray[np.float32]


def smooth(at: float) -> float:
    at = min(max(at, 0.0), 1.0)
    return at * at * (3 - 2 * at)


def blend(a: Planes, b: Planes, share: float | Map, out: Planes) -> None:
    """Mixes two frames, `share` of `b`: luma in squared light, so that lights keep glowing, chroma as it is."""
    luma_a, luma_b, luma = split(a)[0], split(b)[0], split(out)[0]
    x, y = luma_a.astype(np.float32), luma_b.astype(np.float32)
    mixed = cv2.sqrt(x * x * (1 - share) + y * y * share)
    np.copyto(luma, np.round(mixed).astype(np.uint8))
    height, width = luma.shape
    if isinstance(share, np.ndarray):
        share = np.asarray(cv2.resize(share, (width // 2, height // 2), interpolation=cv2.INTER_AREA), np.float32)
    for plane_a, plane_b, plane in zip(split(a)[1:], split(b)[1:], split(out)[1:], strict=True):
        tint = plane_a.astype(np.float32) * (1 - share) + plane_b.astype(np.float32) * share
        np.copyto(plane, np.round(tint).astype(np.uint8))


def squared_mean(views: Sequence[NDArray[np.uint8]]) -> Planes:
    """The mean of equal views in squared light."""
    total = np.zeros(views[0].shape, np.float32)
    for view in views:
        light = view.astype(np.float32)
        total += light * light
    return np.asarray(np.round(np.sqrt(total / len(views))), np.uint8)
