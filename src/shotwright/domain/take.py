"""A take: one order carried out. Its states, its ticket, and what a provider answers about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from shotwright.domain.asset import Clip
from shotwright.domain.order import Order
from shotwright.domain.units import Money


class TakeState(StrEnum):
    """Where a take stands. Open: `wanted`, `intent`, `submitted`. `unclear` waits for a person or a policy.

    `refused`, `over` and `cancelled` ended free of charge, so the same key may run again. `stored` and `failed` are
    final. What was charged is booked in all of them.
    """

    WANTED = "wanted"
    INTENT = "intent"
    SUBMITTED = "submitted"
    STORED = "stored"
    FAILED = "failed"
    REFUSED = "refused"
    OVER = "over"
    CANCELLED = "cancelled"
    UNCLEAR = "unclear"


OPEN_STATES = frozenset({TakeState.WANTED, TakeState.INTENT, TakeState.SUBMITTED})
FREE_ENDINGS = frozenset({TakeState.REFUSED, TakeState.OVER, TakeState.CANCELLED})


@dataclass(frozen=True)
class Ticket:
    """The provider's name for a running take. It alone must be enough to find the take again after a crash.

    `id` is the vendor's; `extra` holds what else a status call needs (an endpoint, a model), as short text.
    """

    provider: str
    id: str
    extra: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {"provider": self.provider, "id": self.id, "extra": dict(self.extra)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Ticket:
        return cls(provider=data["provider"], id=data["id"], extra=dict(data["extra"]))


@dataclass(frozen=True)
class Output:
    """A finished result at the provider: a link, or an id that `fetch` understands. `expires` in Unix seconds."""

    url: str
    media_type: str = "video/mp4"
    expires: float | None = None


FailureReason = Literal["policy", "invalid", "vendor", "expired", "lost", "cancelled"]


@dataclass(frozen=True)
class Queued:
    """Accepted, not begun. `retry_after` in seconds where the vendor says when to ask again."""

    retry_after: float | None = None


@dataclass(frozen=True)
class Running:
    """`fraction` from 0 to 1, or None where the vendor doesn't tell."""

    fraction: float | None = None
    retry_after: float | None = None


@dataclass(frozen=True)
class Done:
    """`cost` is what the vendor says it charged, or None where it doesn't; then the estimate is booked."""

    outputs: tuple[Output, ...]
    cost: Money | None = None


@dataclass(frozen=True)
class Failed:
    """The vendor gave up. `charged` as far as the vendor says or its sheet knows; `cost` where it names a sum."""

    reason: FailureReason
    message: str
    charged: bool
    cost: Money | None = None


Progress = Queued | Running | Done | Failed
"""The answer of `check`."""


@dataclass(frozen=True)
class Stopped:
    """The answer of `cancel`. `stopped`: it will not go on. `charged`: it is paid for all the same (None: unknown)."""

    stopped: bool
    charged: bool | None = None


@dataclass(frozen=True)
class CannotKnow:
    """`find` has no way to tell whether the order was accepted. `why` is shown to the person who decides."""

    why: str


@dataclass(frozen=True)
class Take:
    """One row of the ledger, read. `cost` was spent, `held` is reserved; `reason` explains an unhappy ending."""

    key: str
    order: Order
    number: int
    state: TakeState
    price: Money
    held: Money = Money()
    cost: Money = Money()
    ticket: Ticket | None = None
    clip: Clip | None = None
    reason: str | None = None
