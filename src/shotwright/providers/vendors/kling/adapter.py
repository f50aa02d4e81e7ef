"""The calls to Kling. The new standard where there is a static key, the legacy one for old models and key pairs."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from shotwright.domain.order import Order
from shotwright.domain.take import CannotKnow, Failed, Output, Progress, Queued, Ticket
from shotwright.errors import Refused, Unclear
from shotwright.providers.base import Attempt, Guarantees, Sink
from shotwright.providers.guard import origin
from shotwright.providers.http import ASK_DEADLINE, SUBMIT_DEADLINE, Call, Http
from shotwright.providers.replies import Reply, message_of
from shotwright.providers.vendor import Tools
from shotwright.providers.vendors.kling import legacy, sources, wire
from shotwright.providers.vendors.kling.access import Access, code_of
from shotwright.providers.vendors.kling.models import LEGACY, NEW

BASE_URL = "https://api-singapore.klingai.com"
_YOUNG = 60.0
"""Seconds in which Kling may not yet show a task that it has just accepted."""
_VENDOR_FAULTS = 5000
_NOT_FOUND = 1201


def create(settings: Mapping[str, Any], tools: Tools) -> Kling:
    access = Access(settings, settings.get("clock") or time.time)
    http = Http(
        wire.NAME,
        str(settings.get("base_url") or BASE_URL),
        auth=access.headers,
        secrets=access.secrets,
        allow_private=tools.allow_private,
        read_refusal=access.read_refusal,
    )
    return Kling(http, access, tools, str(settings.get("media_url") or ""), deadline=settings.get("deadline"))


class Kling:
    """One account in one region. The `ref` of a submit is its `external_task_id`, which Kling takes only once."""

    name = wire.NAME
    guarantees = Guarantees(idempotent=True, idempotent_for=86400.0, settling=5.0, poll_every=5.0)

    def __init__(
        self, http: Http, access: Access, tools: Tools, media_url: str = "", *, deadline: float | None = None
    ) -> None:
        self._http = http
        self._access = access
        self._inputs = tools.inputs
        self._media_url = media_url
        self._submit_deadline = deadline or SUBMIT_DEADLINE
        self._ask_deadline = deadline or ASK_DEADLINE

    async def submit(self, order: Order, attempt: Attempt) -> Ticket:
        """A ref that Kling has seen gives the task that it began, or Unclear where that can't be found yet."""
        sources.check_pictures(order)
        call = await self._call(order, attempt)
        try:
            reply = await self._http.submit(call, deadline=self._submit_deadline)
            self._judge(reply)
        except Refused as error:
            if "already exist" not in error.message.lower():
                raise
            return await self._known(order, attempt, error)
        found = wire.read_id(reply)
        if found is None:
            raise self._http.unclear(reply, "the answer names no task")
        return self._ticket(order, found)

    async def check(self, ticket: Ticket) -> Progress:
        self._same_host(ticket)
        task = await self._task(ticket.extra.get("path", ""), ticket.id)
        if task is None:
            return self._unknown(ticket)
        progress = wire.progress_of(task)
        if progress is None:
            raise self._http.unavailable(f"task {task.id} is done but names no link yet")
        return progress

    async def fetch(self, output: Output, sink: Sink) -> None:
        await self._http.download(output.url, sink)

    async def find(self, order: Order, attempt: Attempt) -> Ticket | CannotKnow | None:
        """By the external id. None says that Kling shows no such task, which may yet come."""
        model = self._legacy_name(order)
        if model is None:
            tasks = await self._tasks(wire.find_call(attempt.ref))
            task = tasks[0] if tasks else None
        else:
            task = await self._task(legacy.path_of(order, model), wire.external_id(attempt.ref))
        return self._ticket(order, task.id) if task is not None else None

    async def aclose(self) -> None:
        await self._http.aclose()

    async def _call(self, order: Order, attempt: Attempt) -> Call:
        model = self._legacy_name(order)
        largest = sources.LARGEST if model is None else sources.LARGEST_LEGACY
        found = await sources.load(order, self._inputs, self._media_url, largest)
        if model is None:
            return wire.create(order, found, attempt.ref)
        return legacy.create(order, model, found, attempt.ref)

    def _legacy_name(self, order: Order) -> str | None:
        """The name under which the legacy standard has an order's model; None for the new standard."""
        if order.model in LEGACY or order.model.startswith("kling-v"):
            return order.model
        if self._access.has_key:
            return None
        model = NEW.get(order.model)
        if model is None or model.sibling is None:
            raise Refused(
                f"{wire.NAME}: {order.model} is only in the new API, which takes an API key, not a key pair",
                reason="credentials",
                provider=self.name,
                hint="make an API key in Kling's console and set KLING_API_KEY",
            )
        return model.sibling

    def _judge(self, reply: Reply) -> None:
        """Errors that come with HTTP 200. Raises Refused, or Unclear where Kling itself failed."""
        code = code_of(reply)
        if code == 0:
            return
        if code is None or code >= _VENDOR_FAULTS or self._access.read_refusal(reply) is None:
            raise self._http.unclear(reply, "the answer proves nothing")
        raise self._http.refused(reply)

    async def _known(self, order: Order, attempt: Attempt, error: Refused) -> Ticket:
        found = await self.find(order, attempt)
        if isinstance(found, Ticket):
            return found
        raise Unclear(
            f"{error.message}; it can't be seen yet", provider=self.name, request_id=error.request_id
        ) from error

    async def _task(self, path: str, name: str) -> wire.Task | None:
        """One task, by the legacy path or, where that is empty, in the new standard's list."""
        if not path:
            tasks = await self._tasks(wire.check_call(name))
            return next((task for task in tasks if task.id == name), None)
        reply = await self._asked(legacy.task_call(path, name))
        if code_of(reply) == _NOT_FOUND:
            return None
        task = legacy.read_task(reply)
        if task is None:
            raise self._http.unavailable(f"the task can't be read: {message_of(reply)}", reply)
        return task

    async def _tasks(self, call: Call) -> tuple[wire.Task, ...]:
        reply = await self._asked(call)
        tasks = wire.read_tasks(reply)
        if tasks is None:
            raise self._http.unavailable(f"the tasks can't be read: {message_of(reply)}", reply)
        return tasks

    async def _asked(self, call: Call) -> Reply:
        """Raises Unavailable for an error in the body, too, but for a task that isn't there."""
        reply = await self._http.ask(call, deadline=self._ask_deadline)
        code = code_of(reply)
        if code not in (0, _NOT_FOUND):
            found = self._access.read_refusal(reply)
            raise self._http.unavailable(
                found.message if found else message_of(reply), reply, hint=found.hint if found else None
            )
        return reply

    def _same_host(self, ticket: Ticket) -> None:
        """Tasks are known in their region alone: elsewhere they would seem lost."""
        made, now = ticket.extra.get("host", ""), origin(self._http.base_url)
        if made and made != now:
            raise self._http.unavailable(
                f"this task was made at {made}, not {now}", hint="set KLING_BASE_URL back to it"
            )

    def _unknown(self, ticket: Ticket) -> Progress:
        if time.time() - float(ticket.extra.get("at", "0")) < _YOUNG:
            return Queued()
        return Failed("lost", "Kling no longer knows this task", charged=True)

    def _ticket(self, order: Order, found: str) -> Ticket:
        model = self._legacy_name(order)
        extra = {"at": f"{time.time():.0f}", "host": origin(self._http.base_url)}
        if model is not None:
            extra["path"] = legacy.path_of(order, model)
        return Ticket(self.name, found, extra)
