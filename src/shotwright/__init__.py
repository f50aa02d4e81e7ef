"""Shotwright makes films with generative video models: words, pictures, sound or a story in, a finished film out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shotwright.domain.job import Event, Plan
    from shotwright.domain.storyboard import CastMember, Music, Shot, Storyboard, Transition
    from shotwright.domain.units import FrameRate, Money, Size
    from shotwright.errors import ShotwrightError
    from shotwright.oneliners import extract_last_frame_as_png, generate_video
    from shotwright.studio.facade import Studio
    from shotwright.studio.film import Film

__version__ = "0.1.0"

__all__ = [
    "CastMember",
    "Event",
    "Film",
    "FrameRate",
    "Money",
    "Music",
    "Plan",
    "Shot",
    "ShotwrightError",
    "Size",
    "Storyboard",
    "Studio",
    "Transition",
    "__version__",
    "extract_last_frame_as_png",
    "generate_video",
]

_HOMES = {
    "CastMember": "shotwright.domain.storyboard",
    "Event": "shotwright.domain.job",
    "Film": "shotwright.studio.film",
    "FrameRate": "shotwright.domain.units",
    "Money": "shotwright.domain.units",
    "Music": "shotwright.domain.storyboard",
    "Plan": "shotwright.domain.job",
    "Shot": "shotwright.domain.storyboard",
    "ShotwrightError": "shotwright.errors",
    "Size": "shotwright.domain.units",
    "Storyboard": "shotwright.domain.storyboard",
    "Studio": "shotwright.studio.facade",
    "Transition": "shotwright.domain.storyboard",
    "extract_last_frame_as_png": "shotwright.oneliners",
    "generate_video": "shotwright.oneliners",
}


def __getattr__(name: str) -> Any:
    """Public names load their room when they are first asked for: `shotwright --help` loads none."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
