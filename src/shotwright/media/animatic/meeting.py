"""Two unrelated pictures in one shot: each has a slow move of its own, and they meet in the middle."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from shotwright.media.animatic import camera
from shotwright.media.animatic.blending import blend, smooth, squared_mean
from shotwright.media.animatic.framing import stage_for
from shotwright.media.animatic.spec import empty_planes, split
from shotwright.media.animatic.still import mip_for
from shotwright.media.animatic.warp import StillSource
from shotwright.media.animatic.words import Move, MoveKind

if TYPE_CHECKING:
    from shotwright.media.animatic.camera import Path
    from shotwright.media.animatic.spec import AnimaticSpec, Planes
    from shotwright.media.animatic.subject import Pixels

DISSOLVE = (0.4, 0.6)  # of the shot
_DEFOCUS = 12 / 540  # of the height, at the peak
_WHIP_SECONDS = 0.8
_WHIP_BLUR = 0.16  # of the width, at full speed
_ZOOM_SECONDS = 1.2
_ZOOM_MOST = 1.1
_SAMPLES = 5
_BREATH = 0.03


class Meeting:
    """Frames of a shot between two pictures, uint8 [height, width, 3] at the frame's size; `same` if they are one."""

    def __init__(self, first: Pixels, last: Pixels, spec: AnimaticSpec, move: Move, *, same: bool) -> None:
        self._size = spec.size
        self._kind = move.meeting
        self._direction = move.direction or 1
        self._frames = spec.frames
        self._same = same
        window = {"dissolve": None, "whip": _WHIP_SECONDS, "zoom": _ZOOM_SECONDS}[self._kind]
        half = 0.1 if window is None else min(window / float(spec.seconds), 0.6) / 2
        self._window = (0.5 - half, 0.5 + half)
        if same:
            path = _breath(spec)
            self._first = self._last = StillSource(mip_for(first, path, spec.size), path, spec.size)
            return
        inwards = _inwards(first, spec)
        outwards = _inwards(last, spec).reversed()
        self._first = StillSource(mip_for(first, inwards, spec.size), inwards, spec.size)
        self._last = StillSource(mip_for(last, outwards, spec.size), outwards, spec.size)

    def planes(self, index: int, out: Planes) -> None:
        """Fills `out` with frame `index`."""
        time = index / max(1, self._frames - 1)
        start, end = self._window
        if self._same or time <= start:
            self._first.planes(index, out)
        elif time >= end:
            self._last.planes(index, out)
        else:
            a, b = empty_planes(self._size), empty_planes(self._size)
            self._first.planes(index, a)
            self._last.planes(index, b)
            meet = {"dissolve": self._dissolve, "whip": self._whip, "zoom": self._through}[self._kind]
            meet(a, b, (time - start) / (end - start), out)

    def _dissolve(self, a: Planes, b: Planes, at: float, out: Planes) -> None:
        """Both go out of focus and one becomes the other."""
        peak = float(np.sin(np.pi * at) ** 1.5)
        for planes in (a, b):
            _defocus(planes, _DEFOCUS * peak, min(1.0, 2.5 * peak))
        blend(a, b, smooth(at), out)

    def _whip(self, a: Planes, b: Planes, at: float, out: Planes) -> None:
        """The camera is thrown from one picture, which lies beside the other, to it."""
        went = at**3 * (at * (6 * at - 15) + 10)
        speed = 30 * at * at * (1 - at) ** 2 / 1.875
        before, after = (a, b) if self._direction > 0 else (b, a)
        offset = went if self._direction > 0 else 1 - went
        for left, right, target in zip(split(before), split(after), split(out), strict=True):
            width = target.shape[1]
            strip = np.hstack([left, right]).astype(np.float32)
            length = max(1, round(speed * _WHIP_BLUR * width)) | 1
            if length > 1:
                strip = np.sqrt(cv2.blur(strip * strip, (length, 1), borderType=cv2.BORDER_REPLICATE))
            matrix = np.array([[1, 0, offset * width], [0, 1, 0]], np.float64)
            flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
            shown = cv2.warpAffine(
                strip, matrix, (width, target.shape[0]), flags=flags, borderMode=cv2.BORDER_REPLICATE
            )
            np.copyto(target, np.round(shown).astype(np.uint8))

    def _through(self, a: Planes, b: Planes, at: float, out: Planes) -> None:
        """Into the first picture and out of the second."""
        went = at**3 * (at * (6 * at - 15) + 10)
        share = smooth((at - 0.32) / 0.36)
        near, far = np.empty_like(a), np.empty_like(b)
        _zoomed(a, 1 + _ZOOM_MOST * went, near)
        _zoomed(b, 1 + _ZOOM_MOST / 2 * (1 - went), far)
        blend(near, far, share, out)


def _inwards(rgb: Pixels, spec: AnimaticSpec) -> Path:
    """A slow push from the whole picture towards its subject."""
    at = camera.progress(spec.frames, 0.22 if not spec.joined_before else 0.0, 0.0)
    calm = replace(Move(MoveKind.PUSH), speed="slow")
    return camera.plan(stage_for(rgb, spec.size), calm, max(float(spec.seconds), 4.0), at, seed=0, whole=True)


def _breath(spec: AnimaticSpec) -> Path:
    """A little closer and back, for a shot that ends on the picture on which it begins."""
    at = np.sin(np.pi * np.linspace(0, 1, spec.frames)) ** 2
    width, height = spec.size.width, spec.size.height
    flat = np.zeros(spec.frames)
    return camera.Path(flat + width / 2, flat + height / 2, width * (1 - _BREATH * at), flat)


def _defocus(planes: Planes, spread: float, share: float) -> None:
    """Blurs in place, at a quarter of the size; `spread` of the height is the sigma, `share` how much of it shows."""
    for plane in split(planes):
        height, width = plane.shape
        size = (max(2, width // 4), max(2, height // 4))
        small = cv2.resize(plane, size, interpolation=cv2.INTER_AREA)
        soft = cv2.GaussianBlur(small, (0, 0), spread * height / 4 + 0.01)
        full = cv2.resize(soft, (width, height), interpolation=cv2.INTER_CUBIC)
        cv2.addWeighted(plane, 1 - share, full, share, 0, dst=plane)


def _zoomed(source: Planes, zoom: float, out: Planes) -> None:
    """The middle of a frame enlarged, with radial blur as its speed would leave."""
    spread = 0.035 * min(1.0, 3 * abs(zoom - 1))
    for plane, target in zip(split(source), split(out), strict=True):
        height, width = plane.shape
        views = []
        for step in range(_SAMPLES):
            scale = max(1.0, zoom * (1 + spread * (step - (_SAMPLES - 1) / 2)))
            at = np.array([[scale, 0, (1 - scale) * (width - 1) / 2], [0, scale, (1 - scale) * (height - 1) / 2]])
            view = cv2.warpAffine(plane, at, (width, height), borderMode=cv2.BORDER_REPLICATE)
            views.append(np.asarray(view, np.uint8))
        np.copyto(target, squared_mean(views))
