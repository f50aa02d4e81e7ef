"""What can be known to be wrong is said before any work: where, what, and the remedy; the status tells the kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.person import Person

FILMS = {
    "tabs.yaml": "title: x\nshots:\n\t- prompt: a shore\n",
    "misspelt.yaml": "title: x\nshots:\n  - promt: a shore\n",
    "twice.yaml": "title: x\ntitle: y\nshots:\n  - prompt: a shore\n",
    "length.yaml": "shots:\n  - prompt: a shore\n    model: runway/gen4.5\n    seconds: 60\n",
    "model.yaml": "shots:\n  - prompt: a shore\n    model: runway/gen4.6\n",
    "size.yaml": "size: 1921x1080\nshots:\n  - prompt: a shore\n",
}
SAID = [
    (["plan", "tabs.yaml"], 2, ["tabs.yaml:3", "tab"]),
    (["plan", "misspelt.yaml"], 2, ["misspelt.yaml:3", "promt", "prompt"]),
    (["plan", "twice.yaml"], 2, ["twice.yaml:2", "title"]),
    (["plan", "length.yaml"], 2, ["60", "2 to 10"]),
    (["plan", "model.yaml"], 2, ["gen4.6", "gen4.5"]),
    (["plan", "size.yaml"], 2, ["size.yaml:1", "1921x1080", "even"]),
    (["plan", "missing.yaml"], 2, ["missing.yaml"]),
    (["render", "film.yaml", "--only", "x"], 2, ["--only", "3,5"]),
    (["generate", "x", "-i", "photos/*.jpg"], 2, ["photos/*.jpg"]),
    (["generate", "x", "-i", "shroe.jpg"], 2, ["shroe.jpg", "shore.jpg"]),
    (["generate", "x", "--model", "animatik"], 2, ["animatik", "animatic"]),
    (["generate", "x", "--seconds", "five"], 2, ["five", "seconds"]),
    (["generate", "x", "--size", "1080p", "--aspect", "1:1"], 2, ["--size", "--aspect"]),
    (["generate", "x", "--transition", "wipe"], 2, ["wipe", "crossfade"]),
    (["generate", "x", "--max-cost", "4 EUR"], 2, ["4 EUR", "US dollars"]),
    (["generate", ""], 2, ["prompt"]),
    (["generate", "x", "-o", "theirs.mp4"], 4, ["theirs.mp4", "--force"]),
    (["storyboard", "missing.txt"], 2, ["missing.txt"]),
    (["storyboard", "An idea.", "-o", "theirs.mp4"], 4, ["theirs.mp4", "--force"]),
    (["jobs", "show", "j-none"], 3, ["j-none"]),
    (["jobs", "list", "--state", "runing"], 2, ["runing", "running"]),
    (["assets", "path", "abc"], 3, ["abc"]),
    (["probe", "theirs.mp4"], 10, ["theirs.mp4"]),
    (["models", "--provider", "runaway"], 2, ["runaway", "runway"]),
    (["stitch", "a.mp4", "-o", "x.mp4"], 10, ["a.mp4"]),
]


@pytest.fixture(scope="module")
def untidy(regular: Person) -> Person:
    """A folder with films that can't be made, and a file of somebody else's."""
    for name, text in FILMS.items():
        (regular.folder / name).write_text(text)
    (regular.folder / "shore.jpg").write_bytes(b"not a picture at all")
    (regular.folder / "theirs.mp4").write_bytes(b"not made here")
    return regular


@pytest.mark.parametrize(("arguments", "status", "words"), SAID, ids=[" ".join(said[0]) for said in SAID])
def test_what_is_wrong_is_said(untidy: Person, arguments: list[str], status: int, words: list[str]) -> None:
    before = {path: path.read_bytes() for path in untidy.folder.iterdir()}
    done = untidy.run(*arguments)
    assert done.status == status, done.err
    assert done.out == ""
    assert [word for word in words if word not in done.err] == [], done.err
    assert "Traceback" not in done.err
    assert "\ndo     " in done.err, f"no remedy: {done.err}"
    assert {path: path.read_bytes() for path in untidy.folder.iterdir()} == before


def test_as_json_too(untidy: Person) -> None:
    done = untidy.run("plan", "misspelt.yaml", "--json")
    error = done.document["error"]
    assert (done.status, done.err) == (2, "")
    assert (error["code"], Path(error["file"]).name, error["line"], error["charged"]) == (
        "storyboard",
        "misspelt.yaml",
        3,
        "no",
    )
    assert error["hint"]


def test_a_home_that_cannot_be_written(untidy: Person, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    done = Person(home=blocked, folder=untidy.folder).run("jobs")
    assert done.status == 9
    assert "SHOTWRIGHT_HOME" in done.err
