"""An order: one shot made concrete for one model. Its digest, with project and take number, is the take's key."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Any

from shotwright.domain.asset import Digest
from shotwright.domain.units import FrameRate, Seconds, Size

ORDER_FORMAT = 1
"""Part of every digest: raised only when the same values would have to mean another film."""


class Role(StrEnum):
    """What an input is for."""

    FIRST = "first"
    LAST = "last"
    REFERENCE = "reference"
    VIDEO = "video"
    AUDIO = "audio"
    SPEECH = "speech"


@dataclass(frozen=True, slots=True)
class Input:
    """A stored asset in its role. `width` and `height` in pixels (0 for sound), `seconds` for sound and video."""

    role: Role
    digest: Digest
    media_type: str
    width: int = 0
    height: int = 0
    seconds: Seconds = Fraction(0)


@dataclass(frozen=True)
class Order:
    """Everything that a provider is told. Validated, defaults filled in, inputs named by content digest.

    `seconds` is the length to be made, `size` in pixels; `audio` asks for a sound track; `options` holds parameters
    of this model alone, as plain JSON values.
    """

    provider: str
    model: str
    prompt: str
    seconds: Seconds
    size: Size
    fps: FrameRate
    audio: bool = False
    negative: str = ""
    seed: int | None = None
    inputs: tuple[Input, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def full_model(self) -> str:
        """`provider/model`."""
        return f"{self.provider}/{self.model}"

    def of_role(self, role: Role) -> tuple[Input, ...]:
        return tuple(item for item in self.inputs if item.role is role)

    def first(self, role: Role) -> Input | None:
        return next(iter(self.of_role(role)), None)

    def as_json(self) -> dict[str, Any]:
        return {
            "format": ORDER_FORMAT,
            "provider": self.provider,
            "model": self.model,
            "prompt": self.prompt,
            "negative": self.negative,
            "seconds": str(self.seconds),
            "size": str(self.size),
            "fps": str(self.fps.value),
            "audio": self.audio,
            "seed": self.seed,
            "inputs": [
                {
                    "role": item.role.value,
                    "digest": item.digest,
                    "media_type": item.media_type,
                    "width": item.width,
                    "height": item.height,
                    "seconds": str(item.seconds),
                }
                for item in self.inputs
            ],
            "options": dict(self.options),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Order:
        width, height = data["size"].split("x")
        return cls(
            provider=data["provider"],
            model=data["model"],
            prompt=data["prompt"],
            negative=data["negative"],
            seconds=Fraction(data["seconds"]),
            size=Size(int(width), int(height)),
            fps=FrameRate(Fraction(data["fps"])),
            audio=data["audio"],
            seed=data["seed"],
            inputs=tuple(
                Input(
                    role=Role(item["role"]),
                    digest=item["digest"],
                    media_type=item["media_type"],
                    width=item["width"],
                    height=item["height"],
                    seconds=Fraction(item["seconds"]),
                )
                for item in data["inputs"]
            ),
            options=dict(data["options"]),
        )

    def digest(self) -> Digest:
        return hashlib.sha256(canonical(self.as_json())).hexdigest()


def canonical(data: object) -> bytes:
    """One spelling for equal values: sorted keys, no spaces, UTF-8."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def take_key(project: str, order: Order, number: int) -> str:
    """The key of take `number` (from 1) of an order in a project: 40 hex digits, never random, never from the clock."""
    return hashlib.sha256(canonical([project, order.digest(), number])).hexdigest()[:40]
