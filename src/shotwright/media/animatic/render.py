"""Renders a spec to a file: frames drawn in threads, in order, into one encoder."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import cv2
import numpy as np

from shotwright.media.animatic.soundtrack import sound_for
from shotwright.media.animatic.source import build
from shotwright.media.animatic.spec import AnimaticSpec, empty_planes, split
from shotwright.media.encode import VideoWriter, samples_of
from shotwright.media.sound import Samples

if TYPE_CHECKING:
    from shotwright.media.animatic.spec import FrameSource, Planes


Report = Callable[[float], None]

_PAINTERS = max(1, min(4, (os.cpu_count() or 2) // 2))
_AHEAD = 4  # frames drawn before the encoder asks for them
_NEWS = 12  # frames between two reports


def render(spec: AnimaticSpec, output: Path, report: Report | None = None) -> dict[str, Any]:
    """Writes an MP4 of exactly `spec.frames` frames, its sound just as long. Same spec and pictures, same bytes.

    `report` is told the fraction done, 0 to 1. What is returned tells the seed and the camera move that were used.
    Raises PictureError, MediaError, EnvironmentProblem; nothing is left at `output` then.
    """
    output = Path(output)
    aside = output.with_name(f".{output.name}.{os.getpid()}.part")
    with _single_threaded():
        clip = build(spec)
        sound = sound_for(spec)
        try:
            with VideoWriter(
                aside, spec.size, spec.fps, quality="draft" if spec.draft else "final", sound=sound is not None
            ) as writer:
                _encode(clip, spec, writer, sound, report)
            aside.replace(output)
        finally:
            aside.unlink(missing_ok=True)
    return {
        "frames": spec.frames,
        "width": spec.size.width,
        "height": spec.size.height,
        "fps": str(spec.fps.value),
        "seconds": str(spec.seconds),
        "seed": clip.seed,
        "move": clip.move.kind.value,
        "bytes": output.stat().st_size,
    }


@contextmanager
def _single_threaded() -> Iterator[None]:
    """Painters are our threads; OpenCV's own would only get in their way."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)


def _encode(
    clip: FrameSource, spec: AnimaticSpec, writer: VideoWriter, sound: Samples | None, report: Report | None
) -> None:
    told = 0
    for index, planes in enumerate(drawn(clip, spec)):
        writer.write(frame_from(planes))
        if sound is not None and (index + 1) % _NEWS == 0:
            until = samples_of(Fraction(index + 1) / spec.fps.value)
            writer.write_sound(sound[:, told:until])
            told = until
        if report is not None and (index % _NEWS == 0 or index == spec.frames - 1):
            report((index + 1) / spec.frames)
    if sound is not None:
        writer.write_sound(sound[:, told:])


def frame_from(planes: Planes) -> av.VideoFrame:
    """A frame of planes uint8 [h * 3 / 2, w], for the encoder; it shares their memory where it can."""
    rows, width = planes.shape
    height = rows * 2 // 3
    if height % 4 == 0:
        return av.VideoFrame.from_numpy_buffer(planes, format="yuv420p")
    frame = av.VideoFrame(width, height, "yuv420p")  # from a buffer, PyAV takes only heights in fours
    for source, target in zip(split(planes), frame.planes, strict=True):
        lines = np.frombuffer(memoryview(target), np.uint8).reshape(-1, target.line_size)
        lines[: source.shape[0], : source.shape[1]] = source
    return frame


def drawn(clip: FrameSource, spec: AnimaticSpec) -> Iterator[Planes]:
    """All frames in order, drawn some ahead in threads; each buffer is valid until the next one is asked for."""
    free = [empty_planes(spec.size) for _ in range(_AHEAD + 1)]
    waiting: deque[Future[Planes]] = deque()

    def draw(index: int, planes: Planes) -> Planes:
        clip.planes(index, planes)
        return planes

    with ThreadPoolExecutor(_PAINTERS) as painters:
        for index in range(spec.frames + _AHEAD):
            if index < spec.frames:
                waiting.append(painters.submit(draw, index, free.pop()))
            if index >= _AHEAD:
                planes = waiting.popleft().result()
                yield planes
                free.append(planes)
