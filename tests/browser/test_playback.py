"""What comes out plays where people watch: in a browser, from the first frame to the last, with its sound."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from shotwright.domain.units import FrameRate, Size
from shotwright.media.encode import VideoWriter
from tests.browser.screening import CHROMIUM, Report, screen

SIZE = Size(640, 360)
FPS = FrameRate(Fraction(30))
FRAMES = 60

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not here: apt install chromium")


def picture(number: int) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """A slanted grey ramp that moves to the left, as yuv420p planes."""
    planes = np.full((SIZE.height * 3 // 2, SIZE.width), 128, np.uint8)
    ramp = np.arange(SIZE.width)[None] + np.arange(SIZE.height)[:, None] + 4 * number
    planes[: SIZE.height] = ramp % 200 + 20
    return planes


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    with VideoWriter(path, SIZE, FPS, sound=True) as writer:
        for number in range(FRAMES):
            writer.write(picture(number))
        tone = 0.2 * np.sin(np.arange(48000 * FRAMES // 30) * 2 * np.pi * 330 / 48000)
        writer.write_sound(np.stack([tone, tone]).astype(np.float32))
    return path


@pytest.fixture(scope="module")
def report(film: Path, tmp_path_factory: pytest.TempPathFactory) -> Report:
    return screen(film, tmp_path_factory.mktemp("screening"))


def test_film_plays_to_its_end_in_chromium(report: Report) -> None:
    assert (report.outcome, report.error) == ("ended", None)
    assert report.duration == pytest.approx(FRAMES / 30, abs=0.03)
    assert report.reached == pytest.approx(report.duration, abs=0.05)
    assert report.steps == sorted(report.steps)


def test_film_is_seen_and_heard_in_chromium(report: Report) -> None:
    assert (report.width, report.height) == (SIZE.width, SIZE.height)
    assert report.shown > FRAMES // 4
    assert report.sound_bytes > 0


def test_a_broken_film_is_reported_as_broken(film: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(film.read_bytes()[:400])
    assert screen(broken, tmp_path).outcome != "ended"
