"""From a first frame to a last one: as one camera move, as a flow, or as two pictures that meet.

Frame 0 is the first picture and the last frame the last picture, exactly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from shotwright.domain.units import Size
from shotwright.media.animatic import camera
from shotwright.media.animatic.blending import blend, smooth
from shotwright.media.animatic.kinship import CameraMove, Flow, Map, Matrix, kinship
from shotwright.media.animatic.meeting import Meeting
from shotwright.media.animatic.spec import split
from shotwright.media.animatic.still import frame_of
from shotwright.media.animatic.words import Move

if TYPE_CHECKING:
    from shotwright.media.animatic.spec import AnimaticSpec, FrameSource, Planes
    from shotwright.media.animatic.subject import Pixels

_FEATHER = 12 / 1080  # of the height
_ALIKE = 1.5  # of 255, mean difference: two frames nearer than this are one picture


class Exact:
    """Another source, but with the given frames at its ends."""

    def __init__(self, source: FrameSource, frames: int, first: Planes | None, last: Planes | None) -> None:
        self._source = source
        self._ends = {frames - 1: last} if last is not None else {}
        if first is not None:
            self._ends[0] = first

    def planes(self, index: int, out: Planes) -> None:
        """Fills `out` with frame `index`."""
        end = self._ends.get(index)
        if end is not None:
            np.copyto(out, end)
        else:
            self._source.planes(index, out)


def between(first: Pixels, last: Pixels, spec: AnimaticSpec, move: Move) -> FrameSource:
    """Frames from one picture to another, both uint8 [height, width, 3] at the frame's size."""
    start, end = frame_of(first), frame_of(last)
    at = camera.eased(spec.frames, joined_before=spec.joined_before, joined_after=spec.joined_after)
    kin = kinship(split(start)[0], split(end)[0])
    source: FrameSource
    same = float(cv2.absdiff(start, end).mean()) < _ALIKE and isinstance(kin, CameraMove)
    if isinstance(kin, CameraMove) and not same:
        source = CameraMorph(start, end, kin.matrix, at, spec.size)
    elif isinstance(kin, Flow):
        source = FlowMorph(start, end, kin, at)
    else:
        source = Meeting(first, last, spec, move, same=same)
    return Exact(source, spec.frames, start, end)


class CameraMorph:
    """Both frames carried along one camera move, the second fading in over the first."""

    def __init__(self, first: Planes, last: Planes, matrix: Matrix, at: camera.Floats, size: Size) -> None:
        self._first, self._last = first, last
        self._matrix = matrix
        self._at = at
        self._size = size

    def planes(self, index: int, out: Planes) -> None:
        """Fills `out` with frame `index`."""
        at = float(self._at[index])
        from_first = self._part(at)
        from_last = _chained(from_first, np.asarray(cv2.invertAffineTransform(self._matrix), np.float64))
        share = self._share(from_first, from_last, smooth(at))
        a, b = np.empty_like(out), np.empty_like(out)
        for source, matrix, target in ((self._first, from_first, a), (self._last, from_last, b)):
            _carried(source, matrix, target)
        blend(a, b, share, out)

    def _part(self, at: float) -> Matrix:
        """The move so far: zoom in the log, angle and path of the frame's middle linear."""
        centre = np.array([self._size.width, self._size.height]) / 2
        whole = self._matrix
        zoom, angle = np.hypot(whole[0, 0], whole[1, 0]), np.arctan2(whole[1, 0], whole[0, 0])
        shift = whole[:, :2] @ centre + whole[:, 2] - centre
        share = at if abs(zoom - 1) < 1e-3 else (zoom**at - 1) / (zoom - 1)
        cos, sin = zoom**at * np.cos(angle * at), zoom**at * np.sin(angle * at)
        turn = np.array([[cos, -sin], [sin, cos]])
        return np.hstack([turn, (centre + shift * share - turn @ centre)[:, None]])

    def _share(self, from_first: Matrix, from_last: Matrix, share: float) -> Map:
        """How much of the last frame shows at each pixel, float32 [h, w]: soft where one of the frames ends."""
        width, height = self._size.width // 4, self._size.height // 4
        weights = []
        for matrix, part in ((from_first, 1 - share), (from_last, share)):
            small = matrix.copy()
            small[:, 2] = small[:, 2] / 4 + small[:, :2] @ np.array([0.5, 0.5]) - 0.5
            seen = cv2.warpAffine(np.ones((height, width), np.float32), small, (width, height))
            kept = cv2.erode(seen, np.ones((5, 5), np.uint8))
            soft = cv2.GaussianBlur(kept, (0, 0), max(0.8, _FEATHER * height))
            weights.append(part * (soft + 1e-3))
        full = weights[1] / (weights[0] + weights[1] + 1e-9)
        size = (self._size.width, self._size.height)
        return np.asarray(cv2.resize(full.astype(np.float32), size, interpolation=cv2.INTER_LINEAR), np.float32)


class FlowMorph:
    """Both frames bent along their flow, the second fading in over the first."""

    def __init__(self, first: Planes, last: Planes, flow: Flow, at: camera.Floats) -> None:
        self._first, self._last = first, last
        self._at = at
        height, width = split(first)[0].shape
        self._forth, self._back = (
            np.asarray(cv2.resize(one, (width, height), interpolation=cv2.INTER_LINEAR) * flow.scale, np.float32)
            for one in (flow.forth, flow.back)
        )

    def planes(self, index: int, out: Planes) -> None:
        """Fills `out` with frame `index`."""
        at = float(self._at[index])
        a, b = np.empty_like(out), np.empty_like(out)
        _bent(self._first, self._forth, at, a)
        _bent(self._last, self._back, 1 - at, b)
        blend(a, b, smooth(at), out)


def _chained(after: Matrix, before: Matrix) -> Matrix:
    square = np.vstack([after, [0, 0, 1]]) @ np.vstack([before, [0, 0, 1]])
    return np.asarray(square[:2], np.float64)


def _carried(source: Planes, matrix: Matrix, out: Planes) -> None:
    """A frame moved by a matrix of corner coordinates."""
    kinds = (cv2.INTER_CUBIC, cv2.INTER_LINEAR, cv2.INTER_LINEAR)
    for plane, target, kind, scale in zip(split(source), split(out), kinds, (1.0, 0.5, 0.5), strict=True):
        at = matrix.copy()
        at[:, 2] = at[:, 2] * scale + at[:, :2] @ np.array([0.5, 0.5]) - 0.5
        height, width = target.shape
        cv2.warpAffine(plane, at, (width, height), dst=target, flags=kind, borderMode=cv2.BORDER_REFLECT)


def _bent(source: Planes, flow: Map, at: float, out: Planes) -> None:
    for order, (plane, target) in enumerate(zip(split(source), split(out), strict=True)):
        height, width = target.shape
        way = flow if order == 0 else cv2.resize(flow, (width, height), interpolation=cv2.INTER_AREA) * np.float32(0.5)
        x = np.arange(width, dtype=np.float32) - np.float32(at) * way[..., 0]
        y = np.arange(height, dtype=np.float32)[:, None] - np.float32(at) * way[..., 1]
        cv2.remap(plane, x, y, cv2.INTER_LINEAR, dst=target, borderMode=cv2.BORDER_REFLECT)
