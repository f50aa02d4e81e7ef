"""Writes the first help page, as the parser shows it at 80 columns without colours, to the file it is served from."""

from __future__ import annotations

import io
from pathlib import Path

from shotwright.cli.quick import HELP_FILE

WIDTH = 80


def rendered(*command: str) -> str:
    """The help page of a command ("" for the first page) as plain text, 80 columns wide."""
    from rich.console import Console

    from shotwright.cli.app import build

    page = io.StringIO()
    console = Console(file=page, width=WIDTH, color_system=None, force_terminal=False, highlight=False, emoji=False)
    build().help_print(list(command), console=console)
    return "\n".join(line.rstrip() for line in page.getvalue().splitlines()).rstrip() + "\n"


if __name__ == "__main__":
    Path(__file__).with_name(HELP_FILE).write_text(rendered(), encoding="utf-8")
