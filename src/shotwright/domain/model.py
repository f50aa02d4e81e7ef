"""What a model can do, what it costs and whether it still lives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any, Literal

from shotwright.domain.order import Order, Role
from shotwright.domain.units import Money, Seconds, Size


class Mode(StrEnum):
    """What may go into a model besides words."""

    TEXT = "text"
    IMAGE = "image"
    FIRST_LAST = "first_last"
    REFERENCE = "reference"
    VIDEO = "video"
    EXTEND = "extend"
    SPEECH = "speech"


@dataclass(frozen=True)
class Lengths:
    """Lengths that a model makes: the listed `choices`, or any from `least` to `most` in steps of `step` (0: any)."""

    choices: tuple[Seconds, ...] = ()
    least: Seconds = Fraction(1, 10)
    most: Seconds = Fraction(3600)
    step: Seconds = Fraction(0)

    def allows(self, length: Seconds) -> bool:
        if self.choices:
            return length in self.choices
        if not self.least <= length <= self.most:
            return False
        return self.step == 0 or (length - self.least) % self.step == 0

    def nearest(self, length: Seconds) -> Seconds:
        """The allowed length closest to the asked one; the longer of two equally close."""
        if self.choices:
            return min(self.choices, key=lambda choice: (abs(choice - length), -choice))
        inside = min(max(length, self.least), self.most)
        if self.step == 0:
            return inside
        steps = (inside - self.least + self.step / 2) // self.step
        return min(self.least + steps * self.step, self.most)

    def __str__(self) -> str:
        if self.choices:
            return ", ".join(f"{float(choice):g}" for choice in self.choices) + " s"
        return f"{float(self.least):g} to {float(self.most):g} s"


@dataclass(frozen=True)
class Limit:
    """A rule between settings: where every fact in `when` holds, each fact in `allow` must be one of the listed.

    Facts are those of `facts_of`: {"resolution": "1080p"} with {"seconds": ("6",)} says that 1080p lasts 6 s only.
    """

    when: Mapping[str, Any]
    allow: Mapping[str, tuple[Any, ...]]


@dataclass(frozen=True)
class Capabilities:
    """Each field says one thing that callers may ask; nobody asks for a model's name instead.

    `sizes` empty: any even size up to `max_pixels`. `aspects` and `resolutions` are the vendor's own words where it
    takes those instead of pixels. `audio`: never, always, or on request. `max_pictures` counts references.
    `options` is a JSON Schema object for the parameters of this model alone; `limits` are rules between settings.
    """

    modes: frozenset[Mode]
    lengths: Lengths
    sizes: tuple[Size, ...] = ()
    max_pixels: int = 8192 * 8192
    aspects: tuple[str, ...] = ()
    resolutions: tuple[str, ...] = ()
    fps: tuple[Fraction, ...] = ()
    audio: Literal["never", "always", "optional"] = "never"
    seed: bool = False
    negative: bool = False
    prompt_required: bool = True
    prompt_max: int | None = None
    max_pictures: int = 0
    options: Mapping[str, Any] = field(default_factory=dict)
    limits: tuple[Limit, ...] = ()


@dataclass(frozen=True)
class PriceRule:
    """`usd` a `per`; holds where every value of `when` equals the order's (resolution, audio, mode, or an option)."""

    usd: Money
    per: Literal["second", "clip", "image", "megapixel_second"]
    when: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Price:
    """The first rule that fits counts. `read` is the day the source was read; `least` is the smallest charge."""

    rules: tuple[PriceRule, ...]
    read: date
    source: str
    least: Money = Money()
    note: str = ""

    def estimate(self, order: Order) -> Money | None:
        """What the order will cost, or None where no rule fits."""
        facts = facts_of(order)
        for rule in self.rules:
            if all(facts.get(name) == wanted for name, wanted in rule.when.items()):
                return max(self.least, rule.usd * _units(rule.per, order))
        return None


def facts_of(order: Order) -> dict[str, Any]:
    """What prices and limits may ask of an order: resolution ("720p"), audio, size, seconds, mode, and its options."""
    return {
        "resolution": f"{min(order.size.width, order.size.height)}p",
        "audio": order.audio,
        "size": str(order.size),
        "seconds": f"{float(order.seconds):g}",
        "mode": mode_of(order).value,
        **order.options,
    }


def _units(per: str, order: Order) -> Fraction:
    match per:
        case "second":
            return order.seconds
        case "megapixel_second":
            return order.seconds * order.size.pixels / 1_000_000
        case "image":
            return Fraction(len(order.inputs))
        case _:
            return Fraction(1)


def mode_of(order: Order) -> Mode:
    """The mode that an order uses, from the roles of its inputs; a clip is extended where the option `task` says so."""
    roles = {item.role for item in order.inputs}
    if Role.SPEECH in roles:
        return Mode.SPEECH
    if Role.VIDEO in roles:
        return Mode.EXTEND if order.options.get("task") == "extend" else Mode.VIDEO
    if Role.LAST in roles:
        return Mode.FIRST_LAST
    if Role.FIRST in roles:
        return Mode.IMAGE
    if Role.REFERENCE in roles:
        return Mode.REFERENCE
    return Mode.TEXT


@dataclass(frozen=True)
class Lifecycle:
    """`retired` is the day it stops answering. `successor` names a model to use instead (`provider/model`)."""

    announced: date | None = None
    deprecated: date | None = None
    retired: date | None = None
    successor: str | None = None
    note: str = ""

    def alive(self, today: date) -> bool:
        return self.retired is None or today < self.retired


@dataclass(frozen=True)
class ModelSpec:
    """One entry of the catalogue. `origin` says where the entry comes from: built in, settings, or a plug-in."""

    provider: str
    name: str
    title: str
    capabilities: Capabilities
    price: Price | None = None
    lifecycle: Lifecycle = Lifecycle()
    default: bool = False
    origin: str = "built in"
    note: str = ""

    @property
    def full_name(self) -> str:
        """`provider/model`."""
        return f"{self.provider}/{self.name}"
