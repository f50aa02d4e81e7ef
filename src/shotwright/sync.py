"""The studio without `async`: the same calls, blocking, on an event loop of its own in a thread."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Coroutine, Iterator
from functools import wraps
from typing import TYPE_CHECKING, Any

from shotwright.config import Settings
from shotwright.studio.facade import Studio as AsyncStudio

if TYPE_CHECKING:
    from shotwright.domain.job import Event
    from shotwright.engine.context import EngineOptions


class Studio:
    """`with Studio() as studio:` has every method of `shotwright.Studio`, blocking; `follow` is a plain iterator.

    Progress callbacks run on the studio's own thread.
    """

    def __init__(self, settings: Settings | None = None, *, options: EngineOptions | None = None) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="shotwright-sync", daemon=True)
        self._settings = settings
        self._options = options
        self._studio: AsyncStudio | None = None

    def __enter__(self) -> Studio:
        self._thread.start()
        try:
            self._studio = self._run(self._open())
        except BaseException:
            self._end_loop()
            raise
        return self

    async def _open(self) -> AsyncStudio:
        return await AsyncStudio(self._settings, options=self._options).__aenter__()

    def __exit__(self, *_: object) -> None:
        try:
            if self._studio is not None:
                self._run(self._studio.__aexit__(None, None, None))
        finally:
            self._end_loop()

    def _end_loop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, call: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(call, self._loop).result()

    def follow(self, id: str) -> Iterator[Event]:  # noqa: A002 - the word that people know
        """Events of a job until it ends."""
        if self._studio is None:
            raise RuntimeError("the studio is not open: use `with Studio() as studio`")
        events = self._studio.follow(id)
        while True:
            try:
                yield self._run(anext(events))  # type: ignore[arg-type]  # anext of an async generator is a coroutine
            except StopAsyncIteration:
                return

    def __getattr__(self, name: str) -> Any:
        """Every other public method, blocking where the studio's is async."""
        if name.startswith("_"):
            raise AttributeError(name)
        if self._studio is None:
            raise RuntimeError("the studio is not open: use `with Studio() as studio`")
        method = getattr(self._studio, name)
        if not inspect.iscoroutinefunction(method):
            return method

        @wraps(method)
        def blocking(*args: Any, **kwargs: Any) -> Any:
            return self._run(method(*args, **kwargs))

        return blocking
