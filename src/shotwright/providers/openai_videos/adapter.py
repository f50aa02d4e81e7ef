"""The calls of the `/v1/videos` protocol."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shotwright.domain.order import Order, Role
from shotwright.domain.take import CannotKnow, Done, Failed, Output, Progress, Queued, Stopped, Ticket
from shotwright.errors import Refused, SettingsError
from shotwright.providers.base import Attempt, Guarantees, Inputs, Sink
from shotwright.providers.http import ASK_DEADLINE, SUBMIT_DEADLINE, Call, Http
from shotwright.providers.openai_videos import wire
from shotwright.providers.openai_videos.dialects import Dialect
from shotwright.providers.replies import Reply

_YOUNG = 60.0
"""Seconds in which a server may not yet know a job that it has just accepted."""
_PAGES = 20


@dataclass(frozen=True)
class Habits:
    """How one server is treated, from its settings. Times in seconds.

    `deadline` replaces the deadlines of all calls but downloads. `settling`: how long a lost order may take to show up
    in the list. `complete_list` overrides what the dialect says of the list. `params` go along with every call.
    """

    deadline: float | None = None
    poll_every: float = 5.0
    settling: float = 5.0
    complete_list: bool | None = None
    params: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: Mapping[str, Any], params: Mapping[str, str] | None = None) -> Habits:
        """From a vendor's settings; raises SettingsError for what is no number."""
        known = cls()
        return cls(
            _number(settings, "deadline", known.deadline),
            _number(settings, "poll_every", known.poll_every) or known.poll_every,
            _number(settings, "settling", known.settling) or 0.0,
            settings.get("complete_list"),
            dict(params or {}),
        )


def _number(settings: Mapping[str, Any], name: str, default: float | None) -> float | None:
    value = settings.get(name)
    if value is None:
        return default
    try:
        return float(value)
    except (TypeError, ValueError):
        raise SettingsError(f"{name}: {value!r} is not a number of seconds", field=name, value=value) from None


class OpenAIVideos:
    """One server in one dialect."""

    def __init__(self, name: str, http: Http, dialect: Dialect, inputs: Inputs, habits: Habits) -> None:
        self.name = name
        self._lists_all = dialect.lists_all if habits.complete_list is None else habits.complete_list
        self.guarantees = Guarantees(
            idempotent=dialect.idempotent_for > 0,
            idempotent_for=dialect.idempotent_for,
            find_authoritative=self._lists_all,
            settling=habits.settling,
            poll_every=habits.poll_every,
        )
        self._http = http
        self._dialect = dialect
        self._inputs = inputs
        self._params = dict(habits.params)
        self._submit_deadline = habits.deadline or SUBMIT_DEADLINE
        self._ask_deadline = habits.deadline or ASK_DEADLINE

    async def submit(self, order: Order, attempt: Attempt) -> Ticket:
        wire.check_order(order, self._dialect, self.name)
        picture = await self._picture(order)
        call = wire.create(order, self._dialect, picture, attempt.ref, self._params)
        reply = await self._http.submit(call, deadline=self._submit_deadline)
        found = wire.read_ticket(reply)
        if found is None:
            raise self._http.unclear(reply, "the answer names no video")
        return self._ticket(found, time.time())

    async def check(self, ticket: Ticket) -> Progress:
        reply = await self._ask("GET", wire.video_path(ticket.id))
        if reply.status in (404, 410):
            return self._unknown(ticket)
        content = self._http.base_url + wire.video_path(ticket.id, "/content")
        progress = wire.read_progress(reply, content) if reply.ok else None
        if progress is None:
            raise self._http.unavailable(f"the status can't be read: {reply.excerpt()}", reply)
        return progress

    async def fetch(self, output: Output, sink: Sink) -> None:
        await self._http.download(output.url, sink)

    async def find(self, order: Order, attempt: Attempt) -> Ticket | CannotKnow | None:
        found: list[str] = []
        after: str | None = None
        for _ in range(_PAGES):
            reply = await self._http.ask(wire.list_call(self._params, after), deadline=self._ask_deadline)
            body = reply.table()
            page = body.get("data")
            if not reply.ok or not isinstance(page, list):
                return CannotKnow("this server keeps no list of its jobs")
            since = wire.earliest(reply, attempt.began, time.time())
            matches = wire.matching(order, since, page)
            if isinstance(matches, CannotKnow):
                return matches
            found += matches
            if wire.is_last(page, body, since):
                return self._judge(found, attempt)
            after = page[-1]["id"]
        return CannotKnow("the server's list is too long to be read to its end")

    async def aclose(self) -> None:
        await self._http.aclose()

    def _judge(self, found: list[str], attempt: Attempt) -> Ticket | CannotKnow | None:
        if len(found) > 1:
            return CannotKnow(f"{len(found)} jobs on the server look like this one: {', '.join(found[:5])}")
        if found:
            return self._ticket(found[0], attempt.began)
        return None if self._lists_all else CannotKnow("the server's list may leave jobs out")

    def _unknown(self, ticket: Ticket) -> Progress:
        since = float(ticket.extra.get("at", "0"))
        if time.time() - since < _YOUNG:
            return Queued()
        return Failed("lost", "the server no longer knows this job; it may have been restarted", charged=True)

    def _ticket(self, found: str, at: float) -> Ticket:
        return Ticket(self.name, found, {"at": f"{at:.0f}"})

    async def _picture(self, order: Order) -> wire.Picture | None:
        first = order.first(Role.FIRST)
        if first is None:
            return None
        path = await self._inputs.path(first.digest)
        try:
            data = await asyncio.to_thread(path.read_bytes)
        except OSError as error:
            raise Refused(f"the first frame can't be read: {error}", reason="invalid", provider=self.name) from error
        return wire.Picture(data, first.media_type)

    async def _ask(self, method: str, path: str) -> Reply:
        return await self._http.ask(Call(method, path, params=self._params), deadline=self._ask_deadline)


class StoppableVideos(OpenAIVideos):
    """A server whose DELETE also stops a job that is running. A finished video is never deleted."""

    async def cancel(self, ticket: Ticket) -> Stopped:
        reply = await self._ask("GET", wire.video_path(ticket.id))
        if reply.status in (404, 410):
            return Stopped(stopped=True)
        progress = wire.read_progress(reply, "") if reply.ok else None
        if isinstance(progress, Done):
            return Stopped(stopped=False, charged=True)
        if isinstance(progress, Failed):
            return Stopped(stopped=True, charged=progress.charged)
        reply = await self._ask("DELETE", wire.video_path(ticket.id))
        if not reply.ok and reply.status not in (404, 410):
            return Stopped(stopped=False)
        return Stopped(stopped=True, charged=False)


def connect(name: str, http: Http, dialect: Dialect, inputs: Inputs, habits: Habits) -> OpenAIVideos:
    """The adapter that fits a dialect."""
    kind = StoppableVideos if dialect.cancels else OpenAIVideos
    return kind(name, http, dialect, inputs, habits)
