"""How long to wait: between two tries, for a busy provider, and between two looks at a running job."""

from __future__ import annotations

import math
import random
import time

_SHARE = 0.05
_LONGEST = 15.0
_ROUNDED = 0.01
"""Vendors tell hundredths: a look right at the reckoned end would often be a little early, and then wait again."""


def jittered(seconds: float) -> float:
    return seconds * random.uniform(0.9, 1.1)  # noqa: S311 - jitter, not secrecy


class GrowingPause:
    """Seconds to wait, growing by half each time up to `most`, with jitter; the vendor's own word goes first."""

    def __init__(self, first: float, most: float) -> None:
        self._next = first
        self._most = most

    def next(self, told: float | None) -> float:
        wait = self._next if told is None else told
        self._next = min(self._next * 1.5, self._most)
        return jittered(wait)


class Patience:
    """How long a busy provider is asked again for one take."""

    def __init__(self, seconds: float) -> None:
        self.left = seconds
        self._backoff = GrowingPause(1.0, 60.0)

    def pause(self, told: float | None) -> float:
        wait = min(self._backoff.next(told), max(self.left, 0.05))
        self.left -= wait
        return wait


class Pace:
    """Seconds between two looks at a job that runs: a twentieth of its age, so that its end is noticed early.

    Not below `first`, not above 15 s (or `first`, if that is longer); where the vendor tells how far the job is, a look
    falls on its likely end. Without an answer the pauses grow by half.
    """

    def __init__(self, first: float) -> None:
        self._first = first
        self._most = max(first, _LONGEST)
        self._without = GrowingPause(self._first, self._most)

    def after_answer(self, age: float, fraction: float | None = None, told: float | None = None) -> float:
        """`age`: seconds since the order. `fraction`: how far the job is. `told`: the vendor's wish, it goes first."""
        self._without = GrowingPause(self._first, self._most)
        if told is not None:
            return jittered(told)
        pause = max(self._first, min(age * _SHARE, self._most))
        left = age * ((1 - fraction) / fraction + _ROUNDED) if fraction and fraction < 1 else math.inf
        return max(left, self._first / 4) if left < 2 * pause else jittered(pause)

    def without_answer(self, told: float | None) -> float:
        return self._without.next(told)


class Turns:
    """Spreads what one process asks evenly over time: a crowd of takes looks less often, never in a burst."""

    def __init__(self, a_second: float) -> None:
        self._apart = 1.0 / a_second
        self._next = 0.0

    def wait(self) -> float:
        """Takes the next turn; the seconds until it comes."""
        now = time.monotonic()
        self._next = max(self._next + self._apart, now)
        return self._next - now
