"""A grid film: clips side by side in equal cells, each above its label. Shorter ones hold their last frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from shotwright.domain.timeline import Cut, Piece
from shotwright.domain.units import FrameRate, Size
from shotwright.errors import MediaError
from shotwright.media.blend import Reel, conform
from shotwright.media.encode import BT709, QualityName, VideoWriter, samples_of
from shotwright.media.parts import Timeline, lay_out
from shotwright.media.sheets import FAINT, INK, PAPER
from shotwright.media.sound import soundtrack
from shotwright.media.trouble import aside

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

Box = tuple[int, int, int, int]
"""Left, top, width and height in pixels, all even."""

EMPTY = (38, 39, 45)
_SCREEN = Fraction(16, 9)


@dataclass(frozen=True)
class Tile:
    """A clip with its label in two lines. `file` None: there is no clip, and `detail` says why."""

    file: str | None
    title: str
    detail: str = ""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Tile:
        return cls(data["file"], data["title"], data.get("detail", ""))


@dataclass(frozen=True)
class Layout:
    """The whole picture, the cells in the order of their tiles, and the height of the label below each."""

    size: Size
    cells: tuple[Box, ...]
    label: int


def lay_cells(count: int, shape: Fraction, width: int) -> Layout:
    """Cells of one shape (width / height) in rows, so that the whole comes near to a screen's shape."""
    columns = min(count, ceil(sqrt(count * _SCREEN / shape)))
    gap = _even(width / 120)
    wide = _even((width - gap * (columns + 1)) / columns)
    high, label = _even(wide / shape), _even(min(max(width / 24, wide / 9), wide / 5))
    rows = -(-count // columns)
    cells = tuple(
        (gap + number % columns * (wide + gap), gap + number // columns * (high + label + gap), wide, high)
        for number in range(count)
    )
    return Layout(Size(columns * (wide + gap) + gap, rows * (high + label + gap) + gap), cells, label)


def render_grid(
    tiles: Sequence[Tile],
    output: Path | str,
    *,
    width: int = 1920,
    quality: QualityName = "final",
    report: Callable[[float], None] | None = None,
) -> dict[str, Any]:
    """Writes the grid as MP4, about `width` pixels wide, as long as its longest clip, at the first clip's rate.

    It has the sound of the first clip. Raises MediaError where no tile has a clip, or one can't be decoded.
    """
    files = [tile.file for tile in tiles if tile.file]
    if not files:
        raise MediaError("a grid needs at least one clip", hint="all of them failed")
    first = lay_out(Cut((Piece(files[0]),)))
    layout = lay_cells(len(tiles), first.size.aspect, width)
    cell = Size(*layout.cells[0][2:])
    clips = [_clip(tile.file, cell, first.rate) if tile.file else None for tile in tiles]
    frames = max(clip.frames for clip in clips if clip)
    with aside(Path(output)) as draft, VideoWriter(draft, layout.size, first.rate, quality=quality, sound=True) as film:
        _write(film, tiles, clips, layout, frames, report or (lambda _: None))
    return {"output": str(output), "size": str(layout.size), "frames": frames}


def _clip(file: str, cell: Size, rate: FrameRate) -> Timeline:
    return lay_out(Cut((Piece(file),), size=cell, fps=rate))


def _write(
    film: VideoWriter,
    tiles: Sequence[Tile],
    clips: Sequence[Timeline | None],
    layout: Layout,
    frames: int,
    report: Callable[[float], None],
) -> None:
    sheet = _sheet(tiles, layout)
    reel = Reel(Size(*layout.cells[0][2:]), BT709)
    heard = next(clip for clip in clips if clip)
    sound = soundtrack(heard.stretches())
    for frame in range(frames):
        for clip, box in zip(clips, layout.cells, strict=True):
            if clip and frame < clip.frames:
                _paste(sheet, np.asarray(reel.frame(clip.parts[0], frame).to_ndarray(), np.uint8), layout.size, box)
        film.write(sheet)
        while film.samples < min(samples_of(film.fps.seconds(frame + 1)), heard.samples):
            film.write_sound(next(sound))
        report((frame + 1) / frames)


def _paste(sheet: NDArray[np.uint8], picture: NDArray[np.uint8], size: Size, box: Box) -> None:
    """Puts a picture into its box; both lie in memory as PyAV lays out yuv420p."""
    left, top, wide, high = box
    sheet[top : top + high, left : left + wide] = picture[:high]
    onto = sheet[size.height :].reshape(2, size.height // 2, size.width // 2)
    chroma = picture[high:].reshape(2, high // 2, wide // 2)
    onto[:, top // 2 : (top + high) // 2, left // 2 : (left + wide) // 2] = chroma


def _sheet(tiles: Sequence[Tile], layout: Layout) -> NDArray[np.uint8]:
    """The ground with all labels, as planes."""
    import av
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (layout.size.width, layout.size.height), PAPER)
    draw = ImageDraw.Draw(image)
    for tile, box in zip(tiles, layout.cells, strict=True):
        _label(draw, tile, box, layout.label)
    frame = av.VideoFrame.from_ndarray(np.asarray(image), format="rgb24")
    return np.array(conform(frame, layout.size, BT709).to_ndarray(), np.uint8)


def _label(draw: ImageDraw, tile: Tile, box: Box, label: int) -> None:
    left, top, wide, high = box
    if tile.file is None:
        draw.rectangle((left, top, left + wide - 1, top + high - 1), EMPTY)
        _say(draw, "failed", (left + wide // 2, top + high // 2), label * 0.42, wide, FAINT, "mm")
    middle = top + high + label // 2
    big, small = label * 0.40, label * 0.30
    _say(draw, tile.title, (left + label // 6, middle - round(big * 0.15)), big, wide, INK, "ls")
    _say(draw, tile.detail, (left + label // 6, middle + round(small * 1.15)), small, wide, FAINT, "ls")


def _say(
    draw: ImageDraw, text: str, at: tuple[int, int], pixels: float, room: int, ink: tuple[int, int, int], anchor: str
) -> None:
    """One line of text, shortened to its room."""
    from shotwright.media.animatic.text.fonts import bundled

    font = bundled("sans")[0].at(pixels)
    shown = text
    while shown and font.getlength(shown + ("…" if shown != text else "")) > room - pixels:
        shown = shown[:-1].rstrip()
    draw.text(at, shown + ("…" if shown != text else ""), ink, font, anchor=anchor)


def _even(length: Fraction | float) -> int:
    return max(2, round(length / 2) * 2)
