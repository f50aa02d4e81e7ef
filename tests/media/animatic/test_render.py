from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from shotwright.domain.units import FrameRate, Size
from shotwright.errors import InvalidInput, PictureError
from shotwright.media.animatic.render import render
from shotwright.media.animatic.source import build
from shotwright.media.animatic.spec import AnimaticSpec, base_seed, empty_planes, seed_for, split
from shotwright.media.animatic.still import frame_of

Pixels = NDArray[np.uint8]
MakePicture = Callable[..., Pixels]
Save = Callable[[str, Pixels], str]


def psnr(a: Pixels, b: Pixels) -> float:
    return float(10 * np.log10(255**2 / max(np.mean((a.astype(float) - b.astype(float)) ** 2), 1e-9)))


def frame(spec: AnimaticSpec, index: int) -> Pixels:
    planes = empty_planes(spec.size)
    build(spec).planes(index, planes)
    return planes


@pytest.mark.parametrize(
    ("size", "fps", "frames", "sides"),
    [
        (Size(854, 480), Fraction(24), 13, (640, 480)),
        (Size(270, 480), Fraction(25), 7, (640, 480)),
        (Size(320, 320), Fraction(30), 1, (200, 900)),
        (Size(426, 182), Fraction(50), 11, (90, 70)),
        (Size(1280, 720), Fraction(60), 5, (1600, 1200)),
        (Size(64, 64), Fraction(30000, 1001), 3, (64, 64)),
    ],
    ids=str,
)
def test_frames_size_and_rate_are_exact(
    picture: MakePicture,
    saved: Save,
    tmp_path: Path,
    size: Size,
    fps: Fraction,
    frames: int,
    sides: tuple[int, int],
) -> None:
    output = tmp_path / "clip.mp4"
    spec = AnimaticSpec("", size, FrameRate(fps), frames, first=saved("still", picture(*sides)), draft=True)
    told: list[float] = []
    result = render(spec, output, told.append)
    with av.open(str(output)) as container:
        stream = container.streams.video[0]
        decoded = [(one.width, one.height) for one in container.decode(stream)]
        assert stream.average_rate == fps or frames == 1
    assert decoded == [(size.width, size.height)] * frames
    assert result["frames"] == frames and told[-1] == 1.0
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".png"] == ["clip.mp4"]


def test_the_same_spec_gives_the_same_bytes(picture: MakePicture, saved: Save, tmp_path: Path) -> None:
    first = saved("still", picture())
    spec = AnimaticSpec("handheld, pan left", Size(320, 180), FrameRate(Fraction(24)), 12, first=first, sound=True)
    for name in ("a.mp4", "b.mp4"):
        render(spec, tmp_path / name)
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


def test_frames_do_not_depend_on_their_order(picture: MakePicture, saved: Save) -> None:
    spec = AnimaticSpec("arc", Size(320, 180), FrameRate(Fraction(24)), 10, first=saved("still", picture()))
    clip = build(spec)
    forwards, backwards = ([empty_planes(spec.size) for _ in range(10)] for _ in range(2))
    for index in range(10):
        clip.planes(index, forwards[index])
    for index in reversed(range(10)):
        clip.planes(index, backwards[index])
    assert all(np.array_equal(a, b) for a, b in zip(forwards, backwards, strict=True))


def test_sound_is_as_long_as_the_picture(picture: MakePicture, saved: Save, tmp_path: Path) -> None:
    output = tmp_path / "clip.mp4"
    spec = AnimaticSpec("wind", Size(128, 72), FrameRate(Fraction(25)), 40, first=saved("a", picture()), sound=True)
    render(spec, output)
    with av.open(str(output)) as container:
        samples = np.concatenate([one.to_ndarray() for one in container.decode(audio=0)], axis=1)
    assert abs(samples.shape[1] - 40 * 48000 // 25) <= 1024
    assert np.abs(samples).max() > 0


def test_the_shots_own_sound_is_used(picture: MakePicture, saved: Save, tmp_path: Path) -> None:
    tone, output = tmp_path / "tone.wav", tmp_path / "clip.mp4"
    wave = (np.sin(np.arange(44100) * 2 * np.pi * 440 / 44100) * 12000).astype(np.int16)
    with av.open(str(tone), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=44100, layout="mono")
        sound = av.AudioFrame.from_ndarray(wave[None], format="s16", layout="mono")
        sound.sample_rate = 44100
        container.mux(stream.encode(sound))
        container.mux(stream.encode(None))
    first = saved("a", picture())
    render(AnimaticSpec("", Size(128, 72), FrameRate(Fraction(25)), 50, first=first, audio=str(tone)), output)
    with av.open(str(output)) as container:
        samples = np.concatenate([one.to_ndarray() for one in container.decode(audio=0)], axis=1)
    loud, quiet = samples[:, 4800:40000], samples[:, 56000:90000]
    assert np.sqrt((loud**2).mean()) > 0.15 and np.abs(quiet).max() < 0.01


def test_a_chained_shot_begins_on_exactly_its_first_frame(picture: MakePicture, saved: Save) -> None:
    still = picture(640, 360)
    spec = AnimaticSpec(
        "push in", Size(640, 360), FrameRate(Fraction(24)), 48, first=saved("a", still), joined_before=True
    )
    assert np.array_equal(frame(spec, 0), frame_of(still))
    assert psnr(split(frame(spec, 1))[0], split(frame_of(still))[0]) > 28


def test_a_shot_may_have_only_a_last_frame(picture: MakePicture, saved: Save) -> None:
    still = picture(640, 360)
    spec = AnimaticSpec("", Size(640, 360), FrameRate(Fraction(24)), 24, last=saved("a", still))
    assert np.array_equal(frame(spec, 23), frame_of(still))
    assert not np.array_equal(frame(spec, 0), frame_of(still))


def test_words_alone_make_a_card(tmp_path: Path) -> None:
    output = tmp_path / "clip.mp4"
    spec = AnimaticSpec("mountains at dawn", Size(256, 144), FrameRate(Fraction(24)), 24, slug="Shot 1", draft=True)
    assert render(spec, output)["frames"] == 24
    plain = AnimaticSpec("", Size(256, 144), FrameRate(Fraction(24)), 24, seed=1)
    assert not np.array_equal(frame(plain, 12), frame(AnimaticSpec(**{**vars(plain), "caption": "Nobody."}), 12))


def test_a_spec_survives_json(picture: MakePicture, saved: Save) -> None:
    path = saved("a", picture())
    spec = AnimaticSpec(
        "x", Size(64, 64), FrameRate(Fraction(24000, 1001)), 9, 5, path, path, (path,), "pad", caption="c"
    )
    assert AnimaticSpec.from_json(json.loads(json.dumps(spec.as_json()))) == spec


def test_seeds_come_from_words_and_pictures_and_differ_by_purpose(picture: MakePicture, saved: Save) -> None:
    one, other = saved("one", picture()), saved("other", picture(seed=2))
    size, fps = Size(64, 64), FrameRate(Fraction(24))
    base = base_seed(AnimaticSpec("A  Harbour", size, fps, 9, first=one))
    assert base == base_seed(AnimaticSpec("a harbour", Size(128, 64), fps, 30, first=one))
    assert base != base_seed(AnimaticSpec("a harbour", size, fps, 9, first=other))
    assert base_seed(AnimaticSpec("a harbour", size, fps, 9, seed=7, first=one)) == 7
    assert len({seed_for(base, "camera"), seed_for(base, "grain"), seed_for(base, "scene")}) == 3


def test_nothing_is_left_where_a_picture_is_broken(tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n")
    size, fps = Size(64, 64), FrameRate(Fraction(24))
    with pytest.raises(PictureError):
        render(AnimaticSpec("", size, fps, 9, first=str(broken)), tmp_path / "clip.mp4")
    with pytest.raises(InvalidInput):
        render(AnimaticSpec("", size, fps, 0), tmp_path / "clip.mp4")
    assert [path.name for path in tmp_path.iterdir()] == ["broken.png"]
