"""Ambience: quiet noise that suits a place and its weather, shaped in the frequency domain so that it loops."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from shotwright.media.animatic.scene.reading import Reading, read

SAMPLE_RATE = 48000
LOUDNESS = -42.0
"""LUFS, integrated: there when one listens for it."""

FADE = Fraction(3, 10)
"""Seconds in and out at the ends of a track."""

_MIDDLE, _SIDES = 0.75, 0.66  # correlation of left and right: 0.55
_LEAST = 4.0  # seconds: shorter loops would be heard as such

Kind = Literal["room", "wind", "rain", "sea", "city", "forest", "space"]
Signal = NDArray[np.float64]

_BY_PLACE: dict[str, Kind] = {
    "space": "space",
    "underwater": "space",
    "city": "city",
    "interior": "room",
    "sea": "sea",
    "lake": "forest",
    "desert": "wind",
    "forest": "forest",
    "mountain": "wind",
    "meadow": "forest",
    "abstract": "room",
}


def kind_for(reading: Reading) -> Kind:
    """What is heard: rain before all but walls and the void, wind in storms and snow, else the place."""
    if reading.place in ("space", "underwater", "interior"):
        return _BY_PLACE[reading.place]
    if reading.weather == "rain":
        return "rain"
    if reading.place == "sea":
        return "sea"
    if reading.weather == "snow" or reading.time == "storm":
        return "wind"
    return _BY_PLACE[reading.place]


def track(prompt: str, *, seed: int, seconds: Fraction) -> NDArray[np.float32]:
    """The ambience of a prompt: float32 [2, round(seconds * 48000)] at 48 kHz, -42 LUFS, faded at both ends."""
    length = round(seconds * SAMPLE_RATE)
    sound = loop(kind_for(read(prompt, seed)), seed=seed, seconds=seconds)[:, :length].astype(np.float64)
    fade = min(round(FADE * SAMPLE_RATE), length // 2)
    ramp = np.sin(np.linspace(0, np.pi / 2, fade, endpoint=False))
    sound[:, :fade] *= ramp
    sound[:, length - fade :] *= ramp[::-1]
    return sound.astype(np.float32)


def loop(kind: Kind, *, seed: int, seconds: Fraction) -> NDArray[np.float32]:
    """At least `seconds` (and 4 s) of one kind, float32 [2, n], that begins again after its end without a seam."""
    count = max(round(seconds * SAMPLE_RATE), round(_LEAST * SAMPLE_RATE))
    middle, left, right = (
        _KINDS[kind](np.random.default_rng([seed, zlib.crc32(f"{kind} {part}".encode())]), count)
        for part in ("middle", "left", "right")
    )
    sound = np.stack([_MIDDLE * middle + _SIDES * left, _MIDDLE * middle + _SIDES * right])
    return np.asarray(sound * 10 ** ((LOUDNESS - loudness(sound)) / 20), np.float32)


def loudness(sound: NDArray[np.floating]) -> float:
    """LUFS of steady stereo float [2, n] at 48 kHz, its K-weighting taken in the frequency domain, ungated."""
    spectrum = np.fft.rfft(sound)
    power = (np.abs(spectrum) ** 2 * _k_weight(np.fft.rfftfreq(sound.shape[1], 1 / SAMPLE_RATE))).sum()
    return float(-0.691 + 10 * np.log10(2 * power / sound.shape[1] ** 2 + 1e-20))


_SHELF = (1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585)
_HIGH_PASS = (1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621)


def _k_weight(hertz: NDArray[np.floating]) -> Signal:
    """Squared response of the two filters of ITU-R BS.1770 at 48 kHz."""
    delay = np.exp(-2j * np.pi * hertz / SAMPLE_RATE)
    response = np.ones_like(delay)
    for above, below in (_SHELF, _HIGH_PASS):
        response = response * np.polyval(above[::-1], delay) / np.polyval(below[::-1], delay)
    return np.asarray(np.abs(response) ** 2, np.float64)


def _shaped(random: np.random.Generator, count: int, gain: Callable[[Signal], Signal]) -> Signal:
    """Noise with an amplitude spectrum, periodic over `count` samples, deviation 1."""
    hertz = np.fft.rfftfreq(count, 1 / SAMPLE_RATE)
    spectrum = gain(np.maximum(hertz, 1.0)) * np.exp(2j * np.pi * random.random(len(hertz)))
    spectrum[0] = 0
    wave = np.fft.irfft(spectrum, count)
    return np.asarray(wave / wave.std(), np.float64)


def _swell(random: np.random.Generator, count: int, low: float, high: float, depth: float) -> Signal:
    """A slow envelope about 1, made of the loop's own harmonics between two rates in hertz."""
    hertz = np.fft.rfftfreq(count, 1 / SAMPLE_RATE)
    inside = (hertz >= low) & (hertz <= high)
    inside[1] |= not inside.any()  # a loop too short for such a slow swell swells once
    wave = np.fft.irfft(inside * np.exp(2j * np.pi * random.random(len(hertz))), count)
    return np.asarray(np.clip(1 + depth * wave / (wave.std() + 1e-12) / 1.6, 0.05, 3), np.float64)


def _low_pass(hertz: Signal, corner: float, order: int = 2) -> Signal:
    return np.asarray(1 / np.sqrt(1 + (hertz / corner) ** (2 * order)), np.float64)


def _high_pass(hertz: Signal, corner: float, order: int = 2) -> Signal:
    return np.asarray(1 / np.sqrt(1 + (corner / hertz) ** (2 * order)), np.float64)


def _room(random: np.random.Generator, count: int) -> Signal:
    return _shaped(random, count, lambda f: f**-0.9 * _high_pass(f, 45) * _low_pass(f, 2500, 1))


def _wind(random: np.random.Generator, count: int) -> Signal:
    body = _shaped(random, count, lambda f: f**-0.6 * _high_pass(f, 80) * _low_pass(f, 700))
    whistle = _shaped(random, count, lambda f: np.exp(-((np.log2(f / 520) / 0.45) ** 2)))
    body = body * _swell(random, count, 0.06, 0.35, 0.55)
    return np.asarray(body + 0.35 * whistle * _swell(random, count, 0.08, 0.4, 0.9), np.float64)


def _rain(random: np.random.Generator, count: int) -> Signal:
    hiss = _shaped(random, count, lambda f: f**-0.25 * _high_pass(f, 350, 1) * _low_pass(f, 7500, 1))
    bed = _shaped(random, count, lambda f: f**-0.9 * _high_pass(f, 60) * _low_pass(f, 400))
    return np.asarray(hiss + 0.5 * bed + 0.7 * _drops(random, count), np.float64)


def _drops(random: np.random.Generator, count: int) -> Signal:
    """Sixty short drops a second; those at the end ring on at the beginning."""
    wave = np.zeros(count)
    steps = np.arange(900)
    decay = np.exp(-steps / 90.0)
    for start in random.integers(0, count, count * 60 // SAMPLE_RATE):
        pitch = random.uniform(1800, 5200)
        drop = random.uniform(0.3, 1) * decay * np.sin(2 * np.pi * pitch * steps / SAMPLE_RATE)
        wave[(start + steps) % count] += drop
    return np.asarray(wave / (wave.std() + 1e-12), np.float64)


def _sea(random: np.random.Generator, count: int) -> Signal:
    body = _shaped(random, count, lambda f: f**-0.7 * _high_pass(f, 50) * _low_pass(f, 1600, 1))
    hiss = _shaped(random, count, lambda f: f**-0.2 * _high_pass(f, 900) * _low_pass(f, 5000))
    swell, crest = (_swell(random, count, 0.07, 0.14, depth) for depth in (0.75, 0.9))
    return np.asarray(body * swell + 0.5 * hiss * crest**2, np.float64)


def _city(random: np.random.Generator, count: int) -> Signal:
    body = _shaped(random, count, lambda f: f**-1.0 * _high_pass(f, 40) * _low_pass(f, 1200, 1))
    return np.asarray(body * _swell(random, count, 0.05, 0.25, 0.25), np.float64)


def _forest(random: np.random.Generator, count: int) -> Signal:
    body = _shaped(random, count, lambda f: f**-0.45 * _high_pass(f, 150) * _low_pass(f, 4200, 1))
    return np.asarray(body * _swell(random, count, 0.05, 0.3, 0.35), np.float64)


def _space(random: np.random.Generator, count: int) -> Signal:
    body = _shaped(random, count, lambda f: f**-1.3 * _high_pass(f, 32) * _low_pass(f, 300))
    return np.asarray(body * _swell(random, count, 0.04, 0.1, 0.3), np.float64)


_KINDS: dict[Kind, Callable[[np.random.Generator, int], Signal]] = {
    "room": _room,
    "wind": _wind,
    "rain": _rain,
    "sea": _sea,
    "city": _city,
    "forest": _forest,
    "space": _space,
}
KINDS = tuple(_KINDS)
