"""Running the studio's async calls from a command: the settings, the log, and what Ctrl+C does."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, TypeVar

from shotwright.errors import JobStopped

if TYPE_CHECKING:
    from shotwright.config import Settings
    from shotwright.studio import Studio

T = TypeVar("T")
STOPPED = JobStopped.exit_status
SHOW_CURSOR = "\x1b[?25h"


def settings_for_work(*, verbose: bool = False) -> Settings:
    """The settings, with the log opened: for commands that do more than look something up."""
    from shotwright.config import load_settings
    from shotwright.config.logs import set_up

    settings = load_settings()
    set_up(settings, verbose=verbose)
    return settings


def with_studio(work: Callable[[Studio], Awaitable[T]], *, verbose: bool = False, film: bool = False) -> T:
    """Open a studio, do the work and close it. The first Ctrl+C stops cleanly, the second one at once.

    `film`: the work makes a film and ends by itself, with a word on how to go on, once the studio is told to let go.
    Raises JobStopped after a clean stop, and whatever the work raises.
    """
    from shotwright.studio import Studio

    studio = Studio(settings_for_work(verbose=verbose))
    return asyncio.run(_stoppable(studio, work, film=film))


async def _stoppable(studio: Studio, work: Callable[[Studio], Awaitable[T]], *, film: bool) -> T:
    entered = asyncio.Event()

    async def inside() -> T:
        async with studio:
            entered.set()
            return await work(studio)

    task = asyncio.create_task(inside())

    def stop() -> None:
        if entered.is_set():
            studio.detach()
        if not (film and entered.is_set()):
            task.cancel()

    with _signals_call(stop):
        try:
            return await task
        except asyncio.CancelledError:
            raise JobStopped("Stopped. Nothing was ordered." if film else "Stopped.", job="") from None


@contextmanager
def _signals_call(stop: Callable[[], None]) -> Iterator[None]:
    """SIGINT or SIGTERM calls `stop` in the event loop; a second one, also later, ends the process at once."""
    loop = asyncio.get_running_loop()
    asked = False

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            leave_at_once()
        asked = True
        loop.call_soon_threadsafe(stop)

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        if not asked:
            for number, handler in before.items():
                signal.signal(number, handler)


def leave_at_once() -> None:
    """End without any cleaning up: what is stored is stored, and the next run goes on from there."""
    if sys.stderr.isatty():
        os.write(sys.stderr.fileno(), SHOW_CURSOR.encode())
    os._exit(STOPPED)
