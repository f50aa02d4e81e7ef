from __future__ import annotations

from fractions import Fraction

import av
import av.filter
import numpy as np
import pytest
from numpy.typing import NDArray

from shotwright.media.animatic import ambience
from shotwright.media.animatic.ambience import KINDS, Kind
from shotwright.media.animatic.scene.reading import read


def integrated_loudness(sound: NDArray[np.float32]) -> float:
    """LUFS as FFmpeg's ebur128 filter reads it."""
    graph = av.filter.Graph()
    source = graph.add_abuffer(sample_rate=48000, format="fltp", layout="stereo", time_base=Fraction(1, 48000))
    meter = graph.add("ebur128", "metadata=1")
    sink = graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    found = float("nan")
    for start in range(0, sound.shape[1], 4800):
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound[:, start : start + 4800]), "fltp", "stereo")
        frame.sample_rate, frame.pts, frame.time_base = 48000, start, Fraction(1, 48000)
        graph.push(frame)
        while True:
            try:
                pulled = graph.pull()
            except (av.BlockingIOError, av.EOFError):
                break
            found = float(pulled.metadata.get("lavfi.r128.I", found))
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_a_loop_is_as_loud_as_promised(kind: Kind) -> None:
    sound = ambience.loop(kind, seed=5, seconds=Fraction(6))
    assert integrated_loudness(sound) == pytest.approx(-42, abs=1.0)


def test_a_track_with_its_fades_is_not_far_from_it() -> None:
    sound = ambience.track("rain over the city at night", seed=1, seconds=Fraction(5))
    assert integrated_loudness(sound) == pytest.approx(-42, abs=1.5)


@pytest.mark.parametrize("kind", KINDS)
def test_a_loop_begins_again_without_a_seam(kind: Kind) -> None:
    sound = ambience.loop(kind, seed=2, seconds=Fraction(4)).astype(np.float64)
    steps = np.abs(np.diff(sound))
    seam = np.abs(sound[:, 0] - sound[:, -1])
    assert (seam <= np.percentile(steps, 99.9, axis=1) * 1.5).all()


def test_the_length_is_exact_and_the_ends_are_silent() -> None:
    sound = ambience.track("a meadow", seed=3, seconds=Fraction(7, 3))
    assert sound.shape == (2, 112000)
    assert sound.dtype == np.float32
    assert np.abs(sound[:, 0]).max() == 0
    middle = np.abs(sound[:, 50000:60000]).max()
    assert 0 < np.abs(sound[:, -20:]).max() < middle / 20


def test_very_short_tracks_work() -> None:
    assert ambience.track("the sea", seed=3, seconds=Fraction(1, 24)).shape == (2, 2000)


def test_same_seed_same_sound_and_another_seed_another() -> None:
    first, again = (ambience.track("waves on a beach", seed=9, seconds=Fraction(1)) for _ in range(2))
    other = ambience.track("waves on a beach", seed=10, seconds=Fraction(1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_left_and_right_are_related_but_not_the_same() -> None:
    left, right = ambience.loop("wind", seed=4, seconds=Fraction(5))
    assert 0.35 < np.corrcoef(left, right)[0, 1] < 0.75


@pytest.mark.parametrize(
    ("prompt", "kind"),
    [
        ("waves on the beach at dusk", "sea"),
        ("rain on the city at night", "rain"),
        ("a kitchen while it rains outside the window", "room"),
        ("snow in the mountains", "wind"),
        ("a storm over the ocean, the ship rolls", "rain"),
        ("planet in deep space", "space"),
        ("the market fills", "city"),
        ("a forest", "forest"),
        ("something that has no name", "room"),
    ],
)
def test_the_words_choose_what_is_heard(prompt: str, kind: Kind) -> None:
    assert ambience.kind_for(read(prompt, 1)) == kind
