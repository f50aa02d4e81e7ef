"""Fills the marked parts of docs/ from the code; `--check` only says which pages are out of date, and ends with 1.

A part stands between `<!-- NAME: written by ./dev docs -->` and `<!-- end -->`; all other words are written by hand.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from shotwright import errors
from shotwright.cli.app import build
from shotwright.cli.pages import rendered
from shotwright.config import settings

DOCS = Path(__file__).resolve().parent
PART = re.compile(r"(<!-- (?P<name>[\w-]+): written by \./dev docs -->\n).*?(<!-- end -->)", re.DOTALL)
TREE_LINE = re.compile(r"^[ │├└─]*(?P<name>[A-Z]\w+)(?: {2,}(?P<words>\S.*))?$")


def exit_codes() -> str:
    words = words_of_errors()
    rows = [
        f"| {kind.exit_status} | `{kind.code}` | `{kind.__name__}` | {kind.http_status} | {words[kind.__name__]} |"
        for kind in sorted(error_classes(), key=lambda kind: kind.exit_status)
    ]
    return "\n".join(["| exit | code | exception | HTTP | what happened |", "| ---: | --- | --- | ---: | --- |", *rows])


def words_of_errors() -> dict[str, str]:
    """What the tree at the top of errors.py says about each class."""
    tree = (errors.__doc__ or "").split("\n\n")[1]
    found = (TREE_LINE.match(line) for line in tree.splitlines())
    return {match["name"]: match["words"] or "something that nobody foresaw" for match in found if match}


def error_classes(
    root: type[errors.ShotwrightError] = errors.ShotwrightError,
) -> Iterator[type[errors.ShotwrightError]]:
    """The root and all below it, in the order of their definition."""
    yield root
    for child in root.__subclasses__():
        yield from error_classes(child)


def setting_keys() -> str:
    rows = [f"| `{key}` | `SHOTWRIGHT_{key.upper()}` | {about} |" for key, about in settings.SETTING_KEYS.items()]
    return "\n".join(["| in a file | in the environment | what it is |", "| --- | --- | --- |", *rows])


def vendor_variables() -> str:
    return "\n".join(f"- `{name}`" for name in settings.VENDOR_VARIABLES)


def first_help_page() -> str:
    return as_text(rendered())


def command_help_pages() -> str:
    names = sorted(name for name in build() if not name.startswith("-"))
    return "\n\n".join(f"## {name}\n\n{as_text(rendered(name))}" for name in names)


def as_text(page: str) -> str:
    return f"```text\n{page.rstrip()}\n```"


PARTS: dict[str, Callable[[], str]] = {
    "exit-codes": exit_codes,
    "setting-keys": setting_keys,
    "vendor-variables": vendor_variables,
    "first-help-page": first_help_page,
    "command-help-pages": command_help_pages,
}


def filled(page: str) -> str:
    """The page with every marked part written anew. Raises KeyError for a part that nobody writes."""
    return PART.sub(lambda part: f"{part[1]}{PARTS[part['name']]()}\n{part[3]}", page)


def main(check_only: bool) -> int:
    stale = 0
    for path in sorted(DOCS.glob("*.md")):
        page = path.read_text(encoding="utf-8")
        fresh = filled(page)
        if fresh == page:
            continue
        stale += 1
        if check_only:
            print(f"docs/{path.name} is out of date: write it anew with  ./dev docs")
        else:
            path.write_text(fresh, encoding="utf-8")
            print(f"docs/{path.name} written")
    return 1 if stale and check_only else 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
