"""Where the eye goes in a picture: a focus, and the box that must stay inside the frame."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Map = NDArray[np.float32]

_SIDE = 128  # all is found at this size
_WINDOW = 0.16  # of the long side: what one glance takes in
_LEVELS = ((0.4, 1.7), (0.55, 1.5), (0.7, 1.3), (0.85, 1.1))
"""Ever tighter boxes: the part above this share of the peak, joined with this many deviations about the focus."""

_FACE = 0.4


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle as shares of the picture's width and height, 0 to 1."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def centre(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class Subject:
    """The focus (x, y) and the subject's boxes in shares of the picture, from the whole of it to its core.

    `weight` is the saliency map, float32 [h, w].
    `face` marks a skin-coloured compact blob at the focus: a hint to keep the top of the box, not face detection.
    """

    focus: tuple[float, float]
    boxes: tuple[Box, ...]
    weight: Map
    face: bool


def find(rgb: Pixels) -> Subject:
    """The subject of a picture, uint8 [h, w, 3]; 4-6 ms, whatever its size."""
    small = _small(rgb)
    skin = _skin_blobs(small)
    weight = _saliency(small, skin)
    focus, deviation = _mean_shift(weight)
    boxes = tuple(_box(weight, focus, deviation, part, reach) for part, reach in _LEVELS)
    height, width = weight.shape
    x, y = focus
    face = bool(skin[min(int(y), height - 1), min(int(x), width - 1)] > _FACE)
    return Subject(((x + 0.5) / width, (y + 0.5) / height), boxes, weight, face)


def _small(rgb: Pixels) -> Pixels:
    height, width = rgb.shape[:2]
    if max(height, width) > 16 * _SIDE:  # a quick first step: the mean over areas is slow on large pictures
        rgb = np.asarray(cv2.resize(rgb, (width // 4, height // 4), interpolation=cv2.INTER_LINEAR), np.uint8)
    height, width = rgb.shape[:2]
    scale = _SIDE / max(height, width)
    size = (max(8, int(width * scale)), max(8, int(height * scale)))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)


def _saliency(small: Pixels, skin: Map) -> Map:
    lab = np.asarray(cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)
    height, width = lab.shape[:2]
    y, x = np.mgrid[0:height, 0:width]
    middle = np.exp(-(((x / width - 0.5) / 0.42) ** 2 + ((y / height - 0.46) / 0.42) ** 2))
    total = 0.55 * _norm(_spectral_residual(lab)) + 0.6 * _norm(_contrast_to_border(lab)) + 1.1 * skin
    total = np.clip(total * (0.35 + 0.65 * middle), 0, None)
    return np.asarray(total / (total.max() + 1e-9), np.float32)


def _norm(values: Map) -> Map:
    return np.asarray(values / (np.percentile(values, 99.5) + 1e-9), np.float32)


def _spectral_residual(lab: Map) -> Map:
    """What stands out of the usual fall of the spectrum, over L, a and b."""
    height, width = lab.shape[:2]
    total = np.zeros((height, width), np.float32)
    for channel, share in enumerate((1.0, 0.7, 0.7)):
        plane = cv2.resize(lab[..., channel], (64, 64), interpolation=cv2.INTER_AREA)
        spectrum = np.fft.fft2(plane)
        amplitude = np.log(np.abs(spectrum) + 1e-3).astype(np.float32)
        residual = amplitude - cv2.blur(amplitude, (3, 3))
        unusual = np.abs(np.fft.ifft2(np.exp(residual + 1j * np.angle(spectrum)))) ** 2
        unusual = cv2.GaussianBlur(unusual.astype(np.float32), (0, 0), 2.5)
        total += cv2.resize(unusual / (unusual.max() + 1e-9), (width, height)) * share
    return total


def _contrast_to_border(lab: Map) -> Map:
    """Mahalanobis distance from the colours along the edge."""
    height, width = lab.shape[:2]
    strip = max(2, int(0.06 * min(height, width)))
    sides = (lab[:strip], lab[-strip:], lab[:, :strip], lab[:, -strip:])
    border = np.concatenate([side.reshape(-1, 3) for side in sides]).astype(np.float64)
    away = lab - border.mean(0)
    inverse = np.linalg.inv(np.cov(border.T) + np.eye(3) * 20)
    distance = np.sqrt(np.einsum("ijk,kl,ijl->ij", away, inverse, away))
    return np.asarray(cv2.GaussianBlur(distance.astype(np.float32), (0, 0), 3), np.float32)


def _skin_blobs(small: Pixels) -> Map:
    """Compact patches of moderately saturated skin tones with marks inside, 0 to 1."""
    luma, red, blue = cv2.split(cv2.cvtColor(small, cv2.COLOR_RGB2YCrCb))
    saturation = cv2.cvtColor(small, cv2.COLOR_RGB2HSV)[..., 1]
    tone = (red > 137) & (red < 165) & (blue > 95) & (blue < 125)
    mask = (tone & (luma > 70) & (saturation > 35) & (saturation < 150)).astype(np.uint8)
    mask = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8)), np.uint8)
    mask = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8)), np.uint8)
    height, width = luma.shape
    ys, xs = np.mgrid[0:height, 0:width]
    found = np.zeros((height, width), np.float32)
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask)
    for x, y, w, h, area in stats[1:count]:
        compact = 0.004 < area / (height * width) < 0.2 and 0.65 < h / w < 2.4 and area / (w * h) >= 0.5 and w >= 6
        if not compact or luma[y : y + h, x : x + w].std() < 14:
            continue
        blob = np.exp(-(((xs - x - w / 2) / (0.55 * w)) ** 2 + ((ys - y - h / 2) / (0.55 * h)) ** 2))
        found = np.maximum(found, (blob * (1.15 - 0.6 * (y + h / 2) / height)).astype(np.float32))
    return found


def _mean_shift(weight: Map) -> tuple[tuple[float, float], tuple[float, float]]:
    """The focus and the spread about it, in pixels of the map."""
    height, width = weight.shape
    side = max(height, width)
    smooth = cv2.GaussianBlur(weight, (0, 0), 0.07 * side)
    peak_y, peak_x = np.unravel_index(int(np.argmax(smooth)), weight.shape)
    x, y = float(peak_x), float(peak_y)
    ys, xs = np.mgrid[0:height, 0:width]
    near, total = weight, 1.0
    for _ in range(12):
        near = weight**2 * np.exp(-((xs - x) ** 2 + (ys - y) ** 2) / (2 * (_WINDOW * side) ** 2))
        total = float(near.sum()) + 1e-9
        x, y = float((near * xs).sum()) / total, float((near * ys).sum()) / total
    across = float(np.sqrt((near * (xs - x) ** 2).sum() / total))
    down = float(np.sqrt((near * (ys - y) ** 2).sum() / total))
    return (x, y), (across, down)


def _box(weight: Map, focus: tuple[float, float], deviation: tuple[float, float], part: float, reach: float) -> Box:
    """The connected strong part around the focus, joined with the spread about it."""
    height, width = weight.shape
    x, y = focus
    left, right = x - reach * deviation[0], x + reach * deviation[0]
    top, bottom = y - reach * deviation[1], y + reach * deviation[1]
    smooth = cv2.GaussianBlur(weight, (0, 0), 1.2)
    row, column = min(round(y), height - 1), min(round(x), width - 1)
    around = smooth[max(0, row - 6) : row + 7, max(0, column - 6) : column + 7]
    strong = (smooth > part * around.max()).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(strong)
    label = labels[row, column]
    if label and count > 1:
        part_x, part_y, part_w, part_h, _ = (int(value) for value in stats[label])
        left, right = min(left, part_x), max(right, part_x + part_w)
        top, bottom = min(top, part_y), max(bottom, part_y + part_h)
    return Box(max(0.0, left / width), max(0.0, top / height), min(1.0, right / width), min(1.0, bottom / height))
