from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from shotwright.errors import MediaError
from shotwright.media.sheets import contact_sheet, poster
from tests.media.clips import make_clip


def test_a_sheet_shows_the_pictures_of_its_moments(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "a.mp4", frames=90, size=(320, 180))
    moments = [Fraction(0), Fraction(2), Fraction(1), Fraction(1)]
    with Image.open(contact_sheet(clip, tmp_path / "a.png", columns=2, width=800, moments=moments)) as sheet:
        assert sheet.size[0] == 800
        pixels = np.asarray(sheet.convert("L")).astype(int)
    cells = [pixels[60:200, 20:340], pixels[60:200, 408:728]]
    assert np.abs(cells[0] - cells[1]).mean() > 5
    assert (pixels[:, :20] < 40).all()


def test_a_sheet_of_a_turned_or_tiny_clip(tmp_path: Path) -> None:
    turned = make_clip(tmp_path / "a.mp4", frames=4, rotation=90)
    with Image.open(contact_sheet(turned, tmp_path / "a.png", columns=3, width=600)) as sheet:
        assert sheet.size[1] > 300
    with pytest.raises(MediaError, match="no contact sheet"):
        contact_sheet(turned, tmp_path / "b.png", columns=50, width=200)
    assert not (tmp_path / "b.png").exists()


def test_a_poster_is_not_the_black_picture(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "a.mp4", frames=60, size=(320, 180))
    with Image.open(poster(clip, tmp_path / "a.jpg", width=160)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (160, 90))
        assert np.asarray(picture).std() > 30
