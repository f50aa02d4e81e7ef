"""Clips that come inside an answer, in base64: asked for again when they are fetched, never kept."""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING

from shotwright.domain.take import Ticket
from shotwright.errors import LinkExpired
from shotwright.providers.base import Sink
from shotwright.providers.http import Call
from shotwright.providers.replies import Reply
from shotwright.providers.vendors.google import omni, veo
from shotwright.providers.vendors.google.wire import NAME

if TYPE_CHECKING:
    from shotwright.providers.vendors.google.places import Places

SCHEME = "inline:"
_PIECE = 1 << 20


def of_interaction(ticket: Ticket) -> str:
    """The name under which `fetch` finds the clip of an interaction."""
    return SCHEME + json.dumps([ticket.extra["via"], f"{ticket.extra['path']}/{ticket.id}"])


def of_operation(ticket: Ticket) -> str:
    """The name under which `fetch` finds the clip of an operation."""
    return SCHEME + json.dumps(["veo", ticket.id])


async def fetch(places: Places, name: str, sink: Sink, deadline: float) -> None:
    """Raises LinkExpired where the job is no longer known, else Unavailable."""
    via, path = json.loads(name.removeprefix(SCHEME))
    await sink.restart()
    http = places.http(via, veo.region_of(path) if via == "veo" else "")
    call = veo.status_call(path) if via == "veo" else Call("GET", path, headers=omni.REVISION)
    reply = await http.ask(call, deadline=max(deadline, 60.0) if via == "veo" else deadline)
    if reply.status in (404, 410):
        raise LinkExpired(f"{NAME}: this job is no longer known", provider=NAME)
    data = _data(reply)
    try:
        clip = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        clip = b""
    if not clip:
        raise http.unavailable("the answer holds no clip", reply)
    for start in range(0, len(clip), _PIECE):
        await sink.write(clip[start : start + _PIECE])


def _data(reply: Reply) -> str:
    seen = veo.read(reply) if "name" in reply.table() and "status" not in reply.table() else omni.read(reply)
    if isinstance(seen, omni.Clip):
        return seen.data
    return str(seen.get("bytesBase64Encoded") or "") if isinstance(seen, dict) else ""
