"""Which prompt goes with which picture. Pure: nothing is read here."""

from __future__ import annotations

import re
from collections.abc import Sequence

from shotwright.errors import InvalidInput

_NUMBERED = re.compile(r"\s*(\d{1,4})\s*[:.)]\s+(\S.*)", re.DOTALL)


def read_prompts(text: str) -> list[str]:
    """One prompt a line, as they come from standard input; blank lines count for nothing."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def pair_prompts(items: Sequence[tuple[str, str | None]], prompts: Sequence[str]) -> list[tuple[str | None, str]]:
    """Pictures with their prompts, one pair for each shot.

    `items` are pictures, each with its own prompt or None; its own one always wins. `prompts` are for the others: one
    for all, as many as there are pictures, as many as there are pictures without one, or numbered ("2: push in", from
    1). A picture that none is meant for gets "". Without pictures each prompt is a shot. Raises InvalidInput where
    numbers or counts don't fit.
    """
    given = [prompt.strip() for prompt in prompts if prompt.strip()]
    if not items:
        return [(None, text) for text in _in_order(given)]
    shared = _shared(items, given)
    return [(picture, own or text) for (picture, own), text in zip(items, shared, strict=True)]


def _shared(items: Sequence[tuple[str, str | None]], given: Sequence[str]) -> list[str]:
    """A prompt for every picture, whether or not it has one of its own."""
    numbered = _numbered(given)
    if numbered is not None:
        beyond = [number for number in numbered if not 1 <= number <= len(items)]
        if beyond:
            raise InvalidInput(
                f"prompt {beyond[0]}: there is no picture {beyond[0]}, only 1 to {len(items)}",
                field="prompt",
                value=numbered[beyond[0]],
                hint="number the prompts by the pictures' order, from 1",
            )
        return [numbered.get(at, "") for at in range(1, len(items) + 1)]
    if len(given) <= 1:
        return [given[0] if given else ""] * len(items)
    without = [at for at, (_, own) in enumerate(items) if not own]
    if len(given) == len(items):
        return list(given)
    if len(given) == len(without):
        texts = dict(zip(without, given, strict=True))
        return [texts.get(at, "") for at in range(len(items))]
    raise InvalidInput(
        f"{len(given)} prompts don't fit {len(items)} pictures",
        field="prompt",
        value=list(given),
        hint=f'give one for all, {len(items)} in the pictures\' order, or number them: "2: push in"',
    )


def _in_order(given: Sequence[str]) -> list[str]:
    numbered = _numbered(given)
    return list(given) if numbered is None else [numbered[number] for number in sorted(numbered)]


def _numbered(given: Sequence[str]) -> dict[int, str] | None:
    """Number to prompt where every one is numbered, else None."""
    matches = [_NUMBERED.fullmatch(prompt) for prompt in given]
    found: dict[int, str] = {}
    for match in matches:
        if match is None:
            return None
        number, text = int(match[1]), match[2].strip()
        if number in found:
            raise InvalidInput(
                f"prompt {number} is given twice", field="prompt", value=text, hint="number each picture once"
            )
        found[number] = text
    return found or None
