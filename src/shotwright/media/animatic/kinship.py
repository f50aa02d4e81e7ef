"""Whether two pictures show one scene: by a camera move between them, by flow, or not at all."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
Map = NDArray[np.float32]
Luma = NDArray[np.uint8]

_FEATURES_AT = 640
_POINTS = 900
_RATIO = 0.78
_NEAR = 3.0  # pixels at that size
_MATCHES_LEAST = 24
_INLIERS_LEAST = 0.35
_FLOW_AT = 480
_AGREE_LEAST = 0.6
_ALIKE_LEAST = 0.6


@dataclass(frozen=True)
class CameraMove:
    """A similarity that takes points of the first frame to the last, float64 [2, 3], in pixels from the corner."""

    matrix: Matrix


@dataclass(frozen=True)
class Flow:
    """Displacements first to last and back, float32 [h, w, 2] at a small size, in its pixels; `scale` to the frame."""

    forth: Map
    back: Map
    scale: float


def kinship(first: Luma, last: Luma) -> CameraMove | Flow | None:
    """How two frames of one size, luma uint8 [h, w], belong together; 70-120 ms."""
    matrix = _similarity(first, last)
    if matrix is not None:
        return CameraMove(matrix)
    return _flow(first, last)


def _small(luma: Luma, width: int) -> tuple[Luma, float]:
    scale = min(1.0, width / max(luma.shape))
    size = (max(16, round(luma.shape[1] * scale)), max(16, round(luma.shape[0] * scale)))
    return np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), np.uint8), scale


def _similarity(first: Luma, last: Luma) -> Matrix | None:
    (a, scale), (b, _) = _small(first, _FEATURES_AT), _small(last, _FEATURES_AT)
    finder = cv2.SIFT.create(_POINTS)
    (points_a, marks_a), (points_b, marks_b) = (finder.detectAndCompute(one, None) for one in (a, b))
    if marks_a is None or marks_b is None or min(len(points_a), len(points_b)) < 12:
        return None
    pairs = [pair for pair in cv2.BFMatcher().knnMatch(marks_a, marks_b, k=2) if len(pair) == 2]
    good = [one for one, other in pairs if one.distance < _RATIO * other.distance]
    if len(good) < 12:
        return None
    cv2.setRNGSeed(1)
    matrix, inliers = cv2.estimateAffinePartial2D(
        np.array([points_a[one.queryIdx].pt for one in good], np.float32) + 0.5,
        np.array([points_b[one.trainIdx].pt for one in good], np.float32) + 0.5,
        ransacReprojThreshold=_NEAR,
    )
    if matrix is None or inliers.sum() < _MATCHES_LEAST or inliers.mean() <= _INLIERS_LEAST:
        return None
    found = np.asarray(matrix, np.float64)
    found[:, 2] /= scale
    return found if 0.3 < np.hypot(found[0, 0], found[1, 0]) < 3.3 else None


def _flow(first: Luma, last: Luma) -> Flow | None:
    (a, scale), (b, _) = _small(first, _FLOW_AT), _small(last, _FLOW_AT)
    finder = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    forth = np.asarray(finder.calc(a, b, np.zeros((*a.shape, 2), np.float32)), np.float32)
    back = np.asarray(finder.calc(b, a, np.zeros((*a.shape, 2), np.float32)), np.float32)
    height, width = a.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    there_x, there_y = x + forth[..., 0], y + forth[..., 1]
    returned = cv2.remap(back, there_x, there_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    miss = np.hypot(*np.moveaxis(forth + returned, -1, 0))
    agree = float((miss < 1 + 0.05 * np.hypot(forth[..., 0], forth[..., 1])).mean())
    fetched = cv2.remap(b, there_x, there_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    if agree <= _AGREE_LEAST or _correlation(a, np.asarray(fetched, np.uint8)) <= _ALIKE_LEAST:
        return None
    soft_forth, soft_back = (cv2.GaussianBlur(one, (0, 0), 1.5) for one in (forth, back))
    return Flow(np.asarray(soft_forth, np.float32), np.asarray(soft_back, np.float32), 1 / scale)


def _correlation(a: Luma, b: Luma) -> float:
    """Of what stands out of its neighbourhood."""
    p, q = (one.astype(np.float32) - cv2.blur(one.astype(np.float32), (9, 9)) for one in (a, b))
    return float((p * q).sum() / (np.sqrt((p * p).sum() * (q * q).sum()) + 1e-6))
