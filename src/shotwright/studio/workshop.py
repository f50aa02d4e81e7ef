"""The parts behind a studio, opened together and closed together: database, library, media pool, providers, engine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from shotwright.config import Settings
from shotwright.config.secret import Secret
from shotwright.engine.context import EngineOptions
from shotwright.engine.jobs import Jobs
from shotwright.engine.ledger import Ledger
from shotwright.engine.progress import ProgressLog
from shotwright.errors import EnvironmentProblem, UnknownModel
from shotwright.media.pool import MediaPool
from shotwright.providers.base import Provider
from shotwright.providers.catalogue import Catalogue
from shotwright.providers.registry import Providers
from shotwright.providers.vendor import Tools, Vendor
from shotwright.storage.database import Database
from shotwright.storage.library import Library
from shotwright.studio.logins import kept_login
from shotwright.studio.renderer import AnimaticRenderer

T = TypeVar("T")


class _LibraryInputs:
    """Where providers read the media that an order names."""

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop

    async def path(self, digest: str) -> Path:
        return await self._workshop.db(self._workshop.library.path, digest)


class Workshop:
    """Everything but the engine is there after `open`; the engine is launched when it is first needed."""

    def __init__(self, settings: Settings, options: EngineOptions) -> None:
        self.settings = settings
        self.options = options
        self.temp = settings.home / "tmp" / "studio"
        self._threads = ThreadPoolExecutor(8, thread_name_prefix="shotwright")

    async def open(self) -> None:
        """Raises EnvironmentProblem where the home can't be written."""
        await self.db(self._open)

    def _open(self) -> None:
        settings = self.settings
        try:
            settings.home.mkdir(parents=True, exist_ok=True)
            probe = settings.home / ".writable"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise EnvironmentProblem(
                f"the home {settings.home} can't be written: {error}",
                hint="choose another folder with SHOTWRIGHT_HOME",
            ) from error
        self.database = Database(settings.database_url)
        self.database.migrate()
        self.library = Library(self.database, settings.assets_dir)
        self.progress = ProgressLog(self.database)
        self.ledger = Ledger(self.database, self.progress, window=self.options.claim_window)
        self.jobs = Jobs(self.database, self.ledger, self.progress)
        self.media = MediaPool(settings.takes_at_once + 1, temp=settings.home / "tmp" / "media")
        self.catalogue = Catalogue.load(settings.models)
        tools = Tools(
            inputs=_LibraryInputs(self),
            spool=settings.home / "spool",
            renderer=AnimaticRenderer(self.media),
            renders=settings.takes_at_once,
            allow_private=settings.allow_private,
        )
        named = named_connections(settings, tools)
        self.providers = Providers(vendor_tables(settings, Providers({}, tools, named)), tools, named)

    async def db(self, function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """A blocking call on threads of our own."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, lambda: function(*args, **kwargs))

    def credential(self, provider: str) -> str:
        """The account that pays; a model whose provider isn't installed can still be planned."""
        try:
            return self.providers.credential(provider)
        except UnknownModel:
            return "default"

    def caps(self) -> dict[str, int]:
        """How many takes one account may have in flight, by provider: from the settings, else as its sheet says."""
        return {
            name: int(self.settings.providers.get(name, {}).get("at_once", vendor.at_once))
            for name, vendor in self._vendors()
        }

    def rates(self) -> dict[str, float]:
        """Orders a minute, by provider: from the settings, else as its sheet says."""
        limits = {
            name: self.settings.providers.get(name, {}).get("per_minute", vendor.per_minute)
            for name, vendor in self._vendors()
        }
        return {name: float(limit) for name, limit in limits.items() if limit}

    def _vendors(self) -> Iterator[tuple[str, Vendor]]:
        for name in self.providers.names():
            try:
                yield name, self.providers.vendor(name)
            except UnknownModel:
                continue

    async def close(self) -> None:
        await self.providers.aclose()
        await self.media.aclose()
        self.database.close()
        self._threads.shutdown(wait=False)


def named_connections(settings: Settings, tools: Tools) -> tuple[Vendor, ...]:
    """Further connections of one kind under names of their own: `[providers.gpubox] kind = "openai"`."""
    known = Providers({}, tools)
    return tuple(
        _named(name, known.vendor(str(table["kind"])))
        for name, table in settings.providers.items()
        if isinstance(table, Mapping) and "kind" in table
    )


def _named(name: str, kind: Vendor) -> Vendor:
    """The same vendor under another name; its variables stay with the first."""

    def create(settings: Mapping[str, Any], tools: Tools) -> Provider:
        adapter = kind.create(settings, tools)
        adapter.name = name
        return adapter

    keys = tuple(replace(key, variables=()) for key in kind.keys)
    return replace(kind, name=name, title=f"{kind.title} ({name})", create=create, keys=keys)


def vendor_tables(settings: Settings, providers: Providers) -> Mapping[str, Mapping[str, Any]]:
    """Each provider's own table: from the settings file, filled up from the variables that the vendor names."""
    tables = {}
    for name in providers.names():
        table = dict(settings.providers.get(name, {}))
        try:
            vendor: Vendor = providers.vendor(name)
        except Exception:  # noqa: S112 - noted in `providers.broken`; the others go on
            continue
        for key in vendor.keys:
            value = next((found for one in key.variables if (found := _variable(settings, one))), None)
            if value is not None and key.name not in table:
                table[key.name] = value.reveal() if isinstance(value, Secret) else value
        login = kept_login(settings.home, name)
        if login and "login" in {key.name for key in vendor.keys}:
            table.setdefault("login", login)
        tables[name] = table
    return tables


def _variable(settings: Settings, name: str) -> Secret | str | None:
    """A vendor's variable; those of plug-ins are not on the list and are read as they stand."""
    return settings.vendors.get(name) or settings.environment.get(name, "").strip() or None
