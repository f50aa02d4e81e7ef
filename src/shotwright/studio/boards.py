"""From a prompt and pictures to a storyboard: what `generate` renders."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from shotwright.domain.storyboard import Fit, Shot, Source, Storyboard, Transition
from shotwright.domain.units import FrameRate, Size, seconds
from shotwright.errors import InvalidInput
from shotwright.studio.groups import Link, chains, grouped_prompts, is_separator

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
    stitch_every: int | None,
    fit: Fit,
    references: Sequence[Source],
    title: str | None,
    options: dict[str, Any] | None,
    sound: bool,
) -> Storyboard:
    """A shot for each picture, or one for each prompt. With `stitch` the first picture begins a chain and each further
    prompt goes on from the last frame before; pictures after the first are then where their shots end. A prompt "--" or
    "---" begins another chain, and so does each `stitch_every`-th shot; chains are joined by the transition."""
    links = _links(prompt, images, prompts, stitch=stitch, every=stitch_every)
    if not images and not any(link.prompt for link in links):
        raise InvalidInput(
            "a film needs words or pictures",
            field="prompt",
            value=prompt,
            hint="write a prompt, or give pictures with -i",
        )
    names = (model,) if isinstance(model, str) else tuple(model)
    length = _exact(seconds)
    several = sum(not link.continues for link in links) > 1
    shots = tuple(
        Shot(
            prompt=link.prompt,
            image=None if link.continues else link.picture,
            last=link.picture if link.continues else None,
            continues=link.continues,
            audio=audio if index == 0 else None,
            seconds=length,
            transition=Transition() if several and link.continues else None,
            options=options or {},
        )
        for index, link in enumerate(links)
    )
    join = _JOIN if several else Transition()
    return Storyboard(
        shots=shots,
        title=title or _title(prompt or links[0].prompt),
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


def _links(
    prompt: str, images: Sequence[Source], prompts: Sequence[str] | None, *, stitch: bool, every: int | None
) -> list[Link]:
    """One link for each shot: with `prompts` where given, with the one prompt for all otherwise."""
    words = [prompt] * max(1, len(images)) if prompts is None else [text or prompt for text in prompts]
    groups = [[text.strip() for text in group] for group in grouped_prompts(words)]
    if stitch or every is not None or any(map(is_separator, words)):
        return chains(groups, images, every)
    [texts] = groups or [[]]
    if images and len(texts) != len(images):
        raise InvalidInput(
            f"{len(texts)} prompts for {len(images)} pictures",
            field="prompts",
            value=len(texts),
            hint="give one prompt for each picture, or one for all",
        )
    return [Link(text, images[index] if images else None) for index, text in enumerate(texts)]


def _title(text: str) -> str:
    line = " ".join(text.split())
    return line if 0 < len(line) <= _TITLE_LENGTH else f"{line[:_TITLE_LENGTH].rstrip()}…" if line else "Untitled"
