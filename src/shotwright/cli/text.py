"""Plain text for a terminal: widths in cells, wrapping, columns, and the few colours that are used.

Kept apart from Rich because `shotwright models` must answer before Rich could be imported.
"""

from __future__ import annotations

import os
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

GAP = 2
ELLIPSIS = "…"
_STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}


def width_of(stream: TextIO) -> int:
    """Columns of the terminal, from 40 to 120; 80 where the stream is not a terminal and COLUMNS is not set."""
    columns = shutil.get_terminal_size((80, 24)).columns if stream.isatty() or "COLUMNS" in os.environ else 80
    return max(40, min(columns, 120))


def colours(stream: TextIO) -> bool:
    """Whether a stream takes colours: a terminal, without NO_COLOR and not TERM=dumb."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def styled(text: str, style: str, stream: TextIO) -> str:
    """Text in one of the known styles where the stream shows colours, else as it is."""
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if text and colours(stream) else text


def cells(text: str) -> int:
    """How many terminal columns a text takes: two for wide characters, none for combining ones."""
    if text.isascii():
        return len(text)
    return sum(_cell(letter) for letter in text)


def _cell(letter: str) -> int:
    if unicodedata.combining(letter) or unicodedata.category(letter) in ("Cf", "Mn"):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def one_line(text: str) -> str:
    """Free text without line breaks and control characters, so that it can't disturb a terminal."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(shown.split())


def wrapped(text: str, width: int) -> list[str]:
    """Lines of at most `width` cells, broken between words; a longer word (or one without spaces) is broken inside."""
    lines = [""]
    for word in one_line(text).split(" "):
        rest = word
        while rest:
            room = width - cells(lines[-1]) - (1 if lines[-1] else 0)
            if cells(rest) <= room:
                lines[-1] += (" " if lines[-1] else "") + rest
                rest = ""
            elif lines[-1]:
                lines.append("")
            else:
                head = _head(rest, width) or rest[0]
                lines[-1] = head
                rest = rest[len(head) :]
                if rest:
                    lines.append("")
    return lines


def _head(text: str, width: int) -> str:
    used = 0
    for index, letter in enumerate(text):
        used += _cell(letter)
        if used > width:
            return text[:index]
    return text


def cut_to(text: str, width: int) -> str:
    """The text in one line of at most `width` cells, with an ellipsis where something was left out."""
    flat = one_line(text)
    return flat if cells(flat) <= width else _head(flat, width - 1).rstrip() + ELLIPSIS


def padded(text: str, width: int, *, right: bool = False) -> str:
    fill = " " * max(0, width - cells(text))
    return fill + text if right else text + fill


@dataclass(frozen=True)
class Column:
    """A column of a table. `flex` columns share what room is left and wrap; `least` is their smallest width."""

    title: str
    right: bool = False
    flex: bool = False
    least: int = 12


def table(columns: Sequence[Column], rows: Iterable[Sequence[str]], width: int) -> list[str]:
    """Lines of a table with a heading, at most `width` cells wide where the flexible columns can give way."""
    body = [[one_line(cell) for cell in row] for row in rows]
    widths = _widths(columns, body, width)
    return [_line([column.title for column in columns], columns, widths)] + [
        line for row in body for line in _row(row, columns, widths)
    ]


def _widths(columns: Sequence[Column], body: Sequence[Sequence[str]], width: int) -> list[int]:
    wanted = [max([cells(column.title), *(cells(row[i]) for row in body)]) for i, column in enumerate(columns)]
    flexible = [index for index, column in enumerate(columns) if column.flex]
    over = sum(wanted) + GAP * (len(columns) - 1) - width
    while over > 0 and flexible:
        widest = max(flexible, key=lambda index: wanted[index] - columns[index].least)
        if wanted[widest] <= columns[widest].least:
            break
        wanted[widest] -= 1
        over -= 1
    return wanted


def _row(row: Sequence[str], columns: Sequence[Column], widths: Sequence[int]) -> list[str]:
    parts = [
        wrapped(cell, width) if column.flex else [cell]
        for cell, column, width in zip(row, columns, widths, strict=True)
    ]
    height = max(len(part) for part in parts)
    return [_line([part[at] if at < len(part) else "" for part in parts], columns, widths) for at in range(height)]


def _line(parts: Sequence[str], columns: Sequence[Column], widths: Sequence[int]) -> str:
    cells_of_line = [
        padded(part, width, right=column.right) for part, column, width in zip(parts, columns, widths, strict=True)
    ]
    return (" " * GAP).join(cells_of_line).rstrip()


def labelled(label: str, text: str, width: int, *, indent: int = 7) -> list[str]:
    """A label and wrapped text beside it, as in the lines of a result or an error."""
    lines = wrapped(text, max(20, width - indent))
    return [padded(label, indent) + lines[0], *(" " * indent + line for line in lines[1:])]


def say(*lines: str) -> None:
    """Write result lines to stdout."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def note(*lines: str) -> None:
    """Write words about the work to stderr."""
    sys.stderr.write("".join(f"{line}\n" for line in lines))
    sys.stderr.flush()


def short_path(path: Path | str) -> str:
    """A path as the person would write it here: relative where it lies below the current folder."""
    here = os.path.relpath(path)
    return str(path) if here.startswith("..") else here


def megabytes(count: int) -> str:
    """A file size in the unit that reads best: 512 B, 6.2 MB, 1.4 GB."""
    value = float(count)
    for unit in ("B", "kB", "MB"):
        if value < 1000:
            return f"{count} B" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"


def duration(seconds: float) -> str:
    """8 s, 1 min 20 s, 2 h 5 min: how long something takes."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
