"""film.yaml, or the same as JSON, to a Storyboard and back.

    board = read_storyboard("film.yaml")
    text = dump_storyboard(board, base=Path("."))

Paths in the file are relative to the file; links and data URIs stay as they are. Every refusal is a StoryboardError
with file, line, field, value and remedy; where a file has several faults, the first one is raised and its hint names
the others.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shotwright.domain.storyboard import Storyboard
from shotwright.errors import StoryboardError
from shotwright.story.boardwriter import SCHEMA_URL, dump_storyboard

__all__ = [
    "dump_storyboard",
    "parse_storyboard",
    "read_storyboard",
    "schema_text",
    "storyboard_from",
    "storyboard_schema",
]


def read_storyboard(path: str | os.PathLike[str]) -> Storyboard:
    """Reads a film file. Sources that are paths come out absolute. Raises StoryboardError."""
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise _unreadable(file, "is not there", "check the path, or begin one: shotwright storyboard") from None
    except IsADirectoryError:
        raise _unreadable(file, "is a folder", f"name the file, for example {file / 'film.yaml'}") from None
    except UnicodeDecodeError as problem:
        raise _unreadable(file, "is not UTF-8 text", "save it as UTF-8") from problem
    except OSError as problem:
        raise _unreadable(file, f"can't be read: {problem.strerror}", "check its permissions") from problem
    return parse_storyboard(text, file=str(file), base=file.absolute().parent)


def parse_storyboard(text: str, *, file: str | None = None, base: Path | None = None) -> Storyboard:
    """Reads YAML or JSON text. `base` is the folder of its relative paths; without one they stay relative."""
    from shotwright.story.boardreader import board_of
    from shotwright.story.yamltree import read_tree

    return board_of(read_tree(text, file=file), file=file, base=base)


def storyboard_from(values: Mapping[str, Any], *, base: Path | None = None) -> Storyboard:
    """The same from plain values, as they come in JSON over HTTP. Raises StoryboardError without file and line."""
    from shotwright.story.boardreader import board_of
    from shotwright.story.yamltree import Tree

    return board_of(Tree(dict(values), {}), file=None, base=base)


def storyboard_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of film.yaml, for editors."""
    from shotwright.story.filmfile import FilmFile

    drawn = FilmFile.model_json_schema(by_alias=True, mode="validation")
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_URL,
        "title": "Shotwright film",
    }
    schema: dict[str, Any] = head | _tidied({key: value for key, value in drawn.items() if key != "title"})
    return schema


def schema_text() -> str:
    """The text of film.schema.json."""
    return json.dumps(storyboard_schema(), indent=2, ensure_ascii=False) + "\n"


def _tidied(schema: Any) -> Any:
    """Without the titles that repeat the keys, and without `null` beside every optional value."""
    if isinstance(schema, list):
        return [_tidied(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: value for key, value in schema.items() if not (key == "default" and value is None)}
    if isinstance(kept.get("title"), str):
        del kept["title"]
    choices = kept.get("anyOf")
    if isinstance(choices, list) and {"type": "null"} in choices:
        rest = [choice for choice in choices if choice != {"type": "null"}]
        del kept["anyOf"]
        kept = (rest[0] if len(rest) == 1 else {"anyOf": rest}) | kept
    return {key: _tidied(value) for key, value in kept.items()}


def _unreadable(file: Path, what: str, hint: str) -> StoryboardError:
    return StoryboardError(f"the storyboard {what}", file=str(file), value=str(file), hint=hint)
