from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from shotwright.domain.units import FrameRate, Size
from shotwright.errors import MediaError
from shotwright.media.encode import VideoWriter
from shotwright.media.wholeness import check_whole, verify


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    with VideoWriter(path, Size(64, 64), FrameRate(Fraction(24))) as writer:
        for index in range(24):
            writer.write(np.full((96, 64), 20 + index, np.uint8))
    return path


def test_a_whole_clip_is_probed(clip: Path) -> None:
    assert verify(clip)["frames"] == 24


@pytest.mark.parametrize("part", [0.5, 0.9, 0.999])
def test_a_clip_that_was_cut_off_is_not_taken_for_a_short_one(clip: Path, part: float) -> None:
    data = clip.read_bytes()
    clip.write_bytes(data[: int(len(data) * part)])
    with pytest.raises(MediaError, match="cut off") as broken:
        check_whole(clip)
    assert broken.value.retry


def test_other_containers_are_left_to_the_probe(tmp_path: Path) -> None:
    other = tmp_path / "clip.webm"
    other.write_bytes(b"\x1a\x45\xdf\xa3" + bytes(100))
    check_whole(other)
