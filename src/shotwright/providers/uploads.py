"""What was uploaded to a vendor and is still there: links by digest and expiry, kept across processes."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from shotwright.domain.asset import Digest

_SPARE = 3600.0


@dataclass(frozen=True)
class Uploaded:
    """A vendor's name for uploaded bytes. `expires` in Unix seconds."""

    uri: str
    expires: float


class Uploads:
    """One small file for each upload, in `folder`; `account` keeps the uploads of different keys apart.

    An upload is used until `spare` seconds before it ends, since a task may read it late. Two processes that upload
    the same bytes at the same moment both do; that costs nothing.
    """

    def __init__(self, folder: Path, account: str, *, spare: float = _SPARE) -> None:
        self._folder = folder
        self._account = hashlib.sha256(account.encode()).hexdigest()[:12]
        self._spare = spare
        self._locks: dict[Digest, asyncio.Lock] = {}

    async def uri(self, digest: Digest, upload: Callable[[], Awaitable[Uploaded]]) -> str:
        """The link to these bytes, uploaded now where there is none that lives. Raises what `upload` raises."""
        async with self._locks.setdefault(digest, asyncio.Lock()):
            known = await asyncio.to_thread(self._read, digest)
            if known is None:
                known = await upload()
                await asyncio.to_thread(self._write, digest, known)
            return known.uri

    async def forget(self, digest: Digest) -> None:
        """The vendor would not take this link: the next order uploads anew."""
        await asyncio.to_thread(self._file(digest).unlink, missing_ok=True)

    def _file(self, digest: Digest) -> Path:
        return self._folder / f"{self._account}-{digest}.json"

    def _read(self, digest: Digest) -> Uploaded | None:
        try:
            data = json.loads(self._file(digest).read_bytes())
            found = Uploaded(str(data["uri"]), float(data["expires"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return found if time.time() < found.expires - self._spare else None

    def _write(self, digest: Digest, uploaded: Uploaded) -> None:
        """Best kept, but no reason to fail: without the note the bytes are uploaded again."""
        part = self._folder / f".{self._account}-{digest}.{os.getpid()}.part"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps({"uri": uploaded.uri, "expires": uploaded.expires}), encoding="utf-8")
            part.replace(self._file(digest))
            self._clear()
        except OSError:
            part.unlink(missing_ok=True)

    def _clear(self) -> None:
        """Drops the notes of uploads that are over; none is kept longer than two days."""
        for file in self._folder.glob("*.json"):
            if time.time() - file.stat().st_mtime > 2 * 86400:
                file.unlink(missing_ok=True)
