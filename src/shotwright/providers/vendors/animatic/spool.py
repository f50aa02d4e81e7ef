"""The animatic's own memory of its orders: one folder for each ref, in which the last file written says the state.

`order.json` makes an entry exist, `clip.mp4` is its result, `ended.json` says why there will be none. Every file is
written aside, synced and renamed, so that a kill leaves either nothing or the whole.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from shotwright.domain.order import Order, canonical
from shotwright.domain.take import FailureReason

_REF = re.compile(r"[0-9a-z][0-9a-z-]*(\.[0-9a-z-]+)*")


@dataclass(frozen=True)
class Ending:
    """Why an order has no clip."""

    reason: FailureReason
    message: str


class Spool:
    """Entries below `root`. All methods block on the disk: call them in a thread."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def folder(self, ref: str) -> Path:
        """Raises ValueError for a ref that isn't lower-case letters, digits, dots and hyphens."""
        if not _REF.fullmatch(ref):
            raise ValueError(f"{ref!r} can't name an order")
        return self.root / ref

    def add(self, ref: str, order: Order) -> bool:
        """Makes the entry, or leaves the one that is there; False where that one is of another order."""
        known = self.order(ref)
        if known is not None:
            return known.digest() == order.digest()
        folder = self.folder(ref)
        folder.mkdir(parents=True, exist_ok=True)
        self._write(folder / "order.json", canonical(order.as_json()))
        _sync(self.root)
        return True

    def order(self, ref: str) -> Order | None:
        try:
            return Order.from_json(json.loads((self.folder(ref) / "order.json").read_bytes()))
        except FileNotFoundError:
            return None

    def clip(self, ref: str) -> Path | None:
        path = self.folder(ref) / "clip.mp4"
        return path if path.is_file() else None

    def ending(self, ref: str) -> Ending | None:
        try:
            data = json.loads((self.folder(ref) / "ended.json").read_bytes())
        except FileNotFoundError:
            return None
        return Ending(cast(FailureReason, data["reason"]), data["message"])

    def end(self, ref: str, ending: Ending) -> None:
        if self.order(ref) is not None:
            data = {"reason": ending.reason, "message": ending.message}
            self._write(self.folder(ref) / "ended.json", canonical(data))

    def part(self, ref: str) -> Path:
        """A place to render to, of this attempt alone."""
        return self.folder(ref) / f"{secrets.token_hex(4)}.part.mp4"

    def finish(self, part: Path) -> None:
        """Makes a finished part the clip of its entry."""
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(part.with_name("clip.mp4"))
        _sync(part.parent)

    def sweep(self, before: float) -> None:
        """Removes entries that ended without a clip before this moment (Unix time): nobody forgets those."""
        for ended in self.root.glob("*/ended.json"):
            if ended.stat().st_mtime < before:
                shutil.rmtree(ended.parent, ignore_errors=True)

    def remove(self, ref: str) -> None:
        shutil.rmtree(self.folder(ref), ignore_errors=True)

    def _write(self, path: Path, data: bytes) -> None:
        aside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        try:
            with aside.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)
        _sync(path.parent)


def _sync(folder: Path) -> None:
    """Makes renames in a folder durable, where the system lets a folder be opened."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
