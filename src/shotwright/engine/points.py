"""Named points of the paid path, at which a test can have this process killed or frozen.

`SHOTWRIGHT_KILL_AT=after_ticket:2` ends the process with SIGKILL at the second pass; `after_ticket:2:stop` freezes it.
Without that variable a point costs one comparison.
"""

from __future__ import annotations

import os
import signal

POINTS = (
    "before_intent",
    "after_intent",
    "before_send",
    "after_answer",
    "after_ticket",
    "in_poll",
    "after_done",
    "mid_fetch",
    "after_fetch",
    "before_settle",
    "after_settle",
    "after_want",
    "in_frame",
    "in_cut",
    "after_cut",
    "before_publish",
    "after_publish",
    "before_end",
    "after_end",
    "in_reap",
)


class _Trap:
    def __init__(self, text: str) -> None:
        self.name, _, rest = text.partition(":")
        self.passes_left = int(rest.partition(":")[0] or 1) if self.name else 0
        self.signal = signal.SIGSTOP if rest.endswith(":stop") else signal.SIGKILL

    def passed(self) -> None:
        self.passes_left -= 1
        if self.passes_left == 0:
            os.kill(os.getpid(), self.signal)


_trap = _Trap(os.environ.get("SHOTWRIGHT_KILL_AT", ""))


def point(name: str) -> None:
    """Does nothing, unless this is the pass at which the process was told to die."""
    if name == _trap.name:
        _trap.passed()
