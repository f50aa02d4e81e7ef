"""A studio against emulated vendors over real HTTP: one that knows keys, one that keeps a list, one with neither."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from shotwright import Money, Shot, Storyboard
from shotwright.config import Settings, load_settings
from shotwright.domain.units import FrameRate, Size
from shotwright.engine.context import EngineOptions
from shotwright.testing.emulators import run_emulator
from shotwright.testing.emulators.run import RunningEmulator

KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "keyed": ("shotwright", {"dialect": "vllm-omni", "idempotent": "true"}),
    "listed": ("vllm-omni", {"dialect": "vllm-omni"}),
    "blind": ("litellm", {"dialect": "litellm"}),
}
"""Connection name: the adapter's dialect and the emulator's switches."""

ALWAYS = {"blind": "error=404@find"}
"""Faults that belong to a kind: this one keeps no list."""

PRICE = "0.10"
"""USD for a second, at every emulator and in the catalogue."""

QUICK = EngineOptions(
    claim_window=1.5,
    submit_deadline=1.0,
    check_deadline=5.0,
    fetch_deadline=20.0,
    queue_poll=0.05,
    watch_tick=0.2,
    reap_every=0.5,
    stop_every=0.1,
)


@dataclass
class Rig:
    """Settings for a studio, and the vendors behind it."""

    settings: Settings
    vendors: dict[str, RunningEmulator]
    overrides: dict[str, Any]

    def misbehave(self, name: str, faults: str) -> None:
        self.vendors[name].misbehave(_with_own(name, faults))

    def charged(self, name: str | None = None) -> Money:
        """What the vendors' bills say, together or one alone."""
        chosen = [self.vendors[name]] if name else list(self.vendors.values())
        return Money(sum(Money.usd(str(vendor.bill()["total_usd"])).micros for vendor in chosen))

    def accepted(self, name: str) -> int:
        return len(self.vendors[name].bill()["jobs"])


@contextmanager
def rig(
    folder: Path,
    *,
    url: str | None = None,
    kinds: tuple[str, ...] = tuple(KINDS),
    faults: str = "",
    seed: int = 1,
    job_seconds: float | tuple[float, float] = 0.3,
    **overrides: Any,
) -> Iterator[Rig]:
    """Emulators on loopback, and settings that know them. `faults` go to all of them."""
    with ExitStack() as stack:
        vendors = {
            name: stack.enter_context(
                run_emulator(
                    "openai",
                    faults=_with_own(name, faults),
                    seed=seed + number,
                    job_seconds=job_seconds,
                    clip_size="128x72",
                    price=PRICE,
                    **KINDS[name][1],
                )
            )
            for number, name in enumerate(kinds)
        }
        providers = {name: connection(name, vendor.url) for name, vendor in vendors.items()}
        told = {
            "home": str(folder / "home"),
            "database_url": url,
            "providers": providers,
            "models": {f"{name}/wan": model() for name in vendors},
            **overrides,
        }
        settings = load_settings(cwd=folder, overrides=told, environment={})
        yield Rig(settings, vendors, told)


def _with_own(name: str, faults: str) -> str:
    return ",".join(part for part in (ALWAYS.get(name, ""), faults) if part)


def connection(name: str, url: str) -> dict[str, Any]:
    return {"kind": "openai", "base_url": f"{url}/v1", "dialect": KINDS[name][0], "deadline": 1.0} | {
        "poll_every": 0.1,
        "settling": 0.3,
    }


def model() -> dict[str, Any]:
    """A catalogue entry for the emulated model."""
    return {
        "title": "Emulated",
        "modes": ["text", "image"],
        "seconds": [4, 8],
        "sizes": ["1280x720"],
        "fps": [24],
        "price": [{"usd": PRICE, "per": "second"}],
        "audio": "never",
        "seed": True,
    }


def board(*prompts: str, model: str = "keyed/wan", chain: bool = False, seconds: object = 4) -> Storyboard:
    return Storyboard(
        title="Paid",
        size=Size(128, 72),
        fps=FrameRate(Fraction(24)),
        sound=False,
        shots=tuple(
            Shot(prompt, model=(model,), seconds=Fraction(str(seconds)), continues=chain and index > 0)
            for index, prompt in enumerate(prompts)
        ),
    )
