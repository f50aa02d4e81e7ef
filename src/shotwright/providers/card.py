"""The format of one card entry: from a TOML table to a ModelSpec, with errors that name file, entry and field."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, NoReturn, cast

from shotwright.domain.model import Capabilities, Lengths, Lifecycle, Limit, Mode, ModelSpec, Price, PriceRule
from shotwright.domain.units import FrameRate, Money, Size, seconds
from shotwright.errors import InvalidInput, SettingsError

_PER = ("second", "clip", "image", "megapixel_second")
_AUDIO = ("never", "always", "optional")
_KEYS = frozenset(
    {
        *("title", "aliases", "default", "note", "modes", "seconds", "sizes", "max_pixels", "aspects", "resolutions"),
        *("fps", "audio", "seed", "negative", "prompt_required", "prompt_max", "max_pictures", "options", "limits"),
        *("price", "price_least", "price_note", "price_read", "price_source"),
        *("announced", "deprecated", "retired", "successor", "lifecycle_note", "_origin", "_file"),
    }
)


@dataclass(frozen=True)
class Place:
    """Where an entry stands, for errors."""

    file: str
    entry: str

    def wrong(self, field: str, what: str, value: object = None, hint: str | None = None) -> NoReturn:
        raise SettingsError(f"{self.file}: {self.entry}: {field}: {what}", field=field, value=value, hint=hint)


def parse_model(provider: str, name: str, card: Mapping[str, Any], entry: Mapping[str, Any], place: Place) -> ModelSpec:
    """One entry as a ModelSpec. Raises SettingsError for unknown fields and values of the wrong kind."""
    unknown = sorted(set(entry) - _KEYS)
    if unknown:
        place.wrong(unknown[0], "unknown field", hint=f"known: {', '.join(sorted(k for k in _KEYS if k[0] != '_'))}")
    reader = _Reader(entry, place)
    return ModelSpec(
        provider=provider,
        name=name,
        title=reader.text("title", name),
        capabilities=_capabilities(reader),
        price=_price(reader, card),
        lifecycle=Lifecycle(
            announced=reader.day("announced"),
            deprecated=reader.day("deprecated"),
            retired=reader.day("retired"),
            successor=reader.text("successor", "") or None,
            note=reader.text("lifecycle_note", ""),
        ),
        default=reader.flag("default"),
        origin=reader.text("_origin", "built in"),
        note=reader.text("note", ""),
    )


class _Reader:
    """Typed access to the fields of one entry."""

    def __init__(self, entry: Mapping[str, Any], place: Place) -> None:
        self.entry = entry
        self.place = place

    def text(self, field: str, default: str) -> str:
        value = self.entry.get(field, default)
        return value if isinstance(value, str) else self.place.wrong(field, "must be text", value)

    def flag(self, field: str, default: bool = False) -> bool:
        value = self.entry.get(field, default)
        return value if isinstance(value, bool) else self.place.wrong(field, "must be true or false", value)

    def count(self, field: str, default: int) -> int:
        value = self.entry.get(field, default)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            self.place.wrong(field, "must be a whole number, 0 or more", value)
        return value

    def day(self, field: str) -> date | None:
        value = self.entry.get(field)
        if value is None or isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            self.place.wrong(field, "must be a day like 2026-11-21", value)

    def words(self, field: str) -> tuple[str, ...]:
        return tuple(self.each(field, lambda value: value if isinstance(value, str) else self._not("text", field)))

    def each(self, field: str, read: Callable[[Any], Any]) -> Sequence[Any]:
        values = self.entry.get(field, [])
        if not isinstance(values, list | tuple):
            self.place.wrong(field, "must be a list", values)
        try:
            return [read(value) for value in values]
        except (InvalidInput, ValueError, TypeError) as error:
            if isinstance(error, SettingsError):
                raise
            self.place.wrong(field, str(error), values)

    def _not(self, kind: str, field: str) -> NoReturn:
        self.place.wrong(field, f"must be a list of {kind}")


def _capabilities(reader: _Reader) -> Capabilities:
    audio = reader.text("audio", "never")
    if audio not in _AUDIO:
        reader.place.wrong("audio", f"must be one of {', '.join(_AUDIO)}", audio)
    prompt_max = reader.count("prompt_max", 0)
    return Capabilities(
        modes=frozenset(reader.each("modes", Mode)) or frozenset({Mode.TEXT}),
        lengths=_lengths(reader),
        sizes=tuple(reader.each("sizes", Size.parse)),
        max_pixels=reader.count("max_pixels", 8192 * 8192),
        aspects=reader.words("aspects"),
        resolutions=reader.words("resolutions"),
        fps=tuple(rate.value for rate in reader.each("fps", FrameRate.parse)),
        audio=cast(Literal["never", "always", "optional"], audio),
        seed=reader.flag("seed"),
        negative=reader.flag("negative"),
        prompt_required=reader.flag("prompt_required", True),
        prompt_max=prompt_max or None,
        max_pictures=reader.count("max_pictures", 0),
        options=_options(reader),
        limits=tuple(reader.each("limits", _limit)),
    )


def _lengths(reader: _Reader) -> Lengths:
    value = reader.entry.get("seconds", {})
    known = Lengths()
    try:
        if isinstance(value, list):
            return Lengths(choices=tuple(seconds(item) for item in value))
        if isinstance(value, Mapping) and set(value) <= {"least", "most", "step"}:
            return Lengths(
                least=seconds(value.get("least", known.least)),
                most=seconds(value.get("most", known.most)),
                step=seconds(value.get("step", known.step)),
            )
    except InvalidInput as error:
        reader.place.wrong("seconds", error.message, value)
    return reader.place.wrong("seconds", "must be a list of lengths or {least, most, step}", value)


def _options(reader: _Reader) -> dict[str, Any]:
    """A table of option name to JSON Schema, or the word "any" for a provider that takes what its server knows."""
    value = reader.entry.get("options", {})
    if value == "any":
        return {"type": "object", "additionalProperties": True}
    if not isinstance(value, Mapping) or not all(isinstance(schema, Mapping) for schema in value.values()):
        reader.place.wrong("options", 'must be a table of JSON Schemas, or "any"', value)
    if not value:
        return {}
    return {"type": "object", "properties": dict(value), "additionalProperties": False}


def _limit(value: Any) -> Limit:
    if not isinstance(value, Mapping) or set(value) != {"when", "allow"}:
        raise ValueError("each limit must have `when` and `allow`")
    return Limit(dict(value["when"]), {name: tuple(allowed) for name, allowed in value["allow"].items()})


def _price(reader: _Reader, card: Mapping[str, Any]) -> Price | None:
    rules = tuple(reader.each("price", _price_rule))
    if not rules:
        return None
    return Price(
        rules=rules,
        read=reader.day("price_read") or card["read"],
        source=reader.text("price_source", str(card["source"])),
        least=_usd(reader.text("price_least", "0")),
        note=reader.text("price_note", ""),
    )


def _price_rule(value: Any) -> PriceRule:
    if not isinstance(value, Mapping) or not {"usd", "per"} <= set(value) or set(value) - {"usd", "per", "when"}:
        raise ValueError("each price must have `usd`, `per` and at most `when`")
    if value["per"] not in _PER:
        raise ValueError(f"`per` must be one of {', '.join(_PER)}")
    return PriceRule(_usd(value["usd"]), value["per"], dict(value.get("when", {})))


def _usd(value: Any) -> Money:
    try:
        return Money.usd(Fraction(Decimal(str(value))))
    except (ArithmeticError, ValueError) as error:
        raise ValueError(f"{value!r} is not an amount in US dollars") from error
