"""Shots in groups, each of which is one chain: by a separator between prompts, or so many at a time. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shotwright.domain.storyboard import Source
from shotwright.errors import InvalidInput

SEPARATORS = frozenset({"--", "---"})


@dataclass(frozen=True)
class Link:
    """A shot of a chain: its words, where it begins or ends (`picture`), and whether it goes on from the one before."""

    prompt: str
    picture: Source | None = None
    continues: bool = False


def is_separator(prompt: str) -> bool:
    return prompt.strip() in SEPARATORS


def grouped_prompts(prompts: Sequence[str]) -> list[list[str]]:
    """The prompts between separators; empty groups count for nothing."""
    groups: list[list[str]] = [[]]
    for prompt in prompts:
        if is_separator(prompt):
            groups.append([])
        else:
            groups[-1].append(prompt)
    return [group for group in groups if group]


def chains(groups: Sequence[Sequence[str]], pictures: Sequence[Source], every: int | None = None) -> list[Link]:
    """All shots in order. The first of each group begins with its picture, its others end with theirs.

    `every` splits groups into chains of so many shots. As many pictures as shots go to the shots in their order, as
    many as chains to their first shots; one alone goes to the very first. Raises InvalidInput for other numbers.
    """
    if every is not None and every < 1:
        raise InvalidInput("stitch_every counts shots", field="stitch_every", value=every, hint="2 or more")
    split = [
        group[at : at + (every or len(group))] for group in groups for at in range(0, len(group), every or len(group))
    ]
    given = iter(_placed(pictures, [len(chain) for chain in split]))
    return [Link(text, next(given), at > 0) for chain in split for at, text in enumerate(chain)]


def _placed(pictures: Sequence[Source], lengths: Sequence[int]) -> list[Source | None]:
    """A picture or None for each shot of chains of such lengths."""
    shots = sum(lengths)
    if len(pictures) == shots:
        return list(pictures)
    if len(pictures) > 1 and len(pictures) != len(lengths):
        raise InvalidInput(
            f"{len(pictures)} pictures for {shots} shots in {len(lengths)} groups",
            field="images",
            value=len(pictures),
            hint="give one for each shot, one for each group, or one to begin with",
        )
    if pictures and not shots:
        raise InvalidInput("groups of pictures need prompts", field="prompts", hint="write one for each shot")
    firsts = iter(pictures)
    return [next(firsts, None) if at == 0 else None for length in lengths for at in range(length)]
