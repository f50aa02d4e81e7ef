from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from shotwright.domain.units import FrameRate, Size
from shotwright.errors import EnvironmentProblem, MediaError
from shotwright.media.encode import VideoWriter

SIZE = Size(320, 180)
NTSC = FrameRate(Fraction(30000, 1001))


def picture(number: int) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    planes = np.full((270, 320), 128, np.uint8)
    planes[:180] = (np.arange(320)[None] + np.arange(180)[:, None] + 3 * number) % 200 + 20
    return planes


def write(path: Path, frames: int = 70, *, sound: bool = True) -> Path:
    with VideoWriter(path, SIZE, NTSC, sound=sound) as writer:
        for number in range(frames):
            writer.write(picture(number), key=number == 45)
        if sound:
            tone = 0.3 * np.sin(np.arange(48000) * 2 * np.pi * 440 / 48000)
            writer.write_sound(np.stack([tone, tone]).astype(np.float32))
    return path


def test_what_is_written_is_what_browsers_play(tmp_path: Path) -> None:
    path = write(tmp_path / "film.mp4")
    data = path.read_bytes()
    assert data.find(b"moov") < data.find(b"mdat")
    with av.open(str(path)) as file:
        video, sound = file.streams.video[0], file.streams.audio[0]
        context = video.codec_context
        assert (context.name, context.profile, context.pix_fmt) == ("h264", "High", "yuv420p")
        tags = context.color_range, context.colorspace, context.color_primaries, context.color_trc
        assert tags == (1, 1, 1, 1)
        assert (video.average_rate, video.start_time, video.frames) == (NTSC.value, 0, 70)
        assert (sound.codec_context.name, sound.rate, sound.channels) == ("aac", 48000, 2)
        packets = [packet for packet in file.demux(video) if packet.size]
    keys = [number for number, packet in enumerate(packets) if packet.is_keyframe]
    assert keys == [0, 30, 45]
    order = [packet.dts or 0 for packet in packets]
    assert order == sorted(set(order))


def test_sound_is_filled_to_the_length_of_the_picture(tmp_path: Path) -> None:
    with av.open(str(write(tmp_path / "film.mp4"))) as file:
        assert Fraction(file.streams.audio[0].duration or 0, 48000) == 70 / NTSC.value


def test_same_input_same_bytes_without_a_name_or_a_date(tmp_path: Path) -> None:
    first, second = (write(tmp_path / name).read_bytes() for name in ("a.mp4", "b.mp4"))
    assert first == second
    assert b"x264" not in first
    assert b"Lav" not in first


def test_pictures_come_back_close(tmp_path: Path) -> None:
    with av.open(str(write(tmp_path / "film.mp4", sound=False))) as file:
        for number, frame in enumerate(file.decode(video=0)):
            difference = frame.to_ndarray().astype(int) - picture(number)
            assert np.sqrt((difference**2).mean()) < 6


def test_an_exception_leaves_the_writer_without_a_finished_file(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    with pytest.raises(RuntimeError), VideoWriter(path, SIZE, NTSC) as writer:
        writer.write(picture(0))
        raise RuntimeError
    with pytest.raises(MediaError, match="is closed"):
        writer.write(picture(1))


def test_no_frames_and_wrong_frames_are_refused(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="at least one frame"), VideoWriter(tmp_path / "a.mp4", SIZE, NTSC):
        pass
    with (
        pytest.raises(MediaError, match="does not fit"),
        VideoWriter(tmp_path / "b.mp4", SIZE, NTSC) as writer,
    ):
        writer.write(np.zeros((96, 64), np.uint8))


def test_a_missing_folder_is_the_machines_trouble(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="does not exist"):
        VideoWriter(tmp_path / "nowhere" / "film.mp4", SIZE, NTSC)
