"""Ctrl+C once stops cleanly and says how to go on; twice ends at once; both lose nothing."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.person import PATIENCE, Person

LONG = """title: Long
size: 1280x720
shots:
  - prompt: a shore, slow push in
    seconds: 60
"""
SHORT = """title: Short
size: 320x180
shots:
  - prompt: a shore, slow push in
    seconds: 2
"""


def started(person: Person, *arguments: str) -> subprocess.Popen[str]:
    """The command, once it has begun to make its first shot."""
    process = person.start(*arguments, "--plain")
    assert process.stderr is not None
    for line in process.stderr:
        if re.match(r"shot 1  (making|ordering)", line):
            return process
    raise AssertionError(f"ended with {process.wait()} before it began")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_once_stops_cleanly_and_says_how_to_go_on(person: Person, number: signal.Signals) -> None:
    (person.folder / "film.yaml").write_text(LONG)
    with started(person, "render") as process:
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert out == ""
    assert "Stopped" in err
    assert "Traceback" not in err
    job = re.search(r"shotwright jobs resume (j-\w+)", err)
    assert job is not None, err
    assert f"shotwright jobs cancel {job[1]}" in err
    assert list(person.folder.glob("*.mp4")) == []
    cancelled = person.run("jobs", "cancel", job[1], "--json")
    assert cancelled.document["state"] == "cancelled", cancelled


def test_twice_ends_at_once_and_the_job_can_go_on(person: Person) -> None:
    film = person.folder / "film.yaml"
    film.write_text(SHORT.replace("seconds: 2", "seconds: 10"))
    with started(person, "render") as process:
        process.send_signal(signal.SIGINT)
        time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    job = person.run("jobs", "--json").document[0]["id"]
    done = person.run("jobs", "resume", job)
    assert done.status == 0, done.err
    assert "film   film.mp4" in done.out
    assert (person.folder / "film.mp4").exists()


def test_a_reader_that_left_is_no_error(person: Person) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with person.start("models", "--json", stdout=writing) as process:
        os.close(writing)
        _, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, err) == (0, "")


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    ours, theirs = pty.openpty()
    yield ours, theirs
    os.close(ours)


def read_all(file: int) -> str:
    parts: list[bytes] = []
    while True:
        try:
            part = os.read(file, 65536)
        except OSError:
            break
        if not part:
            break
        parts.append(part)
    return b"".join(parts).decode()


def test_a_terminal_gets_bars_that_go_away(person: Person, terminal: tuple[int, int], tmp_path: Path) -> None:
    (person.folder / "film.yaml").write_text(SHORT)
    ours, theirs = terminal
    result = tmp_path / "out"
    with result.open("w") as out, person.start("render", stdout=out, stderr=theirs) as process:
        os.close(theirs)
        shown = read_all(ours)
        process.wait(PATIENCE)
    assert process.returncode == 0, shown
    assert "a shore, slow push in" in shown
    assert "making" in shown or "made" in shown
    assert shown.rfind("\x1b[?25h") > shown.rfind("\x1b[?25l") >= 0, "the cursor is left hidden"
    assert "film   film.mp4" in result.read_text()
