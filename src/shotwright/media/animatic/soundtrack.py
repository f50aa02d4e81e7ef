"""The sound of a clip: the shot's own, or an ambience drawn from its words."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from shotwright.errors import MediaError
from shotwright.media.animatic import ambience
from shotwright.media.animatic.spec import AnimaticSpec, base_seed, seed_for
from shotwright.media.encode import CHANNELS, SAMPLE_RATE, samples_of
from shotwright.media.source import open_source, sound_stream

Samples = NDArray[np.float32]

_FADE = Fraction(1, 100)  # seconds, where the shot's own sound is cut off


def sound_for(spec: AnimaticSpec) -> Samples | None:
    """Float32 [2, samples] at 48 kHz, exactly as long as the picture, or None for a silent clip. Raises MediaError."""
    if spec.audio:
        return _fitted(read_sound(Path(spec.audio), spec.seconds), samples_of(spec.seconds))
    if not spec.sound:
        return None
    made = ambience.track(spec.prompt, seed=seed_for(base_seed(spec), "sound"), seconds=spec.seconds)
    return _fitted(made, samples_of(spec.seconds))


def read_sound(path: Path, most: Fraction) -> Samples:
    """The first `most` seconds of a file's sound as float32 [2, samples] at 48 kHz. Raises MediaError."""
    wanted, found = samples_of(most), 0
    parts: list[Samples] = []
    resampler = AudioResampler(format="fltp", layout="stereo", rate=SAMPLE_RATE)
    with open_source(path) as container:
        stream = sound_stream(container)
        if stream is None:
            raise MediaError(f"{path.name} has no sound", hint="give a sound file, or a clip with sound")
        for frame in container.decode(stream):
            for piece in resampler.resample(frame):
                parts.append(np.asarray(piece.to_ndarray(), np.float32))
                found += parts[-1].shape[1]
            if found >= wanted:
                break
        else:
            parts += [np.asarray(piece.to_ndarray(), np.float32) for piece in resampler.resample(None)]
    return np.concatenate(parts, axis=1) if parts else np.zeros((CHANNELS, 0), np.float32)


def _fitted(samples: Samples, length: int) -> Samples:
    """Cut with a short fade, or filled with silence, to `length` samples."""
    out = np.zeros((CHANNELS, length), np.float32)
    kept = min(length, samples.shape[1])
    out[:, :kept] = samples[:, :kept]
    fade = min(int(_FADE * SAMPLE_RATE), kept)
    if samples.shape[1] > length and fade:
        out[:, kept - fade : kept] *= np.linspace(1, 0, fade, dtype=np.float32)
    return out
