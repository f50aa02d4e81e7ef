"""The kinds of value that a film file may hold, each with what the editor is told about it.

A reader gets numbers as `Plain` (with their text, so that 29.97 and 0.1 stay exact) or, from JSON values, as numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from shotwright.domain.storyboard import FITS, Fit, Transition
from shotwright.domain.units import RESOLUTIONS, FrameRate, Money, Seconds, Size, aspect_ratio, seconds
from shotwright.errors import InvalidInput
from shotwright.story.yamltree import Plain, unwrapped

_GAIN = re.compile(r"([-+]?\d+(?:\.\d+)?)\s*(dB)?", re.IGNORECASE)
_QUIETEST, _LOUDEST = -60.0, 12.0
_MAX_SEED = 2**63 - 1
_YES_NO = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}


def wrong(what: str, hint: str) -> PydanticCustomError:
    return PydanticCustomError("shotwright", "{what}", {"what": what, "hint": hint})


def shown(value: Any) -> str:
    """A value as it stands in the file, short enough for a message."""
    if isinstance(value, dict):
        return "a group of keys"
    if isinstance(value, list):
        return "a list"
    text = value.text if isinstance(value, Plain) else value
    if isinstance(text, str) and len(text) > 60:
        text = text[:57] + "..."
    return text if isinstance(value, Plain) else repr(text)


def _words(value: Any) -> Any:
    """The text of a number, which the exact units read; anything else as it is."""
    return value.text if isinstance(value, Plain) and not isinstance(value.value, bool) else unwrapped(value)


def _by_unit(parse: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        try:
            return parse(_words(value))
        except InvalidInput as problem:
            what = problem.message.removeprefix(f"{problem.field}: ")
            raise wrong(what, problem.hint or "") from problem

    return read


def _text(value: Any) -> str:
    if isinstance(value, Plain):
        return value.text
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise wrong(f"{shown(value)} stands where a text belongs", "write words, in quotes where they hold a colon")


def _filled(value: Any) -> str:
    text = _text(value).strip()
    if not text:
        raise wrong("is empty", "fill it in, or remove the key")
    return text


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(_filled(item) for item in value) if isinstance(value, list | tuple) else (_filled(value),)


def _length(value: Any) -> Seconds:
    found = seconds(value)
    if not found:
        raise InvalidInput("a length of 0 seconds", hint="leave it out, or write 5")
    return found


def _truth(value: Any) -> bool:
    found = unwrapped(value)
    if isinstance(found, bool):
        return found
    meant = _YES_NO.get(str(found).lower())
    raise wrong(f"{shown(value)} is not true or false", f"write {meant}" if meant else "write true or false")


def _whole(low: int, high: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        found = unwrapped(value)
        if isinstance(found, int) and not isinstance(found, bool) and low <= found <= high:
            return found
        raise wrong(f"{shown(value)} is not a whole number from {low} to {high}", f"write {max(low, 1)}")

    return read


def _gain(value: Any) -> float:
    match = _GAIN.fullmatch(str(_words(value)).strip())
    if not match or not _QUIETEST <= float(match[1]) <= _LOUDEST:
        raise wrong(f"{shown(value)} is not a gain from {_QUIETEST:g} to {_LOUDEST:g} dB", "write -18 dB")
    return float(match[1])


def _fit(value: Any) -> str:
    if value not in FITS:
        raise wrong(f"{shown(value)} is not a way to fit a picture", f"one of {', '.join(FITS)}")
    return str(value)


def _resolution(value: str) -> str:
    Size.of(str(value))
    return str(value)


def _aspect(value: str) -> str:
    aspect_ratio(str(value))
    return str(value)


def _options(value: Any) -> dict[str, Any]:
    found = unwrapped(value)
    if not isinstance(found, dict):
        raise wrong(f"{shown(value)} stands where a group of keys belongs", "write one `name: value` a line")
    return found


_NUMBER_OR_TEXT = {"type": ["number", "string"]}
_ONE_OR_MORE = {"oneOf": [{"type": "string", "minLength": 1}, {"type": "array", "items": {"type": "string"}}]}

Text = Annotated[str, PlainValidator(_text), WithJsonSchema({"type": ["string", "number"]})]
Filled = Annotated[str, PlainValidator(_filled), WithJsonSchema({"type": "string", "minLength": 1})]
Texts = Annotated[tuple[str, ...], PlainValidator(_texts), WithJsonSchema(_ONE_OR_MORE)]
Length = Annotated[
    Fraction,
    PlainValidator(_by_unit(_length)),
    WithJsonSchema(_NUMBER_OR_TEXT | {"exclusiveMinimum": 0, "examples": [5, 2.5, "1:30"]}),
]
Fade = Annotated[
    Fraction,
    PlainValidator(_by_unit(seconds)),
    WithJsonSchema(_NUMBER_OR_TEXT | {"minimum": 0, "examples": [2]}),
]
Rate = Annotated[
    FrameRate,
    PlainValidator(_by_unit(FrameRate.parse)),
    WithJsonSchema(_NUMBER_OR_TEXT | {"minimum": 1, "maximum": 240, "examples": [24, 25, 30, 60, "24000/1001"]}),
]
Pixels = Annotated[
    Size,
    PlainValidator(_by_unit(Size.parse)),
    WithJsonSchema({"type": "string", "examples": ["1920x1080", "1080x1920", "1280x720", "3840x2160"]}),
]
Resolution = Annotated[
    str, PlainValidator(_by_unit(_resolution)), WithJsonSchema({"type": "string", "enum": list(RESOLUTIONS)})
]
Aspect = Annotated[
    str,
    PlainValidator(_by_unit(_aspect)),
    WithJsonSchema({"type": "string", "examples": ["16:9", "9:16", "1:1", "4:3", "21:9"]}),
]
Amount = Annotated[
    Money,
    PlainValidator(_by_unit(Money.parse)),
    WithJsonSchema(_NUMBER_OR_TEXT | {"minimum": 0, "examples": ["4.00 USD"]}),
]
Change = Annotated[
    Transition,
    PlainValidator(_by_unit(Transition.parse)),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^\s*(cut|crossfade([ :]+[0-9./]+)?)\s*$",
            "examples": ["cut", "crossfade 0.5"],
        }
    ),
]
Truth = Annotated[bool, PlainValidator(_truth), WithJsonSchema({"type": "boolean"})]
Seed = Annotated[
    int,
    PlainValidator(_whole(0, _MAX_SEED)),
    WithJsonSchema({"type": "integer", "minimum": 0, "maximum": _MAX_SEED}),
]
TakeNumber = Annotated[
    int, PlainValidator(_whole(1, 9999)), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 9999})
]
Gain = Annotated[
    float,
    PlainValidator(_gain),
    WithJsonSchema(_NUMBER_OR_TEXT | {"minimum": _QUIETEST, "maximum": _LOUDEST, "examples": ["-18 dB"]}),
]
Fitting = Annotated[Fit, PlainValidator(_fit), WithJsonSchema({"type": "string", "enum": list(FITS)})]
Options = Annotated[dict[str, Any], PlainValidator(_options), WithJsonSchema({"type": "object"})]
