"""One gate for each provider: how many orders a minute, and a pause while the provider is down.

A provider that is down is reported once, not for every shot: while its gate is shut all its takes wait, one request
tries again after each pause, and the first that succeeds opens the gate for all.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from shotwright.engine.pauses import jittered

_log = logging.getLogger("shotwright.engine")

ILL_AFTER = 3
"""Failures in a row after which the gate shuts."""

_FIRST_PAUSE = 2.0
_LONGEST_PAUSE = 60.0


class Gate:
    """`per_minute` limits submits; None: no limit."""

    def __init__(self, name: str, per_minute: float | None = None) -> None:
        self.name = name
        self._interval = 60.0 / per_minute if per_minute else 0.0
        self._next_token = 0.0
        self._failures = 0
        self._pause = _FIRST_PAUSE
        self._shut_until = 0.0

    @property
    def shut(self) -> bool:
        return self._failures >= ILL_AFTER

    async def passage(self, leave: Callable[[], bool] = lambda: False, *, counted: bool = True) -> None:
        """Waits until a request may leave, or `leave` says that the caller is wanted elsewhere.

        While the gate is shut, one caller at a time gets through to try. `counted`: it takes its turn in the minute.
        """
        while self.shut:
            wait = self._shut_until - time.monotonic()
            if leave():
                return
            if wait <= 0:
                self._shut_until = time.monotonic() + self._pause
                break
            await asyncio.sleep(max(0.05, min(wait, 1.0)))
        if self._interval and counted:
            now = time.monotonic()
            self._next_token = max(self._next_token + self._interval, now)
            await asyncio.sleep(self._next_token - now)

    def well(self) -> None:
        """The provider answered."""
        if self.shut:
            _log.warning("%s answers again", self.name)
        self._failures = 0
        self._pause = _FIRST_PAUSE

    def ill(self, why: object) -> None:
        """The provider gave no usable answer."""
        self._failures += 1
        if self._failures < ILL_AFTER:
            return
        if self._failures == ILL_AFTER:
            _log.warning("%s is down (%s); its shots wait and go on by themselves", self.name, why)
        self._shut_until = time.monotonic() + jittered(self._pause)
        self._pause = min(self._pause * 1.6, _LONGEST_PAUSE)


class Gates:
    """Gates by provider and credential, made when first asked for. `rates`: requests a minute by provider."""

    def __init__(self, rates: dict[str, float] | None = None) -> None:
        self._rates = rates or {}
        self._gates: dict[tuple[str, str], Gate] = {}

    def of(self, provider: str, credential: str = "default") -> Gate:
        key = (provider, credential)
        if key not in self._gates:
            self._gates[key] = Gate(provider, self._rates.get(provider))
        return self._gates[key]
