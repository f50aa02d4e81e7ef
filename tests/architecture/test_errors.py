"""Every error answers for itself: its own code, an exit status, a place in the tree and in docs/exit-codes.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from shotwright import errors
from shotwright.errors import ShotwrightError

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "exit-codes.md").read_text(encoding="utf-8")


def all_below(kind: type[ShotwrightError]) -> Iterator[type[ShotwrightError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from all_below(child)


EVERY = [kind for kind in all_below(ShotwrightError) if kind.__module__ == errors.__name__]


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.__name__)
def test_error_has_a_code_of_its_own_and_an_exit_status(kind: type[ShotwrightError]) -> None:
    assert "code" in vars(kind), "a code that is inherited can't be told from the parent's"
    assert re.fullmatch(r"[a-z_]+", kind.code)
    assert 1 <= kind.exit_status <= 130
    assert 400 <= kind.http_status < 600


def test_codes_are_unique() -> None:
    codes = [kind.code for kind in EVERY]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.__name__)
def test_error_stands_on_the_exit_codes_page(kind: type[ShotwrightError]) -> None:
    assert f"| {kind.exit_status} | `{kind.code}` | `{kind.__name__}` | {kind.http_status} |" in PAGE


def test_tree_at_the_top_of_the_file_is_the_tree_of_the_classes() -> None:
    drawn = (errors.__doc__ or "").split("\n\n")[1]
    names_by_depth: list[str] = []
    parents: dict[str, str | None] = {}
    for line in drawn.splitlines():
        match = re.match(r"(?P<lead>[ │├└─]*)(?P<name>\w+)", line)
        assert match, line
        depth = len(match["lead"]) // 4 - 1
        names_by_depth[depth:] = [match["name"]]
        parents[match["name"]] = names_by_depth[depth - 1] if depth else None
    real = {kind.__name__: kind.__base__.__name__ if kind.__base__ else None for kind in EVERY}
    assert parents == real | {"ShotwrightError": None}


def test_every_error_of_the_package_stands_in_the_tree() -> None:
    defined_elsewhere = re.compile(
        r"^class \w+\((?:\w+\.)?(?:ShotwrightError|InvalidInput|ProviderError|MediaError)\)", re.MULTILINE
    )
    package = ROOT / "src" / "shotwright"
    strays = [
        str(path.relative_to(ROOT))
        for path in package.rglob("*.py")
        if path.name != "errors.py" and defined_elsewhere.search(path.read_text(encoding="utf-8"))
    ]
    assert strays == []
