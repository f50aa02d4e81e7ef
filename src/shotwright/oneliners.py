"""The calls that people look for first: each opens a studio, does one thing, and closes it. Blocking."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shotwright.domain.storyboard import Source

if TYPE_CHECKING:
    from shotwright.domain.job import Event
    from shotwright.domain.units import Money
    from shotwright.studio.film import Film


def generate_video(
    prompt: str = "",
    images: Sequence[Source] = (),
    *,
    output: Path | str | None = None,
    provider: str | None = None,
    model: str | Sequence[str] = (),
    progress: Callable[[Event], None] | None = None,
    budget: Money | str | None = None,
    force: bool = False,
    **wishes: Any,
) -> Film:
    """A film from a prompt and pictures; the free animatic where no model is named.

    `model` is `provider/model`; `provider` alone means its default model. `wishes` are those of
    `Studio.board_for`: prompts, seconds, size, fps, seed, negative, audio, transition, stitch, fit, references.
    Without `output` the film stays in the asset library, and `path` names it there.
    Raises InvalidInput before any work, JobFailed where a shot could not be made.
    """
    from dataclasses import replace

    from shotwright.sync import Studio

    names = _named(provider, model)
    with Studio() as studio:
        film: Film = studio.generate(
            prompt, images, output=output, model=names, progress=progress, budget=budget, force=force, **wishes
        )
        if film.path is None and film.digest:
            film = replace(film, path=studio.asset_path(film.digest))
        return film


def _named(provider: str | None, model: str | Sequence[str]) -> tuple[str, ...]:
    names = (model,) if isinstance(model, str) else tuple(model)
    if provider is None:
        return tuple(name for name in names if name)
    if not any(names):
        return (provider,)
    return tuple(name if name.startswith(f"{provider}/") else f"{provider}/{name}" for name in names)


def extract_last_frame_as_png(video: Path | str, png: Path | str) -> Path:
    """The exact last frame of a video, as a PNG. Raises MediaError."""
    from shotwright.media import save_last_frame

    save_last_frame(Path(video), Path(png))
    return Path(png)
