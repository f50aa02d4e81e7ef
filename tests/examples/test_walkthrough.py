"""The example as a person runs it: drawn rooms, stitched, and nothing made again by the second run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from shotwright.media import probe

SCRIPT = Path(__file__).resolve().parents[2] / "examples" / "walkthrough_and_stitch.sh"


def walk(folder: Path, *pictures: str) -> str:
    environment = {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.defpath]),
        "HOME": str(folder),
        "SHOTWRIGHT_HOME": str(folder / "home"),
        "SIZE": "320x180",
        "LENGTH": "1",
    }
    done = subprocess.run(
        ["bash", SCRIPT, *pictures],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_rooms_drawn_from_words_become_one_walk(tmp_path: Path) -> None:
    said = walk(tmp_path)
    film = probe(tmp_path / "walkthrough" / "walkthrough.mp4")
    assert (str(film.size), film.frames) == ("320x180", 6 * 30 - 2 * 15 - 3), (
        "two crossfades, and three doubled frames less"
    )
    assert said.count("made") >= 9
    assert (tmp_path / "walkthrough" / "walkthrough.png").stat().st_size > 1000
    rooms = [str(tmp_path / "walkthrough" / f"room-{number}.png") for number in (1, 2, 3)]
    again = walk(tmp_path, *rooms)
    assert again.count("reused") == 6, json.dumps(again)
    assert "unchanged" in again
