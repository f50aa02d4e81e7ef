"""Words over frames: a patch of premultiplied planes with its fade, laid on in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from shotwright.domain.units import FrameRate, Size
from shotwright.media.animatic.spec import split
from shotwright.media.animatic.text.fonts import Run, Typeface
from shotwright.media.animatic.text.layout import is_rtl

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]

FADE, DELAY = 0.4, 0.3  # seconds
_ASCENT = 1.0  # ems


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels with even sides and corners; right and bottom are excluded."""

    left: int
    top: int
    right: int
    bottom: int

    @classmethod
    def around(cls, left: float, top: float, right: float, bottom: float, size: Size) -> Box:
        """The smallest even box about these edges within a frame."""
        return cls(
            max(0, int(left) // 2 * 2),
            max(0, int(top) // 2 * 2),
            min(size.width, int(np.ceil(right / 2)) * 2),
            min(size.height, int(np.ceil(bottom / 2)) * 2),
        )

    @property
    def shape(self) -> tuple[int, int]:
        return self.bottom - self.top, self.right - self.left

    def of(self, plane: Bytes, step: int) -> Bytes:
        return plane[self.top // step : self.bottom // step, self.left // step : self.right // step]


@dataclass(frozen=True)
class Softening:
    """A blur under the words: its strength map (uint8) for luma and chroma, and its sigma at quarter size."""

    luma: Bytes
    chroma: Bytes
    sigma: float


@dataclass(frozen=True)
class WordsOverlay:
    """`ink` holds premultiplied Y, U, V, `through` 255 less their cover for luma and chroma.

    `missing` names characters that no font on this machine can draw and that were left out; `height` is the block's
    height in pixels; `words` is the box of the letters alone.
    """

    box: Box
    ink: tuple[Bytes, Bytes, Bytes]
    through: tuple[Bytes, Bytes]
    softening: Softening | None
    fades: Floats
    missing: str
    height: int
    words: Box

    def apply(self, index: int, planes: Bytes) -> None:
        """Draws over frame `index` in place; safe from several threads on different frames."""
        fade = float(self.fades[min(index, len(self.fades) - 1)])
        if fade <= 0 or not all(self.box.shape):
            return
        for band, plane in enumerate(split(planes)):
            part = self.box.of(plane, 1 if band == 0 else 2)
            if self.softening is not None:
                self._soften(part, band, fade)
            ink, through = self.ink[band], self.through[min(band, 1)]
            if fade < 1:
                ink = _scaled(ink, fade)
                through = _scaled(through, fade, 255 * (1 - fade))
            cv2.multiply(part, through, dst=part, scale=1 / 255)
            cv2.add(part, ink, dst=part)

    def _soften(self, part: Bytes, band: int, fade: float) -> None:
        assert self.softening is not None
        rows, cols = part.shape
        step = 4 if band == 0 else 2
        small = cv2.resize(part, (max(2, cols // step), max(2, rows // step)), interpolation=cv2.INTER_AREA)
        blurred = cv2.resize(cv2.GaussianBlur(small, (0, 0), self.softening.sigma), (cols, rows))
        share = self.softening.luma if band == 0 else self.softening.chroma
        share = _scaled(share, fade) if fade < 1 else share
        cv2.multiply(part, cv2.bitwise_not(share), dst=part, scale=1 / 255)
        cv2.add(part, cv2.multiply(blurred, share, scale=1 / 255), dst=part)


def _scaled(table: Bytes, factor: float, plus: float = 0.0) -> Bytes:
    return np.asarray(cv2.convertScaleAbs(table, alpha=factor, beta=plus), np.uint8)


def fades(frames: int, fps: FrameRate) -> Floats:
    """Strength of the words at each frame: in over 0.4 s after 0.3 s, out by the end; shots under 2 s fade faster."""
    rate = float(fps.value)
    seconds = frames / rate
    squeeze = min(1.0, seconds / 2.0)
    moments = (np.arange(frames) + 0.5) / rate
    rise = (moments - DELAY * squeeze) / (FADE * squeeze)
    fall = (seconds - moments) / (FADE * squeeze)
    share = np.clip(np.minimum(rise, fall), 0, 1)
    return np.asarray(share * share * (3 - 2 * share), np.float32)


@dataclass(frozen=True)
class Line:
    """One line of words: its left edge and top in pixels, its size, and the space added after each letter."""

    text: str
    left: float
    top: float
    pixels: float
    tracking: float = 0.0


def letters(box: Box, lines: Sequence[Line], face: Typeface) -> Floats:
    """How much of each pixel the letters cover: float32 [rows, cols] of the box, 0 to 1."""
    rows, cols = box.shape
    image = Image.new("L", (cols, rows), 0)
    draw = ImageDraw.Draw(image)
    for line in lines:
        _draw(draw, line, face, box)
    return np.asarray(image, np.float32) / np.float32(255)


def tracked_width(text: str, face: Typeface, pixels: float, tracking: float) -> float:
    """Advance of a line with extra space between its letters."""
    if not tracking:
        return face.width(text, pixels)
    return sum(face.width(char, pixels) + tracking for char in text) - tracking


def _draw(draw: ImageDraw.ImageDraw, line: Line, face: Typeface, box: Box) -> None:
    x, y = line.left - box.left, line.top - box.top
    if line.tracking:
        for char in line.text:
            run = face.runs(char)[0]
            draw.text((x, y), char, font=run.face.at(line.pixels), fill=255)
            x += run.face.at(line.pixels).getlength(char) + line.tracking
        return
    rtl = is_rtl(line.text)
    runs = face.runs(line.text)
    base = _ASCENT * line.pixels  # one baseline for all scripts: their fonts' own ascents differ widely
    for run in _right_to_left(runs) if rtl else runs:
        font = run.face.at(line.pixels)
        direction = "rtl" if is_rtl(run.text) else "ltr"
        draw.text((x, y + base), run.text, font=font, fill=255, anchor="ls", direction=direction)
        x += font.getlength(run.text)


def _right_to_left(runs: Sequence[Run]) -> list[Run]:
    """Runs from the left edge of a right-to-left line; the space after a foreign word stands on that word's left."""
    ordered: list[Run] = []
    for run in reversed(runs):
        word = run.text.rstrip()
        if word != run.text and not is_rtl(run.text):
            ordered += [Run(run.text[len(word) :], run.face), Run(word, run.face)]
        else:
            ordered.append(run)
    return [run for run in ordered if run.text]


def premultiplied(
    sheets: Sequence[tuple[Floats, Floats]], shape: tuple[int, int]
) -> tuple[tuple[Bytes, Bytes, Bytes], tuple[Bytes, Bytes]]:
    """Sheets of one YUV colour each with their covers, laid over one another from the lowest: planes and through."""
    ink = np.zeros((*shape, 3), np.float32)
    through = np.ones(shape, np.float32)
    for colour, cover in sheets:
        ink = ink * (1 - cover)[..., None] + colour * cover[..., None]
        through = through * (1 - cover)
    dither = np.random.default_rng(11).random(shape, np.float32)
    half_ink, half_through = (_half(plane) for plane in (ink, through))
    small = dither[: half_through.shape[0], : half_through.shape[1]]
    planes = (
        _rounded(ink[..., 0], dither),
        _rounded(half_ink[..., 1], small),
        _rounded(half_ink[..., 2], small),
    )
    return planes, (_rounded(through * 255, dither), _rounded(half_through * 255, small))


def _half(plane: Floats) -> Floats:
    rows, cols = plane.shape[:2]
    return np.asarray(cv2.resize(plane, (cols // 2, rows // 2), interpolation=cv2.INTER_AREA), np.float32)


def _rounded(plane: Floats, dither: Floats) -> Bytes:
    """To bytes with dither; 255 and 0 stay exact, so that what is not covered is not touched."""
    return np.clip(np.floor(plane + np.where(plane >= 254.99, 0.5, dither)), 0, 255).astype(np.uint8)
