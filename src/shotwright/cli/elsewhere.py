"""What a film would cost at paid models: from the catalogue alone, without keys and without asking anyone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from shotwright.cli.text import wrapped
from shotwright.domain.model import ModelSpec
from shotwright.domain.storyboard import Storyboard
from shotwright.domain.units import Money
from shotwright.errors import ShotwrightError

COMPARED = ("google", "runway", "kling")
"""Providers whose default models a film is priced at."""


def prices(board: Storyboard, specs: Sequence[ModelSpec]) -> list[dict[str, Any]]:
    """The cost of the storyboard at the default model of each compared provider, as far as the catalogue tells.

    A shot that a model can't make as long as asked counts with the nearest length that it can.
    """
    found = []
    for provider in COMPARED:
        spec = next((spec for spec in specs if spec.provider == provider and spec.default and spec.price), None)
        cost = price_at(board, spec) if spec else None
        if spec and spec.price and cost:
            read = spec.price.read.isoformat()
            found.append({"model": spec.full_name, "cost_usd": str(cost.amount), "prices_read": read})
    return found


def price_at(board: Storyboard, spec: ModelSpec) -> Money | None:
    """The sum over all shots, or None where the model can't make one of them."""
    from shotwright.studio.orders import ShotInputs, offer

    lengths = spec.capabilities.lengths
    shots = tuple(
        replace(shot, model=(), seconds=lengths.nearest(board.seconds_of(at))) for at, shot in enumerate(board.shots)
    )
    asked = replace(board, shots=shots, model=(spec.full_name,))
    try:
        offers = [offer(asked, at, spec, ShotInputs(), today=date.today()) for at in range(len(shots))]
    except ShotwrightError:
        return None
    return sum((one.price for one in offers), start=Money())


def price_lines(found: Sequence[dict[str, Any]], width: int) -> list[str]:
    """The same film by a would cost about 1.89 USD, by b 2.16 USD (prices read 2026-11-21)."""
    if not found:
        return []
    (model, cost), *rest = [(item["model"], rounded(item["cost_usd"])) for item in found]
    others = "".join(f", by {name} {price}" for name, price in rest)
    read = min(item["prices_read"] for item in found)
    return wrapped(f"The same film by {model} would cost about {cost}{others} (prices read {read}).", width)


def rounded(cost_usd: str) -> str:
    """To the cent, as one says an estimate."""
    return f"{Money.usd(cost_usd).amount:.2f} USD"
