"""Makes clips for tests: each frame bears its own and its clip's number in bright and dark blocks; sound is beeps."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

BITS = 10
RATE = 48000


def paint(number: int, clip: int = 0, width: int = 320, height: int = 180) -> NDArray[np.uint8]:
    """A planar yuv420p picture: a moving ramp, frame number in the upper row of blocks, clip number in the lower."""
    planes = np.full((height * 3 // 2, width), 128, np.uint8)
    planes[:height] = ((np.arange(width)[None] + np.arange(height)[:, None] + 2 * number) % 128 + 64).astype(np.uint8)
    planes[height : height * 5 // 4] = 100 + 10 * (clip % 6)
    cell = width // BITS
    for row, value in enumerate((number, clip)):
        top, bottom = height * (1 + 4 * row) // 9, height * (4 + 4 * row) // 9
        for bit in range(BITS):
            planes[top:bottom, bit * cell : (bit + 1) * cell] = 235 if value >> bit & 1 else 16
    return planes


def read(frame: av.VideoFrame) -> tuple[int, int]:
    """(frame number, clip number) as painted, at any size that keeps the whole picture."""
    luma = frame.reformat(format="gray").to_ndarray().astype(int)
    height, width = luma.shape
    values = []
    for row in range(2):
        y = round(height * (5 + 8 * row) / 18)
        cells = [round(width * (2 * bit + 1) / (2 * BITS)) for bit in range(BITS)]
        values.append(sum(1 << bit for bit, x in enumerate(cells) if luma[y - 2 : y + 3, x - 2 : x + 3].mean() > 128))
    return values[0], values[1]


def beeps(seconds: float, every: float = 1.0, pitch: float = 1000.0) -> NDArray[np.float32]:
    """Stereo: silence with a beep of 50 ms at 0, `every`, 2 `every` ... seconds."""
    time = np.arange(round(seconds * RATE)) / RATE
    tone = np.where(time % every < 0.05, 0.5 * np.sin(2 * np.pi * pitch * time), 0)
    return np.stack([tone, tone]).astype(np.float32)


def tone(seconds: float, pitch: float = 440.0, level: float = 0.25) -> NDArray[np.float32]:
    wave = level * np.sin(2 * np.pi * pitch * np.arange(round(seconds * RATE)) / RATE)
    return np.stack([wave, wave]).astype(np.float32)


def make_clip(
    path: Path,
    *,
    frames: int = 60,
    fps: Fraction | int = 30,
    size: tuple[int, int] = (320, 180),
    clip: int = 0,
    codec: str = "libx264",
    options: dict[str, str] | None = None,
    sound: NDArray[np.float32] | None = None,
    sound_codec: str = "aac",
    times: list[int] | None = None,
    rotation: int = 0,
    pixels: str = "yuv420p",
    tags: bool = True,
    format: str | None = None,  # noqa: A002
) -> Path:
    """`times` in milliseconds, for uneven rates; `options` for the encoder; `sound` float32 [2, samples] at 48 kHz."""
    with av.open(str(path), "w", format=format) as out:
        video: Any = out.add_stream(codec, rate=Fraction(fps), options=options or {"preset": "veryfast"})
        video.width, video.height, video.pix_fmt = *size, pixels
        video.codec_context.thread_count = 1
        if tags:
            context = video.codec_context
            context.color_range = context.colorspace = context.color_primaries = context.color_trc = 1
        if times:
            video.codec_context.time_base = Fraction(1, 1000)
        if rotation:
            video.set_display_rotation(rotation)
        audio: Any = out.add_stream(sound_codec, rate=RATE, layout="stereo") if sound is not None else None
        for number in range(frames):
            frame = av.VideoFrame.from_ndarray(paint(number, clip, *size), format="yuv420p").reformat(format=pixels)
            frame.pts, frame.time_base = (times[number], Fraction(1, 1000)) if times else (number, 1 / Fraction(fps))
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
        if sound is not None:
            _write_sound(out, audio, sound)
    return path


def make_sound(path: Path, sound: NDArray[np.float32], codec: str = "pcm_s16le") -> Path:
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=RATE, layout="stereo")
        _write_sound(out, stream, sound)
    return path


def _write_sound(out: Any, stream: Any, sound: NDArray[np.float32]) -> None:
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound), format="fltp", layout="stereo")
    frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
    out.mux(stream.encode(frame))
    out.mux(stream.encode(None))


def numbers(path: Path) -> list[tuple[int, int]]:
    """What is painted into the frames of a film, in display order, by a plain full decode."""
    with av.open(str(path)) as file:
        frames = sorted(file.decode(video=0), key=lambda frame: frame.pts or 0)
        return [read(frame) for frame in frames]


def sound_of(path: Path) -> NDArray[np.float32]:
    """All samples of a film's sound by a plain decode, float32 [2, samples]."""
    with av.open(str(path)) as file:
        resampler = av.AudioResampler("fltp", "stereo", RATE)
        parts = [part.to_ndarray() for frame in file.decode(audio=0) for part in resampler.resample(frame)]
        parts += [part.to_ndarray() for part in resampler.resample(None)]
    return np.concatenate(parts, axis=1).astype(np.float32)
