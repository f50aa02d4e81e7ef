"""Words to a storyboard without any model: one shot for each paragraph, list item or scene beat."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from math import floor

from shotwright.domain.storyboard import Shot, Storyboard
from shotwright.domain.units import seconds as exact_seconds
from shotwright.errors import StoryboardError
from shotwright.story.scripttext import Beat, read_script
from shotwright.story.sentences import joined

SHORTEST = Fraction(3)
LONGEST = Fraction(10)
MAX_CHARACTERS = 400_000
MAX_SHOTS = 500
_STEP = Fraction(1, 2)
_BREATH = 1.0
_TITLE_WORDS = 6
_TITLE_CHARACTERS = 48


def split(text: str, *, max_shots: int | None = None, seconds: object = None, title: str | None = None) -> Storyboard:
    """A storyboard of at most `max_shots` shots that last `seconds` together (else as long as reading takes).

    At most 500 shots in any case. They last 3 to 10 seconds, unless `seconds` asks for more than their number allows.
    A Markdown picture becomes its shot's image, "(5 s)" its length. Raises StoryboardError for text without words, or
    too much of it.
    """
    if len(text) > MAX_CHARACTERS:
        raise StoryboardError(
            f"{len(text):,} characters are too many for one film",
            field="text",
            value=text[:80],
            hint=f"at most {MAX_CHARACTERS:,}: make a film of each chapter",
        )
    if max_shots is not None and max_shots < 1:
        raise StoryboardError(
            "max_shots: a film needs at least one shot", field="max_shots", value=max_shots, hint="1 or more"
        )
    total = exact_seconds(seconds) if seconds is not None else None
    if total == 0:
        raise StoryboardError("seconds: a film of 0 seconds", field="seconds", value=seconds, hint="leave it out")
    script = read_script(text)
    if not script.beats:
        raise StoryboardError(
            "there are no words to make a film of",
            field="text",
            value=text[:80],
            hint="write a sentence, a list of shots, or a script",
        )
    groups = _merged(script.beats, _room(len(script.beats), max_shots, total))
    lengths = _natural(groups) if total is None else _fitted(groups, total)
    return Storyboard(
        title=title or script.title or _title(script.beats[0].text),
        shots=tuple(_shot(group, length) for group, length in zip(groups, lengths, strict=True)),
    )


def _room(beats: int, max_shots: int | None, total: Fraction | None) -> int:
    room = min(beats, max_shots or beats, MAX_SHOTS)
    return max(1, min(room, floor(total / SHORTEST))) if total is not None else room


def _merged(beats: Sequence[Beat], room: int) -> list[tuple[Beat, ...]]:
    """Neighbours together in exactly `room` groups, the heaviest of which is as light as can be."""
    weights = [beat.weight for beat in beats]
    low, high = max(weights), sum(weights)
    for _ in range(40):
        limit = (low + high) / 2
        low, high = (low, limit) if _groups_needed(weights, limit) <= room else (limit, high)
    groups: list[tuple[Beat, ...]] = []
    held: list[Beat] = []
    weight = 0.0
    for at, beat in enumerate(beats):
        still_to_open = room - len(groups) - 1
        if held and (weight + beat.weight > high or len(beats) - at == still_to_open):
            groups.append(tuple(held))
            held, weight = [], 0.0
        held.append(beat)
        weight += beat.weight
    return [*groups, tuple(held)]


def _groups_needed(weights: Sequence[float], limit: float) -> int:
    count, held = 1, 0.0
    for weight in weights:
        if held and held + weight > limit:
            count, held = count + 1, 0.0
        held += weight
    return count


def _natural(groups: Sequence[tuple[Beat, ...]]) -> list[Fraction]:
    return [_said(group) or _bounded(Fraction(_weight(group) + _BREATH)) for group in groups]


def _said(group: Sequence[Beat]) -> Fraction | None:
    """The length that the text itself asks for."""
    lengths = [beat.seconds for beat in group if beat.seconds is not None]
    return sum(lengths, Fraction(0)) if len(lengths) == len(group) else None


def _bounded(length: Fraction) -> Fraction:
    return min(LONGEST, max(SHORTEST, round(length / _STEP) * _STEP))


def _fitted(groups: Sequence[tuple[Beat, ...]], total: Fraction) -> list[Fraction]:
    """Lengths in half seconds by weight that add up to `total`, the last of them perhaps a shorter step."""
    longest = max(LONGEST, total / len(groups) + _STEP)
    weights = [Fraction(_weight(group) + _BREATH) for group in groups]
    shortest = min(SHORTEST, total / len(groups))
    low, high = Fraction(0), (total + longest) / min(weights)
    for _ in range(50):
        scale = (low + high) / 2
        reached = sum(min(longest, max(shortest, weight * scale)) for weight in weights)
        low, high = (scale, high) if reached < total else (low, scale)
    lengths = [floor(min(longest, max(shortest, weight * low)) / _STEP) * _STEP for weight in weights]
    lengths = [max(length, min(shortest, _STEP)) for length in lengths]
    rest = total - sum(lengths)
    while rest:
        part = min(rest, _STEP)
        open_ones = [at for at, length in enumerate(lengths) if length + part <= longest] or list(range(len(lengths)))
        lengths[max(open_ones, key=lambda at: weights[at] * low - lengths[at])] += part
        rest -= part
    return lengths


def _weight(group: Sequence[Beat]) -> float:
    return sum(beat.weight for beat in group)


def _shot(group: Sequence[Beat], length: Fraction) -> Shot:
    pictures = [picture for beat in group for picture in beat.pictures]
    return Shot(
        prompt=joined(_ended(beat.text, last=at == len(group) - 1) for at, beat in enumerate(group)),
        image=pictures[0] if pictures else None,
        references=tuple(pictures[1:]),
        seconds=length,
    )


def _ended(text: str, *, last: bool) -> str:
    return text if last or not text or not text[-1].isalnum() else f"{text}."


def _title(text: str) -> str:
    """The first words, up to a stop."""
    text = re.sub(r"^(?:Interior|Exterior), ", "", text)
    head = re.split(r"[,;:.!?。！？、،؟(\[–—\"“”]", text.strip(" \"'“”«»([¿¡"), maxsplit=1)[0].split()
    words = " ".join(head[:_TITLE_WORDS])[:_TITLE_CHARACTERS].strip()
    return words[:1].upper() + words[1:] if words else "Untitled"
