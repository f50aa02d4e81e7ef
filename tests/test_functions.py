"""The functions people know, each against its vendor's emulator, with the variables that its users already have."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from shotwright import functions
from shotwright.config import settings
from shotwright.media import probe
from shotwright.testing.emulators import RunningEmulator, run_emulator
from shotwright.testing.emulators._variables import variables


@pytest.fixture(autouse=True)
def somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder and a home of the test's own, without the machine's keys."""
    for name in settings.VENDOR_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SHOTWRIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SHOTWRIGHT_CONFIG", str(tmp_path / "none.toml"))
    monkeypatch.setenv("SHOTWRIGHT_ALLOW_PRIVATE", "true")


@contextmanager
def emulated(vendor: str, monkeypatch: pytest.MonkeyPatch, **options: Any) -> Iterator[RunningEmulator]:
    with run_emulator(vendor, clip_size="160x90", **options) as emulator:
        for name, value in variables(vendor, emulator.url).items():
            monkeypatch.setenv(name, value)
        yield emulator


def picture(path: Path) -> Path:
    Image.linear_gradient("L").convert("RGB").resize((1280, 720)).save(path)
    return path


def test_openai(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with emulated("openai", monkeypatch, dialect="vllm-omni") as vendor:
        monkeypatch.setenv("SHOTWRIGHT_OPENAI_VIDEO_DIALECT", "vllm-omni")
        film = functions.generate_video_with_openai(
            "a boat",
            picture(tmp_path / "a.png"),
            model="default",
            duration=4,
            resolution="720p",
            aspect_ratio="16:9",
            output_path="boat.mp4",
        )
        assert film.path is not None
        assert (film.path.name, film.model, str(film.size)) == ("boat.mp4", "openai/default", "1280x720")
        assert probe(film.path).seconds == film.duration
        assert vendor.bill()["fetched"] == 1


def test_runway_and_its_veo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with emulated("runway", monkeypatch) as vendor:
        own = functions.generate_video_with_runway("a boat", picture(tmp_path / "a.png"), seconds=5, size="1280x720")
        veo = functions.generate_video_with_runway_veo("a boat", seconds=4, size="1280x720")
        assert (own.model, veo.model) == ("runway/gen4.5", "runway/veo3.1")
        assert own.path is not None
        assert own.path.is_file()
        assert vendor.bill()["fetched"] == 2


def test_google_and_stitching(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with emulated("google", monkeypatch) as vendor:
        one = functions.generate_video_with_google("a boat", duration=4, resolution="720p", output="one.mp4")
        chain = functions.generate_video_sequence_with_google_stitching(
            ["walk in", "look around", "--", "the garden"],
            picture(tmp_path / "a.png"),
            seconds=4,
            size="1280x720",
            output="walk.mp4",
        )
        assert one.model.startswith("google/gemini-omni")
        assert len(chain.takes) == 3
        assert chain.path is not None
        assert 10 < probe(chain.path).seconds < 12
        assert vendor.bill()["fetched"] == 4


def test_every_function_is_known_by_its_name() -> None:
    known = {
        name for name, _ in inspect.getmembers(functions, inspect.isfunction) if name.startswith("generate_video_")
    }
    assert known == set(functions.__all__)
