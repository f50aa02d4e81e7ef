"""A model's own options against the JSON Schema of its card: the part of the standard that cards use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list, tuple),
    "object": (Mapping,),
    "null": (type(None),),
}


def faults(value: Any, schema: Mapping[str, Any], field: str = "options") -> Iterator[tuple[str, str]]:
    """Each fault as (field, what is wrong). Knows type, enum, minimum, maximum, lengths, items and properties."""
    kinds = schema.get("type")
    if kinds is not None and not _is_type(value, kinds):
        yield field, f"must be {_words(kinds)}, not {value!r}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield field, f"must be one of {', '.join(str(item) for item in schema['enum'])}, not {value!r}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        yield from _bounds(value, schema, field, "minimum", "maximum", "")
    if isinstance(value, str):
        yield from _bounds(len(value), schema, field, "minLength", "maxLength", " characters")
    if isinstance(value, list | tuple):
        yield from _bounds(len(value), schema, field, "minItems", "maxItems", " items")
        for number, item in enumerate(value):
            yield from faults(item, schema.get("items", {}), f"{field}[{number}]")
    if isinstance(value, Mapping):
        yield from _properties(value, schema, field)


def _properties(value: Mapping[str, Any], schema: Mapping[str, Any], field: str) -> Iterator[tuple[str, str]]:
    known = schema.get("properties", {})
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{field}.{name}", "is missing"
    for name, item in value.items():
        if name in known:
            yield from faults(item, known[name], f"{field}.{name}")
        elif schema.get("additionalProperties", True) is False:
            names = ", ".join(known) or "none"
            yield f"{field}.{name}", f"this model has no such option (it knows {names})"


def _bounds(
    size: float, schema: Mapping[str, Any], field: str, least: str, most: str, unit: str
) -> Iterator[tuple[str, str]]:
    if least in schema and size < schema[least]:
        yield field, f"must be at least {schema[least]}{unit}, not {size}"
    if most in schema and size > schema[most]:
        yield field, f"must be at most {schema[most]}{unit}, not {size}"


def _is_type(value: Any, kinds: str | list[str]) -> bool:
    for kind in [kinds] if isinstance(kinds, str) else kinds:
        if isinstance(value, bool) and kind != "boolean":
            continue
        if isinstance(value, _TYPES.get(kind, (object,))):
            return True
    return False


def _words(kinds: str | list[str]) -> str:
    return kinds if isinstance(kinds, str) else " or ".join(kinds)
