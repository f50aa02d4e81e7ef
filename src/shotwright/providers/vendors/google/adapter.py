"""The calls to Google: Omni by interactions, Veo by long-running operations."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from shotwright.domain.order import Order
from shotwright.domain.take import CannotKnow, Done, Failed, Output, Progress, Queued, Running, Stopped, Ticket
from shotwright.errors import Refused, Unavailable
from shotwright.providers.base import Attempt, Guarantees, Sink
from shotwright.providers.http import ASK_DEADLINE, SUBMIT_DEADLINE, Call, Http
from shotwright.providers.replies import Reply, message_of
from shotwright.providers.vendor import Tools
from shotwright.providers.vendors.google import inline, omni, veo, wire
from shotwright.providers.vendors.google.media import load
from shotwright.providers.vendors.google.places import GEMINI, VEO, VERTEX, Places
from shotwright.providers.vendors.google.wire import NAME

_BUCKET = "bucket"
"""Tickets of orders that were found again by the clip that they left in the bucket."""
_YOUNG = 60.0
"""Seconds in which Google may not yet know a job that it has just accepted."""
_HIDDEN = 120.0
"""Seconds for which a finished interaction may hold no output yet (a known defect)."""


def create(settings: Mapping[str, Any], tools: Tools) -> Google:
    """Raises SettingsError for a bad address and EnvironmentProblem without google-auth where Vertex AI needs it."""
    return Google(Places(settings, tools), tools, settings.get("deadline"))


class Google:
    """One account: a key of the Gemini API, a project on Vertex AI, or both. `deadline` in seconds for every call."""

    name = NAME
    guarantees = Guarantees(poll_every=5.0)

    def __init__(self, places: Places, tools: Tools, deadline: float | None = None) -> None:
        self._places = places
        self._tools = tools
        self._submit_deadline = deadline or SUBMIT_DEADLINE
        self._ask_deadline = deadline or ASK_DEADLINE

    async def submit(self, order: Order, attempt: Attempt) -> Ticket:
        via = self._places.via(order.model)
        wire.check_order(order)
        if via != VEO:
            omni.check_order(order)
        material = await load(order, via, self._places, self._tools.inputs)
        call, extra = await self._call(order, attempt, via, material)
        http: Http = self._places.http(via, extra["region"])
        began = time.time()
        try:
            reply = await http.submit(call, deadline=self._submit_deadline)
        except Refused as error:
            raise self._places.judge(error, via, began) from error
        found = veo.read_operation(reply) if via == VEO else omni.read_id(reply)
        if found is None:
            raise http.unclear(reply, "the answer names no job")
        return Ticket(NAME, found, {**extra, "at": f"{time.time():.0f}"})

    async def check(self, ticket: Ticket) -> Progress:
        via = ticket.extra["via"]
        if via == _BUCKET:
            return await self._stored(ticket) or Failed("lost", "the clip is no longer in the bucket", charged=True)
        return await (self._check_veo(ticket) if via == VEO else self._check_omni(ticket))

    async def fetch(self, output: Output, sink: Sink) -> None:
        url = output.url
        if url.startswith(inline.SCHEME):
            await inline.fetch(self._places, url, sink, self._ask_deadline)
        elif url.startswith("gs://"):
            await self._places.bucket.download(url, sink)
        else:
            await self._places.of_link(url).download(url, sink)

    async def cancel(self, ticket: Ticket) -> Stopped:
        """Omni only: whether a stopped interaction is billed is not documented. Veo's operations go on."""
        if ticket.extra["via"] in (GEMINI, VERTEX):
            reply = await self._ask(ticket, Call("POST", f"{ticket.extra['path']}/{ticket.id}/cancel"))
            if reply.ok and isinstance(omni.read(reply), Failed):
                return Stopped(stopped=True)
        progress = await self.check(ticket)
        if isinstance(progress, Failed):
            return Stopped(stopped=True, charged=None if progress.reason == "cancelled" else progress.charged)
        return Stopped(stopped=False, charged=True if isinstance(progress, Done) else None)

    async def find(self, order: Order, attempt: Attempt) -> Ticket | CannotKnow | None:
        """By the clip in the bucket, once it is finished; Google lists no jobs and takes no keys of ours."""
        prefix = self._prefix(self._places.via(order.model), attempt)
        if not prefix:
            return CannotKnow("Google keeps no list of its jobs; its bill and AI Studio's log may tell")
        if await self._places.bucket.clips(prefix, self._ask_deadline):
            return Ticket(NAME, prefix, {"via": _BUCKET, "at": f"{attempt.began:.0f}"})
        return CannotKnow(f"no clip lies in {prefix}, but one may still be in the making")

    async def aclose(self) -> None:
        await self._places.aclose()

    async def _call(
        self, order: Order, attempt: Attempt, via: str, material: wire.Material
    ) -> tuple[Call, dict[str, str]]:
        """The request, and what a ticket must remember of it."""
        prefix = self._prefix(via, attempt)
        extra = {"via": via, "region": self._places.region, **({"prefix": prefix} if prefix else {})}
        if via == VEO:
            veo.check_order(order, material)
            project = await self._places.project()
            return veo.create(order, project, self._places.region, material, attempt.ref, prefix), extra
        path = await self._places.interactions(via)
        call = omni.create(order, path, material, vertex=via == VERTEX, prefix=prefix)
        return call, {**extra, "path": path}

    def _prefix(self, via: str, attempt: Attempt) -> str:
        """Where in the bucket this attempt leaves its clip; empty where there is no bucket."""
        root = self._places.storage
        return f"{root}/{attempt.ref}/" if root and via != GEMINI else ""

    async def _check_omni(self, ticket: Ticket) -> Progress:
        reply = await self._ask(ticket, Call("GET", f"{ticket.extra['path']}/{ticket.id}", headers=omni.REVISION))
        if reply.status in (404, 410) or (reply.status == 400 and "invalid interaction" in message_of(reply).lower()):
            return await self._stored(ticket) or _unknown(ticket)
        seen = omni.read(reply) if reply.ok else None
        match seen:
            case None:
                raise self._http(ticket).unavailable(f"the status can't be read: {message_of(reply)}", reply)
            case omni.Clip():
                return await self._clip(ticket, seen)
            case omni.Nothing():
                return await self._stored(ticket) or self._wait_for_output(ticket, seen, reply)
            case Failed() if found := await self._stored(ticket):
                return found
            case _:
                return seen

    async def _clip(self, ticket: Ticket, clip: omni.Clip) -> Progress:
        if not clip.uri:
            return Done((Output(inline.of_interaction(ticket)),))
        name = omni.file_of(clip.uri)
        if name is None or clip.uri.startswith("gs://"):
            return Done((Output(clip.uri),))
        if await self._is_in_the_making(ticket, name):
            return Running()
        return Done((Output(omni.link(clip.uri, self._http(ticket).base_url)),))

    async def _is_in_the_making(self, ticket: Ticket, name: str) -> bool:
        """Whether the Files API says that it is still at work; a paid clip is never given up for what it says."""
        version = ticket.extra["path"].split("/")[1]
        try:
            reply = await self._ask(ticket, Call("GET", f"/{version}/files/{name}"))
        except Unavailable:
            return False
        return reply.table().get("state") == "PROCESSING"

    def _wait_for_output(self, ticket: Ticket, seen: omni.Nothing, reply: Reply) -> Progress:
        since = seen.since or float(ticket.extra["at"])
        if time.time() - since > _HIDDEN:
            return Failed("lost", "Google says completed, but the interaction holds no clip", charged=True)
        raise self._http(ticket).unavailable("completed, but the clip is not there yet", reply)

    async def _check_veo(self, ticket: Ticket) -> Progress:
        reply = await self._ask(ticket, veo.status_call(ticket.id))
        if reply.status in (404, 410):
            return await self._stored(ticket) or _unknown(ticket)
        seen = veo.read(reply) if reply.ok else None
        if seen is None:
            raise self._http(ticket).unavailable(f"the status can't be read: {message_of(reply)}", reply)
        if isinstance(seen, Mapping):
            link = str(seen.get("gcsUri") or inline.of_operation(ticket))
            return Done((Output(link, str(seen.get("mimeType") or "video/mp4")),))
        if isinstance(seen, Failed) and seen.reason == "lost":
            return await self._stored(ticket) or seen
        return seen

    async def _stored(self, ticket: Ticket) -> Progress | None:
        """The clip in the bucket, where this take leaves one there."""
        prefix = ticket.id if ticket.extra["via"] == _BUCKET else ticket.extra.get("prefix")
        clips = await self._places.bucket.clips(prefix, self._ask_deadline) if prefix else []
        return Done((Output(clips[0]),)) if clips else None

    async def _ask(self, ticket: Ticket, call: Call) -> Reply:
        began = time.time()
        try:
            return await self._http(ticket).ask(call, deadline=self._ask_deadline)
        except Unavailable as error:
            self._places.renew_token(error, ticket.extra["via"], began)
            raise

    def _http(self, ticket: Ticket) -> Http:
        via = ticket.extra["via"]
        return self._places.http(via, veo.region_of(ticket.id) if via == VEO else "")


def _unknown(ticket: Ticket) -> Progress:
    if time.time() - float(ticket.extra["at"]) < _YOUNG:
        return Queued()
    return Failed("lost", "Google no longer knows this job", charged=True)
