"""The media room: probing, frames, cutting, sound and animatics, on files and arrays; knows no jobs and no providers.

What it offers is loaded when first asked for, since video libraries are slow to import.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shotwright.media.cut import CutReport as CutReport
    from shotwright.media.cut import render_cut as render_cut
    from shotwright.media.frames import every as every
    from shotwright.media.frames import frame_at as frame_at
    from shotwright.media.frames import last_frame as last_frame
    from shotwright.media.frames import save_last_frame as extract_last_frame_as_png
    from shotwright.media.frames import save_last_frame as save_last_frame
    from shotwright.media.pool import MediaPool as MediaPool
    from shotwright.media.probing import probe as probe
    from shotwright.media.sheets import contact_sheet as contact_sheet
    from shotwright.media.sheets import poster as poster

_HOMES = {
    "CutReport": "cut",
    "MediaPool": "pool",
    "contact_sheet": "sheets",
    "every": "frames",
    "extract_last_frame_as_png": "frames",
    "frame_at": "frames",
    "last_frame": "frames",
    "poster": "sheets",
    "probe": "probing",
    "render_cut": "cut",
    "save_last_frame": "frames",
}
_REAL_NAMES = {"extract_last_frame_as_png": "save_last_frame"}

__all__ = [
    "CutReport",
    "MediaPool",
    "contact_sheet",
    "every",
    "extract_last_frame_as_png",
    "frame_at",
    "last_frame",
    "poster",
    "probe",
    "render_cut",
    "save_last_frame",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), _REAL_NAMES.get(name, name))
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
