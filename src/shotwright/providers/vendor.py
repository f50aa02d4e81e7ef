"""What a vendor's folder offers the registry: its name, the settings it reads, and how its adapter is built."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from shotwright.domain.order import Order
from shotwright.errors import SettingsError
from shotwright.providers.base import Inputs, Provider


class Renderer(Protocol):
    """Makes an animatic's clip on this machine."""

    async def render(
        self, order: Order, inputs: Mapping[str, Path], into: Path, progress: Callable[[float], None]
    ) -> None:
        """Writes an MP4 at `into`. `inputs` maps digests to files; `progress` takes 0 to 1. Raises ShotwrightError."""
        ...


@dataclass(frozen=True)
class Tools:
    """What adapters get from the house. `spool` is a folder of their own for work in progress; `renders` at a time.

    `allow_private` lets links lead to loopback and private addresses: for tests and for servers of one's own.
    """

    inputs: Inputs
    spool: Path
    renderer: Renderer | None = None
    renders: int = 1
    allow_private: bool = False


@dataclass(frozen=True)
class Key:
    """One setting of a vendor. `variables` are the environment names its users have, best first."""

    name: str
    variables: tuple[str, ...] = ()
    secret: bool = False
    required: bool = False
    about: str = ""


@dataclass(frozen=True)
class Vendor:
    """A provider as the registry knows it, before anything slow is imported.

    `missing` says in words what else must be set before the first order, from the settings alone and without a call.
    `at_once`: jobs that one account should have in flight unless settings say otherwise; `per_minute`: its submits.
    """

    name: str
    create: Callable[[Mapping[str, Any], Tools], Provider]
    keys: tuple[Key, ...] = ()
    title: str = ""
    legacy: bool = False
    at_once: int = 2
    per_minute: int | None = None
    missing: Callable[[Mapping[str, Any]], tuple[str, ...]] = field(default=lambda settings: ())


def required(settings: Mapping[str, Any], key: Key, provider: str) -> str:
    """The text of a setting that must be there. Raises SettingsError naming the variable, never the value."""
    value = settings.get(key.name)
    if not value:
        raise SettingsError(
            f"{provider}: {key.about or key.name} is not set",
            field=f"{provider}.{key.name}",
            hint=f"set {' or '.join(key.variables)}" if key.variables else None,
        )
    return str(value)
