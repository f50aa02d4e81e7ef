"""An order against its model's card: all that can be known wrong is said before anything is sent or paid."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from shotwright.domain.model import Capabilities, Mode, ModelSpec, facts_of, mode_of
from shotwright.domain.order import Order, Role
from shotwright.domain.units import FrameRate, Size
from shotwright.errors import ModelCannot, Refused
from shotwright.providers.catalogue import UNLISTED
from shotwright.providers.options import faults
from shotwright.providers.sizes import candidates, distance, fits, nearest_size, offered

SNAPPED = frozenset({"seconds", "size", "fps", "audio", "seed", "negative"})
"""What `snap` may change."""

_OLD_PRICE = timedelta(days=90)
_SOON = timedelta(days=30)
_MODE_WORDS = {
    Mode.TEXT: "words alone",
    Mode.IMAGE: "a first frame",
    Mode.FIRST_LAST: "a first and a last frame",
    Mode.REFERENCE: "reference pictures",
    Mode.VIDEO: "a clip to change",
    Mode.EXTEND: "a clip to extend",
    Mode.SPEECH: "a picture that talks",
}


@dataclass(frozen=True)
class Problem:
    """One thing that the model can't do."""

    field: str
    value: object
    what: str
    remedy: str = ""


def check(order: Order, spec: ModelSpec, *, today: date) -> tuple[str, ...]:
    """Warnings, where the order can be sent.

    Raises Refused (reason `retired`, with the successor) or ModelCannot, which names every problem; nothing was
    charged and nothing was sent.
    """
    if not spec.lifecycle.alive(today):
        raise Refused(
            f"{spec.full_name} was retired on {spec.lifecycle.retired}",
            reason="retired",
            provider=spec.provider,
            hint=f"use {spec.lifecycle.successor} instead" if spec.lifecycle.successor else spec.lifecycle.note or None,
        )
    found = problems(order, spec)
    if found:
        raise ModelCannot(
            f"{spec.full_name}: " + "; ".join(problem.what for problem in found),
            field=found[0].field,
            value=found[0].value,
            hint="; ".join(dict.fromkeys(problem.remedy for problem in found if problem.remedy)) or None,
        )
    return tuple(_warnings(order, spec, today))


def problems(order: Order, spec: ModelSpec) -> tuple[Problem, ...]:
    """Everything in the order that the model can't do, in the order of the person's reading."""
    can = spec.capabilities
    parts = (_mode, _prompt, _pictures, _seconds, _size, _fps, _extras, _options)
    found = [problem for part in parts for problem in part(order, can)]
    return tuple(found or _limits(order, can))


def snap(order: Order, spec: ModelSpec, allow: frozenset[str] = SNAPPED) -> tuple[Order, tuple[str, ...]]:
    """The order with the fields in `allow` moved to the nearest values that the model can do, and what was changed.

    Fields outside `allow` stay as they are, also where the model can't do them: `check` then says so.
    """
    can = spec.capabilities
    changes: list[str] = []
    for field, nearest in _NEAREST.items():
        if field not in allow:
            continue
        before, after = getattr(order, field), nearest(order, can)
        if before != after:
            changes.append(f"{field}: {_show(field, before)} became {_show(field, after)}")
            order = _with(order, field, after)
    return order, tuple(changes)


def _mode(order: Order, can: Capabilities) -> Iterator[Problem]:
    mode = mode_of(order)
    if mode not in can.modes:
        takes = ", ".join(_MODE_WORDS[known] for known in Mode if known in can.modes)
        yield Problem("mode", mode.value, f"can't start from {_MODE_WORDS[mode]}", f"it takes {takes}")
    for role, word in ((Role.FIRST, "first frame"), (Role.LAST, "last frame"), (Role.VIDEO, "clip")):
        if len(order.of_role(role)) > 1:
            yield Problem("inputs", role.value, f"takes one {word} at most")
    if order.of_role(Role.LAST) and not order.of_role(Role.FIRST):
        yield Problem("inputs", "last", "a last frame needs a first one")


def _prompt(order: Order, can: Capabilities) -> Iterator[Problem]:
    if can.prompt_required and not order.prompt.strip():
        yield Problem("prompt", order.prompt, "needs a prompt", "say in words what is to be seen")
    if can.prompt_max is not None and len(order.prompt) > can.prompt_max:
        yield Problem(
            "prompt",
            len(order.prompt),
            f"takes at most {can.prompt_max} characters, the prompt has {len(order.prompt)}",
            "shorten the prompt",
        )


def _pictures(order: Order, can: Capabilities) -> Iterator[Problem]:
    count = len(order.of_role(Role.REFERENCE))
    if count > can.max_pictures and (Mode.REFERENCE in can.modes or can.max_pictures):
        yield Problem("inputs", count, f"takes at most {can.max_pictures} reference pictures, not {count}")
    elif count and not can.max_pictures and mode_of(order) is not Mode.REFERENCE:
        yield Problem("inputs", count, "takes no reference pictures", "leave them out")


def _seconds(order: Order, can: Capabilities) -> Iterator[Problem]:
    if not can.lengths.allows(order.seconds):
        nearest = float(can.lengths.nearest(order.seconds))
        yield Problem(
            "seconds",
            float(order.seconds),
            f"can't make {float(order.seconds):g} s (it makes {can.lengths})",
            f"the nearest is {nearest:g} s",
        )


def _size(order: Order, can: Capabilities) -> Iterator[Problem]:
    if fits(order.size, can):
        return

    nearest = nearest_size(order.size, can)
    yield Problem(
        "size", str(order.size), f"can't make {order.size} (it makes {offered(can)})", f"the nearest is {nearest}"
    )


def _fps(order: Order, can: Capabilities) -> Iterator[Problem]:
    if can.fps and order.fps.value not in can.fps:
        rates = ", ".join(str(FrameRate(rate)) for rate in can.fps)
        yield Problem("fps", str(order.fps), f"can't make {order.fps} frames a second", f"it makes {rates}")


def _extras(order: Order, can: Capabilities) -> Iterator[Problem]:
    if order.audio and can.audio == "never":
        yield Problem("audio", True, "makes no sound", "set audio to false, or choose a model with sound")
    if order.seed is not None and not can.seed:
        yield Problem("seed", order.seed, "takes no seed", "leave the seed out")
    if order.negative and not can.negative:
        yield Problem(
            "negative", order.negative, "takes no negative prompt", "say in the prompt what is to be seen instead"
        )


def _options(order: Order, can: Capabilities) -> Iterator[Problem]:
    schema: Mapping[str, Any] = can.options or {"type": "object", "additionalProperties": False}
    for field, what in faults(dict(order.options), schema):
        yield Problem(field, None, f"{field}: {what}")


def _limits(order: Order, can: Capabilities) -> Iterator[Problem]:
    facts = facts_of(order)
    for limit in can.limits:
        if any(facts.get(name) != wanted for name, wanted in limit.when.items()):
            continue
        for name, allowed in limit.allow.items():
            if facts.get(name) not in allowed:
                when = " and ".join(_fact(key, value) for key, value in limit.when.items())
                words = ", ".join(str(value) for value in allowed)
                yield Problem(name, facts.get(name), f"with {when} can't do {_fact(name, facts.get(name))}", words)


def _fact(name: str, value: object) -> str:
    if name == "mode" and isinstance(value, str):
        return _MODE_WORDS[Mode(value)]
    if name == "audio":
        return "sound" if value else "no sound"
    return f"{value} s" if name == "seconds" else str(value)


def _warnings(order: Order, spec: ModelSpec, today: date) -> Iterator[str]:
    name, life = spec.full_name, spec.lifecycle
    if spec.origin == UNLISTED:
        yield f"{name} is not in the catalogue: {spec.note or 'what it can do could not be checked'}"
    if life.retired is not None and life.retired - today <= _SOON:
        yield f"{name} will be retired on {life.retired}" + (f"; then use {life.successor}" if life.successor else "")
    elif life.deprecated is not None and life.deprecated <= today:
        yield f"{name} is deprecated since {life.deprecated}" + (
            f"; {life.successor} is its successor" if life.successor else ""
        )
    if spec.capabilities.audio == "always" and not order.audio:
        yield f"{name} always makes sound; it is left out of the film"
    estimate = spec.price.estimate(order) if spec.price else None
    if estimate is None:
        yield f"{name}: the price of this order is not known"
    elif spec.price is not None and date.min < spec.price.read < today - _OLD_PRICE and estimate:
        yield f"{name}: its price was read on {spec.price.read} and may have changed"


def _nearest_size(order: Order, can: Capabilities) -> Size:
    sizes = [size for size in candidates(order.size, can) if not tuple(_limits(replace(order, size=size), can))]
    if fits(order.size, can) and not tuple(_limits(order, can)):
        return order.size
    if not sizes:
        return order.size if fits(order.size, can) else nearest_size(order.size, can)
    return min(sizes, key=lambda candidate: distance(order.size, candidate))


def _nearest_seconds(order: Order, can: Capabilities) -> Fraction:
    if can.lengths.allows(order.seconds) and not tuple(_limits(order, can)):
        return order.seconds
    allowed = [length for length in can.lengths.choices if not tuple(_limits(replace(order, seconds=length), can))] or [
        can.lengths.nearest(order.seconds)
    ]
    return min(allowed, key=lambda length: (abs(length - order.seconds), -length))


def _nearest_fps(order: Order, can: Capabilities) -> FrameRate:
    if not can.fps or order.fps.value in can.fps:
        return order.fps
    return FrameRate(min(can.fps, key=lambda rate: (abs(rate - order.fps.value), -rate)))


_NEAREST: Mapping[str, Callable[[Order, Capabilities], Any]] = {
    "fps": _nearest_fps,
    "audio": lambda order, can: order.audio and can.audio != "never",
    "seed": lambda order, can: order.seed if can.seed else None,
    "negative": lambda order, can: order.negative if can.negative else "",
    "size": _nearest_size,
    "seconds": _nearest_seconds,
}


def _with(order: Order, field: str, value: Any) -> Order:
    return replace(order, **{field: value})


def _show(field: str, value: object) -> str:
    if field == "seconds" and isinstance(value, Fraction):
        return f"{float(value):g} s"
    return "none" if value in (None, "") else str(value)
