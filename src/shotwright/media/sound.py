"""Sound as float32 arrays [2, samples] at 48 kHz: decoded to its place, faded, mixed, looped. Exact to the sample."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from shotwright.domain.units import Seconds
from shotwright.errors import MediaError
from shotwright.media.encode import CHANNELS, SAMPLE_RATE, samples_of
from shotwright.media.listing import Listing
from shotwright.media.source import open_source, sound_stream

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame

Samples = NDArray[np.float32]

_SEAM = 144  # 3 ms: too short to hear as a fade, long enough that a cut does not click
_MOST_CHANNELS = 8  # more do not lie where PyAV looks for them
_LONGEST = Fraction(6 * 3600)
_GAP = SAMPLE_RATE // 25
_LOOP_OVERLAP = SAMPLE_RATE // 2


def silence(samples: int) -> Samples:
    return np.zeros((CHANNELS, max(samples, 0)), np.float32)


def amplitude(decibel: float) -> float:
    """The factor for a gain in dB."""
    return float(10 ** (decibel / 20))


def rise(samples: int, shape: Literal["power", "linear"] = "power") -> Samples:
    """A fade-in of so many samples, float32 [samples] between 0 and 1; reversed it is the fade-out that goes with it.

    "power" keeps the loudness of unrelated sounds through a crossfade, "linear" that of one and the same sound.
    """
    ramp = (np.arange(samples) + 0.5) / max(samples, 1)
    return (np.sin(ramp * np.pi / 2) if shape == "power" else ramp).astype(np.float32)


def crossfade(before: Samples, after: Samples, shape: Literal["power", "linear"] = "power") -> Samples:
    """Two stretches of equal length, the one going over into the other."""
    up = rise(after.shape[1], shape)
    return before * up[::-1] + after * up


def fade(sound: Samples, begin: int = 0, end: int = 0) -> Samples:
    """The same sound with so many samples faded in and out."""
    begin, end = min(begin, sound.shape[1]), min(end, sound.shape[1])
    faded = sound.copy()
    if begin:
        faded[:, :begin] *= rise(begin)
    if end:
        faded[:, -end:] *= rise(end)[::-1]
    return faded


def decode_sound(listing: Listing, start: Seconds, samples: int) -> Samples:
    """`samples` samples from `start` seconds after the clip's first picture; silence where the clip has no sound."""
    placed = silence(samples)
    if listing.sound is None or samples <= 0:
        return placed
    first = samples_of(start)
    limit = samples_of(listing.sound.start - listing.origin + listing.sound.seconds) - first
    for at, block in _blocks(listing):
        begin = at - first
        if begin >= samples:
            break
        left, right = max(begin, 0), min(begin + block.shape[1], samples, limit)
        if right > left:
            placed[:, left:right] = block[:, left - begin : right - begin]
    return placed


def decode_all(listing: Listing) -> Samples:
    """A whole sound from its first sample to its last. Raises MediaError where there is none."""
    if listing.sound is None:
        raise MediaError(f"{listing.path}: has no sound", hint="give a sound file")
    if listing.sound.seconds > _LONGEST:
        raise MediaError(f"{listing.path}: lasts more than six hours", hint="take a shorter sound")
    return decode_sound(listing, listing.sound.start - listing.origin, samples_of(listing.sound.seconds))


def _blocks(listing: Listing) -> Iterator[tuple[int, Samples]]:
    """Decoded stretches with their place in samples after the first picture; runs on over jitter, jumps over gaps."""
    with open_source(listing.path) as container:
        stream = sound_stream(container)
        if stream is None:
            return
        converter = _Converter()
        at: int | None = None
        for frame in _faultless(container, stream):
            if frame.pts is not None and frame.time_base is not None:
                due = samples_of(frame.pts * frame.time_base - listing.origin)
                if at is None or abs(due - at) > _GAP:
                    yield from ((at or 0, block) for block in converter.rest())
                    at = due
            at = at or 0
            for block in converter.convert(frame):
                yield at, block
                at += block.shape[1]
        yield from ((at or 0, block) for block in converter.rest())


class _Converter:
    """Frames of any kind to float32 stereo at 48 kHz; starts anew when a stream changes its kind midway."""

    def __init__(self) -> None:
        self._kind: tuple[str, str, int] | None = None
        self._resampler: Any = None

    def convert(self, frame: AudioFrame) -> list[Samples]:
        import av

        kind = (frame.format.name, frame.layout.name, frame.sample_rate)
        blocks: list[Samples] = []
        if not 1 <= frame.layout.nb_channels <= _MOST_CHANNELS or not frame.samples:
            return blocks
        if kind != self._kind:
            blocks += self.rest()
            self._kind = kind
            self._resampler = av.AudioResampler("fltp", "stereo", SAMPLE_RATE)
        frame.pts = None
        return blocks + [_array(part) for part in self._resampler.resample(frame)]

    def rest(self) -> list[Samples]:
        """What was still held back."""
        if self._resampler is None:
            return []
        blocks = [_array(part) for part in self._resampler.resample(None)]
        self._kind, self._resampler = None, None
        return blocks


def _array(frame: AudioFrame) -> Samples:
    return np.asarray(frame.to_ndarray(), np.float32)


def _faultless(container: Any, stream: Any) -> Iterator[AudioFrame]:
    """Decoded frames; a damaged packet is passed over."""
    import av

    for packet in container.demux(stream):
        try:
            yield from packet.decode()
        except av.FFmpegError:
            continue


@dataclass(frozen=True)
class Stretch:
    """Where a clip's sound lies in the film: samples [`begin`, `end`), read from `start` seconds of the clip on.

    `joined` tells that it goes on exactly where the stretch before it ends, so that no seam is to be hidden.
    """

    listing: Listing
    start: Seconds
    begin: int
    end: int
    joined: bool = False


class Bed:
    """Music under a whole film of `total` samples: looped with a soft seam, faded in and out, quieter by `gain` dB."""

    def __init__(self, music: Samples, total: int, gain: float = 0.0, fade_samples: int = 0) -> None:
        if not music.shape[1]:
            raise MediaError("the music is empty")
        self._music = music
        self._total = total
        self._factor = amplitude(gain)
        self._fade = min(fade_samples, total // 2)
        self._overlap = min(_LOOP_OVERLAP, music.shape[1] // 4)
        self._period = music.shape[1] - self._overlap

    def read(self, begin: int, end: int) -> Samples:
        """Samples [`begin`, `end`) of the bed."""
        place = np.arange(begin, end)
        if self._music.shape[1] >= self._total:
            sound = self._music[:, begin:end].copy()
        else:
            lap, within = np.divmod(place, self._period)
            sound = self._music[:, within]
            seam = (lap > 0) & (within < self._overlap)
            up = rise(self._overlap)[within[seam]] if self._overlap else np.zeros(0, np.float32)
            down = rise(self._overlap)[::-1][within[seam]] if self._overlap else up
            sound[:, seam] = sound[:, seam] * up + self._music[:, within[seam] + self._period] * down
        if self._fade:
            edge = np.minimum(place + 0.5, self._total - place - 0.5) / self._fade
            sound *= np.sin(np.clip(edge, 0, 1) * np.pi / 2).astype(np.float32)
        return np.asarray(sound * np.float32(self._factor), np.float32)


def soundtrack(stretches: Iterable[Stretch], bed: Bed | None = None) -> Iterator[Samples]:
    """The film's sound in order, in blocks: overlapping stretches crossfade, cuts do not click, music lies below."""
    row = list(stretches)
    carried = silence(0)
    at = 0
    for number, stretch in enumerate(row):
        after = row[number + 1] if number + 1 < len(row) else None
        sound = decode_sound(stretch.listing, stretch.start, stretch.end - stretch.begin)
        hidden = 0 if stretch.joined else _SEAM
        shown = 0 if after and after.joined else _SEAM
        overlap = carried.shape[1]
        leaving = after.begin - stretch.begin if after else sound.shape[1]
        sound = fade(sound, 0 if overlap else hidden, 0 if leaving < sound.shape[1] else shown)
        if overlap:
            sound[:, :overlap] = crossfade(carried, sound[:, :overlap])
        block, carried = sound[:, :leaving], sound[:, leaving:]
        yield block + bed.read(at, at + block.shape[1]) if bed else block
        at += block.shape[1]


def music_of(listing: Listing, total: int, gain: float, fade_seconds: Fraction) -> Bed:
    """The bed for a film of `total` samples out of a file. Raises MediaError where it has no sound."""
    return Bed(decode_all(listing), total, gain, samples_of(fade_seconds))
