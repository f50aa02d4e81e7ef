"""Sentences and reading time in any script: Latin, Arabic, Devanagari, Chinese, Japanese."""

from __future__ import annotations

import re
from collections.abc import Iterable

_CLOSERS = "\"'”’»)\\]」』）】"
_ENDS = ".!?…؟۔।॥"
_DENSE_ENDS = "。！？｡"
_STOP = re.compile(
    rf"(?<![{_ENDS}])[{_ENDS}]++[{_CLOSERS}]*+(?=\s|$)|(?<![{_DENSE_ENDS}])[{_DENSE_ENDS}]++[{_CLOSERS}]*+"
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\"“])(?:(?i:Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|Mt|No|vs|etc|e\.g|i\.e|cf|approx|z\.B|d\.h)|[A-Z])\.$"
)
_LONGEST_ABBREVIATION = 10
_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af]")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")

_WORDS_PER_SECOND = 2.5
_SIGNS_PER_SECOND = 5.0


def sentences(text: str) -> list[str]:
    """The sentences of one paragraph, none empty. A point after an abbreviation or before a small letter ends none."""
    found: list[str] = []
    start = 0
    for stop in _STOP.finditer(text):
        end = stop.end()
        before, after = text[max(start, end - _LONGEST_ABBREVIATION) : end], text[end : end + 8].lstrip()
        soft = not stop[0].strip(".…")
        if soft and (after[:1].islower() or _ABBREVIATION.search(before)):
            continue
        found.append(text[start:end].strip())
        start = end
    found.append(text[start:].strip())
    return [sentence for sentence in found if has_words(sentence)]


def joined(parts: Iterable[str]) -> str:
    """Stretches of text after one another: with a space, but none after a Chinese or Japanese stop."""
    pieces: list[str] = []
    for part in parts:
        if pieces and pieces[-1].rstrip(_CLOSERS)[-1:] not in set(_DENSE_ENDS):
            pieces.append(" ")
        pieces.append(part)
    return "".join(pieces)


def reading_seconds(text: str) -> float:
    """How long it takes to read aloud: 2.5 words a second, or 5 signs of a script without spaces."""
    dense = len(_DENSE.findall(text))
    words = len(_WORD.findall(_DENSE.sub(" ", text)))
    return words / _WORDS_PER_SECOND + dense / _SIGNS_PER_SECOND


def has_words(text: str) -> bool:
    return bool(_WORD.search(text))
