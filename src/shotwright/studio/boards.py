"""From a prompt and pictures to a storyboard: what `generate` renders."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from shotwright.domain.storyboard import Fit, Shot, Source, Storyboard, Transition
from shotwright.domain.units import FrameRate, Size, seconds
from shotwright.errors import InvalidInput

_TITLE_LENGTH = 60
_JOIN = Transition("crossfade", Fraction(1, 2))


def board_from(
    prompt: str,
    images: Sequence[Source],
    *,
    prompts: Sequence[str] | None,
    model: str | Sequence[str],
    seconds: object,
    size: Size | str | None,
    fps: object,
    seed: int | None,
    negative: str | None,
    audio: Source | None,
    transition: Transition | str | None,
    stitch: bool,
    fit: Fit,
    references: Sequence[Source],
    title: str | None,
    options: dict[str, Any] | None,
    sound: bool,
) -> Storyboard:
    """A shot for each picture, or one for each prompt. With `stitch` the first picture begins a chain and each further
    prompt goes on from the last frame before; pictures after the first are then where their shots end."""
    words = _words(prompt, images, prompts)
    if not any(words) and not images:
        raise InvalidInput(
            "a film needs words or pictures",
            field="prompt",
            value=prompt,
            hint="write a prompt, or give pictures with -i",
        )
    names = (model,) if isinstance(model, str) else tuple(model)
    length = _exact(seconds)
    shots = tuple(
        Shot(
            prompt=text,
            image=None if stitch and index else images[index] if index < len(images) else None,
            last=images[index] if stitch and 0 < index < len(images) else None,
            continues=stitch and index > 0,
            audio=audio if index == 0 else None,
            seconds=length,
            options=options or {},
        )
        for index, text in enumerate(words)
    )
    join = Transition() if stitch else _JOIN
    return Storyboard(
        shots=shots,
        title=title or _title(prompt or words[0]),
        size=Size.parse(size) if size is not None else Size(1920, 1080),
        fps=FrameRate.parse(fps if fps is not None else 30),
        model=tuple(name for name in names if name),
        seed=seed,
        negative=negative or "",
        fit=fit,
        references=tuple(references),
        transition=Transition.parse(transition) if transition is not None else join,
        sound=sound,
    )


def _exact(length: object) -> Fraction | None:
    return seconds(length) if length is not None else None


def _words(prompt: str, images: Sequence[Source], prompts: Sequence[str] | None) -> list[str]:
    """One text for each shot: `prompts` where given, the one prompt for all otherwise."""
    if prompts is None:
        return [prompt.strip()] * max(1, len(images))
    if images and len(prompts) != len(images):
        raise InvalidInput(
            f"{len(prompts)} prompts for {len(images)} pictures",
            field="prompts",
            value=len(prompts),
            hint="give one prompt for each picture, or one for all",
        )
    return [(text or prompt).strip() for text in prompts]


def _title(text: str) -> str:
    line = " ".join(text.split())
    return line if 0 < len(line) <= _TITLE_LENGTH else f"{line[:_TITLE_LENGTH].rstrip()}…" if line else "Untitled"
