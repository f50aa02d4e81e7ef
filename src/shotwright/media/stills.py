"""Several frames of a clip as numbered PNG files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from shotwright.domain.units import Seconds
from shotwright.errors import InvalidInput
from shotwright.media.frames import every as each
from shotwright.media.frames import frame_at, last_frame, save_png

if TYPE_CHECKING:
    from av import VideoFrame


def save_frames(
    clip: Path, output: Path, *, at: Sequence[Seconds] = (), every: Seconds | None = None, last: bool = False
) -> list[Path]:
    """Frames at given moments, one each `every` seconds, and the last one; all times in seconds from the start.

    A single frame gets the name of `output`; several get numbers before its suffix. Raises InvalidInput where none is
    asked for, MediaError for a clip that can't be decoded.
    """
    if every is not None and every <= 0:
        raise InvalidInput("every: must be more than 0 seconds", field="every", value=str(every), hint="for example 1")
    if not at and every is None and not last:
        raise InvalidInput("no frame is asked for", field="at", hint="use --last, --at SECONDS or --every SECONDS")
    single = every is None and len(at) + int(last) == 1
    files = []
    for number, frame in enumerate(_chosen(clip, at, every, last), start=1):
        file = output if single else output.with_name(f"{output.stem}-{number:03}{output.suffix or '.png'}")
        files.append(save_png(frame, file))
    return files


def _chosen(clip: Path, at: Sequence[Seconds], every: Seconds | None, last: bool) -> Iterator[VideoFrame]:
    for moment in at:
        yield frame_at(clip, moment)
    if every is not None:
        for _, frame in each(clip, every):
            yield frame
    if last:
        yield last_frame(clip)
