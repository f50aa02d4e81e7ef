"""Opening and closing a studio, and the engine that it launches when it is first needed."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any, Self

from shotwright.config import Settings, load_settings
from shotwright.engine.context import EngineOptions
from shotwright.studio.workshop import Workshop


class House:
    """What all parts of a studio stand on."""

    def __init__(self, settings: Settings | None = None, *, options: EngineOptions | None = None) -> None:
        self.settings = settings or load_settings()
        base = options or EngineOptions()
        self._options = replace(base, local_takes=self.settings.takes_at_once, unclear=self.settings.unclear)
        self._workshop: Workshop | None = None
        self._engine: Any = None
        self._asking: Any = None
        self._engine_lock = asyncio.Lock()
        self._detached: asyncio.Event | None = None

    async def __aenter__(self) -> Self:
        workshop = Workshop(self.settings, self._options)
        await workshop.open()
        self._workshop = workshop
        self._detached = asyncio.Event()
        return self

    async def __aexit__(self, *_: object) -> None:
        engine, self._engine = self._engine, None
        if engine is not None:
            await engine.__aexit__(None, None, None)
        workshop, self._workshop = self._workshop, None
        if workshop is None:
            return
        asking, self._asking = self._asking, None
        if asking is not None:
            await workshop.db(asking.close)
        await workshop.close()

    async def _running(self) -> Any:
        """The engine, launched on first use: commands that only look need none."""
        async with self._engine_lock:
            if self._engine is None:
                from shotwright.engine.runtime import Engine

                shop = self._shop
                engine = Engine(
                    shop.database,
                    shop.library,
                    home=self.settings.home,
                    provider=shop.providers.get,
                    providers=shop.providers.names(),
                    media=shop.media,
                    options=self._options,
                    caps=shop.caps(),
                    rates=shop.rates(),
                )
                self._engine = await engine.__aenter__()
                shop.progress.bell = engine.context.progress.bell
        return self._engine

    async def _motor(self) -> Any:
        """The engine's where one runs here, otherwise one that leaves the work to workers elsewhere."""
        if self._engine is not None:
            return self._engine.context.motor
        if self._asking is None:
            from shotwright.engine.motor import client_motor

            self._asking = await self._shop.db(client_motor, self._shop.database, self._options.version)
        return self._asking

    async def work(self) -> None:
        """Carries out whatever the database holds, until `detach()`: films, takes, and what dead workers left."""
        await self._running()
        if self._detached is not None:
            await self._detached.wait()

    def detach(self) -> None:
        """Stops cleanly: nothing else is ordered, what is ordered stays; a waiting `render` raises JobStopped."""
        if self._detached is not None:
            self._detached.set()

    @property
    def _shop(self) -> Workshop:
        if self._workshop is None:
            raise RuntimeError("the studio is not open: use `async with Studio() as studio`")
        return self._workshop
