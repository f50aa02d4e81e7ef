from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from shotwright.domain.asset import Probe
from shotwright.domain.units import Size
from shotwright.errors import MediaError
from shotwright.media.probing import probe
from tests.media.clips import make_clip, make_sound, tone

NTSC = Fraction(30000, 1001)


def test_length_is_frames_times_frame_duration_not_the_containers(tmp_path: Path) -> None:
    found = probe(make_clip(tmp_path / "a.mp4", frames=70, fps=NTSC, sound=tone(5)))
    assert found.seconds == 70 / NTSC
    assert (found.frames, found.fps and found.fps.value, found.variable) == (70, NTSC, False)
    assert (found.container, found.codec, found.pixel_format, found.size) == ("mp4", "h264", "yuv420p", Size(320, 180))
    assert (found.sound_codec, found.sample_rate, found.channels) == ("aac", 48000, 2)
    assert found.sound_seconds == 5
    assert Probe.from_json(found.as_json()) == found


@pytest.mark.parametrize("rate", [24, 25, 30, 60, Fraction(24000, 1001), NTSC, Fraction(60000, 1001)])
@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts", "a.avi"])
def test_frame_rates_are_exact_in_every_container(tmp_path: Path, name: str, rate: Fraction) -> None:
    codec = "mpeg4" if name.endswith("avi") else "libx264"
    found = probe(make_clip(tmp_path / name, frames=50, fps=rate, size=(128, 64), codec=codec, options={}))
    assert found.fps is not None
    assert (found.fps.value, found.seconds, found.variable) == (rate, 50 / Fraction(rate), False)


def test_uneven_times_are_told(tmp_path: Path) -> None:
    found = probe(make_clip(tmp_path / "a.mkv", frames=5, times=[0, 40, 100, 300, 340]))
    assert found.variable
    assert found.frames == 5
    assert Fraction(340, 1000) <= found.seconds < Fraction(500, 1000)


def test_turned_clips_show_their_upright_size(tmp_path: Path) -> None:
    found = probe(make_clip(tmp_path / "a.mp4", frames=3, rotation=90))
    assert (found.rotation, found.size) == (90, Size(180, 320))


def test_sound_alone(tmp_path: Path) -> None:
    found = probe(make_sound(tmp_path / "a.wav", tone(1.5)))
    assert (found.seconds, found.size, found.frames) == (Fraction(3, 2), None, 0)
    packed = probe(make_sound(tmp_path / "a.m4a", tone(1.5), "aac"))
    assert packed.sound_seconds == Fraction(3, 2)


def test_the_name_means_nothing(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mkv", frames=5).rename(tmp_path / "a.txt")
    assert probe(path).container == "matroska"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"#EXTM3U\n#EXTINF:1,\n/etc/hosts\n", "is a playlist"),
        (b"ffconcat version 1.0\nfile /etc/hosts\n", "is a playlist"),
        (b"hello world " * 50, "can't be decoded"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 300, "can't be decoded"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "can't be decoded|holds no"),
    ],
)
def test_what_is_no_clip_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)
    with pytest.raises(MediaError, match=message):
        probe(path)


def test_missing_files_and_folders(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="no such file"):
        probe(tmp_path / "none.mp4")
    with pytest.raises(MediaError, match="is a folder"):
        probe(tmp_path)


def test_mutated_clips_give_facts_or_a_media_error(tmp_path: Path) -> None:
    original = make_clip(tmp_path / "a.mp4", frames=20, size=(128, 64), sound=tone(0.7)).read_bytes()
    random = np.random.default_rng(7)
    path = tmp_path / "mutant.mp4"
    told = 0
    for round_ in range(120):
        data = bytearray(original)
        for place in random.integers(0, len(data), 1 + round_ % 20):
            data[place] = random.integers(0, 256)
        path.write_bytes(data[: random.integers(1, len(data))] if round_ % 3 == 0 else data)
        try:
            assert probe(path).seconds >= 0
            told += 1
        except MediaError:
            pass
    assert told > 10
