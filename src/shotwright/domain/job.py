"""Jobs, plans and progress: what is asked for, what it would take, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from shotwright.domain.units import Money, Seconds


class JobState(StrEnum):
    """`partial`: ended without all shots; `failed`: ended without a film for another reason.

    `stopped`: left by whoever watched it (Ctrl+C, a closed laptop). All but `done` and the unfinished can be resumed.
    """

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    PARTIAL = "partial"
    FAILED = "failed"
    STOPPED = "stopped"
    CANCELLED = "cancelled"


UNFINISHED = frozenset({JobState.QUEUED, JobState.RUNNING})

Action = Literal["reuse", "new", "after"]
"""What rendering would do for a shot: reuse a stored take, order a new one, or decide once the shot before is made."""


@dataclass(frozen=True)
class PlannedShot:
    """One line of a plan. `shot` counts from 1. `key` is None where the order waits for the shot before (`after`)."""

    shot: int
    prompt: str
    model: str
    action: Action
    seconds: Seconds
    cost: Money
    why: str
    key: str | None = None
    take: int = 1
    warnings: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "shot": self.shot,
            "prompt": self.prompt,
            "model": self.model,
            "action": self.action,
            "seconds": float(self.seconds),
            "cost_usd": str(self.cost.amount),
            "why": self.why,
            "key": self.key,
            "take": self.take,
            "warnings": list(self.warnings),
        }


@dataclass(frozen=True)
class Plan:
    """What `render` would make, reuse and pay. `total` is the cost of the new takes; `prices_read` an ISO date."""

    title: str
    shots: tuple[PlannedShot, ...]
    total: Money
    seconds: Seconds
    cut: str
    budget: Money | None = None
    prices_read: str | None = None
    warnings: tuple[str, ...] = ()

    @property
    def new(self) -> tuple[PlannedShot, ...]:
        return tuple(shot for shot in self.shots if shot.action != "reuse")

    def as_json(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "shots": [shot.as_json() for shot in self.shots],
            "total_usd": str(self.total.amount),
            "seconds": float(self.seconds),
            "cut": self.cut,
            "budget_usd": str(self.budget.amount) if self.budget else None,
            "prices_read": self.prices_read,
            "warnings": list(self.warnings),
        }


Stage = Literal[
    "waiting", "queued", "submitting", "making", "fetching", "made", "cutting", "done", "failed", "cancelled", "unclear"
]


@dataclass(frozen=True)
class Event:
    """One step of progress. `shot` counts from 1; None means the film as a whole. `left` is seconds, if known.

    `reused` marks a shot whose take was already stored.
    """

    job: str
    stage: Stage
    shot: int | None = None
    fraction: float | None = None
    left: float | None = None
    cost: Money = Money()
    message: str = ""
    reused: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "job": self.job,
            "stage": self.stage,
            "shot": self.shot,
            "fraction": self.fraction,
            "left": self.left,
            "cost_usd": str(self.cost.amount),
            "message": self.message,
            "reused": self.reused,
        }


@dataclass(frozen=True)
class JobView:
    """A job as lists and pages show it. Times in Unix seconds; `error` as `ShotwrightError.as_json` gives it."""

    id: str
    kind: str
    title: str
    state: JobState
    created: float
    updated: float
    shots: tuple[dict[str, Any], ...] = ()
    cost: Money = Money()
    output: str | None = None
    error: dict[str, Any] | None = None
    fraction: float = 0.0
    request: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "kind": self.kind,
            "title": self.title,
            "state": self.state.value,
            "created": self.created,
            "updated": self.updated,
            "shots": list(self.shots),
            "cost_usd": str(self.cost.amount),
            "output": self.output,
            "error": self.error,
            "fraction": self.fraction,
        }
