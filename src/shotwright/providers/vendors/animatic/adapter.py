"""The animatic goes the way of every paid model: submit, check, fetch, at 0.00 USD.

An order lies in the spool from submit to `forget`; rendering is a task of whichever process checks it. After a kill
the next check begins it again.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import ParamSpec, TypeVar

from shotwright.domain.order import Order
from shotwright.domain.take import Done, Failed, Output, Progress, Queued, Running, Stopped, Ticket
from shotwright.domain.units import Money
from shotwright.errors import InvalidInput, LinkExpired, Refused, SettingsError, ShotwrightError
from shotwright.providers.base import Attempt, Guarantees, Sink
from shotwright.providers.vendor import Renderer, Tools
from shotwright.providers.vendors.animatic.spool import Ending, Spool

NAME = "animatic"
_CHUNK = 1 << 20
_log = logging.getLogger(__name__)
_FOREVER = 10 * 365 * 86400.0
_KEPT = 7 * 86400.0
"""Seconds for which the spool remembers an order that was cancelled or failed."""

P = ParamSpec("P")
T = TypeVar("T")


@dataclass
class _Render:
    """A rendering of this process. `fraction` is None while it waits for its turn."""

    task: asyncio.Task[None]
    fraction: float | None = field(default=None)


class AnimaticProvider:
    """Renders orders with `tools.renderer`, at most `renders` at a time."""

    name = NAME
    guarantees = Guarantees(idempotent=True, idempotent_for=_FOREVER, find_authoritative=True, poll_every=0.2)

    def __init__(self, tools: Tools, renders: int = 1) -> None:
        if tools.renderer is None:
            raise SettingsError("animatic: no renderer was given", field="animatic")
        self._renderer: Renderer = tools.renderer
        self._inputs = tools.inputs
        self._spool = Spool(tools.spool / NAME)
        self._turns = asyncio.Semaphore(max(1, renders))
        self._renders: dict[str, _Render] = {}
        self._unwritten: dict[str, Ending] = {}
        self._swept = False
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="animatic")

    async def submit(self, order: Order, attempt: Attempt) -> Ticket:
        if not self._swept:
            self._swept = True
            await self._disk(self._spool.sweep, time.time() - _KEPT)
        try:
            ours = await self._disk(self._spool.add, attempt.ref, order)
        except ValueError as error:
            raise Refused(str(error), reason="invalid", provider=NAME) from error
        if not ours:
            raise Refused(f"{attempt.ref} already names another order", reason="invalid", provider=NAME)
        return Ticket(NAME, attempt.ref)

    async def check(self, ticket: Ticket) -> Progress:
        ref = ticket.id
        if await self._disk(self._spool.clip, ref):
            return Done((Output(f"spool:{ref}"),), cost=Money())
        ending = self._unwritten.get(ref) or await self._disk(self._spool.ending, ref)
        if ending:
            return Failed(ending.reason, ending.message, charged=False)
        order = await self._disk(self._spool.order, ref)
        if order is None:
            return Failed("lost", "the order is no longer in the spool", charged=False)
        render = self._renders.get(ref)
        if render is None:
            render = self._renders[ref] = _Render(asyncio.create_task(self._render(ref, order)))
        return Queued() if render.fraction is None else Running(render.fraction)

    async def fetch(self, output: Output, sink: Sink) -> None:
        path = await self._disk(self._spool.clip, output.url.removeprefix("spool:"))
        if path is None:
            raise LinkExpired("the clip is no longer in the spool", provider=NAME)
        await sink.restart()
        with await self._disk(path.open, "rb") as file:
            while data := await self._disk(file.read, _CHUNK):
                await sink.write(data)

    async def cancel(self, ticket: Ticket) -> Stopped:
        if await self._disk(self._spool.clip, ticket.id):
            return Stopped(stopped=False, charged=False)
        await self._disk(self._spool.end, ticket.id, Ending("cancelled", "cancelled before it was done"))
        await self._stop(ticket.id)
        late = await self._disk(self._spool.clip, ticket.id)
        return Stopped(stopped=late is None, charged=False)

    async def find(self, order: Order, attempt: Attempt) -> Ticket | None:
        known = await self._disk(self._spool.order, attempt.ref)
        return Ticket(NAME, attempt.ref) if known is not None and known.digest() == order.digest() else None

    async def forget(self, ticket: Ticket) -> None:
        await self._stop(ticket.id)
        await self._disk(self._spool.remove, ticket.id)

    async def aclose(self) -> None:
        for ref in tuple(self._renders):
            await self._stop(ref)
        self._threads.shutdown(wait=False)

    async def _render(self, ref: str, order: Order) -> None:
        """Ends with a clip or an ending in the spool, or, when it is stopped, with neither."""
        try:
            async with self._turns:
                if not await self._disk(self._over, ref):
                    await self._make_clip(ref, order)
        except ShotwrightError as error:
            await self._end(ref, _ending(error))
        except OSError as error:
            await self._end(ref, Ending("vendor", f"the clip could not be written: {error}"))
        except Exception as error:
            await self._end(ref, Ending("vendor", f"{type(error).__name__}: {error}"))
        finally:
            self._renders.pop(ref, None)

    async def _end(self, ref: str, ending: Ending) -> None:
        """Into the spool, so that other processes know too; kept here where the disk is too full even for that."""
        try:
            await self._disk(self._spool.end, ref, ending)
        except OSError:
            self._unwritten[ref] = ending

    async def _make_clip(self, ref: str, order: Order) -> None:
        self._renders[ref].fraction = 0.0
        inputs = {item.digest: await self._inputs.path(item.digest) for item in order.inputs}
        part = self._spool.part(ref)
        _log.debug("rendering %s", ref)
        try:
            await self._renderer.render(order, inputs, part, partial(self._advance, ref))
            await self._disk(self._spool.finish, part)
        finally:
            part.unlink(missing_ok=True)

    def _over(self, ref: str) -> bool:
        return self._spool.clip(ref) is not None or self._spool.ending(ref) is not None

    def _advance(self, ref: str, fraction: float) -> None:
        render = self._renders.get(ref)
        if render is not None and render.fraction is not None:
            render.fraction = max(render.fraction, min(max(fraction, 0.0), 1.0))

    async def _stop(self, ref: str) -> None:
        render = self._renders.get(ref)
        if render is not None:
            render.task.cancel()
            await asyncio.wait([render.task])
            self._renders.pop(ref, None)

    async def _disk(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(call, *args, **kwargs))


def _ending(error: ShotwrightError) -> Ending:
    return Ending("invalid" if isinstance(error, InvalidInput) else "vendor", str(error))
