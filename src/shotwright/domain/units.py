"""Exact units: seconds and frame rates as fractions, sizes in pixels, money in millionths of a US dollar.

A float becomes exact at the border (`seconds(2.5)`, `FrameRate.parse(29.97)`) and never appears further in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from math import floor

from shotwright.errors import InvalidInput

Seconds = Fraction
"""A length or a moment in seconds, exact."""

_CLOCK = re.compile(r"^(?:(\d+):)?(\d{1,2}):(\d{1,2}(?:\.\d+)?)$")
_NTSC = {Fraction(2398, 100), Fraction(23976, 1000), Fraction(2997, 100), Fraction(5994, 100), Fraction(11988, 100)}


def seconds(value: object, *, field: str = "seconds") -> Seconds:
    """A number, "5", "5 s", "1:30" or "0:01:02.5" as exact seconds. Raises InvalidInput for all else, and below 0."""
    found: Fraction | None = None
    if isinstance(value, Fraction | int) and not isinstance(value, bool):
        found = Fraction(value)
    elif isinstance(value, float):
        found = _fraction(repr(value))
    elif isinstance(value, str):
        text = value.strip().lower()
        clock = _CLOCK.match(text)
        if clock:
            hours, minutes, rest = clock.groups()
            found = int(hours or 0) * 3600 + int(minutes) * 60 + Fraction(rest)
        else:
            found = _fraction(re.sub(r"\s*(s|sec|seconds?)$", "", text))
    if found is None or found < 0:
        raise InvalidInput(
            f"{field}: {value!r} is not a length in seconds", field=field, value=value, hint="write 5, 2.5 or 1:30"
        )
    return found


def _fraction(text: str) -> Fraction | None:
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        return None


@dataclass(frozen=True, slots=True)
class FrameRate:
    """Frames per second, exact: 30, 24000/1001."""

    value: Fraction

    @classmethod
    def parse(cls, value: object, *, field: str = "fps") -> FrameRate:
        """30, 29.97 (taken as 30000/1001), "24000/1001". Raises InvalidInput outside 1 to 240."""
        if isinstance(value, FrameRate):
            return value
        rate: Fraction | None = None
        if isinstance(value, Fraction | int) and not isinstance(value, bool):
            rate = Fraction(value)
        elif isinstance(value, float | str):
            rate = _fraction(str(value).strip().lower().removesuffix("fps").strip())
        if rate is not None and rate in _NTSC:
            rate = Fraction(round(rate) * 1000, 1001)
        if rate is None or not 1 <= rate <= 240:
            raise InvalidInput(
                f"{field}: {value!r} is not a frame rate", field=field, value=value, hint="write 24, 25, 30 or 60"
            )
        return cls(rate)

    def frames(self, length: Seconds) -> int:
        """The whole number of frames nearest to a length in seconds, halves up."""
        return floor(length * self.value + Fraction(1, 2))

    def seconds(self, frames: int) -> Seconds:
        return Fraction(frames) / self.value

    def __str__(self) -> str:
        return f"{self.value.numerator}" if self.value.denominator == 1 else f"{float(self.value):.3f}".rstrip("0")


RESOLUTIONS = {
    "360p": 360,
    "480p": 480,
    "540p": 540,
    "720p": 720,
    "1080p": 1080,
    "1440p": 1440,
    "4k": 2160,
    "2160p": 2160,
}


@dataclass(frozen=True, slots=True, order=True)
class Size:
    """Width and height in pixels."""

    width: int
    height: int

    @classmethod
    def parse(cls, value: object, *, field: str = "size") -> Size:
        """ "1920x1080", (1920, 1080) or a Size; both even, 64 to 8192. Raises InvalidInput."""
        if isinstance(value, Size):
            return value
        pair: tuple[int, int] | None = None
        if isinstance(value, str):
            match = re.fullmatch(r"\s*(\d{1,5})\s*[x×*]\s*(\d{1,5})\s*", value)
            if match:
                pair = int(match[1]), int(match[2])
            elif value.strip().lower() in RESOLUTIONS:
                return cls.of(value, "16:9", field=field)
        elif isinstance(value, tuple | list) and len(value) == 2 and all(isinstance(part, int) for part in value):
            pair = value[0], value[1]
        if pair is None or any(side % 2 or not 64 <= side <= 8192 for side in pair):
            raise InvalidInput(
                f"{field}: {value!r} is not a size in pixels",
                field=field,
                value=value,
                hint="write WIDTHxHEIGHT with even numbers from 64 to 8192, for example 1920x1080",
            )
        return cls(*pair)

    @classmethod
    def of(cls, resolution: str, aspect: str = "16:9", *, field: str = "resolution") -> Size:
        """The size for a resolution (the shorter side: "720p", "4k") and an aspect ratio ("16:9", "9:16")."""
        short = RESOLUTIONS.get(resolution.strip().lower())
        if short is None:
            raise InvalidInput(
                f"{field}: {resolution!r} is not known",
                field=field,
                value=resolution,
                hint=f"one of {', '.join(RESOLUTIONS)}",
            )
        ratio = aspect_ratio(aspect)
        long = round(short * max(ratio, 1 / ratio) / 2) * 2
        return cls(long, short) if ratio >= 1 else cls(short, long)

    @property
    def aspect(self) -> Fraction:
        return Fraction(self.width, self.height)

    @property
    def pixels(self) -> int:
        return self.width * self.height

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


def aspect_ratio(value: str, *, field: str = "aspect") -> Fraction:
    """ "16:9" as a fraction, between 1:4 and 4:1. Raises InvalidInput."""
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*[:/]\s*(\d+(?:\.\d+)?)\s*", value)
    ratio = Fraction(match[1]) / Fraction(match[2]) if match and Fraction(match[2]) else None
    if ratio is None or not Fraction(1, 4) <= ratio <= 4:
        raise InvalidInput(
            f"{field}: {value!r} is not an aspect ratio",
            field=field,
            value=value,
            hint="write 16:9, 9:16, 1:1, 4:3 or 21:9",
        )
    return ratio


_MONEY = re.compile(r"^\s*(?:\$\s*)?(\d+(?:\.\d+)?)\s*(USD|usd|\$)?\s*$")


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """US dollars in whole millionths, so that sums are exact and fit an integer column."""

    micros: int = 0

    @classmethod
    def usd(cls, value: str | int | Decimal | Fraction) -> Money:
        """Rounds up to the next millionth: an estimate is never below the price."""
        amount = Fraction(value)
        return cls(-floor(-amount * 1_000_000))

    @classmethod
    def parse(cls, value: object, *, field: str = "budget") -> Money:
        """ "4.00 USD", "$4", 4, 0.5. Raises InvalidInput for other currencies and below 0."""
        if isinstance(value, Money):
            return value
        match = _MONEY.match(str(value)) if not isinstance(value, bool) else None
        try:
            amount = Decimal(match[1]) if match else None
        except InvalidOperation:
            amount = None
        if amount is None:
            raise InvalidInput(
                f"{field}: {value!r} is not an amount in US dollars",
                field=field,
                value=value,
                hint='write "4.00 USD" or 4.00; other currencies are not kept',
            )
        return cls.usd(amount)

    @property
    def amount(self) -> Decimal:
        """In dollars."""
        return Decimal(self.micros) / 1_000_000

    def __add__(self, other: Money) -> Money:
        return Money(self.micros + other.micros)

    def __sub__(self, other: Money) -> Money:
        return Money(self.micros - other.micros)

    def __mul__(self, factor: int | Fraction) -> Money:
        return Money(-floor(-Fraction(self.micros) * factor))

    def __bool__(self) -> bool:
        return self.micros != 0

    def __str__(self) -> str:
        cents = Decimal(self.micros) / 10_000
        text = f"{self.amount:.2f}" if cents == cents.to_integral_value() else f"{self.amount.normalize():f}"
        return f"{text} USD"
