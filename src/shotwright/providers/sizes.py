"""Sizes in pixels against what a model offers, in pixels or in its vendor's own words ("768P", "16:9")."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt, log

from shotwright.domain.model import Capabilities
from shotwright.domain.units import RESOLUTIONS, Size, aspect_ratio

_SAME_ASPECT = Fraction(12, 1000)


def short_side(word: str) -> int | None:
    """The shorter side in pixels of a vendor's word for a resolution: 720p, 768P, 2K, 4k."""
    text = word.strip().lower()
    if text == "2k":
        return 1440
    if text in RESOLUTIONS:
        return RESOLUTIONS[text]
    return int(text[:-1]) if text.endswith("p") and text[:-1].isdigit() else None


def resolution_word(size: Size, words: tuple[str, ...]) -> str | None:
    """The vendor's word that means this size, or None."""
    short = min(size.width, size.height)
    return next((word for word in words if short_side(word) == short), None)


def aspect_word(size: Size, words: tuple[str, ...]) -> str | None:
    """The vendor's word ("16:9") for this size's aspect, or None where none comes within 1.2 percent."""
    near = [(abs(aspect_ratio(word) / size.aspect - 1), word) for word in words]
    best = min(near, default=None)
    return best[1] if best is not None and best[0] <= _SAME_ASPECT else None


def fits(size: Size, can: Capabilities) -> bool:
    """Whether the model makes this size."""
    if can.sizes:
        return size in can.sizes
    if size.pixels > can.max_pixels:
        return False
    if can.resolutions and resolution_word(size, can.resolutions) is None:
        return False
    return not can.aspects or aspect_word(size, can.aspects) is not None


def offered(can: Capabilities) -> str:
    """The sizes that the model makes, in words."""
    if can.sizes:
        return ", ".join(str(size) for size in can.sizes)
    parts = [", ".join(words) for words in (can.resolutions, can.aspects) if words]
    return " in ".join(parts) or f"at most {can.max_pixels} pixels"


def nearest_size(size: Size, can: Capabilities) -> Size:
    """The size that the model makes closest to the asked one: first in aspect, then in area."""
    return min(candidates(size, can), key=lambda candidate: distance(size, candidate))


def distance(asked: Size, candidate: Size) -> tuple[float, float]:
    """How far two sizes are apart: in aspect (to 1 percent), then in area."""
    shape = abs(log(candidate.width / candidate.height) - log(asked.width / asked.height))
    return round(shape, 2), abs(log(candidate.pixels / asked.pixels))


def candidates(size: Size, can: Capabilities) -> tuple[Size, ...]:
    """All sizes that the model makes; where any aspect or resolution goes, with that of `size`."""
    if can.sizes:
        return can.sizes
    ratios = [aspect_ratio(word) for word in can.aspects] or [size.aspect]
    shorts = [short for word in can.resolutions if (short := short_side(word))] or [min(size.width, size.height)]
    made = [_of(short, ratio) for short in shorts for ratio in ratios]
    return tuple(_within(candidate, can.max_pixels) for candidate in made)


def _of(short: int, ratio: Fraction) -> Size:
    long = round(short * max(ratio, 1 / ratio) / 2) * 2
    return Size(long, short) if ratio >= 1 else Size(short, long)


def _within(size: Size, most: int) -> Size:
    if size.pixels <= most:
        return size
    height = isqrt(int(most / size.aspect)) // 2 * 2
    return Size(int(height * size.aspect) // 2 * 2, height)
