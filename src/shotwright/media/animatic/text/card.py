"""The storyboard card (slug and text, lower left, over a scrim) and captions."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from shotwright.domain.units import FrameRate, Size
from shotwright.media.animatic.spec import split
from shotwright.media.animatic.text.fonts import Typeface, typeface
from shotwright.media.animatic.text.layout import Block, fit, is_rtl, is_tall
from shotwright.media.animatic.text.overlay import (
    Box,
    Bytes,
    Floats,
    Line,
    Softening,
    WordsOverlay,
    fades,
    letters,
    premultiplied,
    tracked_width,
)

_MARGIN_X, _MARGIN_Y = 0.06, 0.075
_TEXT, _SLUG, _CAPTION = 46, 25, 44  # pixels at 1080 lines
_TRACKING, _SLUG_ROOM = 2.2, 46
_SCRIM_REACH, _BLUR, _BLUR_FROM = 230, 11, 0.4
_CONTRAST = 7.0
_LEAST, _MOST = 0.30, 0.86
_SCRIM = np.array([24.0, 128.7, 127.5], np.float32)  # #08090a
_BLACK = np.array([16.0, 128.0, 128.0], np.float32)
_IVORY = np.array([228.4, 124.8, 130.0], np.float32)  # #faf7f0
_GOLD = np.array([203.0, 101.0, 145.7], np.float32)  # #ffd696
_WHITE = np.array([235.0, 128.0, 128.0], np.float32)


@dataclass(frozen=True)
class _Ground:
    """What lies under the words: how strong the scrim must be, and how busy the picture is."""

    scrim: float
    busy: float


def unit(size: Size) -> float:
    """Pixels per pixel of a 1080-line frame: by height, and in upright frames by width."""
    return min(size.height, size.width * 1.35) / 1080


def card(
    prompt: str, *, slug: str | None, size: Size, frames: int, fps: FrameRate, sample: Bytes, lift: int = 0
) -> WordsOverlay:
    """A shot's text as a storyboard card: `slug` in small capitals above the words, mirrored for right to left.

    `sample` is one frame's planes [height * 3 / 2, width], by which the scrim's strength is measured. `lift` raises the
    card by some pixels to make room for a caption, which is applied after it. Characters that no font can draw are in
    the result's `missing`.
    """
    scale = unit(size)
    upright = size.width < size.height
    text, face = typeface(prompt, "serif")
    limit = size.width * (0.84 if upright else 0.56)
    block = fit(text, face, _TEXT * scale, limit, 4 if upright else 3) if text else Block((), _TEXT * scale, 0.0)
    leading = round(block.pixels * (1.5 if is_tall(text) else 1.32))
    name, slug_face = typeface(_capitals(slug or ""), "sans")
    room = _SLUG_ROOM * scale if name else 0.0
    height = round(room + leading * len(block.lines))
    bottom = size.height - round(_MARGIN_Y * size.height) - lift - (round(0.35 * leading) if lift else 0)
    rtl = is_rtl(text or name)
    lines, slug_line = _placed(
        block, name, slug_face, face, size, (bottom - height, room, leading), rtl=rtl, scale=scale
    )
    every = [*lines, *slug_line]
    if not every:
        return _nothing(frames, fps, face.missing + slug_face.missing)
    widths = [face.width(line.text, line.pixels) for line in lines]
    widths += [tracked_width(line.text, slug_face, line.pixels, line.tracking) for line in slug_line]
    left = min(line.left for line in every)
    right = max(line.left + width for line, width in zip(every, widths, strict=True))
    words = Box.around(left, bottom - height, right + 1, bottom, size)
    ground = _measure(sample, words, scale)
    return _over_scrim(words, lines, slug_line, (face, slug_face), ground, size, fades(frames, fps), scale, height)


def _capitals(slug: str) -> str:
    return slug.upper()


def _placed(
    block: Block,
    name: str,
    slug_face: Typeface,
    face: Typeface,
    size: Size,
    column: tuple[float, float, float],
    *,
    rtl: bool,
    scale: float,
) -> tuple[list[Line], list[Line]]:
    """Lines of the text and of the slug, from the left margin or, right to left, from the right one."""
    top, room, leading = column
    margin = round(_MARGIN_X * size.width)

    def left(width: float) -> float:
        return size.width - margin - width if rtl else margin

    lines = [
        Line(text, left(face.width(text, block.pixels)), top + room + row * leading, block.pixels)
        for row, text in enumerate(block.lines)
    ]
    if not name:
        return lines, []
    small, tracking = _SLUG * scale, 0.0 if is_tall(name) else _TRACKING * scale
    widest = size.width - 2 * margin
    while len(name) > 1 and tracked_width(name, slug_face, small, tracking) > widest:
        name = name.rstrip("…")[:-1].rstrip() + "…"
    return lines, [Line(name, left(tracked_width(name, slug_face, small, tracking)), top, small, tracking)]


def _over_scrim(
    words: Box,
    lines: list[Line],
    slug_line: list[Line],
    faces: tuple[Typeface, Typeface],
    ground: _Ground,
    size: Size,
    strengths: Floats,
    scale: float,
    height: int,
) -> WordsOverlay:
    reach = _SCRIM_REACH * scale
    far = 1.9 * reach
    box = Box.around(words.left - far, words.top - far, words.right + far, size.height, size)
    scrim = _scrim(box, words, reach, ground.scrim, scale)
    ink, through = premultiplied(
        [(_SCRIM, scrim), (_IVORY, letters(box, lines, faces[0])), (_GOLD, letters(box, slug_line, faces[1]))],
        box.shape,
    )
    softening = None
    if ground.busy > _BLUR_FROM:
        share = np.clip(scrim / ground.scrim * 1.6 - 0.6, 0, 1) * 255
        half = cv2.resize(share, (box.shape[1] // 2, box.shape[0] // 2), interpolation=cv2.INTER_AREA)
        softening = Softening(share.astype(np.uint8), half.astype(np.uint8), _BLUR * scale / 4)
    missing = "".join(dict.fromkeys(faces[0].missing + faces[1].missing))
    return WordsOverlay(box, ink, through, softening, strengths, missing, height, words)


def _scrim(box: Box, words: Box, reach: float, strength: float, scale: float) -> Floats:
    """A soft shadow about the words that runs to the lower edge: float32 [rows, cols]."""
    x = np.arange(box.left, box.right, dtype=np.float32)
    y = np.arange(box.top, box.bottom, dtype=np.float32)
    across = np.maximum(np.maximum(words.left - 10 * scale - x, x - words.right), 0) / reach
    down = np.maximum(words.top + 10 * scale - y, 0) / reach
    shade = np.exp(-1.4 * across * across)[None] * np.exp(-1.4 * down * down)[:, None]
    return np.asarray(strength * np.clip((shade - 0.006) / 0.994, 0, 1), np.float32)


def _measure(sample: Bytes, words: Box, scale: float) -> _Ground:
    """What brings the 90th percentile of luminance under the words to 7:1 against white, and more where it is busy."""
    luma = words.of(split(sample)[0], 1)
    rows, cols = luma.shape
    half = cv2.resize(luma, (max(2, cols // 2), max(2, rows // 2)), interpolation=cv2.INTER_AREA)
    share = np.clip((half.astype(np.float32) - 16) / 219, 0, 1)
    light = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4).astype(np.float32)
    bright, goal = float(np.percentile(light, 90)), 1.05 / _CONTRAST - 0.05
    scrim = 0.0 if bright <= goal else min(_MOST, 1 - float(np.sqrt(goal / bright)) * 0.9)
    detail = light - cv2.GaussianBlur(light, (0, 0), max(0.5, 6 * scale))
    busy = float(detail.std() / (light.mean() + 0.03))
    return _Ground(min(_MOST, max(scrim, _LEAST + 0.45 * min(1.0, busy))), busy)


def caption(text: str, *, size: Size, frames: int, fps: FrameRate, sample: Bytes | None = None) -> WordsOverlay:
    """Words spoken: centred low, at most two lines, with a soft dark halo and no box.

    `sample` is taken for symmetry with `card`: a halo needs no measure. The result's `height` is what a card must be
    lifted by.
    """
    del sample
    scale = unit(size)
    words, face = typeface(text, "sans")
    if not words:
        return _nothing(frames, fps, face.missing)
    limit = size.width * (0.86 if size.width < size.height else 0.72)
    block = fit(words, face, _CAPTION * scale, limit, 2)
    leading = round(block.pixels * (1.5 if is_tall(words) else 1.3))
    bottom = size.height - round(_MARGIN_Y * size.height)
    top = bottom - leading * len(block.lines)
    lines = [
        Line(line, (size.width - face.width(line, block.pixels)) / 2, top + row * leading, block.pixels)
        for row, line in enumerate(block.lines)
    ]
    left = min(line.left for line in lines)
    letters_box = Box.around(left, top, size.width - left + 1, bottom, size)
    far = 30 * scale
    box = Box.around(left - far, top - far, size.width - left + far, bottom + far, size)
    shape = letters(box, lines, face)
    wide = cv2.GaussianBlur(shape, (0, 0), 9 * scale) * 1.5
    halo = np.clip(wide + cv2.GaussianBlur(shape, (0, 0), max(0.5, 2.5 * scale)) * 0.9, 0, 0.72).astype(np.float32)
    ink, through = premultiplied([(_BLACK, halo), (_WHITE, shape)], box.shape)
    return WordsOverlay(box, ink, through, None, fades(frames, fps), face.missing, bottom - top, letters_box)


def _nothing(frames: int, fps: FrameRate, missing: str) -> WordsOverlay:
    none, box = np.zeros((0, 0), np.uint8), Box(0, 0, 0, 0)
    return WordsOverlay(box, (none, none, none), (none, none), None, fades(frames, fps), missing, 0, box)
