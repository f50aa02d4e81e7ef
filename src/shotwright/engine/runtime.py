"""The engine of this process: launched, fed with jobs, followed, closed."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import shutil
import socket
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from dbos import DBOS, DBOSPortableJSONSerializer

from shotwright.engine import films, takes
from shotwright.engine.context import Context, EngineOptions, MediaRunner, set_current
from shotwright.engine.gates import Gates
from shotwright.engine.jobs import Jobs
from shotwright.engine.lease import leases_for
from shotwright.engine.ledger import Ledger
from shotwright.engine.motor import FILMS, WorkflowMotor, client_motor, prepare, take_queue
from shotwright.engine.pauses import jittered
from shotwright.engine.progress import ProgressLog
from shotwright.engine.reaper import reap, register
from shotwright.errors import EnvironmentProblem
from shotwright.providers.base import Forgets, Provider
from shotwright.storage.database import Database
from shotwright.storage.library import Library

_LOCAL_PROVIDERS = frozenset({"animatic"})
_FORGET_WITHIN = 86400.0
_log = logging.getLogger("shotwright.engine")


class Engine:
    """`async with Engine(...)` runs workflows on this event loop until it is left. One at a time in a process.

    `caps`: takes that one credential may have at a provider at once; `rates`: requests a minute, by provider.
    """

    def __init__(
        self,
        database: Database,
        library: Library,
        *,
        home: Path,
        provider: Callable[[str], Provider],
        providers: Sequence[str],
        media: MediaRunner,
        options: EngineOptions | None = None,
        caps: Mapping[str, int] | None = None,
        rates: Mapping[str, float] | None = None,
    ) -> None:
        self.options = options or EngineOptions()
        self.database = database
        self.library = library
        self._home = home
        self._provider = provider
        self._providers = tuple(providers)
        self._media = media
        self._caps = dict(caps or {})
        self._rates = dict(rates or {})
        self._tasks: list[asyncio.Task[None]] = []
        self._context: Context | None = None
        self._motor: WorkflowMotor | None = None

    @property
    def context(self) -> Context:
        if self._context is None:
            raise RuntimeError("the engine is not running")
        return self._context

    async def __aenter__(self) -> Engine:
        threads = ThreadPoolExecutor(8, thread_name_prefix="shotwright-db")
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(threads, self._open, threads)
        await self._launch()
        context = self.context
        await self._reap_once()
        for name, sleep, work in (
            ("reaper", self.options.reap_every, self._reap_once),
            ("stops", self.options.stop_every, self._look_for_stops),
        ):
            self._tasks.append(asyncio.create_task(self._repeat(sleep, work), name=f"shotwright-{name}"))
        gc.freeze()  # what the imports left is not looked through again: with thousands of takes that held up the loop
        _log.debug("engine up as %s", context.executor)
        return self

    def _open(self, threads: ThreadPoolExecutor) -> None:
        executor = f"{socket.gethostname()[:20].lower()}-{uuid.uuid4().hex[:12]}"
        prepare(self.database)
        leases = leases_for(self.database)
        if not leases.acquire(executor):
            raise EnvironmentProblem(f"the lease of {executor} is taken", hint="run the same command again")
        progress = ProgressLog(self.database)
        ledger = Ledger(self.database, progress, window=self.options.claim_window)
        register(self.database, executor, self.options.version)
        temp = self._home / "tmp" / executor
        temp.mkdir(parents=True, exist_ok=True)
        DBOS(
            config={
                "name": "shotwright",
                "system_database_url": self.database.runner_url,
                "application_version": self.options.version,
                "executor_id": executor,
                "max_executor_threads": 32,
                "serializer": DBOSPortableJSONSerializer(),
                "log_level": "CRITICAL",
                "enable_otlp": False,
                "notification_listener_polling_interval_sec": 1.0,
            }
        )
        self._context = Context(
            executor=executor,
            options=self.options,
            database=self.database,
            library=self.library,
            ledger=ledger,
            jobs=Jobs(self.database, ledger, progress),
            progress=progress,
            provider=self._provider,
            media=self._media,
            temp=temp,
            leases=leases,
            motor=_NotYet(),
            threads=threads,
            gates=Gates(self._rates),
        )
        set_current(self._context)

    async def _launch(self) -> None:
        """On the running loop, so that workflows run on it too."""
        _ = films.film, takes.take  # registered by their import
        DBOS.launch()
        context = self.context
        self._motor = await context.db(client_motor, self.database, self.options.version)
        context.motor = self._motor
        poll = self.options.queue_poll
        await DBOS.register_queue_async(FILMS, worker_concurrency=self.options.films_here, polling_interval_sec=poll)
        for name in self._providers:
            if name in _LOCAL_PROVIDERS:
                await DBOS.register_queue_async(
                    take_queue(name),
                    worker_concurrency=self.options.local_takes,
                    partition_worker_concurrency=self.options.local_takes,
                    polling_interval_sec=poll,
                )
            else:
                await DBOS.register_queue_async(
                    take_queue(name),
                    partition_concurrency=self._caps.get(name, self.options.credential_cap),
                    polling_interval_sec=poll,
                )

    async def _repeat(self, seconds: float, work: Callable[[], Any]) -> None:
        while True:
            await asyncio.sleep(jittered(seconds))
            try:
                await work()
            except Exception:
                _log.exception("%s failed; it is tried again", getattr(work, "__name__", "work"))

    async def _reap_once(self) -> None:
        context = self.context
        context.healthy = await context.db(context.leases.healthy)
        if context.healthy:
            adopted = await context.db(reap, context, self._home / "tmp")
            if adopted:
                await self._forget_stored()

    async def _forget_stored(self) -> None:
        """What a killed process stored but had no time to clear away at a provider on this machine."""
        context = self.context
        local = sorted(_LOCAL_PROVIDERS & set(self._providers))
        for ticket in await context.db(context.ledger.lately_stored, local, time.time() - _FORGET_WITHIN):
            provider = context.provider(ticket.provider)
            if isinstance(provider, Forgets):
                await provider.forget(ticket)

    async def _look_for_stops(self) -> None:
        context = self.context
        context.stop_takes(await context.db(context.ledger.to_be_stopped))

    async def cancel_film_workflow(self, job: str, run: int) -> None:
        """Ends the waiting of a film's workflow at once; its takes are told by the ledger, never by the library."""
        with contextlib.suppress(Exception):
            await DBOS.cancel_workflow_async(f"{job}.{run}")

    async def __aexit__(self, *_: object) -> None:
        """Polls and downloads are left for the next start; running submits get a moment to end."""
        gc.unfreeze()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        context = self.context
        loop = asyncio.get_running_loop()
        closing = ThreadPoolExecutor(1, thread_name_prefix="shotwright-close")
        await loop.run_in_executor(closing, lambda: DBOS.destroy(workflow_completion_timeout_sec=0))
        if self._motor is not None:
            await loop.run_in_executor(closing, self._motor.close)
        await loop.run_in_executor(closing, self._close, context)
        closing.shutdown(wait=False)
        set_current(None)
        self._context = None

    def _close(self, context: Context) -> None:
        shutil.rmtree(context.temp, ignore_errors=True)
        context.leases.release(context.executor)
        context.leases.close()
        context.threads.shutdown(wait=True, cancel_futures=True)


class _NotYet:
    """Stands where the motor will be until the client is there."""

    def start_take(self, connection: sa.Connection, key: str, run: int, provider: str, credential: str) -> None:
        raise RuntimeError("the engine is still starting")

    def start_film(self, connection: sa.Connection, job: str, run: int) -> None:
        raise RuntimeError("the engine is still starting")
