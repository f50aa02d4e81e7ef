from __future__ import annotations

import io
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from shotwright.errors import MediaError
from shotwright.media.frames import every, frame_at, last_frame, read_frames, save_last_frame
from shotwright.media.listing import list_file
from tests.media.clips import make_clip, read, tone

X264 = {"preset": "veryfast", "x264-params": "bframes=3:b-pyramid=normal:keyint=48:ref=4"}
UNEVEN = [0, 33, 70, 100, 160, 170, 250, 300, 400, 410, 480, 560, 700, 990, 1000]

CORPUS: dict[str, Callable[[Path], Path]] = {
    "b-frames": lambda d: make_clip(d / "b.mp4", frames=77, options=X264),
    "open gop": lambda d: make_clip(
        d / "open.mp4", frames=80, options={"x264-params": "open-gop=1:keyint=25:bframes=3:scenecut=0"}
    ),
    "one gop": lambda d: make_clip(d / "one.mp4", frames=70, options={"x264-params": "keyint=infinite:bframes=2"}),
    "ends on a key frame": lambda d: make_clip(
        d / "key.mp4", frames=61, options={"x264-params": "keyint=30:min-keyint=30:scenecut=0:bframes=0"}
    ),
    "intra refresh": lambda d: make_clip(d / "ir.mp4", frames=70, options={"x264-params": "intra-refresh=1:keyint=20"}),
    "variable rate": lambda d: make_clip(d / "vfr.mkv", frames=15, times=UNEVEN),
    "mpeg-ts": lambda d: make_clip(d / "a.ts", frames=66, options=X264, sound=tone(4)),
    "long sound": lambda d: make_clip(d / "long.mp4", frames=40, options=X264, sound=tone(9)),
    "long sound, matroska": lambda d: make_clip(d / "long.mkv", frames=40, options=X264, sound=tone(9)),
    "mpeg-4 in avi": lambda d: make_clip(d / "a.avi", frames=40, codec="mpeg4", options={}),
    "vp9": lambda d: make_clip(d / "a.webm", frames=30, codec="libvpx-vp9", options={"cpu-used": "8"}),
    "mpeg-2": lambda d: make_clip(d / "a.mpg", frames=40, codec="mpeg2video", fps=25, options={"bf": "2"}),
    "one frame": lambda d: make_clip(d / "single.mp4", frames=1),
}


def by_full_decode(path: Path) -> av.VideoFrame:
    with av.open(str(path)) as file:
        return max(file.decode(video=0), key=lambda frame: frame.pts or 0)


@pytest.mark.parametrize("kind", CORPUS)
def test_the_last_frame_equals_a_full_decode(kind: str, tmp_path: Path) -> None:
    path = CORPUS[kind](tmp_path)
    found, expected = last_frame(path), by_full_decode(path)
    assert found.pts == expected.pts
    assert np.array_equal(found.to_ndarray(), expected.to_ndarray())
    assert read(found)[0] == list_file(path).film.frames - 1


def test_a_png_has_the_colours_of_the_clip(tmp_path: Path) -> None:
    for name, matrix in (("hd.mp4", 1), ("sd.mp4", 5)):
        path = tmp_path / name
        wanted = np.zeros((128, 128, 3), np.uint8)
        wanted[:] = (200, 40, 90)
        with av.open(str(path), "w") as out:
            stream = out.add_stream("libx264", rate=25, options={"crf": "1"})
            stream.width = stream.height = 128
            stream.pix_fmt = "yuv420p"
            stream.codec_context.colorspace, stream.codec_context.color_range = matrix, 1
            frame = av.VideoFrame.from_ndarray(wanted, format="rgb24").reformat(
                format="yuv420p", dst_colorspace=matrix, dst_color_range=1
            )
            frame.colorspace, frame.color_range = matrix, 1
            out.mux(stream.encode(frame))
            out.mux(stream.encode(None))
        png = save_last_frame(path, tmp_path / f"{name}.png")
        with Image.open(png) as picture:
            assert picture.mode == "RGB"
            assert np.abs(np.asarray(picture).astype(int) - wanted).max() <= 3


def test_a_turned_clip_gives_an_upright_png(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "turned.mp4", frames=5, rotation=90)
    png = save_last_frame(path, tmp_path / "last.png")
    with Image.open(png) as picture:
        assert picture.size == (180, 320)
        assert np.asarray(picture.rotate(-90, expand=True)).shape == (180, 320, 3)
    assert list_file(path).film.size.width == 180


def test_nothing_is_left_when_a_clip_has_no_pictures(tmp_path: Path) -> None:
    (tmp_path / "bad.mp4").write_bytes(b"\0\0\0\x18ftypmp42" + b"\0" * 400)
    with pytest.raises(MediaError):
        save_last_frame(tmp_path / "bad.mp4", tmp_path / "last.png")
    assert [path.name for path in tmp_path.iterdir()] == ["bad.mp4"]


def test_a_truncated_transport_stream_still_gives_its_last_picture(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.ts", frames=66, options=X264)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 3 // 4])
    number, _ = read(last_frame(path))
    assert 30 < number < 66


@pytest.mark.parametrize("kind", ["b-frames", "open gop", "variable rate", "mpeg-ts", "mpeg-4 in avi"])
def test_frame_at_is_what_a_player_shows(kind: str, tmp_path: Path) -> None:
    path = CORPUS[kind](tmp_path)
    film = list_file(path).film
    for number in (0, 1, 7, 13, film.frames - 1):
        assert read(frame_at(path, film.moment(number)))[0] == number
        assert read(frame_at(path, film.moment(number) + Fraction(1, 1000)))[0] == number
    assert read(frame_at(path, Fraction(1000)))[0] == film.frames - 1


def test_every_walks_in_steps(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mp4", frames=75, fps=25, options=X264)
    walked = [(moment, read(frame)[0]) for moment, frame in every(path, Fraction(1, 2))]
    assert walked == [(Fraction(k, 2), int(k * 12.5)) for k in range(6)]
    fine = [read(frame)[0] for _, frame in every(path, Fraction(1, 100))]
    assert fine == [k // 4 for k in range(300)]


def test_a_stretch_is_read_exactly(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mp4", frames=75, options=X264)
    film = list_file(path).film
    assert [read(frame)[0] for frame in read_frames(path, film, 29, 61)] == list(range(29, 61))


def test_a_damaged_picture_is_replaced_by_its_neighbour(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mp4", frames=60, options={"x264-params": "keyint=10:bframes=0", "crf": "10"})
    film = list_file(path).film
    with av.open(str(path)) as file:
        places = [(packet.pos or 0, packet.size) for packet in file.demux(video=0) if packet.size]
    data = bytearray(path.read_bytes())
    start, size = places[25]
    data[start : start + size] = b"\xff" * size
    path.write_bytes(data)
    seen = [read(frame)[0] for frame in read_frames(path, film, 0, 60)]
    assert len(seen) == 60
    assert seen[:25] == list(range(25))
    assert seen[30:] == list(range(30, 60))


def test_png_is_a_whole_file(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mp4", frames=12)
    data = save_last_frame(path, tmp_path / "a.png").read_bytes()
    Image.open(io.BytesIO(data)).verify()
    assert not list(tmp_path.glob(".*"))
