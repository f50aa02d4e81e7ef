from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from shotwright.errors import MediaError
from shotwright.media.listing import list_file
from shotwright.media.sound import Bed, Stretch, crossfade, decode_all, decode_sound, fade, rise, soundtrack
from tests.media.clips import RATE, beeps, make_clip, make_sound, tone


def test_decoding_is_exact_to_the_sample(tmp_path: Path) -> None:
    original = tone(1.3)
    wave = list_file(make_sound(tmp_path / "a.wav", original))
    assert np.abs(decode_all(wave) - original).max() < 1e-4
    part = decode_sound(wave, Fraction(480, RATE), 1000)
    assert np.abs(part - original[:, 480:1480]).max() < 1e-4


@pytest.mark.parametrize(("name", "codec"), [("a.mp4", "aac"), ("a.mkv", "aac"), ("a.ts", "aac"), ("b.mkv", "libopus")])
def test_priming_and_start_offsets_are_taken_out(tmp_path: Path, name: str, codec: str) -> None:
    clip = list_file(make_clip(tmp_path / name, frames=60, sound=beeps(2.0, 0.5), sound_codec=codec))
    heard = decode_sound(clip, Fraction(0), 2 * RATE)
    assert heard.shape == (2, 2 * RATE)
    for beep in (1, 2, 3):
        place = beep * RATE // 2
        onset = place - 2400 + int(np.argmax(np.abs(heard[0, place - 2400 : place + 2400]) > 0.1))
        assert abs(onset - place) < 60


def test_beyond_the_end_and_without_sound_there_is_silence(tmp_path: Path) -> None:
    clip = list_file(make_clip(tmp_path / "a.mp4", frames=60, sound=tone(1.0)))
    heard = decode_sound(clip, Fraction(0), 2 * RATE)
    assert np.abs(heard[:, :RATE]).max() > 0.2
    assert not heard[:, RATE:].any()
    mute = list_file(make_clip(tmp_path / "b.mp4", frames=5))
    assert not decode_sound(mute, Fraction(0), 100).any()
    with pytest.raises(MediaError, match="has no sound"):
        decode_all(mute)


def test_other_rates_and_mono_become_stereo_at_48_khz(tmp_path: Path) -> None:
    import wave

    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(22050)
        time = np.arange(22050) / 22050
        file.writeframes((8000 * np.sin(2 * np.pi * 440 * time)).astype(np.int16).tobytes())
    heard = decode_all(list_file(tmp_path / "a.wav"))
    assert heard.shape == (2, RATE)
    assert np.array_equal(heard[0], heard[1])
    spectrum = np.abs(np.fft.rfft(heard[0]))
    assert int(np.argmax(spectrum)) == 440


def test_crossfades_keep_power_or_level() -> None:
    random = np.random.default_rng(1)
    first, second = (random.normal(size=(2, RATE)).astype(np.float32) for _ in range(2))
    mixed = crossfade(first, second)
    power = (mixed[:, RATE // 2 - 4800 : RATE // 2 + 4800] ** 2).mean()
    assert abs(power - 1) < 0.05
    assert np.allclose(crossfade(first, first, "linear"), first, atol=1e-5)
    assert rise(4)[0] > 0
    assert np.allclose(rise(9) ** 2 + rise(9)[::-1] ** 2, 1, atol=1e-6)


def test_fades_begin_and_end_in_silence() -> None:
    faded = fade(np.ones((2, 1000), np.float32), 200, 5000)
    assert abs(faded[0, 0]) < 0.01
    assert abs(faded[0, -1]) < 0.01
    assert faded.shape == (2, 1000)


def test_a_bed_loops_without_a_click_and_is_the_same_in_any_portions() -> None:
    bed = Bed(tone(2.0, pitch=97.3), 20 * RATE, fade_samples=RATE)
    whole = bed.read(0, 20 * RATE)
    parts = np.concatenate([bed.read(at, min(at + 7777, 20 * RATE)) for at in range(0, 20 * RATE, 7777)], axis=1)
    assert np.array_equal(whole, parts)
    assert np.abs(np.diff(whole, axis=1)).max() < 0.25 * 2 * np.pi * 97.3 / RATE * 1.5
    assert np.abs(whole[:, 15 * RATE : 16 * RATE]).max() > 0.2


def test_a_track_joins_without_clicks_and_without_drift(tmp_path: Path) -> None:
    clip = list_file(make_sound(tmp_path / "a.wav", tone(1.0, pitch=333.3)))
    begins = [0, 40000, 70001]
    ends = [40000, 80000, 100001]
    row = [Stretch(clip, Fraction(0), begin, end) for begin, end in zip(begins, ends, strict=True)]
    track = np.concatenate(list(soundtrack(row)), axis=1)
    assert track.shape == (2, 100001)
    assert np.abs(np.diff(track, axis=1)).max() < 0.25 * 2 * np.pi * 333.3 / RATE * 2


def test_one_sound_that_goes_on_is_not_touched_at_the_join(tmp_path: Path) -> None:
    original = tone(1.0, pitch=333.3)
    clip = list_file(make_sound(tmp_path / "a.wav", original))
    half = Fraction(1, 2)
    row = [Stretch(clip, Fraction(0), 0, RATE // 2), Stretch(clip, half, RATE // 2, RATE, joined=True)]
    track = np.concatenate(list(soundtrack(row)), axis=1)
    middle = slice(RATE // 2 - 2000, RATE // 2 + 2000)
    assert np.abs(track[:, middle] - original[:, middle]).max() < 1e-4
