"""Lines of text: where they may break, how they are balanced, and what gives way when there is too much."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from shotwright.media.animatic.text.fonts import Typeface

_CLOSING = frozenset("、。，．！？：；」』）】〉》〕］｝…ー々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ・")
_OPENING = frozenset("「『（【〈《〔［｛")
_SENTENCE_END = re.compile(r"(?<=[.!?。！？؟।…])[\"'”’»)]*\s*")
_FLOOR = 0.72
"""Text shrinks to this share of its size before words are given up."""


def is_rtl(text: str) -> bool:
    """Whether the first letter with a direction runs from right to left."""
    for char in text:
        direction = unicodedata.bidirectional(char)
        if direction in ("R", "AL"):
            return True
        if direction == "L":
            return False
    return False


def is_cjk(char: str) -> bool:
    code = ord(char)
    return 0x2E80 <= code < 0xA000 or 0xF900 <= code < 0xFB00 or 0xFF00 <= code < 0xFFF0 or 0x20000 <= code < 0x40000


def is_tall(text: str) -> bool:
    """Scripts whose lines need more room between them."""
    return any(is_cjk(char) or 0x590 <= ord(char) < 0x780 or 0x900 <= ord(char) < 0x980 for char in text)


@dataclass(frozen=True, slots=True)
class _Piece:
    """What can't be broken, its width at the full size, and that of the space before it within a line (or none)."""

    text: str
    width: float
    space: float


def _pieces(text: str, face: Typeface, pixels: float) -> list[_Piece]:
    space = face.width(" ", pixels)
    pieces: list[_Piece] = []
    for word in text.split():
        gap = space
        for part in _unbroken(word):
            pieces.append(_Piece(part, face.width(part, pixels), gap))
            gap = 0.0
    return pieces


def _unbroken(word: str) -> list[str]:
    """A word as it is; East Asian characters one by one, save that marks never begin or end a line wrongly."""
    parts: list[str] = []
    for char in word:
        glued = parts and (
            char in _CLOSING
            or parts[-1][-1] in _OPENING
            or unicodedata.combining(char)
            or not (is_cjk(char) or is_cjk(parts[-1][-1]))
        )
        if glued:
            parts[-1] += char
        else:
            parts.append(char)
    return parts


def _break(pieces: list[_Piece], limit: float) -> list[str]:
    """Greedy lines no wider than `limit`; a single piece that is wider keeps a line to itself."""
    lines: list[str] = []
    current, used = "", 0.0
    for piece in pieces:
        if current and used + piece.space + piece.width > limit:
            lines.append(current)
            current, used = "", 0.0
        gap = piece.space if current else 0.0
        current += (" " if gap else "") + piece.text
        used += gap + piece.width
    return [*lines, current] if current else lines


def wrap(pieces: list[_Piece], limit: float) -> list[str]:
    """Lines no wider than `limit`, then the narrowest width that keeps their number: an even block."""
    lines = _break(pieces, limit)
    low, high = limit * 0.45, limit
    for _ in range(8 if len(lines) > 1 else 0):
        middle = (low + high) / 2
        if len(_break(pieces, middle)) <= len(lines):
            high = middle
        else:
            low = middle
    return _break(pieces, high)


def _split_long(pieces: list[_Piece], face: Typeface, pixels: float, limit: float) -> list[_Piece]:
    """Pieces wider than a whole line, cut into letters."""
    whole: list[_Piece] = []
    for piece in pieces:
        if piece.width <= limit:
            whole.append(piece)
            continue
        gap = piece.space
        for char in piece.text:
            whole.append(_Piece(char, face.width(char, pixels), gap))
            gap = 0.0
    return whole


@dataclass(frozen=True)
class Block:
    """Lines that fit, the size in pixels that they fit at, and whether words were left out."""

    lines: tuple[str, ...]
    pixels: float
    width: float
    cut: bool = False


def fit(text: str, face: Typeface, pixels: float, limit: float, most: int) -> Block:
    """As large as it goes, down to 72 %; then whole sentences from the start; only then an ellipsis."""
    sentences = [part for part in _SENTENCE_END.split(text) if part.strip()]
    for count in range(len(sentences), 0, -1):
        kept = text if count == len(sentences) else _first(text, count)
        block = _shrunk(kept, face, pixels, limit, most)
        if block is not None:
            return Block(block.lines, block.pixels, block.width, cut=count < len(sentences))
    return _clipped(_first(text, 1), face, pixels * 0.8, limit, most)


def _first(text: str, count: int) -> str:
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    return text[: ends[count - 1]].rstrip() if len(ends) >= count else text


def _shrunk(text: str, face: Typeface, pixels: float, limit: float, most: int) -> Block | None:
    pieces = _split_long(_pieces(text, face, pixels), face, pixels, limit)
    share = 1.0
    while share >= _FLOOR:
        lines = wrap(pieces, limit / share)
        if len(lines) <= most:
            size = pixels * share
            return Block(tuple(lines), size, max((face.width(line, size) for line in lines), default=0.0))
        share *= 0.95
    return None


def _clipped(text: str, face: Typeface, pixels: float, limit: float, most: int) -> Block:
    def width(line: str) -> float:
        return face.width(line, pixels)

    lines = _break(_split_long(_pieces(text, face, pixels), face, pixels, limit), limit)[:most]
    last = lines[-1]
    while len(last) > 1 and width(last + "…") > limit:
        last = last.rsplit(" ", 1)[0] if " " in last else last[:-1]
    lines[-1] = last.rstrip(" ,.;:、。") + "…"
    return Block(tuple(lines), pixels, max(width(line) for line in lines), cut=True)
