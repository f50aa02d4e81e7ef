"""The look of help: names on the left, words on the right, no boxes, at most as wide as the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shotwright.cli.text import cells, padded, wrapped

if TYPE_CHECKING:
    from cyclopts.help import HelpEntry, HelpPanel
    from rich.console import Console, ConsoleOptions

INDENT = 2
NAMES_MOST = 30
WIDTH_MOST = 100


class HelpPage:
    """A Cyclopts help formatter."""

    def __call__(self, console: Console, options: ConsoleOptions, panel: HelpPanel) -> None:
        rows = [(_names(entry), _words(entry)) for entry in panel.entries]
        if not rows:
            return
        width = min(console.width, WIDTH_MOST)
        column = min(NAMES_MOST, max(cells(names) for names, _ in rows))
        _print(console, f"\n{_plain(panel.title)}:")
        for names, words in rows:
            for line in _entry(names, words, column, width):
                _print(console, line)

    def render_usage(self, console: Console, options: ConsoleOptions, usage: Any) -> None:
        text = _plain(usage).strip().removeprefix("Usage:").strip()
        if text:
            lines = wrapped(text, min(console.width, WIDTH_MOST) - 9)
            _print(console, "\n         ".join(["Usage:   " + lines[0], *lines[1:]]))

    def render_description(self, console: Console, options: ConsoleOptions, description: Any) -> None:
        for paragraph in _plain(description).strip().split("\n\n"):
            _print(console, "")
            for line in wrapped(paragraph, min(console.width, WIDTH_MOST)):
                _print(console, line)


def _entry(names: str, words: str, column: int, width: int) -> list[str]:
    indent = " " * INDENT
    room = max(20, width - column - 2 * INDENT)
    lines = wrapped(words, room)
    rest = [" " * (column + 2 * INDENT) + line for line in lines[1:]]
    if cells(names) > column:
        return [indent + names, " " * (column + 2 * INDENT) + lines[0], *rest]
    return [f"{indent}{padded(names, column)}{indent}{lines[0]}".rstrip(), *rest]


def _names(entry: HelpEntry) -> str:
    options = [*entry.positive_shorts, *entry.positive_names]
    if entry.positional_label:
        return entry.positional_label
    shown = ", ".join(options)
    return f"{shown} {entry.metavar}" if entry.metavar else shown


def _words(entry: HelpEntry) -> str:
    parts = [_plain(entry.description)]
    if entry.choices:
        parts.append(f"[{', '.join(entry.choices)}]")
    if entry.default is not None:
        parts.append(f"[default: {entry.default}]")
    return " ".join(part for part in parts if part)


def _plain(text: Any) -> str:
    return str(getattr(text, "plain", None) or getattr(text, "primary_renderable", None) or text or "").rstrip()


def _print(console: Console, line: str) -> None:
    console.print(line, highlight=False, markup=False, emoji=False, soft_wrap=True)
