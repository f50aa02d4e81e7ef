"""Pictures and sounds as people give them, brought into the asset library once each."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from shotwright.domain.asset import AssetKind, Probe
from shotwright.domain.order import Input, Order, Role
from shotwright.domain.storyboard import Fit, Source
from shotwright.domain.units import Seconds
from shotwright.engine.frames import House, fitted
from shotwright.errors import InvalidInput
from shotwright.storage.library import file_digest
from shotwright.studio.inputs import materialise

Fetch = Callable[[str, Path], Awaitable[None]]
UPRIGHT = "upright picture"
SOUND_PROBE = "sound"


class Sources:
    """`base` is the folder that relative paths start from; `house` has library, media pool and a temporary folder."""

    def __init__(self, house: House, fetch: Fetch, *, base: Path) -> None:
        self._house = house
        self._library = house.library
        self._media = house.media
        self._fetch = fetch
        self._base = base
        self._temp = house.temp

    async def picture(self, source: Source, role: Role) -> Input:
        """Upright, 8 bits, without transparency; stored. Raises PictureError."""
        self._temp.mkdir(parents=True, exist_ok=True)
        file = await materialise(source, self._temp, base=self._base, fetch=self._fetch, field=role.value)
        given = await asyncio.to_thread(file_digest, file)
        kept = await asyncio.to_thread(self._library.recall, given, UPRIGHT)
        if kept is None:
            kept = await self._stored(file, given, str(source)[:200] if isinstance(source, str) else file.name)
        asset = await asyncio.to_thread(self._library.get, kept)
        if asset is None:
            raise InvalidInput(
                f"{source!r} vanished from the library", field="image", hint="run the same command again"
            )
        return Input(role, kept, asset.media_type, asset.facts["width"], asset.facts["height"])

    async def _stored(self, file: Path, given: str, origin: str) -> str:
        aside = self._temp / f"{uuid.uuid4().hex}.png"
        try:
            facts = await self._media.run("picture", {"source": str(file), "output": str(aside)}, timeout=120.0)
            ready = file if facts["unchanged"] else aside
            asset = await asyncio.to_thread(
                self._library.put, ready, AssetKind.PICTURE, facts["media_type"], origin=origin, facts=facts
            )
        finally:
            aside.unlink(missing_ok=True)
        return await asyncio.to_thread(self._library.remember, given, UPRIGHT, asset.digest)

    async def framed(self, order: Order, fit: Fit) -> Order:
        """The order with its first and last frames in exactly the size that it is made in."""
        inputs = [
            await fitted(self._house, item, order.provider, order.size, fit)
            if item.role in (Role.FIRST, Role.LAST)
            else item
            for item in order.inputs
        ]
        return replace(order, inputs=tuple(inputs))

    async def sound(self, source: Source, role: Role) -> Input:
        """Stored as it is, with its length. Raises InvalidInput for a file without sound."""
        self._temp.mkdir(parents=True, exist_ok=True)
        file = await materialise(source, self._temp, base=self._base, fetch=self._fetch, field=role.value)
        given = await asyncio.to_thread(file_digest, file)
        asset = await asyncio.to_thread(self._library.get, given)
        if asset is None or "sound_seconds" not in asset.facts:
            probe = Probe.from_json(await self._media.run("probe", {"file": str(file)}, timeout=120.0))
            if not probe.sound_seconds:
                raise InvalidInput(
                    f"{file.name} has no sound",
                    field=role.value,
                    value=str(source)[:200],
                    hint="give WAV, MP3, M4A or FLAC",
                )
            facts: dict[str, Any] = {"sound_seconds": str(probe.sound_seconds)}
            asset = await asyncio.to_thread(
                self._library.put, file, AssetKind.SOUND, _sound_type(file), origin=file.name, facts=facts
            )
        return Input(role, asset.digest, asset.media_type, seconds=_length(asset.facts))


def _length(facts: dict[str, Any]) -> Seconds:
    return Fraction(facts["sound_seconds"])


_SOUND_TYPES = {
    ".wav": "audio/wav",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".aac": "audio/aac",
    ".flac": "audio/flac",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
}


def _sound_type(file: Path) -> str:
    return _SOUND_TYPES.get(file.suffix.lower(), "application/octet-stream")
