"""A script, a list, Markdown or plain paragraphs as beats: stretches of text that are one shot each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from shotwright.story.sentences import has_words, joined, reading_seconds, sentences

LONGEST_READING = 16.0
"""A paragraph that takes longer to read, in seconds, is more than one shot."""

BeatKind = Literal["heading", "item", "paragraph", "scene"]

_ITEM = re.compile(r"^\s{0,8}(?:[-*+•‣▪·]|\(?\d{1,3}[.):、．]|[①-⑳])\s+(?=\S)|^\s{0,8}\d{1,3}[、．]")
_SHOT_LABEL = re.compile(
    r"^\W*(?:shot|scene|beat|frame|panel|szene|plan|einstellung)\s*#?\d{1,3}\s*[:.)\-–—]+\s*",
    re.IGNORECASE,
)
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+(.*)$")
_UNDERLINE = re.compile(r"^\s{0,3}={3,}\s*$")
_RULE = re.compile(r"^\s*(?:[-*_=]\s*){3,}$")
_SLUG = re.compile(r"^\s*(?:\d+[.)]?\s+)?(?:INT|EXT|INT\./EXT|I/E)[.\s]+\S")
_DIRECTION = re.compile(r"^\s*(?:FADE (?:IN|OUT|TO)|CUT TO|DISSOLVE TO|SMASH CUT|THE END|MATCH CUT)\b[^a-z]*$")
_CUE = re.compile(r"^\s*([A-ZÀ-Þ][A-ZÀ-Þ0-9 .'’-]{1,30})(?:\s*\((?:[^)]*)\))?\s*$")
_TITLE = re.compile(r"^\s*title\s*:\s*(\S.*?)\s*$", re.IGNORECASE)
_PICTURE = re.compile(r"!\[([^\]]{0,300})\]\(\s*<?([^)>\s]{1,2000})>?[^)]{0,300}\)")
_LINK = re.compile(r"\[([^\]]{1,300})\]\([^)]{0,2000}\)")
_EMPHASIS = re.compile(r"(?<![\w*_])(\*\*|__|\*|_|`)(?=\S)(.{1,300}?)(?<=\S)\1(?![\w*_])")
_LENGTH = re.compile(r"\s*[(\[]\s*(\d{1,3}(?:\.\d+)?)\s*(?:s|sec|secs|seconds?)\.?\s*[)\]]", re.IGNORECASE)
_FENCE = re.compile(r"^[^\S\n]*(?:```|~~~).*$", re.MULTILINE)
_WIDE_GAP = re.compile(r"[^\S\n]{9,}")


@dataclass(frozen=True)
class Beat:
    """Text of one shot, pictures that stood in it, and its length in seconds where the text said one."""

    text: str
    pictures: tuple[str, ...] = ()
    seconds: Fraction | None = None

    @property
    def weight(self) -> float:
        """Reading time in seconds, or the length that was asked for."""
        return float(self.seconds) if self.seconds else max(0.4, reading_seconds(self.text))


@dataclass(frozen=True)
class Script:
    """`title` is empty where the text names none."""

    title: str
    beats: tuple[Beat, ...]


@dataclass(frozen=True)
class _Block:
    kind: BeatKind
    text: str


def read_script(text: str) -> Script:
    """The beats in order, none without words or a picture. An empty script where the text holds neither."""
    blocks = list(_blocks(_prepared(text)))
    title, blocks = _titled(blocks)
    items = sum(block.kind == "item" for block in blocks)
    bodies = [block for block in _scenes_joined(blocks) if not (items and block.text.rstrip().endswith((":", "：")))]
    if all(block.kind == "heading" for block in bodies):
        beats = [beat for block in bodies if (beat := _beat(block.text))]
    else:
        beats = [beat for block in bodies if block.kind != "heading" for beat in _beats(block, alone=len(bodies) == 1)]
    return Script(title, tuple(beats))


def _prepared(text: str) -> str:
    """One kind of line end; no comments, code fences or wide gaps, which would make the patterns slow."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    kept, rest = [], text
    while True:
        before, opening, inside = rest.partition("<!--")
        _, closing, after = inside.partition("-->")
        if not opening or not closing:
            break
        kept.append(before)
        rest = after
    return _WIDE_GAP.sub(" " * 8, _FENCE.sub("", "".join([*kept, rest])))


def _blocks(text: str) -> Iterator[_Block]:
    """Paragraphs, list items with their following lines, headings and scene lines."""
    kind: BeatKind = "paragraph"
    lines: list[str] = []
    for line in [*text.split("\n"), ""]:
        row = re.sub(r"^\s*>\s?", "", line)
        heading = _HEADING.match(row)
        label = _SHOT_LABEL.match(row)
        item = _ITEM.match(row)
        starts = not row.strip() or _RULE.match(row) or heading or label or item or _SLUG.match(row)
        if _UNDERLINE.match(row) and len(lines) == 1:
            yield _Block("heading", lines.pop())
        if starts and lines:
            yield _Block(kind, "\n".join(lines))
            lines, kind = [], "paragraph"
        if not row.strip() or _RULE.match(row) or _DIRECTION.match(row):
            continue
        if heading:
            yield _Block("heading", heading[1].rstrip(" #"))
        elif _SLUG.match(row):
            yield _Block("scene", row.strip())
        elif label and has_words(row[label.end() :]):
            lines, kind = [row[label.end() :]], "item"
        elif item and not label:
            lines, kind = [row[item.end() :]], "item"
        elif not label:
            lines.append(row)


def _titled(blocks: list[_Block]) -> tuple[str, list[_Block]]:
    if not blocks:
        return "", blocks
    first, rest = blocks[0], blocks[1:]
    named = _TITLE.match(first.text)
    if named and rest:
        return _clean(named[1]), rest
    if first.kind == "heading" and any(block.kind != "heading" for block in rest):
        return _clean(first.text), rest
    if first.kind == "paragraph" and rest and rest[0].kind == "item" and first.text.rstrip().endswith((":", "：")):
        return _clean(first.text).rstrip(":： "), rest
    return "", blocks


def _scenes_joined(blocks: list[_Block]) -> Iterator[_Block]:
    """A scene line goes into the paragraph after it; speech joins what happens before it."""
    waiting: str | None = None
    held: _Block | None = None
    for block in blocks:
        if block.kind == "scene":
            if held:
                yield held
            if waiting is not None:
                yield _Block("paragraph", waiting)
            held, waiting = None, _place(block.text)
            continue
        speech = _speech(block.text) if block.kind == "paragraph" else None
        if speech and (held or waiting is not None):
            held = _Block("paragraph", f"{held.text if held else waiting} {speech}")
            waiting = None
            continue
        if held:
            yield held
        held = _Block(block.kind, speech or block.text)
        if waiting is not None and block.kind != "heading":
            held, waiting = _Block(block.kind, f"{waiting} {held.text}"), None
    if held:
        yield held
    if waiting is not None:
        yield _Block("paragraph", waiting)


def _place(slug: str) -> str:
    """ "EXT. HARBOUR - DAWN" as "Exterior, harbour, dawn." """
    words = re.sub(r"^\s*(?:\d+[.)]?\s+)?", "", slug)
    inside = "Interior" if words.upper().startswith(("INT", "I/E")) else "Exterior"
    rest = re.sub(r"^(?:INT\./EXT|INT|EXT|I/E)[.\s]+", "", words)
    parts = [part.strip(" .") for part in re.split(r"\s+[-–—]+\s+", rest)]
    return f"{inside}, {', '.join(part.lower() for part in parts if part)}."


def _speech(text: str) -> str | None:
    """A name in capitals on its own line, with what is said below."""
    first, _, rest = text.partition("\n")
    cue = _CUE.match(first)
    said = re.sub(r"^\s*\([^)]*\)\s*$", "", rest, flags=re.MULTILINE).strip()
    if not cue or not said:
        return None
    return f"{cue[1].strip().title()} says: “{' '.join(said.split())}”"


def _beats(block: _Block, *, alone: bool) -> Iterator[Beat]:
    whole = _beat(block.text)
    if whole is None:
        return
    parts = sentences(whole.text) if block.kind == "paragraph" and whole.seconds is None else []
    if len(parts) < 2 or not (alone or reading_seconds(whole.text) > LONGEST_READING):
        yield whole
        return
    groups = list(_grouped(parts, shortest=1.2 if alone else LONGEST_READING / 4))
    for at, group in enumerate(groups):
        yield Beat(group, whole.pictures if at == 0 else ())


def _grouped(parts: list[str], *, shortest: float) -> Iterator[str]:
    """Sentences one by one, but those that are read within `shortest` seconds go with their neighbours."""
    left = sum(reading_seconds(part) for part in parts)
    held: list[str] = []
    weight = 0.0
    for at, part in enumerate(parts):
        held.append(part)
        weight += reading_seconds(part)
        left -= reading_seconds(part)
        if at == len(parts) - 1 or (weight >= shortest and left >= shortest):
            yield joined(held)
            held, weight = [], 0.0


def _beat(text: str) -> Beat | None:
    pictures = tuple(match[2] for match in _PICTURE.finditer(text))
    length = _LENGTH.search(text)
    seconds = Fraction(length[1]) if length else None
    words = _clean(_LENGTH.sub("", _PICTURE.sub(r"\1", text)))
    if not has_words(words) and not pictures:
        return None
    return Beat(words, pictures, seconds or None)


def _clean(text: str) -> str:
    """One line without the marks of Markdown."""
    text = _SHOT_LABEL.sub("", _LINK.sub(r"\1", text))
    for _ in range(2):
        text = _EMPHASIS.sub(r"\2", text)
    return " ".join(text.split())
