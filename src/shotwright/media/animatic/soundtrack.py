"""The sound of a clip: the shot's own, or an ambience drawn from its words."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np

from shotwright.errors import MediaError
from shotwright.media.animatic import ambience
from shotwright.media.animatic.spec import AnimaticSpec, base_seed, seed_for
from shotwright.media.encode import SAMPLE_RATE, samples_of
from shotwright.media.listing import list_file
from shotwright.media.sound import Samples, decode_sound, fade

_FADE = SAMPLE_RATE // 100  # samples, where a sound is cut off


def sound_for(spec: AnimaticSpec) -> Samples | None:
    """Float32 [2, samples] at 48 kHz, exactly as long as the picture, or None for a silent clip.

    The shot's own sound is cut off with a short fade, or followed by silence. Raises MediaError.
    """
    samples = samples_of(spec.seconds)
    if spec.audio:
        return _own(Path(spec.audio), samples)
    if not spec.sound:
        return None
    made = ambience.track(spec.prompt, seed=seed_for(base_seed(spec), "sound"), seconds=spec.seconds)
    fitted = np.zeros((2, samples), np.float32)
    kept = min(samples, made.shape[1])
    fitted[:, :kept] = made[:, :kept]
    return fitted


def _own(path: Path, samples: int) -> Samples:
    listing = list_file(path)
    if listing.sound is None:
        raise MediaError(f"{path.name} has no sound", hint="give a sound file, or a clip with sound")
    sound = decode_sound(listing, Fraction(0), samples)
    longer = samples_of(listing.sound.seconds) > samples
    return fade(sound, end=_FADE) if longer else sound
