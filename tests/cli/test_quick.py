"""Answers without a parser are those that the parser would give."""

from __future__ import annotations

import pytest

from shotwright import __version__
from shotwright.cli import quick
from shotwright.cli.main import main


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert quick.answer(["--version"]) == 0
    assert capsys.readouterr().out == f"{__version__}\n"


@pytest.mark.parametrize("tokens", [[], ["--help"], ["-h"], ["help"]])
def test_the_first_page(tokens: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert quick.answer(tokens) == 0
    assert capsys.readouterr().out.startswith("Usage:   shotwright COMMAND")


@pytest.mark.parametrize(
    "tokens", [["models", "--help"], ["models", "--provder", "x"], ["models", "--provider"], ["plan"]]
)
def test_what_needs_the_parser_is_left_to_it(tokens: list[str]) -> None:
    assert quick.answer(tokens) is None


@pytest.mark.parametrize(
    ("tokens", "words"),
    [
        (["generate", "--sise", "4"], ["--sise", "--size", "generate --help"]),
        (["rendr"], ["rendr", "render"]),
        (["plan", "--only"], ["--only"]),
        (["jobs", "shw"], ["shw"]),
        (["models", "--provder", "x"], ["--provder", "--provider"]),
    ],
)
def test_a_command_line_that_is_not_understood(
    tokens: list[str], words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(tokens) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert [word for word in words if word not in printed.err] == []
