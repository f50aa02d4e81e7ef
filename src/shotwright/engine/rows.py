"""Rows of the ledger as values: what a film asks for, what a claim allows, what a take came to."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from shotwright.domain.asset import Clip, Probe
from shotwright.domain.order import Order
from shotwright.domain.take import Take, TakeState, Ticket
from shotwright.domain.units import Money


@dataclass(frozen=True)
class Want:
    """One take that a film asks for. `price` is the estimate; `budgets` are the limits that it counts against."""

    key: str
    order: Order
    number: int
    price: Money
    credential: str
    budgets: tuple[str, ...]
    shots: tuple[int, ...]


@dataclass(frozen=True)
class Ending:
    """What a take came to, or its open state. `reason` is JSON as `ShotwrightError.as_json` gives it, or None."""

    key: str
    state: TakeState
    clip: str | None
    reason: dict[str, Any] | None
    cost: int

    def as_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "state": self.state.value,
            "clip": self.clip,
            "reason": self.reason,
            "cost": self.cost,
        }


@dataclass(frozen=True)
class Claim:
    """What the submit step may do now.

    `call`: send, nothing was sent before under this ref. `ask`: an earlier call ended in the dark. `wait`: another call
    may still be on the wire, for `seconds`. `have`: there is a ticket. `ended`: nothing to do.
    """

    kind: Literal["call", "ask", "wait", "have", "ended"]
    ref: str = ""
    began: float = 0.0
    seconds: float = 0.0
    order: Order | None = None


STAGES = {
    TakeState.STORED: "made",
    TakeState.FAILED: "failed",
    TakeState.REFUSED: "failed",
    TakeState.OVER: "failed",
    TakeState.CANCELLED: "cancelled",
    TakeState.UNCLEAR: "unclear",
}


def said(message: str) -> dict[str, Any]:
    return {"code": "cancelled", "message": message, "charged": "no", "retry": True, "hint": None}


def over_budget(budget: str, price: int) -> dict[str, Any]:
    return {
        "code": "over_budget",
        "message": f"{Money(price)} more would pass the limit of {budget}",
        "charged": "no",
        "retry": True,
        "hint": "raise the limit (--max-cost, budget: in film.yaml, or the setting), then resume",
    }


def ending_of(row: sa.Row[Any]) -> Ending:
    return Ending(row.key, TakeState(row.state), row.clip, json.loads(row.reason) if row.reason else None, row.cost)


def take_of(row: sa.Row[Any]) -> Take:
    return Take(
        key=row.key,
        order=Order.from_json(json.loads(row.order)),
        number=row.number,
        state=TakeState(row.state),
        price=Money(row.price),
        held=Money(row.held),
        cost=Money(row.cost),
        ticket=Ticket.from_json(json.loads(row.ticket)) if row.ticket else None,
        clip=Clip(row.clip, Probe.from_json(json.loads(row.probe))) if row.clip and row.probe else None,
        reason=json.loads(row.reason)["message"] if row.reason else None,
    )
