"""The code of a documentation page: blocks by their language, files by the comment in their first line."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"
_BLOCK = re.compile(r"^```(?P<language>\w*)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
_NAMED = re.compile(r"# (?P<path>[\w/.-]+\.(?:py|toml|yaml))\n")


def blocks(page: str, language: str) -> list[str]:
    """The blocks of a page in one language, in their order."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return [match["code"] for match in _BLOCK.finditer(text) if match["language"] == language]


def files(page: str) -> dict[str, str]:
    """The blocks whose first line is a comment with a path, by that path."""
    found = [code for language in ("python", "toml") for code in blocks(page, language)]
    return {match["path"]: code for code in found if (match := _NAMED.match(code))}
