"""The catalogue as `shotwright models` shows it, read without a parser, a database or a network."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from shotwright.cli import shapes
from shotwright.cli.text import Column, cells, padded, say, styled, table, width_of, wrapped
from shotwright.errors import InvalidInput

if TYPE_CHECKING:
    from shotwright.domain.model import ModelSpec, PriceRule

PER = {"second": "s", "clip": "clip", "image": "picture", "megapixel_second": "Mpx·s"}
TAKES = {
    "text": "words",
    "image": "picture",
    "first_last": "last",
    "reference": "references",
    "video": "video",
    "extend": "extend",
    "speech": "speech",
}
"""What may go into a model, in the order of the table; its first letters are the short form."""
NAME_CELLS = 40
WIDE = 110
LEGEND = "takes: w words, p picture, l first and last picture, r references, v video, e extend, s speech"


def list_models(*, provider: str | None, alive: bool, as_json: bool) -> int:
    """Print the models of a provider (None: all); `alive` leaves out those that are retired today.

    Raises InvalidInput for a provider that is not known.
    """
    from shotwright.config import load_settings
    from shotwright.providers.catalogue import Catalogue

    catalogue = Catalogue.load(load_settings().models)
    if provider is not None and provider not in catalogue.providers():
        raise InvalidInput(
            f"no provider {provider!r}",
            field="provider",
            value=provider,
            hint=f"one of {', '.join(catalogue.providers())}",
        )
    found = catalogue.list(provider=provider, alive=alive or None)
    if as_json:
        shapes.print_json([shapes.model(spec) for spec in found])
    else:
        say(*lines(found, date.today(), width_of(sys.stdout)))
    return 0


def lines(found: Sequence[ModelSpec], today: date, width: int) -> list[str]:
    """The living models as a table, then the retired ones with what to use instead."""
    alive = [spec for spec in found if spec.lifecycle.alive(today)]
    retired = [spec for spec in found if not spec.lifecycle.alive(today)]
    out = _living(alive, width) if alive else []
    if retired:
        out += ["retired", *(line for spec in retired for line in _retired(spec, width)), ""]
    return out or ["no models"]


def _living(alive: Sequence[ModelSpec], width: int) -> list[str]:
    names = max(min(NAME_CELLS, cells(_name(spec))) for spec in alive)
    wide = width >= WIDE
    columns = [Column(" " * names), Column("takes"), Column("seconds"), Column("price")]
    rows = [(padded(_fitting(spec, names), names), _takes(spec, wide), _seconds(spec), _price(spec)) for spec in alive]
    shown = table(columns, rows, width)
    out = [styled("model" + shown[0][len("model") :], "bold", sys.stdout)]
    for spec, line in zip(alive, shown[1:], strict=True):
        out += [line] if _fitting(spec, names) else [_name(spec), line]
    read = [spec.price.read for spec in alive if spec.price is not None]
    note = "* the provider's default model" + (f" · prices in US dollars, read {min(read)}" if read else "")
    return [*out, "", *([] if wide else wrapped(LEGEND, width)), *wrapped(note, width), ""]


def _retired(spec: ModelSpec, width: int) -> list[str]:
    follower = f": use {spec.lifecycle.successor}" if spec.lifecycle.successor else ""
    first, *rest = wrapped(f"{spec.full_name} ({spec.lifecycle.retired}){follower}", width - 4)
    return [f"  {first}", *(f"    {line}" for line in rest)]


def _name(spec: ModelSpec) -> str:
    return f"{spec.full_name}{' *' if spec.default else ''}"


def _fitting(spec: ModelSpec, room: int) -> str:
    """The name if it fits its column, else nothing: then it stands on a line of its own."""
    return _name(spec) if cells(_name(spec)) <= room else ""


def _takes(spec: ModelSpec, wide: bool) -> str:
    modes = {mode.value for mode in spec.capabilities.modes}
    if wide:
        return ", ".join(word for mode, word in TAKES.items() if mode in modes)
    return "".join(word[0] if mode in modes else "-" for mode, word in TAKES.items())


def _seconds(spec: ModelSpec) -> str:
    lengths = spec.capabilities.lengths
    if len(lengths.choices) > 3:
        return f"{float(min(lengths.choices)):g} to {float(max(lengths.choices)):g}"
    return str(lengths).removesuffix(" s")


def _price(spec: ModelSpec) -> str:
    until = f" until {spec.lifecycle.retired}" if spec.lifecycle.retired else ""
    return _money(spec) + until


def _money(spec: ModelSpec) -> str:
    rules = spec.price.rules if spec.price else ()
    if not rules:
        return "not known"
    if not any(rule.usd for rule in rules):
        return "free"
    cheapest = min(rules, key=lambda rule: rule.usd)
    return _rate(cheapest) + (" and up" if len({rule.usd for rule in rules}) > 1 else "")


def _rate(rule: PriceRule) -> str:
    return f"{str(rule.usd).removesuffix(' USD')}/{PER[rule.per]}"
