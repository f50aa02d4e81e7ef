"""The calls of Runway's developer API. Tasks are never deleted once they have ended: that would delete the clip."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from shotwright.domain.order import Order
from shotwright.domain.take import CannotKnow, Done, Failed, Output, Progress, Queued, Stopped, Ticket
from shotwright.errors import Refused
from shotwright.providers.base import Attempt, Guarantees, Sink
from shotwright.providers.http import ASK_DEADLINE, SUBMIT_DEADLINE, Call, Http
from shotwright.providers.replies import Reply
from shotwright.providers.uploads import Uploads
from shotwright.providers.vendor import Tools, required
from shotwright.providers.vendors.runway import KEYS, wire
from shotwright.providers.vendors.runway.media import Media, check_media_url, read_way

NAME = "runway"
BASE_URL = "https://api.dev.runwayml.com"
VERSION = "2024-11-06"
_YOUNG = 60.0
"""Seconds in which a task that was just accepted may not yet be known."""
_POLL = 5.0
"""Runway asks not to poll a task faster than this."""


def create(settings: Mapping[str, Any], tools: Tools) -> Runway:
    """Raises SettingsError for a missing key and a wrong `media` or `media_url`."""
    key = required(settings, KEYS[0], NAME)
    headers = {
        "authorization": f"Bearer {key}",
        "x-runway-version": str(settings.get("version") or VERSION),
    }
    if settings.get("on_behalf_of"):
        headers["x-runway-on-behalf-of"] = str(settings["on_behalf_of"])

    async def auth() -> Mapping[str, str]:
        return headers

    http = Http(
        NAME,
        str(settings.get("base_url") or BASE_URL),
        auth=auth,
        secrets=[key],
        allow_private=tools.allow_private,
        read_refusal=wire.read_refusal,
    )
    media = Media(
        http,
        tools.inputs,
        Uploads(tools.spool / NAME / "uploads", f"{http.base_url} {key}"),
        way=read_way(str(settings.get("media") or "auto")),
        media_url=check_media_url(str(settings.get("media_url") or "")),
        allow_private=tools.allow_private,
    )
    return Runway(http, media, deadline=settings.get("deadline"))


class Runway:
    """`deadline` in seconds replaces those of all calls but uploads and downloads."""

    name = NAME
    guarantees = Guarantees(poll_every=_POLL)

    def __init__(self, http: Http, media: Media, *, deadline: float | None = None) -> None:
        self._http = http
        self._media = media
        self._submit_deadline = deadline or SUBMIT_DEADLINE
        self._ask_deadline = deadline or ASK_DEADLINE

    async def submit(self, order: Order, attempt: Attempt) -> Ticket:
        """The ticket holds Runway's quote in USD, the most that the task may cost, as `quote`."""
        wire.check_order(order)
        uris = await self._media.uris(order.inputs)
        try:
            reply = await self._http.submit(wire.create(order, uris), deadline=self._submit_deadline)
        except Refused as error:
            if error.reason == "invalid":
                await self._media.forget(order.inputs)
            raise
        quote = wire.read_quote(reply)
        if quote is None:
            raise self._http.unclear(reply, "the answer names no task")
        extra = {"at": f"{time.time():.0f}"}
        if quote.price is not None:
            extra["quote"] = str(quote.price.amount)
        return Ticket(self.name, quote.id, extra)

    async def check(self, ticket: Ticket) -> Progress:
        reply = await self._task("GET", ticket)
        if reply.status in (404, 410):
            return self._unknown(ticket)
        progress = wire.read_progress(reply) if reply.ok else None
        if progress is None:
            raise self._http.unavailable(f"the task can't be read: {reply.excerpt()}", reply)
        return progress

    async def fetch(self, output: Output, sink: Sink) -> None:
        await self._http.download(output.url, sink)

    async def cancel(self, ticket: Ticket) -> Stopped:
        """A task that runs may be charged all the same; where Runway doesn't say, `charged` is None."""
        reply = await self._task("GET", ticket)
        progress = wire.read_progress(reply) if reply.ok else None
        if progress is None and reply.ok:
            return Stopped(stopped=False)
        if isinstance(progress, Done):
            return Stopped(stopped=False, charged=True)
        if isinstance(progress, Failed):
            return Stopped(stopped=True, charged=progress.charged)
        reply = await self._task("DELETE", ticket)
        if not reply.ok and reply.status not in (404, 410):
            return Stopped(stopped=False)
        return Stopped(stopped=True, charged=await self._charged(ticket))

    async def find(self, order: Order, attempt: Attempt) -> Ticket | CannotKnow | None:
        return CannotKnow(
            "Runway keeps no list of tasks and takes no key of ours; its portal shows the history of requests"
        )

    async def aclose(self) -> None:
        await self._http.aclose()

    async def _charged(self, ticket: Ticket) -> bool | None:
        """What a cancelled task says of its cost; most often it is gone and says nothing."""
        reply = await self._task("GET", ticket)
        progress = wire.read_progress(reply) if reply.ok else None
        return progress.charged if isinstance(progress, Failed) and progress.cost is not None else None

    def _unknown(self, ticket: Ticket) -> Progress:
        if time.time() - float(ticket.extra.get("at", "0")) < _YOUNG:
            return Queued()
        return Failed("lost", "Runway no longer knows this task: it was cancelled or deleted", charged=True)

    async def _task(self, method: str, ticket: Ticket) -> Reply:
        return await self._http.ask(Call(method, wire.task_path(ticket.id)), deadline=self._ask_deadline)
