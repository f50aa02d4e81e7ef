"""What the running engine of this process has at hand. The workflow library keeps one instance a process; so do we."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

from shotwright.engine.gates import Gates
from shotwright.engine.jobs import Jobs
from shotwright.engine.lease import Leases
from shotwright.engine.ledger import Ledger, Motor
from shotwright.engine.pauses import Turns
from shotwright.engine.progress import ProgressLog
from shotwright.providers.base import Provider
from shotwright.storage.database import Database
from shotwright.storage.library import Library

T = TypeVar("T")


@dataclass(frozen=True)
class EngineOptions:
    """Figures of the engine, in seconds unless they say otherwise.

    `submit_deadline` must be shorter than `claim_window`: a call that is still on the wire keeps its claim.
    `takes_here` and `films_here` are how many run at once in this process; `credential_cap` how many takes one
    credential may have at its provider at once. `unclear`: "ask" a person, or "resubmit" at the risk of paying twice.
    `largest_clip` in bytes. `patient_fetches`: after so many broken downloads films stop waiting; the take goes on.
    `polls_a_second`: what this process asks at most, all its takes together.
    """

    claim_window: float = 90.0
    submit_deadline: float = 60.0
    take_deadline: float = 3600.0
    check_deadline: float = 30.0
    fetch_deadline: float = 1800.0
    queue_poll: float = 0.15
    watch_tick: float = 1.0
    reap_every: float = 5.0
    stop_every: float = 0.5
    busy_patience: float = 1800.0
    local_takes: int = 2
    films_here: int = 50
    credential_cap: int = 5
    retakes: int = 1
    patient_fetches: int = 8
    largest_clip: int = 4 << 30
    polls_a_second: float = 100.0
    unclear: str = "ask"
    version: str = "p1"


class MediaRunner(Protocol):
    """Runs named media work outside this process (`shotwright.media.pool.MediaPool`)."""

    async def run(
        self,
        task: str,
        args: dict[str, Any],
        *,
        progress: Callable[[float], None] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the pool itself ends the child process
    ) -> dict[str, Any]: ...

    async def aclose(self) -> None: ...


@dataclass
class Context:
    """Parts of a running engine, for the steps of its workflows. `stopping` holds keys of takes to be stopped,
    `reopened` how often each lost its workflow to a fault; `turns` spreads what this process asks.
    """

    executor: str
    options: EngineOptions
    database: Database
    library: Library
    ledger: Ledger
    jobs: Jobs
    progress: ProgressLog
    provider: Callable[[str], Provider]
    media: MediaRunner
    temp: Path
    leases: Leases
    motor: Motor
    threads: ThreadPoolExecutor
    gates: Gates = field(default_factory=Gates)
    healthy: bool = True
    claiming: bool = True
    stopping: set[str] = field(default_factory=set)
    reopened: Counter[str] = field(default_factory=Counter)
    turns: Turns = field(init=False)
    _naps: dict[str, asyncio.Event] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.turns = Turns(self.options.polls_a_second)

    async def db(self, function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """A database call on our own threads: the workflow library replaces the loop's default ones."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.threads, lambda: function(*args, **kwargs))

    async def nap(self, key: str, seconds: float, *, disturbed: bool = True) -> None:
        """Sleeps, at most until the take is to be stopped, unless it is not to be `disturbed` by that."""
        if not disturbed:
            await asyncio.sleep(seconds)
            return
        if seconds <= 0 or key in self.stopping:
            return
        waker = self._naps[key] = asyncio.Event()
        try:
            async with asyncio.timeout(seconds):
                await waker.wait()
        except TimeoutError:
            pass
        finally:
            if self._naps.get(key) is waker:
                del self._naps[key]

    def stop_takes(self, keys: set[str]) -> None:
        """From now on these are to be stopped; wakes those that nap."""
        self.stopping = keys
        for key in keys & self._naps.keys():
            self._naps[key].set()


class _Holder:
    context: Context | None = None


def current() -> Context:
    """The context of this process's engine. Raises RuntimeError outside a running engine."""
    if _Holder.context is None:
        raise RuntimeError("no engine runs in this process")
    return _Holder.context


def set_current(context: Context | None) -> None:
    _Holder.context = context
