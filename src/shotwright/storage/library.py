"""The asset library: files named by the SHA-256 of their content, in a local folder, with a row for each."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from shotwright.domain.asset import Asset, AssetKind, Digest
from shotwright.errors import EnvironmentProblem, NotFound
from shotwright.storage.database import Database
from shotwright.storage.tables import assets, derived

_CHUNK = 1 << 20

_SUFFIXES = {
    "video/mp4": ".mp4",
    "video/webm": ".webm",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "audio/wav": ".wav",
    "audio/mpeg": ".mp3",
}


def file_digest(path: Path) -> Digest:
    """SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_through(path: Path) -> None:
    """Waits until a file's bytes are on the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Waits until a folder's entries are on the disk, so that a rename survives a power cut (POSIX)."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Library:
    """Files lie in `folder/ab/cdef....mp4`; a row appears only after its file is whole and on the disk."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder

    def _place(self, digest: Digest, media_type: str) -> Path:
        return self._folder / digest[:2] / f"{digest[2:]}{_SUFFIXES.get(media_type, '')}"

    def put(
        self,
        source: Path,
        kind: AssetKind,
        media_type: str,
        *,
        origin: str = "",
        facts: dict[str, Any] | None = None,
        move: bool = False,
    ) -> Asset:
        """Stores a file under its digest; `move` takes the source away. The same content twice is one asset."""
        digest = file_digest(source)
        place = self._place(digest, media_type)
        asset = Asset(digest, kind, media_type, source.stat().st_size, origin, facts or {})
        try:
            if not place.exists():
                place.parent.mkdir(parents=True, exist_ok=True)
                self._bring(source, place, move=move)
            elif move:
                source.unlink(missing_ok=True)
        except OSError as error:
            raise EnvironmentProblem(
                f"{place.name} can't be stored in the asset library: {error}",
                hint=f"is {self._folder} writable, and is there space on its disk?",
            ) from error
        with self._database.begin() as connection:
            connection.execute(
                self._database.insert_or_nothing(
                    assets,
                    digest=digest,
                    kind=kind.value,
                    media_type=media_type,
                    bytes=asset.bytes,
                    origin=origin,
                    facts=json.dumps(asset.facts),
                    created=time.time(),
                )
            )
        return asset

    @staticmethod
    def _bring(source: Path, place: Path, *, move: bool) -> None:
        if move:
            write_through(source)
            try:
                source.replace(place)
            except OSError:  # another file system: copy beside the place, then rename
                move = False
        if not move:
            aside = place.with_name(f".{place.name}.{os.getpid()}.part")
            try:
                shutil.copyfile(source, aside)
                write_through(aside)
                aside.replace(place)
            finally:
                aside.unlink(missing_ok=True)
        sync_folder(place.parent)

    def get(self, digest: Digest) -> Asset | None:
        with self._database.begin() as connection:
            row = connection.execute(sa.select(assets).where(assets.c.digest == digest)).first()
        return _asset(row) if row else None

    def path(self, digest: Digest) -> Path:
        """The file of an asset. Raises NotFound where there is no row, or its file is gone."""
        asset = self.get(digest)
        place = self._place(digest, asset.media_type) if asset else None
        if place is None or not place.exists():
            raise NotFound(
                f"no asset {digest[:12]} in the library",
                hint="it was removed by hand; rendering again makes it anew" if asset else "see: shotwright assets",
            )
        return place

    def has(self, digest: Digest) -> bool:
        asset = self.get(digest)
        return asset is not None and self._place(digest, asset.media_type).exists()

    def listing(self, *, kind: str | None = None, limit: int = 100) -> list[Asset]:
        """Newest first."""
        query = sa.select(assets).order_by(assets.c.created.desc(), assets.c.digest).limit(limit)
        if kind:
            query = query.where(assets.c.kind == kind)
        with self._database.begin() as connection:
            return [_asset(row) for row in connection.execute(query)]

    def match(self, prefix: str) -> list[Asset]:
        """The assets whose digest begins with `prefix`, two at most: enough to tell whether it is unique."""
        with self._database.begin() as connection:
            rows = connection.execute(
                sa.select(assets).where(assets.c.digest.startswith(prefix, autoescape=True)).limit(2)
            )
            return [_asset(row) for row in rows]

    def remember(self, source: str, what: str, digest: Digest) -> Digest:
        """Notes that `what` was made of `source`; the first answer stays."""
        with self._database.begin() as connection:
            connection.execute(self._database.insert_or_nothing(derived, source=source, what=what, digest=digest))
            return str(
                connection.execute(
                    sa.select(derived.c.digest).where(derived.c.source == source, derived.c.what == what)
                ).scalar_one()
            )

    def recall(self, source: str, what: str) -> Digest | None:
        """The digest of what was made of `source` before, if its file is still there."""
        with self._database.begin() as connection:
            digest = connection.execute(
                sa.select(derived.c.digest).where(derived.c.source == source, derived.c.what == what)
            ).scalar()
        return digest if digest and self.has(digest) else None


def _asset(row: sa.Row[Any]) -> Asset:
    return Asset(row.digest, AssetKind(row.kind), row.media_type, row.bytes, row.origin, json.loads(row.facts))
