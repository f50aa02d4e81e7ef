"""Answers that need no parser: `--version`, the first help page, and the list of models.

The parser and its help take longer to load than these commands take as a whole. The help page is a file that
`python -m shotwright.cli.pages` writes; a test holds it equal to what the parser itself shows.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import resources

HELP_FILE = "help.txt"
MODELS_VALUE_FLAGS = {"--provider": "provider"}
MODELS_BARE_FLAGS = {"--alive": "alive", "--json": "json"}


def answer(tokens: Sequence[str]) -> int | None:
    """Answer the command if it is one of the quick ones, and return its exit status; None: parse it as usual."""
    if not tokens or list(tokens) in (["--help"], ["-h"], ["help"]):
        sys.stdout.write(help_page())
        return 0
    if list(tokens) in (["--version"], ["version"]):
        from shotwright import __version__

        sys.stdout.write(f"{__version__}\n")
        return 0
    if tokens[0] == "models":
        return _models(tokens[1:])
    return None


def help_page() -> str:
    return resources.files("shotwright.cli").joinpath(HELP_FILE).read_text(encoding="utf-8")


def _models(tokens: Sequence[str]) -> int | None:
    wanted: dict[str, str | bool] = {}
    rest = list(tokens)
    while rest:
        flag, equals, value = rest.pop(0).partition("=")
        if flag in MODELS_BARE_FLAGS and not equals:
            wanted[MODELS_BARE_FLAGS[flag]] = True
        elif flag in MODELS_VALUE_FLAGS and (equals or (rest and not rest[0].startswith("-"))):
            wanted[MODELS_VALUE_FLAGS[flag]] = value if equals else rest.pop(0)
        else:
            return None
    return _list_models(wanted)


def _list_models(wanted: dict[str, str | bool]) -> int:
    from shotwright.errors import ShotwrightError

    as_json = bool(wanted.get("json"))
    provider = wanted.get("provider")
    try:
        from shotwright.cli.catalogue import list_models

        return list_models(
            provider=str(provider) if provider else None, alive=bool(wanted.get("alive")), as_json=as_json
        )
    except ShotwrightError as error:
        from shotwright.cli import failures

        return failures.show(error, as_json=as_json)
