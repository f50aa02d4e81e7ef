"""A YAML or JSON text as plain values, with the line of each. Scalars follow YAML 1.2's core schema.

`aspect: 16:9`, `caption: no` and `title: on` are text here. Anchors are read, but never grow beyond the limits.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from shotwright.errors import StoryboardError

MAX_CHARACTERS = 8 * 1024 * 1024
MAX_NODES = 50_000
MAX_DEPTH = 32

Path = tuple[str | int, ...]
"""Where a value stands: ("shots", 2, "seconds")."""

_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS = {word: truth for truth in (True, False) for word in (f"{truth}", f"{truth}".lower(), f"{truth}".upper())}
_INTEGER = re.compile(r"[-+]?[0-9]{1,40}|0o[0-7]{1,40}|0x[0-9a-fA-F]{1,40}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,4})?")
_SURROGATES = re.compile(r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_TAB_INDENT = re.compile(r" *\t[ \t]*[^\s#]")
_CORE_TAGS = {"!", "tag:yaml.org,2002:str", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"}


@dataclass(frozen=True, slots=True)
class Plain:
    """An unquoted number or truth value: `value` as read, `text` as written (1.50 stays exact)."""

    text: str
    value: bool | int | float


@dataclass(frozen=True, slots=True)
class Tree:
    """`values` are dicts, lists, texts, None and Plain; `lines` give the line (from 1) of each path."""

    values: Any
    lines: dict[Path, int]

    def line_of(self, path: Path) -> int:
        """The line of the value, or of the nearest one around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


@dataclass(slots=True)
class _Node:
    kind: str
    line: int
    value: Any = None
    size: int = 1
    depth: int = 1
    pairs: dict[str, tuple[int, _Node]] = field(default_factory=dict)
    items: list[_Node] = field(default_factory=list)


def read_tree(text: str, *, file: str | None = None) -> Tree:
    """Raises StoryboardError with the line for what isn't YAML or JSON, duplicate keys, or more than the limits."""
    if len(text) > MAX_CHARACTERS:
        raise StoryboardError(
            f"{len(text):,} characters are too many for a storyboard",
            file=file,
            hint="name pictures by path or link instead of putting them into the file",
        )
    text = text.removeprefix("\ufeff")
    if text.lstrip()[:1] in {"{", "["}:
        text = _yaml_from_json(text, file)
    try:
        root = _Composer(file).compose(iter(yaml.parse(text, Loader=_LOADER)))
    except yaml.MarkedYAMLError as problem:
        raise _syntax(problem, text, file) from problem
    except yaml.YAMLError as problem:
        raise StoryboardError(f"this is not YAML: {problem}", file=file, hint="save it as UTF-8 text") from problem
    lines: dict[Path, int] = {}
    return Tree(_values(root, (), lines), lines)


def unwrapped(value: Any) -> Any:
    """The same values with numbers and truth values in place of Plain."""
    if isinstance(value, Plain):
        return value.value
    if isinstance(value, dict):
        return {key: unwrapped(item) for key, item in value.items()}
    if isinstance(value, list):
        return [unwrapped(item) for item in value]
    return value


def _yaml_from_json(text: str, file: str | None) -> str:
    """JSON is YAML but for tabs and split emoji; a text that is no JSON may still be YAML in braces."""
    try:
        json.loads(text)
    except ValueError:
        return text
    except RecursionError as problem:
        raise _too_deep(file, 1) from problem
    return _SURROGATES.sub(_joined, text.replace("\t", " "))


def _joined(match: re.Match[str]) -> str:
    high, low = int(match[2], 16), int(match[3], 16)
    return match[1] + chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))


@dataclass(slots=True)
class _Composer:
    """Builds the nodes without recursion, so that no depth of brackets can reach the interpreter's limit."""

    file: str | None
    anchors: dict[str, _Node] = field(default_factory=dict)
    open_nodes: list[tuple[_Node, str | None]] = field(default_factory=list)
    keys: list[tuple[str, int] | None] = field(default_factory=list)
    root: _Node | None = None

    def compose(self, events: Iterator[Any]) -> _Node:
        for event in events:
            self._take(event, event.start_mark.line + 1)
        if self.root is None:
            raise _problem("the file is empty", 1, self.file, "begin with `shots:` and a list of shots")
        return self.root

    def _take(self, event: Any, line: int) -> None:
        if isinstance(event, yaml.DocumentStartEvent):
            if self.root is not None:
                raise _problem("a second document begins here", line, self.file, "one film, one file: remove the `---`")
        elif isinstance(event, yaml.ScalarEvent):
            self._close(_scalar(event, line, self.file), event.anchor)
        elif isinstance(event, yaml.AliasEvent):
            self._close(self._target(event.anchor, line), None)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            _check_tag(event.tag, line, self.file)
            if len(self.open_nodes) >= MAX_DEPTH:
                raise _too_deep(self.file, line)
            kind = "map" if isinstance(event, yaml.MappingStartEvent) else "list"
            self.open_nodes.append((_Node(kind, line), event.anchor))
            self.keys.append(None)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self.keys.pop()
            self._close(*self.open_nodes.pop())

    def _target(self, name: str | None, line: int) -> _Node:
        target = self.anchors.get(name or "")
        if target is None:
            raise _problem(f"*{name} is not defined above", line, self.file, f"put &{name} before it")
        if target.depth + len(self.open_nodes) > MAX_DEPTH:
            raise _too_deep(self.file, line)
        return target

    def _close(self, node: _Node, anchor: str | None) -> None:
        if anchor:
            self.anchors[anchor] = node
        if not self.open_nodes:
            self.root = node
            return
        parent = self.open_nodes[-1][0]
        key = self.keys[-1]
        if parent.kind == "list":
            parent.items.append(node)
        elif key is None:
            self.keys[-1] = self._key(parent, node)
        else:
            parent.pairs[key[0]] = (key[1], node)
            self.keys[-1] = None
        parent.size += node.size
        parent.depth = max(parent.depth, node.depth + 1)
        if parent.size > MAX_NODES:
            raise _problem("this file has too many values", node.line, self.file, f"keep it below {MAX_NODES:,}")

    def _key(self, parent: _Node, node: _Node) -> tuple[str, int]:
        if node.kind not in {"text", "number"}:
            raise _problem("a key must be a word", node.line, self.file, "write `key: value`")
        name = node.value.text if isinstance(node.value, Plain) else str(node.value)
        if name in parent.pairs:
            raise StoryboardError(
                f"the key {name!r} stands here twice, first on line {parent.pairs[name][0]}",
                file=self.file,
                line=node.line,
                field=name,
                hint="keep one of them",
            )
        return name, node.line


def _scalar(event: Any, line: int, file: str | None) -> _Node:
    text: str = event.value
    if event.tag is None and event.implicit[0]:
        return _plain(text, line, file)
    _check_tag(event.tag, line, file)
    return _Node("text", line, text)


def _plain(text: str, line: int, file: str | None) -> _Node:
    if text in _NULL:
        return _Node("null", line)
    if text in _BOOLEANS:
        return _Node("number", line, Plain(text, _BOOLEANS[text]))
    if _INTEGER.fullmatch(text):
        base = {"0o": 8, "0x": 16}.get(text[:2], 10)
        return _Node("number", line, Plain(text, int(text[2:] if base != 10 else text, base)))
    if _FLOAT.fullmatch(text):
        number = float(text)
        if not math.isfinite(number):
            raise _problem(f"{text} is out of range", line, file, "write a smaller number")
        return _Node("number", line, Plain(text, number))
    return _Node("text", line, text)


def _values(node: _Node, path: Path, lines: dict[Path, int]) -> Any:
    lines.setdefault(path, node.line)
    if node.kind == "map":
        found = {}
        for name, (line, item) in node.pairs.items():
            lines[(*path, name)] = line
            found[name] = _values(item, (*path, name), lines)
        return found
    if node.kind == "list":
        return [_values(item, (*path, at), lines) for at, item in enumerate(node.items)]
    return node.value


def _check_tag(tag: str | None, line: int, file: str | None) -> None:
    if tag is not None and tag not in _CORE_TAGS:
        raise _problem(f"the tag {tag!r} is not known here", line, file, "remove the word that begins with !")


def _syntax(problem: yaml.MarkedYAMLError, text: str, file: str | None) -> StoryboardError:
    words = str(problem.problem or "it can't be read")
    unclosed = "quoted scalar" in str(problem.context) and "end of stream" in words
    mark = problem.context_mark if unclosed else problem.problem_mark or problem.context_mark
    line = mark.line + 1 if mark else 1
    rows = text.splitlines()
    tab = next((at for at, row in enumerate(rows[:line], start=1) if _TAB_INDENT.match(row)), None)
    if tab is not None:
        return _problem("a tab indents this line", tab, file, "indent with spaces: YAML allows no tabs there")
    row = rows[line - 1].strip()[:80] if 0 < line <= len(rows) else ""
    if unclosed:
        return StoryboardError("a quote opens here and never closes", file=file, line=line, value=row, hint="close it")
    return StoryboardError(f"this is not YAML: {words}", file=file, line=line, value=row, hint=_remedy(words, row))


def _remedy(words: str, row: str) -> str:
    if "cannot start any token" in words:
        return "put the text in quotes: it begins with a sign that means something in YAML"
    if "mapping values are not allowed" in words:
        return 'put the text in quotes: it has a colon in it, as in prompt: "A sign: closed"'
    if "expected <block end>" in words or "did not find expected" in words:
        return "check the indentation of this line and the one before, and brackets and quotes that aren't closed"
    return f"check the line {row!r}" if row else "check the end of the file"


def _too_deep(file: str | None, line: int) -> StoryboardError:
    return _problem("values are nested too deeply", line, file, f"at most {MAX_DEPTH} levels are read")


def _problem(message: str, line: int, file: str | None, hint: str) -> StoryboardError:
    return StoryboardError(message, file=file, line=line, hint=hint)
