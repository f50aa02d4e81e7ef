"""The seam: five verbs between the engine and whoever runs models.

None of them sleeps, retries or touches the database; the engine does that once, for all providers. `cancel`, `find` and
`forget` are protocols of their own, which a vendor has or lacks.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from shotwright.domain.asset import Digest
from shotwright.domain.order import Order
from shotwright.domain.take import CannotKnow, Output, Progress, Stopped, Ticket


class Inputs(Protocol):
    """Where a provider reads the media that an order names."""

    async def path(self, digest: Digest) -> Path:
        """A local file with exactly these bytes. Raises NotFound."""
        ...


class Sink(Protocol):
    """Where fetched bytes go. The engine owns file, limits and digest."""

    async def write(self, data: bytes) -> None:
        """Takes the next bytes. Raises MediaError past the size limit."""
        ...

    async def restart(self) -> None:
        """Forgets what was written, for a transfer that begins again."""
        ...


@dataclass(frozen=True)
class Attempt:
    """The engine's name for one submit. `ref` goes to the vendor wherever it takes a key, reference or metadata.

    `ref` stays the same through crashes and changes only after a proven "not charged" or a person's decision to order
    again. `began` is when the intent became durable, in Unix seconds: no job of this attempt is older.
    """

    ref: str
    began: float


@dataclass(frozen=True)
class Guarantees:
    """What a provider promises about repeated submits; the conformance suite checks each claim.

    `idempotent`: the same `ref` sent again within `idempotent_for` seconds is the same job. `find_authoritative`: when
    `find` says none, `settling` seconds after the submit ended, there is none. `poll_every`: how soon, in seconds, a
    first status is worth asking for; the engine waits longer and longer after that.
    """

    idempotent: bool = False
    idempotent_for: float = 0.0
    find_authoritative: bool = False
    settling: float = 0.0
    poll_every: float = 2.0


class Provider(Protocol):
    """An adapter. `name` is stored with every take and never renamed."""

    name: str
    guarantees: Guarantees

    async def submit(self, order: Order, attempt: Attempt) -> Ticket:
        """At most one billable request.

        Raises Refused where it is proven that nothing was charged, Unclear where it may have been.
        """
        ...

    async def check(self, ticket: Ticket) -> Progress:
        """Free and safe to repeat. Raises Unavailable where there was no usable answer."""
        ...

    async def fetch(self, output: Output, sink: Sink) -> None:
        """Streams the result into the sink; safe to repeat. Raises LinkExpired or Unavailable."""
        ...

    async def aclose(self) -> None:
        """Lets connections and processes go."""
        ...


@runtime_checkable
class Cancels(Protocol):
    async def cancel(self, ticket: Ticket) -> Stopped:
        """Whether it stopped and whether it is still charged; safe to repeat. Raises Unavailable."""
        ...


@runtime_checkable
class Finds(Protocol):
    async def find(self, order: Order, attempt: Attempt) -> Ticket | CannotKnow | None:
        """The ticket of this attempt, None where there is none, or CannotKnow. Raises Unavailable."""
        ...


@runtime_checkable
class Forgets(Protocol):
    async def forget(self, ticket: Ticket) -> None:
        """The clip is stored and booked: drop what was kept for fetching it again. Safe to repeat."""
        ...
