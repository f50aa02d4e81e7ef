"""A process that does media work for its parent: a JSON request per line comes in, JSON lines go out.

In:  {"id": 7, "task": "probe", "args": {"file": "a.mp4"}}
Out: {"id": 7, "progress": 0.25} any number of times, then {"id": 7, "result": {...}} or {"id": 7, "error": {...}}

It ends when its input ends, even in the midst of work, so that it never outlives its parent.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import IO, Any

from shotwright.errors import EnvironmentProblem, ShotwrightError
from shotwright.media.tasks import perform

_NEWS = 0.1  # seconds between two reports of progress


def main() -> None:
    """Serves requests until the input ends."""
    _die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the parent to handle
    requests, answers = _private_pipes()
    waiting: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(requests, waiting), daemon=True).start()
    while True:
        _serve(waiting.get(), answers)


def _private_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Input and output for the protocol alone: what native code prints goes nowhere, what reads finds nothing."""
    requests, answers = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return os.fdopen(requests, "rb"), os.fdopen(answers, "wb", buffering=0)


def _listen(requests: IO[bytes], waiting: queue.SimpleQueue[bytes]) -> None:
    for line in requests:
        waiting.put(line)
    os._exit(0)


def _serve(line: bytes, answers: IO[bytes]) -> None:
    number: Any = None
    try:
        request = json.loads(line)
        number = request["id"]
        result = perform(request["task"], request["args"], _Reporter(answers, number))
        _say(answers, {"id": number, "result": result})
    except ShotwrightError as problem:
        _say(answers, {"id": number, "error": problem.as_json()})
    except MemoryError:
        full = EnvironmentProblem("not enough memory for this", hint="use smaller media or fewer workers", retry=True)
        _say(answers, {"id": number, "error": full.as_json()})
    except Exception as problem:
        error = ShotwrightError(f"{type(problem).__name__}: {problem}", hint="the log holds the details").as_json()
        _say(answers, {"id": number, "error": error | {"trace": traceback.format_exc()}})


class _Reporter:
    """Sends fractions on, a few a second at most."""

    def __init__(self, answers: IO[bytes], number: Any) -> None:
        self._answers = answers
        self._number = number
        self._last = 0.0

    def __call__(self, fraction: float) -> None:
        now = time.monotonic()
        if now - self._last >= _NEWS or fraction >= 1:
            self._last = now
            _say(self._answers, {"id": self._number, "progress": round(min(max(fraction, 0.0), 1.0), 4)})


def _say(answers: IO[bytes], message: dict[str, Any]) -> None:
    data = json.dumps(message).encode() + b"\n"
    try:
        while data:
            data = data[answers.write(data) :]
    except OSError:
        os._exit(0)


def _die_with_parent() -> None:
    """On Linux the kernel ends this process with its parent, however that ends, and before it when memory runs out."""
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("500", encoding="ascii")
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)


if __name__ == "__main__":
    main()
