"""What `render` gives back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shotwright.domain.take import Take
from shotwright.domain.units import FrameRate, Money, Seconds, Size


@dataclass(frozen=True)
class Film:
    """A finished film. `path` is None where no output was asked for, or only some shots were made; then `digest` may be
    empty. `cost` is what this render spent; `made` and `reused` count takes; `unchanged` says that the output was this
    very film already. `duration` in seconds, `seconds_taken` from order to film.
    """

    path: Path | None
    digest: str
    duration: Seconds
    size: Size
    fps: FrameRate
    cost: Money
    takes: tuple[Take, ...]
    job: str
    made: int
    reused: int
    unchanged: bool
    seconds_taken: float
    cut: str

    @property
    def resolution(self) -> str:
        """The shorter side: "1080p"."""
        return f"{min(self.size.width, self.size.height)}p"

    @property
    def width(self) -> int:
        return self.size.width

    @property
    def height(self) -> int:
        return self.size.height

    @property
    def model(self) -> str:
        """The models used, each once, in the order of the shots."""
        return ", ".join(dict.fromkeys(take.order.full_model for take in self.takes))

    @property
    def key(self) -> str | None:
        """The key of the only take, None for a film of several."""
        return self.takes[0].key if len(self.takes) == 1 else None

    def as_json(self) -> dict[str, Any]:
        return {
            "path": str(self.path) if self.path else None,
            "digest": self.digest,
            "duration": float(self.duration),
            "width": self.width,
            "height": self.height,
            "resolution": self.resolution,
            "fps": float(self.fps.value),
            "cost_usd": str(self.cost.amount),
            "model": self.model,
            "job": self.job,
            "made": self.made,
            "reused": self.reused,
            "unchanged": self.unchanged,
            "seconds_taken": round(self.seconds_taken, 3),
            "cut": self.cut,
            "takes": [
                {
                    "key": take.key,
                    "model": take.order.full_model,
                    "seed": take.order.seed,
                    "take": take.number,
                    "cost_usd": str(take.cost.amount),
                    "clip": take.clip.digest if take.clip else None,
                }
                for take in self.takes
            ],
        }
