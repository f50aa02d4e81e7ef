"""A guess at how near things are: lower is nearer, the subject is nearest. Smooth, so that nothing tears."""

from __future__ import annotations

import cv2
import numpy as np

from shotwright.media.animatic.subject import Pixels, Subject
from shotwright.media.animatic.warp import Depth

_LINES = 135
_UPRIGHTS_MOST = 4  # straight verticals that a warp would bend visibly


def guess(rgb: Pixels, subject: Subject) -> Depth | None:
    """Depth of a picture uint8 [h, w, 3], or None where upright straight lines (buildings, masts) forbid a warp."""
    if uprights(rgb) > _UPRIGHTS_MOST:
        return None
    scale = _LINES / rgb.shape[0]
    height, width = _LINES, max(8, round(rgb.shape[1] * scale))
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    box = subject.boxes[0]
    across = max(0.16, (box.right - box.left) * 0.6) * width
    down = max(0.22, (box.bottom - box.top) * 0.6) * height
    from_x, from_y = (x - subject.focus[0] * width) / across, (y - subject.focus[1] * height) / down
    near = 0.35 * y / height + 0.65 * np.exp(-(from_x**2 + from_y**2))
    soft = np.asarray(cv2.GaussianBlur(near, (0, 0), 0.06 * height), np.float32)
    return Depth(np.asarray(soft / soft.max(), np.float32), scale)


def uprights(rgb: Pixels) -> int:
    """How many near-vertical straight lines longer than 16 % of the height there are."""
    scale = 480 / rgb.shape[0]
    size = (max(8, round(rgb.shape[1] * scale)), 480)
    grey = cv2.cvtColor(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    edges = cv2.Canny(cv2.GaussianBlur(grey, (0, 0), 1), 60, 150)
    cv2.setRNGSeed(1)
    lines = cv2.HoughLinesP(edges, 1, np.pi / 180, 40, minLineLength=0.16 * 480, maxLineGap=4)
    if lines is None:
        return 0
    ends = np.asarray(lines).reshape(-1, 4)
    return int((np.abs(ends[:, 0] - ends[:, 2]) < 0.1 * np.abs(ends[:, 1] - ends[:, 3])).sum())
