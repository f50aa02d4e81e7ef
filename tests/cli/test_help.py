"""Help pages: the first one is served from a file, each command's ends with examples that can be parsed."""

from __future__ import annotations

import shlex
import subprocess
from importlib import resources
from pathlib import Path

import pytest

from shotwright.cli.app import ASSETS, COMMANDS, JOBS, build
from shotwright.cli.argv import normalised
from shotwright.cli.examples import EXAMPLES
from shotwright.cli.pages import rendered
from shotwright.cli.quick import help_page
from tests.cli.person import Person

WIDTH = 80
NAMES = [
    *(name for name, *_ in COMMANDS),
    *(f"jobs {name}" for name, *_ in JOBS),
    *(f"assets {name}" for name, *_ in ASSETS),
]


def test_the_first_page_is_what_the_parser_shows() -> None:
    assert help_page() == rendered(), "write it anew with: python -m shotwright.cli.pages"


@pytest.mark.parametrize("name", ["", *NAMES, "jobs", "assets"])
def test_pages_fit_a_terminal(name: str) -> None:
    too_long = [line for line in rendered(*name.split()).splitlines() if len(line) > WIDTH]
    assert too_long == []


@pytest.mark.parametrize("name", NAMES)
def test_help_ends_with_two_examples(name: str) -> None:
    page = rendered(*name.split()).rstrip().splitlines()
    assert page[-3] == "Examples:"
    assert [line.strip() for line in page[-2:]] == list(EXAMPLES[name])
    assert all(line.strip().startswith(f"shotwright {name.split(maxsplit=1)[0]}") for line in page[-2:])


@pytest.mark.parametrize("line", [line for lines in EXAMPLES.values() for line in lines])
def test_examples_can_be_parsed(line: str) -> None:
    command, bound, _ = build().parse_args(normalised(shlex.split(line)[1:]), exit_on_error=False, print_error=False)
    assert callable(command)
    assert bound is not None


def test_every_option_says_what_it_does() -> None:
    for name in NAMES:
        for line in rendered(*name.split()).splitlines():
            if line.startswith("  -") and "  " not in line.strip():
                following = rendered(*name.split()).split(line, 1)[1].splitlines()[1]
                assert following.startswith(" " * 10), f"{name}: {line.strip()} has no words"


def test_the_page_of_the_command_shows_the_demo_as_it_is() -> None:
    page = Path(__file__).parents[2] / "docs" / "cli.md"
    board = resources.files("shotwright.cli").joinpath("demo.yaml").read_text(encoding="utf-8")
    assert f"```yaml\n{board}```" in page.read_text(encoding="utf-8")


def test_the_completion_script_knows_commands_and_flags(person: Person) -> None:
    done = person.run("--install-completion", "--shell", "bash", "-o", "completion.sh")
    assert done.status == 0, done.err
    script = person.folder / "completion.sh"
    text = script.read_text()
    assert [word for word in ("contact-sheet", "resume", "--max-cost", "--dry-run") if word not in text] == []
    subprocess.run(["bash", "-n", script], check=True)
