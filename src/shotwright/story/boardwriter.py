"""A Storyboard as film.yaml text: only what differs from the defaults, in the order that people write it."""

from __future__ import annotations

import base64
import os
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

from shotwright.domain.source import source_kind
from shotwright.domain.storyboard import CastMember, Music, Shot, Source, Storyboard, Transition

SCHEMA_URL = "https://raw.githubusercontent.com/shotwright/shotwright/main/src/shotwright/story/film.schema.json"
_HINT = f"# yaml-language-server: $schema={SCHEMA_URL}\n"
_WIDTH = 100
_ODD_BREAKS = re.compile("[\r\x85\u2028\u2029\ufeff]")


class _Dumper(yaml.SafeDumper):
    """Quotes what either YAML 1.1 or 1.2 would take for something other than text."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Indents the dashes of a list below its key, as people do."""
        super().increase_indent(flow, False)


def _text_node(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if _ODD_BREAKS.search(text) else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text_node)
_Dumper.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^(?:0o[0-7]+|0x[0-9a-fA-F]+|[-+]?[0-9]+)$"), list("-+0123456789")
)
_Dumper.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$"),
    list("-+.0123456789"),
)


def dump_storyboard(board: Storyboard, *, base: Path | None = None) -> str:
    """YAML with a hint for editors. Reading it again gives an equal board.

    Paths inside `base` are written relative to it. Bytes become data URIs.
    """
    return _HINT + yaml.dump(
        _film(board, base), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH, default_flow_style=False
    )


def _film(board: Storyboard, base: Path | None) -> dict[str, Any]:
    plain = Storyboard(shots=(Shot("x"),))
    film: dict[str, Any] = {"title": board.title, "size": str(board.size), "fps": _number(board.fps.value)}
    film |= _given(
        {
            "model": _one_or_more(board.model),
            "seconds": _number(board.seconds) if board.seconds != plain.seconds else None,
            "style": board.style or None,
            "negative": board.negative or None,
            "seed": board.seed,
            "fit": board.fit if board.fit != plain.fit else None,
            "cast": {name: _member(member, base) for name, member in board.cast.items()} or None,
            "references": _sources(board.references, base),
            "transition": _transition(board.transition) if board.transition != plain.transition else None,
            "music": _music(board.music, base) if board.music else None,
            "sound": None if board.sound else False,
            "budget": str(board.budget) if board.budget is not None else None,
        }
    )
    return film | {"shots": [_shot(shot, base) for shot in board.shots]}


def _shot(shot: Shot, base: Path | None) -> dict[str, Any]:
    return _given(
        {
            "prompt": shot.prompt or None,
            "image": _source(shot.image, base),
            "last": _source(shot.last, base),
            "references": _sources(shot.references, base),
            "audio": _source(shot.audio, base),
            "speech": _source(shot.speech, base),
            "seconds": _number(shot.seconds) if shot.seconds is not None else None,
            "model": _one_or_more(shot.model),
            "continue": shot.continues or None,
            "negative": shot.negative,
            "seed": shot.seed,
            "fit": shot.fit,
            "caption": shot.caption,
            "transition": _transition(shot.transition) if shot.transition is not None else None,
            "take": shot.take if shot.take != 1 else None,
            "options": dict(shot.options) or None,
        }
    )


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _member(member: CastMember, base: Path | None) -> dict[str, Any]:
    return _given({"look": member.look or None, "pictures": _sources(member.pictures, base)})


def _music(music: Music, base: Path | None) -> dict[str, Any]:
    return {"file": _source(music.file, base), "gain": f"{music.gain:.12g} dB", "fade": _number(music.fade)}


def _transition(transition: Transition) -> str:
    return "cut" if transition.kind == "cut" else f"{transition.kind} {_number(transition.seconds)}"


def _number(value: Fraction) -> int | float | str:
    """Exact: 5, 2.5, and "1/3" or "24000/1001" where no decimal is."""
    if value.denominator == 1:
        return value.numerator
    return float(value) if Fraction(repr(float(value))) == value else str(value)


def _one_or_more(values: tuple[str, ...]) -> str | list[str] | None:
    if not values:
        return None
    return values[0] if len(values) == 1 else list(values)


def _sources(values: tuple[Source, ...], base: Path | None) -> list[str] | None:
    return [_named(value, base) for value in values] or None


def _source(value: Source | None, base: Path | None) -> str | None:
    return None if value is None else _named(value, base)


def _named(value: Source, base: Path | None) -> str:
    if isinstance(value, bytes):
        return f"data:application/octet-stream;base64,{base64.b64encode(value).decode()}"
    text = os.fspath(value)
    if base is not None and source_kind(text) == "path" and Path(text).is_relative_to(base):
        return str(Path(text).relative_to(base))
    return text
