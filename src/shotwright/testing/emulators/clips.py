"""Small real clips for emulators: a moving band of colour, each file unlike any other."""

from __future__ import annotations

import hashlib
import tempfile
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import numpy as np

from shotwright.domain.units import FrameRate, Seconds, Size
from shotwright.media.encode import SAMPLE_RATE, VideoWriter


def make_clip(size: Size, seconds: Seconds, fps: FrameRate, *, audio: bool = False, name: str = "") -> bytes:
    """An MP4 of this size in pixels and length in seconds; a quiet hum if `audio`; `name` makes it unique."""
    colour = int(hashlib.sha256(name.encode()).hexdigest()[:2], 16) % 4
    tail = name.encode()
    return _rendered(size, seconds, fps, audio, colour) + (len(tail) + 8).to_bytes(4) + b"free" + tail


@lru_cache(maxsize=64)
def _rendered(size: Size, seconds: Seconds, fps: FrameRate, audio: bool, colour: int) -> bytes:
    frames = max(1, fps.frames(seconds))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"
        with VideoWriter(path, size, fps, quality="draft", sound=audio) as writer:
            for number in range(frames):
                writer.write(_frame(size, number / frames, colour))
            if audio:
                writer.write_sound(_hum(fps.seconds(frames)))
        return path.read_bytes()


def _frame(size: Size, moment: float, colour: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """One frame as planar yuv420p."""
    frame = np.full((size.height * 3 // 2, size.width), 128, np.uint8)
    across = np.arange(size.width)[None, :] / size.width
    band = 110 + 90 * np.cos(2 * np.pi * (across - moment))
    frame[: size.height] = band.astype(np.uint8)
    frame[size.height :] = (96, 112, 144, 160)[colour]
    return frame


def _hum(seconds: Fraction) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    moments = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    tone = (0.05 * np.sin(2 * np.pi * 220 * moments)).astype(np.float32)
    return np.stack([tone, tone])
