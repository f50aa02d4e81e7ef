"""The calls that people know from scripts around single vendors: each makes one film and blocks until it is there.

All of them are `Studio.generate` with a provider filled in, so nothing is paid twice, and a second call reuses what the
first one made. Keys come from the vendors' own variables. They raise what `generate_video` raises.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from shotwright.domain.storyboard import Source
from shotwright.oneliners import generate_video
from shotwright.studio.film import Film

__all__ = [
    "generate_video_sequence_with_google_stitching",
    "generate_video_with_azure_sora",
    "generate_video_with_google",
    "generate_video_with_openai",
    "generate_video_with_runway",
    "generate_video_with_runway_veo",
]


def generate_video_with_openai(
    prompt: str = "", image: Source | Sequence[Source] = (), *, model: str | None = None, **wishes: Any
) -> Film:
    """By a server that speaks OpenAI's `/v1/videos`, named by `OPENAI_BASE_URL`.

    `image` is the first frame; a list makes a shot of each. `wishes`, here and below: seconds (or duration), size (or
    resolution with aspect_ratio), seed, negative (or negative_prompt), references (or reference_images), audio, output
    (or output_path), budget in USD, progress, force, and the rest of `Studio.board_for`. `film.path` is the file.
    """
    return _film("openai", prompt, image, model, wishes)


def generate_video_with_azure_sora(
    prompt: str = "", image: Source | Sequence[Source] = (), *, model: str | None = None, **wishes: Any
) -> Film:
    """By a deployment on Azure OpenAI, whose name is the `model`; the endpoint is `AZURE_OPENAI_ENDPOINT`."""
    return _film("azure", prompt, image, model, wishes)


def generate_video_with_google(
    prompt: str = "", image: Source | Sequence[Source] = (), *, model: str | None = None, **wishes: Any
) -> Film:
    """By Google's Omni models, or by Veo on Vertex AI where that is the `model`."""
    return _film("google", prompt, image, model, wishes)


def generate_video_with_runway(
    prompt: str = "", image: Source | Sequence[Source] = (), *, model: str | None = None, **wishes: Any
) -> Film:
    """By Runway's own models; Gen-4.5 where none is named."""
    return _film("runway", prompt, image, model, wishes)


def generate_video_with_runway_veo(
    prompt: str = "", image: Source | Sequence[Source] = (), *, model: str = "veo3.1", **wishes: Any
) -> Film:
    """By Google's Veo, bought from Runway."""
    return _film("runway", prompt, image, model, wishes)


def generate_video_sequence_with_google_stitching(
    prompts: str | Sequence[str],
    images: Source | Sequence[Source] = (),
    *,
    model: str | None = None,
    stitch_every: int | None = None,
    **wishes: Any,
) -> Film:
    """A film of several clips, each of which goes on from the last frame of the one before.

    One prompt may serve all pictures. A prompt "--" begins another chain, and so does each `stitch_every`-th clip.
    """
    texts = {"prompt": prompts} if isinstance(prompts, str) else {"prompt": "", "prompts": list(prompts)}
    return _film(
        "google", images=images, model=model, wishes=wishes | texts | {"stitch": True, "stitch_every": stitch_every}
    )


def _film(provider: str, prompt: str = "", images: Any = (), model: str | None = None, wishes: Any = None) -> Film:
    given = {"prompt": prompt} | _today(wishes or {})
    return generate_video(images=_listed(images), provider=provider, model=model or "", **given)


_EARLIER = {
    "duration": "seconds",
    "negative_prompt": "negative",
    "output_path": "output",
    "reference_images": "references",
}


def _today(wishes: dict[str, Any]) -> dict[str, Any]:
    """Earlier names under today's; `resolution` and `aspect_ratio` as a size."""
    from shotwright.domain.units import Size

    given = {_EARLIER.get(name, name): value for name, value in wishes.items() if value is not None}
    resolution, aspect = given.pop("resolution", None), given.pop("aspect_ratio", None)
    if resolution or aspect:
        given.setdefault("size", Size.of(resolution or "720p", aspect or "16:9"))
    if "references" in given:
        given["references"] = _listed(given["references"])
    return given


def _listed(value: Source | Sequence[Source]) -> list[Source]:
    return [value] if isinstance(value, str | bytes | os.PathLike) else list(value)
