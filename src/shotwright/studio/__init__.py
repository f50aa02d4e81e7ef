"""The one public facade: plan, estimate, make, cut, list, resume, cancel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shotwright.studio.doctor import Check
    from shotwright.studio.facade import Studio
    from shotwright.studio.film import Film

__all__ = ["Check", "Film", "Studio"]

_HOMES = {
    "Check": "shotwright.studio.doctor",
    "Film": "shotwright.studio.film",
    "Studio": "shotwright.studio.facade",
}


def __getattr__(name: str) -> Any:
    """Loads the facade when it is first asked for: commands that only print need none of it."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
