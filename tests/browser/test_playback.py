"""What comes out plays where people watch: in a browser, from the first frame to the last, with its sound."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from shotwright import FrameRate, Shot, Size, Storyboard, Transition
from shotwright.config import load_settings
from shotwright.sync import Studio
from tests.browser.screening import CHROMIUM, screen

HALF = Fraction(1, 2)
BOARD = Storyboard(
    title="Two shots and a crossfade",
    size=Size(640, 360),
    fps=FrameRate(Fraction(24)),
    transition=Transition("crossfade", HALF),
    shots=(Shot("harbour at dawn, slow push in", seconds=3 * HALF), Shot("rain at night, pan left", seconds=3 * HALF)),
)
SECONDS = 2.5

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not here: apt install chromium")


@pytest.fixture
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two animatic shots with sound, cut by copy with a new encode at the seam."""
    folder = tmp_path_factory.mktemp("film")
    settings = load_settings(cwd=folder, environment={"HOME": str(folder), "SHOTWRIGHT_HOME": str(folder / "home")})
    with Studio(settings) as studio:
        studio.render(BOARD, folder / "film.mp4")
    return folder / "film.mp4"


def test_film_plays_to_its_end_in_chromium(film: Path, tmp_path: Path) -> None:
    report = screen(film, tmp_path)
    assert (report.outcome, report.error) == ("ended", None)
    assert report.duration == pytest.approx(SECONDS, abs=0.03)
    assert report.reached == pytest.approx(report.duration, abs=0.05)
    assert report.steps == sorted(report.steps)
    assert (report.width, report.height) == (640, 360)
    assert report.shown > 10
    assert report.sound_bytes > 0


def test_a_broken_film_is_reported_as_broken(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + bytes(400))
    assert screen(broken, tmp_path).outcome != "ended"
