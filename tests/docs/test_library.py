"""Each example of docs/library.md runs as it stands, in a folder with the files that the page names."""

from __future__ import annotations

import os
import subprocess
import sys
import wave
from pathlib import Path

import pytest
from PIL import Image

from shotwright.media import probe
from tests.docs.pages import blocks

EXAMPLES = blocks("library.md", "python")
LEAVES = {
    "extract_last_frame_as_png": ["shore.mp4", "last.png"],
    "BOARD = Storyboard": ["whale.mp4", "whale.srt"],
    "studio.contact_sheet": ["city.mp4", "city.png", "sheet.png", "twice.mp4"],
    "studio.follow(job)": ["two.mp4"],
    "except ModelCannot": ["boat.mp4"],
    "studio.costs": [],
    "load_settings": ["films/shotwright.db"],
}
"""Words that tell an example, and the files that it leaves."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number, name in enumerate(("shore.jpg", "whale.jpg")):
        Image.linear_gradient("L").resize((640, 360)).rotate(180 * number).convert("RGB").save(tmp_path / name)
    with wave.open(str(tmp_path / "waves.wav"), "wb") as sound:
        sound.setparams((1, 2, 48000, 0, "NONE", ""))
        sound.writeframes(bytes(2 * 48000))
    return tmp_path


def test_every_example_is_known() -> None:
    assert [sum(word in code for code in EXAMPLES) for word in LEAVES] == [1] * len(EXAMPLES)


@pytest.mark.parametrize("word", list(LEAVES))
def test_an_example_runs(word: str, folder: Path) -> None:
    code = next(code for code in EXAMPLES if word in code)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=folder,
        env={"PATH": os.defpath, "HOME": str(folder), "SHOTWRIGHT_HOME": str(folder / "home")},
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert [name for name in LEAVES[word] if not (folder / name).is_file()] == []
    for film in folder.glob("*.mp4"):
        found = probe(film)
        assert str(found.size) == "320x180"
