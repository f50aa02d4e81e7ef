"""The model catalogue: what each model can do, what it costs and whether it still lives, as data.

One card (`cards/<provider>.toml`) for each provider, with its source and the day it was read. Settings may override
a built-in model or add one under the same keys. Reading needs the standard library alone.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from importlib import resources
from typing import Any

from shotwright.domain.model import ModelSpec
from shotwright.errors import SettingsError, UnknownModel
from shotwright.providers.card import Place, parse_model

UNLISTED = "unlisted"
"""The `origin` of a model that its provider may serve but the catalogue doesn't know."""

_CARD_KEYS = frozenset({"provider", "source", "read", "note", "models", "open"})


@dataclass(frozen=True)
class _Card:
    """One provider's raw entries. `open` describes models that aren't listed, where the provider takes any name."""

    file: str
    facts: Mapping[str, Any]
    models: Mapping[str, Mapping[str, Any]]
    open: Mapping[str, Any] | None


class Catalogue:
    """All known models, in the order of the cards. Immutable."""

    def __init__(self, specs: Iterable[ModelSpec], aliases: Mapping[str, str], open_cards: Mapping[str, _Card]) -> None:
        self._specs = {spec.full_name: spec for spec in specs}
        self._aliases = dict(aliases)
        self._open = dict(open_cards)

    @classmethod
    def load(cls, extra: Mapping[str, Any] | None = None) -> Catalogue:
        """The built-in cards with `extra` laid over them.

        `extra` maps "provider/model" to a table with the keys of a card's entry: those of a known model are replaced
        one by one, an unknown one is added. Raises SettingsError naming file, entry and field.
        """
        cards = {card.facts["provider"]: card for card in _built_in()}
        for name, changes in (extra or {}).items():
            _lay_over(cards, name, changes)
        specs: list[ModelSpec] = []
        aliases: dict[str, str] = {}
        for provider, card in cards.items():
            for name, entry in card.models.items():
                place = Place(entry.get("_file", card.file), f"{provider}/{name}")
                spec = parse_model(provider, name, card.facts, entry, place)
                specs.append(spec)
                for alias in entry.get("aliases", ()):
                    aliases[f"{provider}/{alias}"] = spec.full_name
        return cls(specs, aliases, {name: card for name, card in cards.items() if card.open is not None})

    def __iter__(self) -> Iterator[ModelSpec]:
        return iter(self._specs.values())

    def providers(self) -> tuple[str, ...]:
        """Names of all providers that have a model or take any."""
        return tuple(dict.fromkeys([*(spec.provider for spec in self), *self._open]))

    def list(
        self, provider: str | None = None, alive: bool | None = None, today: date | None = None
    ) -> tuple[ModelSpec, ...]:
        """Models of a provider (None: all) that are alive on `today` (True), retired (False), or both (None)."""
        day = today or date.today()
        return tuple(
            spec
            for spec in self
            if provider in (None, spec.provider) and (alive is None or spec.lifecycle.alive(day) is alive)
        )

    def find(self, name: str) -> ModelSpec:
        """A model by "provider/model", by its bare name where one provider has it, or a provider's default model.

        Where a provider takes any model name, an unlisted one comes back with `origin` UNLISTED. Raises UnknownModel
        with the nearest names.
        """
        wanted = name.strip()
        full = self._aliases.get(wanted, wanted)
        if full in self._specs:
            return self._specs[full]
        if wanted in self.providers():
            return self._default(wanted)
        owners = [spec for spec in self if spec.name == wanted]
        owners += [self._specs[full] for alias, full in self._aliases.items() if alias.partition("/")[2] == wanted]
        if len(owners) == 1:
            return owners[0]
        if owners:
            raise UnknownModel(
                f"{wanted!r} is offered by {len(owners)} providers",
                field="model",
                value=name,
                hint=f"write one of {', '.join(spec.full_name for spec in owners)}",
            )
        provider, _, model = wanted.partition("/")
        if provider in self._open and model:
            return self._unlisted(provider, model)
        raise UnknownModel(f"no provider has a model {wanted!r}", field="model", value=name, hint=self._nearest(wanted))

    def _default(self, provider: str) -> ModelSpec:
        for spec in self.list(provider):
            if spec.default:
                return spec
        raise UnknownModel(
            f"{provider} has no default model",
            field="model",
            value=provider,
            hint=f"name the model that your server offers: {provider}/MODEL"
            if provider in self._open
            else self._nearest(provider),
        )

    def _unlisted(self, provider: str, model: str) -> ModelSpec:
        card = self._open[provider]
        entry = {"title": model, **(card.open or {}), "_origin": UNLISTED}
        return parse_model(provider, model, card.facts, entry, Place(card.file, "open"))

    def _nearest(self, name: str) -> str:
        from difflib import get_close_matches

        full = list(self._specs)
        bare = {spec.name: spec.full_name for spec in self}
        near = [*get_close_matches(name, full, 3, 0.5), *(bare[n] for n in get_close_matches(name, list(bare), 3, 0.5))]
        near = list(dict.fromkeys(near))[:3]
        return f"did you mean {' or '.join(near)}?" if near else "see `shotwright models` for all of them"


def _built_in() -> Iterator[_Card]:
    folder = resources.files("shotwright.providers").joinpath("cards")
    for item in sorted(folder.iterdir(), key=lambda item: (item.name != "animatic.toml", item.name)):
        if item.name.endswith(".toml"):
            yield read_card(item.read_text(encoding="utf-8"), item.name)


def read_card(text: str, file: str) -> _Card:
    """A card from TOML text; `file` is named in errors. Raises SettingsError."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file}: not valid TOML: {error}", field=file) from error
    for key in ("provider", "source", "read"):
        if key not in data:
            raise SettingsError(f"{file}: the field {key!r} is missing", field=key)
    unknown = sorted(set(data) - _CARD_KEYS)
    if unknown:
        raise SettingsError(f"{file}: unknown field {unknown[0]!r}", field=unknown[0], hint=f"known: {_names()}")
    facts = {key: data[key] for key in ("provider", "source", "read")}
    return _Card(file, facts, data.get("models", {}), data.get("open"))


def _names() -> str:
    return ", ".join(sorted(_CARD_KEYS))


def _lay_over(cards: dict[str, _Card], name: str, changes: object) -> None:
    provider, _, model = name.partition("/")
    if not provider or not model or not isinstance(changes, Mapping):
        raise SettingsError(
            f"models.{name}: must be a table named provider/model",
            field=f"models.{name}",
            hint='write [models."runway/gen4.5"]',
        )
    card = cards.get(provider) or _Card("settings", _own_facts(provider, changes), {}, None)
    entry = {**card.models.get(model, {}), **changes, "_origin": "settings", "_file": "settings"}
    cards[provider] = _Card(card.file, card.facts, {**card.models, model: entry}, card.open)


def _own_facts(provider: str, changes: Mapping[str, Any]) -> dict[str, Any]:
    return {"provider": provider, "source": "settings", "read": changes.get("read", date.min)}
