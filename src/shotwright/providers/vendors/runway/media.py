"""How pictures, clips and sounds reach Runway: as data URIs, uploads that live for a day, or links."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from shotwright.domain.order import Input
from shotwright.errors import InvalidInput, Refused, SettingsError, Unavailable, Unclear
from shotwright.providers.base import Inputs
from shotwright.providers.guard import Guard, origin
from shotwright.providers.http import Call, Http, Part
from shotwright.providers.replies import Reply
from shotwright.providers.uploads import Uploaded, Uploads
from shotwright.providers.vendors.runway.wire import Uris

Way = Literal["auto", "data", "upload", "link"]
WAYS: tuple[Way, ...] = ("auto", "data", "upload", "link")
INLINE = 5 << 20
"""Bytes of a data URI, encoded."""
LARGEST = 200 << 20
"""Bytes of an upload."""
_KEPT = 24 * 3600.0
_DEADLINE = 300.0
_ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
    "audio/mp4": "m4a",
}


def read_way(text: str) -> Way:
    """Raises SettingsError naming the known ones."""
    for way in WAYS:
        if text == way:
            return way
    raise SettingsError(f"runway.media: {text!r} is not known", field="media", value=text, hint=f"one of {WAYS}")


@dataclass(frozen=True)
class _File:
    item: Input
    path: Path
    bytes: int

    @property
    def encoded(self) -> int:
        return (self.bytes + 2) // 3 * 4 + len(self.item.media_type) + len("data:;base64,")


class Media:
    """Turns inputs into what bodies hold. `way` auto: data URIs while all fit into one's limit, else uploads."""

    def __init__(
        self, http: Http, inputs: Inputs, uploads: Uploads, *, way: Way, media_url: str, allow_private: bool
    ) -> None:
        self._http = http
        self._inputs = inputs
        self._uploads = uploads
        self._way = way
        self._media_url = media_url.rstrip("/")
        self._allow_private = allow_private

    async def uris(self, items: Sequence[Input]) -> Uris:
        """Raises Refused: nothing was ordered yet, so nothing was charged."""
        items = list({item.digest: item for item in items}.values())
        if self._way == "link":
            return {item.digest: f"{self._media_url}/{item.digest}" for item in items}
        files = [await self._file(item) for item in items]
        if self._way == "data" or (self._way == "auto" and sum(file.encoded for file in files) <= INLINE):
            return {file.item.digest: await self._data_uri(file) for file in files}
        return {file.item.digest: await self._uploaded(file) for file in files}

    async def forget(self, items: Sequence[Input]) -> None:
        """A link that Runway refused is not offered to it again."""
        for item in items:
            await self._uploads.forget(item.digest)

    async def _file(self, item: Input) -> _File:
        path = await self._inputs.path(item.digest)
        try:
            return _File(item, path, (await asyncio.to_thread(path.stat)).st_size)
        except OSError as error:
            raise self._refused(f"an input can't be read: {error}") from error

    async def _data_uri(self, file: _File) -> str:
        if file.encoded > INLINE:
            raise self._refused(f"{file.bytes} bytes are too many for a data URI, which may have {INLINE} encoded")
        data = await self._read(file)
        return f"data:{file.item.media_type};base64,{base64.b64encode(data).decode()}"

    async def _uploaded(self, file: _File) -> str:
        if file.bytes > LARGEST:
            raise self._refused(f"{file.bytes} bytes are too many for an upload, which may have {LARGEST}")

        async def upload() -> Uploaded:
            return await self._upload(file)

        return await self._uploads.uri(file.item.digest, upload)

    async def _upload(self, file: _File) -> Uploaded:
        name = f"{file.item.digest[:16]}.{_ENDINGS.get(file.item.media_type, 'bin')}"
        began = time.time()
        reply = await self._free(self._http, Call("POST", "/v1/uploads", json={"filename": name, "type": "ephemeral"}))
        place = _Place.read(reply.table())
        if place is None:
            raise self._busy(f"the answer to an upload can't be read: {reply.excerpt()}")
        await self._send(place, file, name)
        return Uploaded(place.uri, began + _KEPT)

    async def _send(self, place: _Place, file: _File, name: str) -> None:
        parts: list[Part] = [(field, (None, value, None)) for field, value in place.fields.items()]
        parts.append(("file", (name, await self._read(file), file.item.media_type)))
        try:
            trusted = frozenset({origin(self._http.base_url)})
            await Guard(trusted, self._allow_private).check(place.url)
        except InvalidInput as error:
            raise self._refused(error.message) from None
        bucket = Http("runway", place.url, secrets=[*place.fields.values()], allow_private=self._allow_private)
        try:
            await self._free(bucket, Call("POST", "", files=parts))
        finally:
            await bucket.aclose()

    async def _free(self, http: Http, call: Call) -> Reply:
        """A call of an upload, told apart as submits are: credentials, no, or later. It costs nothing either way."""
        try:
            return await http.submit(call, deadline=_DEADLINE)
        except (Unclear, Unavailable) as error:
            raise self._busy(error.message) from None

    async def _read(self, file: _File) -> bytes:
        try:
            return await asyncio.to_thread(file.path.read_bytes)
        except OSError as error:
            raise self._refused(f"an input can't be read: {error}") from error

    def _refused(self, why: str) -> Refused:
        return Refused(f"runway: {why}", reason="invalid", provider="runway")

    def _busy(self, why: str) -> Refused:
        return Refused(f"runway: an upload failed, nothing was ordered: {why}", reason="busy", provider="runway")


@dataclass(frozen=True)
class _Place:
    """Where Runway wants a file, and what its link will be."""

    url: str
    fields: dict[str, str]
    uri: str

    @classmethod
    def read(cls, body: dict[str, Any]) -> _Place | None:
        url, fields, uri = body.get("uploadUrl"), body.get("fields"), body.get("runwayUri")
        if not isinstance(url, str) or not isinstance(uri, str) or not isinstance(fields, dict):
            return None
        return cls(url, {str(name): str(value) for name, value in fields.items()}, uri)


def check_media_url(text: str) -> str:
    """Runway follows https links with a domain name alone. Raises SettingsError."""
    parts = urlsplit(text)
    if text and (parts.scheme != "https" or not parts.hostname):
        raise SettingsError(f"runway.media_url: {text!r} is not an https address", field="media_url", value=text)
    return text
