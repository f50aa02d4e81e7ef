"""Pictures of unequal clips made alike, and one going over into another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from shotwright.domain.units import Size
from shotwright.media.frames import matrix_of, range_of, read_frames
from shotwright.media.parts import Part, Timeline

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

Planes = NDArray[np.uint8]

_BLACK, _GREY = 16, 128
_FAR = 120


def conform(frame: VideoFrame, size: Size, matrix: int, aspect: Fraction = Fraction(1)) -> VideoFrame:
    """The picture in yuv420p, limited range, `matrix` (in swscale's numbers), upright, fitted into `size` on black.

    `aspect` is the width of a stored pixel over its height.
    """
    import av
    from av.video.reformatter import ColorRange, Interpolation

    turns = round(frame.rotation / 90) % 4
    inner = _fitted(frame.width * aspect, frame.height, size, turned=turns % 2 == 1)
    stored = Size(inner.height, inner.width) if turns % 2 else inner
    fitted = frame.reformat(
        width=stored.width,
        height=stored.height,
        format="yuv420p",
        src_colorspace=matrix_of(frame),
        dst_colorspace=matrix,
        src_color_range=range_of(frame),
        dst_color_range=ColorRange.MPEG,
        interpolation=Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INP,
    )
    if not turns and inner == size:
        return fitted
    planes = _planes(np.asarray(fitted.to_ndarray(), np.uint8), stored)
    canvas = np.full((size.height * 3 // 2, size.width), _GREY, np.uint8)
    canvas[: size.height] = _BLACK
    for target, plane, scale in zip(_planes(canvas, size), planes, (1, 2, 2), strict=True):
        upright = np.rot90(plane, turns)
        top = (size.height - inner.height) // 4 * 2 // scale
        left = (size.width - inner.width) // 4 * 2 // scale
        target[top : top + upright.shape[0], left : left + upright.shape[1]] = upright
    return av.VideoFrame.from_ndarray(canvas, format="yuv420p")


def cross(before: VideoFrame, after: VideoFrame, share: float) -> VideoFrame:
    """The picture `share` (0 to 1) of the way from one to the other, mixed in squared light: lamps keep glowing."""
    import av

    first, second = (np.asarray(frame.to_ndarray(), np.uint8) for frame in (before, after))
    height = before.height
    mixed = np.empty_like(first)
    mixed[:height] = _mixed(first[:height], second[:height], share, _BLACK)
    mixed[height:] = _mixed(first[height:], second[height:], share, _GREY)
    return av.VideoFrame.from_ndarray(mixed, format="yuv420p")


def eased(step: int, steps: int) -> float:
    """The share of the second picture in frame `step` of a crossfade of `steps` frames: smooth, never 0 or 1."""
    way = (step + 1) / (steps + 1)
    return way * way * (3 - 2 * way)


def _mixed(first: Planes, second: Planes, share: float, zero: int) -> Planes:
    values = np.arange(256, dtype=np.float32) - zero
    squares = values * np.abs(values)
    light = (squares * np.float32(1 - share))[first] + (squares * np.float32(share))[second]
    return np.clip(np.copysign(np.sqrt(np.abs(light)), light) + (zero + 0.5), 0, 255).astype(np.uint8)


def _fitted(width: Fraction, height: int, size: Size, *, turned: bool) -> Size:
    """The largest even size of the picture's shape within `size`; a pixel or two of difference is stretched away."""
    shape = width / height if not turned else height / width
    if abs(shape / size.aspect - 1) < Fraction(1, 100):
        return size
    if shape > size.aspect:
        return Size(size.width, max(2, round(size.width / shape / 2) * 2))
    return Size(max(2, round(size.height * shape / 2) * 2), size.height)


def _planes(planar: Planes, size: Size) -> tuple[Planes, Planes, Planes]:
    """Views of Y, U and V in an array as PyAV lays out yuv420p."""
    luma = planar[: size.height]
    chroma = planar[size.height :].reshape(2, size.height // 2, size.width // 2)
    return luma, chroma[0], chroma[1]


@dataclass
class _Reading:
    frames: Iterator[VideoFrame]
    at: int
    frame: VideoFrame


class Reel:
    """Frames of parts, conformed, decoded once each when they are asked for in order."""

    def __init__(self, size: Size, matrix: int) -> None:
        self._size = size
        self._matrix = matrix
        self._readings: dict[int, _Reading] = {}

    def frame(self, part: Part, number: int) -> VideoFrame:
        """Frame `number` of a part, counted from 0, as the film shows it."""
        wanted = part.source(number)
        reading = self._readings.get(id(part))
        if reading is None or not reading.at <= wanted <= reading.at + _FAR:
            frames = read_frames(part.listing.path, part.pictures, wanted, part.end)
            reading = self._readings[id(part)] = _Reading(frames, wanted, next(frames))
        while reading.at < wanted:
            reading.frame = next(reading.frames)
            reading.at += 1
        return conform(reading.frame, self._size, self._matrix, part.pictures.shape.pixel_aspect)

    def picture(self, timeline: Timeline, frame: int) -> VideoFrame:
        """The film's frame `frame`: of one part, or of two where they cross."""
        number = next(place for place, part in enumerate(timeline.parts) if frame < part.stop)
        part = timeline.parts[number]
        for done in timeline.parts[:number]:
            self._readings.pop(id(done), None)
        seen = self.frame(part, frame - part.place)
        if part.stop - frame > timeline.leaving(number):
            return seen
        after = timeline.parts[number + 1]
        step = frame - after.place
        return cross(seen, self.frame(after, step), eased(step, after.overlap))
