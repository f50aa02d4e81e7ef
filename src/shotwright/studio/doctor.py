"""What works on this machine, what is missing, and how to get it. Nothing is called that costs anything."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from dataclasses import dataclass
from typing import Any

from shotwright.config import Settings

_LEAST_SPACE = 2 << 30


@dataclass(frozen=True)
class Check:
    """One line of `shotwright doctor`. `needed` False: its absence is no fault."""

    name: str
    ok: bool
    detail: str
    hint: str = ""
    needed: bool = True

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "ok": self.ok, "detail": self.detail, "hint": self.hint, "needed": self.needed}


def examine(settings: Settings) -> list[Check]:
    return [
        _python(),
        _home(settings),
        _space(settings),
        *_libraries(),
        _heic(),
        _database(settings),
        *_vendors(settings),
    ]


def _python() -> Check:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Check("python", sys.version_info >= (3, 11), version, "3.11 or newer is needed")


def _home(settings: Settings) -> Check:
    place = settings.home
    while not place.exists() and place != place.parent:
        place = place.parent
    writable = os.access(place, os.W_OK)
    return Check("home", writable, str(settings.home), "" if writable else "choose another with SHOTWRIGHT_HOME")


def _space(settings: Settings) -> Check:
    place = settings.home
    while not place.exists() and place != place.parent:
        place = place.parent
    free = shutil.disk_usage(place).free
    return Check("disk", free >= _LEAST_SPACE, f"{free / (1 << 30):.1f} GiB free", "clips and films need room")


def _libraries() -> list[Check]:
    """Imported for real: a wheel that doesn't fit this machine fails here, not in the middle of a film."""
    found = []
    for name, what in (
        ("av", "video and sound"),
        ("cv2", "the animatic"),
        ("PIL", "pictures"),
        ("dbos", "durable jobs"),
    ):
        try:
            module = __import__(name)
        except ImportError as error:
            found.append(Check(name, False, f"{what}: {error}", "install Shotwright again in a fresh environment"))
        else:
            found.append(Check(name, True, f"{what}, {getattr(module, '__version__', 'installed')}"))
    return found


def _heic() -> Check:
    there = importlib.util.find_spec("pillow_heif") is not None
    return Check(
        "heic", there, "HEIC pictures" if there else "not installed", "pip install 'shotwright[heic]'", needed=False
    )


def _database(settings: Settings) -> Check:
    from shotwright.errors import ShotwrightError
    from shotwright.storage.database import Database

    shown = settings.database_url.split("@")[-1]
    if settings.database_url.startswith("sqlite"):
        return Check("database", True, shown)
    try:
        Database(settings.database_url).close()
    except ShotwrightError as error:
        return Check("database", False, error.message, error.hint or "")
    return Check("database", True, shown)


def _vendors(settings: Settings) -> list[Check]:
    from pathlib import Path

    from shotwright.providers.registry import Providers
    from shotwright.providers.vendor import Tools
    from shotwright.studio.workshop import named_connections, vendor_tables

    class NoInputs:
        async def path(self, digest: str) -> Path:
            raise FileNotFoundError(digest)

    tools = Tools(inputs=NoInputs(), spool=settings.home / "spool")
    named = named_connections(settings, tools)
    bare = Providers({}, tools, named)
    ready = Providers(vendor_tables(settings, bare), tools, named)
    found = []
    for name in ready.names():
        try:
            missing = ready.missing(name)
        except Exception as error:
            found.append(Check(name, False, str(error), "uninstall the plug-in, or mend it", needed=False))
            continue
        free = "free, always ready" if name == "animatic" else "ready"
        found.append(Check(name, not missing, free if not missing else "; ".join(missing), needed=False))
    return found
