"""All providers by name: built in, from plug-ins, each imported and built when it is first asked for."""

from __future__ import annotations

import hashlib
import importlib
import pkgutil
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from shotwright.errors import SettingsError, UnknownModel
from shotwright.providers import vendors
from shotwright.providers.base import Provider
from shotwright.providers.vendor import Tools, Vendor

PLUGINS = "shotwright.providers"
"""The entry point group of plug-ins: each names a `Vendor`."""


class Providers:
    """Adapters by name. `settings` maps a provider's name to its own table (credentials, base URL, limits).

    A plug-in that raises while it is imported is noted in `broken` and the others go on.
    """

    def __init__(self, settings: Mapping[str, Mapping[str, Any]], tools: Tools, extra: tuple[Vendor, ...] = ()) -> None:
        self._settings = {name: dict(table) for name, table in settings.items()}
        self._tools = tools
        self._loaders: dict[str, Callable[[], Vendor]] = {}
        self._vendors: dict[str, Vendor] = {}
        self._adapters: dict[str, Provider] = {}
        self.broken: dict[str, str] = {}
        for entry in entry_points(group=PLUGINS):
            self._loaders[entry.name] = _from_plugin(entry)
        for name in built_in_names():
            self._loaders[name] = _from_folder(name)
        for vendor in extra:
            self._loaders[vendor.name] = partial(_checked, vendor, vendor.name)

    def names(self) -> tuple[str, ...]:
        """All names, without importing anything."""
        return tuple(sorted(self._loaders))

    def vendor(self, name: str) -> Vendor:
        """What a provider says of itself. Raises UnknownModel for a name that isn't there or can't be loaded."""
        if name in self._vendors:
            return self._vendors[name]
        if name not in self._loaders:
            near = get_close_matches(name, self.names(), 2)
            raise UnknownModel(
                f"there is no provider {name!r}",
                field="provider",
                value=name,
                hint=f"did you mean {' or '.join(near)}?" if near else f"one of {', '.join(self.names())}",
            )
        try:
            vendor = self._loaders[name]()
        except Exception as error:
            self.broken[name] = f"{type(error).__name__}: {error}"
            raise UnknownModel(
                f"the provider {name!r} can't be loaded: {self.broken[name]}", field="provider", value=name
            ) from error
        self._vendors[name] = vendor
        return vendor

    def missing(self, name: str) -> tuple[str, ...]:
        """What must be set before this provider can be used, in words; empty where it is ready. Calls nobody."""
        vendor, settings = self.vendor(name), self._settings.get(name, {})
        absent = (key for key in vendor.keys if key.required and not settings.get(key.name))
        return (
            *(f"{key.about or key.name}: set {' or '.join(key.variables) or f'{name}.{key.name}'}" for key in absent),
            *vendor.missing(settings),
        )

    def credential(self, name: str) -> str:
        """A short name for the account in use that tells nothing of its secret; limits are kept apart by it."""
        settings = self._settings.get(name, {})
        secrets = [str(settings.get(key.name) or "") for key in self.vendor(name).keys if key.secret]
        if not any(secrets):
            return "default"
        return hashlib.sha256("\n".join([name, *secrets]).encode()).hexdigest()[:12]

    def get(self, name: str) -> Provider:
        """The adapter, built once. Raises UnknownModel, or SettingsError where a credential is missing."""
        if name not in self._adapters:
            vendor = self.vendor(name)
            missing = self.missing(name)
            if missing:
                raise SettingsError(f"{name} is not ready: {missing[0]}", field=name, hint="; ".join(missing))
            self._adapters[name] = vendor.create(self._settings.get(name, {}), self._tools)
        return self._adapters[name]

    def load_all(self) -> tuple[Vendor, ...]:
        """Every vendor that can be loaded; the others stand in `broken` with their reason."""
        found = []
        for name in self.names():
            try:
                found.append(self.vendor(name))
            except UnknownModel:
                continue
        return tuple(found)

    async def aclose(self) -> None:
        """Closes every adapter that was built."""
        adapters, self._adapters = self._adapters, {}
        for adapter in adapters.values():
            await adapter.aclose()


def built_in_names() -> tuple[str, ...]:
    """The vendors' folders."""
    return tuple(sorted(item.name for item in pkgutil.iter_modules(vendors.__path__) if item.ispkg))


def _from_folder(name: str) -> Callable[[], Vendor]:
    def load() -> Vendor:
        return _checked(importlib.import_module(f"shotwright.providers.vendors.{name}").VENDOR, name)

    return load


def _from_plugin(entry: EntryPoint) -> Callable[[], Vendor]:
    return lambda: _checked(entry.load(), entry.name)


def _checked(found: object, name: str) -> Vendor:
    if not isinstance(found, Vendor):
        raise TypeError(f"{name}: expected a Vendor, found {type(found).__name__}")
    return found
