from __future__ import annotations

import hashlib
import resource
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from shotwright.domain.storyboard import Transition
from shotwright.domain.timeline import Cut, MusicBed, Piece
from shotwright.domain.units import FrameRate, Size
from shotwright.errors import EnvironmentProblem, MediaError
from shotwright.media.cut import render_cut
from shotwright.media.encode import VideoWriter
from shotwright.media.probing import probe
from tests.media.clips import beeps, make_clip, make_sound, numbers, paint, sound_of, tone

X264 = {"preset": "veryfast", "x264-params": "bframes=3:b-pyramid=normal:keyint=250:scenecut=0"}


def own_clip(path: Path, clip: int, frames: int = 90, *, sound: bool = True) -> Path:
    """A clip as the animatic makes it: by the film's own encoder."""
    size = Size(320, 180)
    with VideoWriter(path, size, FrameRate(Fraction(30)), sound=sound) as writer:
        for number in range(frames):
            writer.write(paint(number, clip, size.width, size.height))
        if sound:
            writer.write_sound(tone(frames / 30, 300.0 + 200 * clip))
    return path


def pieces(*paths: Path, transition: str = "cut") -> tuple[Piece, ...]:
    return tuple(Piece(str(path), transition=Transition.parse(transition)) for path in paths)


def digests(path: Path) -> list[str]:
    with av.open(str(path)) as file:
        return [hashlib.md5(bytes(packet)).hexdigest() for packet in file.demux(video=0) if packet.size]


def check_playable(path: Path) -> None:
    """Start 0, decoding times that rise and never pass display, even steps, index before data."""
    data = path.read_bytes()
    assert data.find(b"moov") < data.find(b"mdat")
    with av.open(str(path)) as file:
        video = file.streams.video[0]
        assert video.start_time == 0
        assert file.start_time == 0
        packets = [packet for packet in file.demux(video) if packet.size]
    order = [packet.dts or 0 for packet in packets]
    assert order == sorted(set(order))
    assert all((packet.pts or 0) >= (packet.dts or 0) for packet in packets)
    shown = sorted(packet.pts or 0 for packet in packets)
    assert shown[0] == 0
    assert len({later - earlier for earlier, later in pairwise(shown)}) == 1


def test_clips_that_agree_are_copied_bit_for_bit(tmp_path: Path) -> None:
    clips = [make_clip(tmp_path / f"{k}.mp4", frames=50 + k, clip=k, options=X264, sound=tone(3)) for k in range(3)]
    report = render_cut(Cut(pieces(*clips)), tmp_path / "film.mp4")
    assert (report.mode, report.frames, report.seconds) == ("copy", 153, Fraction(153, 30))
    assert numbers(tmp_path / "film.mp4") == [(n, k) for k in range(3) for n in range(50 + k)]
    assert digests(tmp_path / "film.mp4") == [digest for clip in clips for digest in digests(clip)]
    check_playable(tmp_path / "film.mp4")
    assert probe(tmp_path / "film.mp4").sound_seconds == report.seconds


def test_other_encoder_settings_are_copied_with_their_parameter_sets(tmp_path: Path) -> None:
    first = make_clip(tmp_path / "a.mp4", frames=40, clip=1, options=X264)
    second = make_clip(
        tmp_path / "b.mp4",
        frames=45,
        clip=2,
        options={"preset": "veryfast", "profile": "main", "x264-params": "ref=1:bframes=0:cabac=0:keyint=20"},
    )
    report = render_cut(Cut(pieces(first, second, first)), tmp_path / "film.mp4")
    assert (report.mode, report.frames) == ("copy", 125)
    expected = [(n, 1) for n in range(40)] + [(n, 2) for n in range(45)] + [(n, 1) for n in range(40)]
    assert numbers(tmp_path / "film.mp4") == expected
    check_playable(tmp_path / "film.mp4")


def test_the_doubled_frame_of_a_chained_clip_is_trimmed_without_encoding(tmp_path: Path) -> None:
    plain = {"preset": "veryfast", "x264-params": "bframes=0:keyint=250"}
    clips = [make_clip(tmp_path / f"{k}.mp4", frames=40, clip=k, options=plain) for k in range(3)]
    cut = Cut(tuple(Piece(str(clip), 0, 39 if k < 2 else None) for k, clip in enumerate(clips)))
    report = render_cut(cut, tmp_path / "film.mp4")
    assert (report.mode, report.frames) == ("copy", 118)
    assert numbers(tmp_path / "film.mp4") == [(n, k) for k in range(3) for n in range(39 if k < 2 else 40)]


def test_a_trim_between_key_frames_encodes_only_its_head(tmp_path: Path) -> None:
    clips = [own_clip(tmp_path / f"{k}.mp4", k) for k in range(2)]
    cut = Cut((Piece(str(clips[0]), 0, 88), Piece(str(clips[1]), 25, 87)))
    report = render_cut(cut, tmp_path / "film.mp4")
    assert (report.mode, report.frames) == ("mixed", 150)
    assert report.copied >= 150 - 5 - 8
    assert numbers(tmp_path / "film.mp4") == [(n, 0) for n in range(88)] + [(n, 1) for n in range(25, 87)]
    check_playable(tmp_path / "film.mp4")


def test_crossfades_between_our_own_clips_encode_only_the_seams(tmp_path: Path) -> None:
    clips = [own_clip(tmp_path / f"{k}.mp4", k) for k in range(3)]
    cut = Cut(pieces(*clips, transition="crossfade 0.5"))
    report = render_cut(cut, tmp_path / "film.mp4")
    assert (report.mode, report.frames, report.seconds) == ("mixed", 240, Fraction(8))
    whole = render_cut(cut, tmp_path / "whole.mp4", smart=False)
    assert (whole.mode, whole.frames) == ("encode", 240)
    seen = numbers(tmp_path / "film.mp4")
    assert seen[:75] == [(n, 0) for n in range(75)]
    assert seen[90:150] == [(n, 1) for n in range(15, 75)]
    assert seen[165:] == [(n, 2) for n in range(15, 90)]
    check_playable(tmp_path / "film.mp4")
    copied = set(digests(tmp_path / "film.mp4")) & {digest for clip in clips for digest in digests(clip)}
    assert len(copied) == report.copied
    with av.open(str(tmp_path / "film.mp4")) as one, av.open(str(tmp_path / "whole.mp4")) as two:
        for left, right in zip(one.decode(video=0), two.decode(video=0), strict=True):
            difference = left.to_ndarray().astype(float) - right.to_ndarray()
            assert 10 * np.log10(255**2 / (difference**2).mean()) > 36
    assert probe(tmp_path / "film.mp4").sound_seconds == 8


def test_crossfades_between_foreign_clips_mix_parameter_sets_and_decode_whole(tmp_path: Path) -> None:
    odd = {"preset": "slow", "crf": "18", "x264-params": "keyint=24:bframes=4:ref=5"}
    even = {"preset": "veryfast", "crf": "18", "profile": "main", "x264-params": "keyint=20:bframes=0:cabac=0"}
    clips = [make_clip(tmp_path / f"{k}.mp4", frames=120, clip=k, options=odd if k % 2 else even) for k in range(3)]
    cut = Cut(pieces(*clips, transition="crossfade 0.4"))
    report = render_cut(cut, tmp_path / "film.mp4")
    assert (report.mode, report.frames) == ("mixed", 336)
    seen = numbers(tmp_path / "film.mp4")
    assert seen[:108] == [(n, 0) for n in range(108)]
    assert seen[120:216] == [(n, 1) for n in range(12, 108)]
    assert seen[228:] == [(n, 2) for n in range(12, 120)]
    check_playable(tmp_path / "film.mp4")
    render_cut(cut, tmp_path / "whole.mp4", smart=False)
    with av.open(str(tmp_path / "film.mp4")) as one, av.open(str(tmp_path / "whole.mp4")) as two:
        for left, right in zip(one.decode(video=0), two.decode(video=0), strict=True):
            difference = left.to_ndarray().astype(float) - right.to_ndarray()
            assert 10 * np.log10(255**2 / (difference**2).mean()) > 34


def test_odd_clips_are_fitted_and_encoded(tmp_path: Path) -> None:
    clips = [own_clip(tmp_path / "a.mp4", 1, 60), own_clip(tmp_path / "c.mp4", 3, 60)]
    odd = make_clip(tmp_path / "b.mkv", frames=50, fps=25, size=(480, 270), clip=2, codec="mpeg4", options={"b": "4M"})
    report = render_cut(Cut(pieces(clips[0], odd, clips[1])), tmp_path / "film.mp4")
    assert (report.mode, report.frames) == ("mixed", 180)
    seen = numbers(tmp_path / "film.mp4")
    assert [number for number, clip in seen if clip == 2] == [n * 25 // 30 for n in range(60)]
    assert seen[:60] == [(n, 1) for n in range(60)]
    assert seen[120:] == [(n, 3) for n in range(60)]
    check_playable(tmp_path / "film.mp4")


def test_a_portrait_clip_is_padded_with_black(tmp_path: Path) -> None:
    turned = make_clip(tmp_path / "a.mp4", frames=10, rotation=90)
    report = render_cut(Cut(pieces(turned), size=Size(320, 180)), tmp_path / "film.mp4")
    assert report.mode == "encode"
    with av.open(str(tmp_path / "film.mp4")) as file:
        luma = next(file.decode(video=0)).reformat(format="gray").to_ndarray()
    assert luma[:, :100].max() < 20
    assert luma[:, 130:190].std() > 20


def test_film_size_and_rate_as_asked(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "a.mp4", frames=48, fps=24, options=X264)
    cut = Cut(pieces(clip), size=Size(640, 360), fps=FrameRate(Fraction(60)))
    report = render_cut(cut, tmp_path / "film.mp4")
    found = probe(tmp_path / "film.mp4")
    assert (report.frames, found.frames, found.size, found.fps) == (120, 120, Size(640, 360), FrameRate(Fraction(60)))
    assert [number for number, _ in numbers(tmp_path / "film.mp4")] == [n * 2 // 5 for n in range(120)]


def test_uneven_clips_keep_their_timing(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "a.mkv", frames=5, times=[0, 100, 500, 600, 1000])
    report = render_cut(Cut(pieces(clip), fps=FrameRate(Fraction(30))), tmp_path / "film.mp4")
    seen = [number for number, _ in numbers(tmp_path / "film.mp4")]
    assert seen == [0] * 3 + [1] * 12 + [2] * 3 + [3] * 12 + [4]
    assert report.frames == 31


def test_beeps_stay_on_their_frames(tmp_path: Path) -> None:
    clips = [make_clip(tmp_path / f"{k}.mp4", frames=50, fps=25, clip=k, sound=beeps(2.0, 0.5)) for k in range(4)]
    cut = Cut(tuple(Piece(str(clip), 0, 49) for clip in clips))
    report = render_cut(cut, tmp_path / "film.mp4")
    heard = sound_of(tmp_path / "film.mp4")[0, : 48000 * 196 // 25]
    assert report.frames == 196
    for number in range(4):
        for beep in range(4):
            place = number * 49 * 1920 + beep * 24000
            assert np.abs(heard[place + 300 : place + 2200]).max() > 0.3
            assert np.abs(heard[place + 3000 : place + 21500]).max() < 0.05
    onset = int(np.argmax(np.abs(heard[49 * 1920 + 23000 :]) > 0.1)) + 23000
    assert abs(onset - 24000) < 60


def test_silent_clips_get_silence_and_sound_can_be_left_out(tmp_path: Path) -> None:
    mute = own_clip(tmp_path / "a.mp4", 1, 30, sound=False)
    loud = own_clip(tmp_path / "b.mp4", 2, 30)
    cut = Cut(pieces(mute, loud))
    render_cut(cut, tmp_path / "film.mp4")
    heard = sound_of(tmp_path / "film.mp4")
    assert np.abs(heard[:, :46000]).max() < 0.01
    assert np.abs(heard[:, 50000:90000]).max() > 0.2
    render_cut(Cut(cut.pieces, sound=False), tmp_path / "mute.mp4")
    assert probe(tmp_path / "mute.mp4").sound_codec is None
    render_cut(Cut(pieces(mute)), tmp_path / "silence.mp4")
    assert probe(tmp_path / "silence.mp4").sound_seconds == 1


def test_music_lies_below_and_fades_at_both_ends(tmp_path: Path) -> None:
    clip = own_clip(tmp_path / "a.mp4", 1, 150, sound=False)
    music = make_sound(tmp_path / "m.wav", tone(2.0, level=0.5))
    cut = Cut(pieces(clip), music=MusicBed(str(music), gain=-6.0, fade=Fraction(1)))
    render_cut(cut, tmp_path / "film.mp4")
    heard = np.abs(sound_of(tmp_path / "film.mp4"))
    assert heard[:, :2000].max() < 0.03
    assert abs(heard[:, 50000:70000].max() - 0.25) < 0.02
    assert heard[:, 238500:240000].max() < 0.03


def test_a_crossfade_longer_than_its_clip_is_named(tmp_path: Path) -> None:
    clips = [make_clip(tmp_path / f"{k}.mp4", frames=30) for k in range(3)]
    with pytest.raises(MediaError, match=r"piece 2 \(1\.mp4\) lasts 1 s, but its crossfades need 1\.2 s"):
        render_cut(Cut(pieces(*clips, transition="crossfade 0.6")), tmp_path / "film.mp4")
    assert not (tmp_path / "film.mp4").exists()


def test_wrong_pieces_are_named(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "a.mp4", frames=30)
    with pytest.raises(MediaError, match=r"piece 1 \(a\.mp4\): frames 10 to 31"):
        render_cut(Cut((Piece(str(clip), 10, 31),)), tmp_path / "film.mp4")
    with pytest.raises(MediaError, match="at least one piece"):
        render_cut(Cut(()), tmp_path / "film.mp4")
    with pytest.raises(MediaError, match="no such file"):
        render_cut(Cut((Piece(str(tmp_path / "none.mp4")),)), tmp_path / "film.mp4")


@pytest.mark.parametrize("smart", [True, False])
def test_a_disk_that_fills_up_is_told_and_leaves_nothing(tmp_path: Path, smart: bool) -> None:
    clips = [own_clip(tmp_path / f"{k}.mp4", k) for k in range(2)]
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, before[1]))
    try:
        with pytest.raises(EnvironmentProblem, match="larger than this system allows"):
            render_cut(Cut(pieces(*clips)), tmp_path / "film.mp4", smart=smart)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.mp4", "1.mp4"]


def test_same_cut_same_bytes_and_progress_rises(tmp_path: Path) -> None:
    clips = [own_clip(tmp_path / f"{k}.mp4", k, 60) for k in range(2)]
    cut = Cut(pieces(*clips, transition="crossfade 0.4"))
    heard: list[float] = []
    for name in ("a.mp4", "b.mp4"):
        render_cut(cut, tmp_path / name, report=heard.append)
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()
    first = heard[: len(heard) // 2]
    assert first == sorted(first)
    assert first[-1] == 1.0
    assert not list(tmp_path.glob(".*"))
