"""Pictures and clips that a vendor already has, by digest: each is uploaded once and used until it ends there."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from shotwright.domain.asset import Digest

_MARGIN = 900.0
"""Seconds before its end in which an upload is no longer used: a queued job reads its inputs late."""


@dataclass(frozen=True)
class Uploaded:
    """The vendor's name for a file. `expires` in Unix seconds; None where it stays."""

    uri: str
    expires: float | None = None


class Uploads:
    """What one account has uploaded, kept in files below `folder` so that other processes and later days know it.

    `account` is a name without secrets. Two tasks that want the same file upload it once.
    """

    def __init__(self, folder: Path, account: str) -> None:
        self._folder = folder / "uploads" / account
        self._locks: dict[Digest, asyncio.Lock] = {}

    async def uri(self, digest: Digest, upload: Callable[[], Awaitable[Uploaded]]) -> str:
        """The vendor's name for these bytes, uploading them where that must be. Raises what `upload` raises."""
        async with self._locks.setdefault(digest, asyncio.Lock()):
            known = await asyncio.to_thread(self._read, digest)
            if known is None:
                known = await upload()
                await asyncio.to_thread(self._write, digest, known)
            return known.uri

    async def forget(self, digest: Digest) -> None:
        """For a vendor that says that it no longer has the file."""
        await asyncio.to_thread(self._path(digest).unlink, missing_ok=True)

    def _path(self, digest: Digest) -> Path:
        return self._folder / f"{digest}.json"

    def _read(self, digest: Digest) -> Uploaded | None:
        try:
            data = json.loads(self._path(digest).read_bytes())
            known = Uploaded(str(data["uri"]), None if data["expires"] is None else float(data["expires"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return known if known.expires is None or known.expires - _MARGIN > time.time() else None

    def _write(self, digest: Digest, uploaded: Uploaded) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        aside = self._path(digest).with_suffix(f".{secrets.token_hex(4)}")
        try:
            aside.write_text(json.dumps({"uri": uploaded.uri, "expires": uploaded.expires}))
            aside.replace(self._path(digest))
        finally:
            aside.unlink(missing_ok=True)
