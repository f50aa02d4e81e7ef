"""The media of an order as Google takes them: inside the request, or uploaded once and named by a link."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass
from pathlib import Path

from shotwright.domain.order import Input, Order, Role
from shotwright.errors import LinkExpired, Refused, Unavailable
from shotwright.providers.base import Inputs
from shotwright.providers.http import DOWNLOAD_DEADLINE, Call
from shotwright.providers.uploads import Uploaded
from shotwright.providers.vendors.google.places import GEMINI, Places
from shotwright.providers.vendors.google.wire import NAME, Material, Media, refuse

MOST_INLINE = 7_000_000
"""Bytes of one picture or clip that go inside the request."""
MOST_TOGETHER = 14_000_000
"""Bytes of all of them: base64 adds a third, and 20 MB was the limit of a request before 2026."""
_LIVES = 47 * 3600.0
"""Seconds for which an uploaded file is used: they last 48 hours."""

_TRUSTED = 24 * 3600.0
"""Seconds for which an object in the person's own bucket is believed to be there still."""


async def load(order: Order, via: str, places: Places, inputs: Inputs) -> Material:
    """Raises Refused: `invalid` for what can't be read or sent, `busy` where Google still works at an upload."""
    loader = _Loader(via, places, inputs)
    items = {item: await loader.media(item) for item in order.inputs}
    return Material(
        first=_one(items, order, Role.FIRST),
        last=_one(items, order, Role.LAST),
        references=tuple(items[item] for item in order.of_role(Role.REFERENCE)),
        video=_one(items, order, Role.VIDEO),
    )


def _one(items: dict[Input, Media], order: Order, role: Role) -> Media | None:
    found = order.first(role)
    return items[found] if found else None


@dataclass
class _Loader:
    """Reads one order's inputs; `together` counts the bytes that go inside the request."""

    via: str
    places: Places
    inputs: Inputs
    together: int = 0

    async def media(self, item: Input) -> Media:
        path = await self.inputs.path(item.digest)
        data = await asyncio.to_thread(_read, path)
        if len(data) <= MOST_INLINE and self.together + len(data) <= MOST_TOGETHER:
            self.together += len(data)
            return Media(item.media_type, data)
        if self.via == GEMINI:
            return Media(item.media_type, uri=await self._file(item, data))
        if self.places.storage:
            return Media(item.media_type, uri=await self._object(item, data))
        raise refuse(
            f"on Vertex AI an input of {len(data)} bytes needs a bucket",
            "set SHOTWRIGHT_GOOGLE_STORAGE to gs://bucket/folder, or use a smaller file",
        )

    async def _file(self, item: Input, data: bytes) -> str:
        uploads = self.places.uploads
        uri = await uploads.uri(item.digest, lambda: _upload(self.places, data, item.media_type))
        try:
            state = await self._state(uri)
        except (Unavailable, LinkExpired):
            await uploads.forget(item.digest)
            raise _later("the uploaded file is not there") from None
        if state == "FAILED":
            await uploads.forget(item.digest)
            raise refuse("Google could not use the uploaded file")
        if state != "ACTIVE":
            raise _later("Google still works at the uploaded file")
        return uri

    async def _object(self, item: Input, data: bytes) -> str:
        async def put() -> Uploaded:
            return Uploaded(await self.places.bucket.put(item.digest, data, item.media_type), time.time() + _TRUSTED)

        return await self.places.objects.uri(item.digest, put)

    async def _state(self, uri: str) -> str:
        http = self.places.http(GEMINI)
        reply = await http.ask(Call("GET", f"/{self.places.version}/files/{uri.rpartition('/')[2]}"))
        if not reply.ok:
            raise LinkExpired(f"{NAME}: HTTP {reply.status}", provider=NAME)
        return str(reply.table().get("state") or "ACTIVE")


async def _upload(places: Places, data: bytes, media_type: str) -> Uploaded:
    """Two requests: the first is told where the second goes."""
    http = places.http(GEMINI)
    start = {
        "x-goog-upload-protocol": "resumable",
        "x-goog-upload-command": "start",
        "x-goog-upload-header-content-length": str(len(data)),
        "x-goog-upload-header-content-type": media_type,
        "content-type": "application/json",
    }
    body = json.dumps({"file": {"display_name": "shotwright"}}).encode()
    begun = await http.prepare(Call("POST", f"/upload/{places.version}/files", content=body, headers=start))
    link = begun.headers.get("x-goog-upload-url", "")
    if not link.startswith(f"{http.base_url}/"):
        raise refuse("the upload would lead to another server", "check GOOGLE_GEMINI_BASE_URL")
    end = {"x-goog-upload-offset": "0", "x-goog-upload-command": "upload, finalize", "content-type": media_type}
    done = await http.prepare(
        Call("POST", link.removeprefix(http.base_url), content=data, headers=end), deadline=DOWNLOAD_DEADLINE
    )
    file = done.table().get("file")
    uri = file.get("uri") if isinstance(file, dict) else None
    if not isinstance(uri, str) or not uri:
        raise _later("the upload was answered without a file")
    return Uploaded(uri, time.time() + _LIVES)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise refuse(f"an input can't be read: {error}") from error


def _later(why: str) -> Refused:
    return Refused(f"{NAME}: {why}", reason="busy", retry_after=3.0, provider=NAME)
