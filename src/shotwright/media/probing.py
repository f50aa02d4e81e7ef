"""What a clip is, told exactly."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from shotwright.domain.asset import Probe
from shotwright.domain.units import FrameRate
from shotwright.media.listing import Listing, list_file


def probe(path: Path | str) -> Probe:
    """The facts of a clip or a sound, by its content. Raises MediaError where it can't be read.

    `size` is as shown (pixels square, turned upright). A variable frame rate is given as its average.
    """
    return probe_of(list_file(path))


def probe_of(listing: Listing) -> Probe:
    """The same from packets that are already listed."""
    pictures, sound = listing.pictures, listing.sound
    return Probe(
        container=listing.container,
        seconds=pictures.seconds if pictures else sound.seconds if sound else Fraction(0),
        size=pictures.size if pictures else None,
        fps=FrameRate(pictures.rate) if pictures else None,
        frames=pictures.frames if pictures else 0,
        codec=pictures.codec if pictures else None,
        pixel_format=pictures.pixel_format if pictures else None,
        rotation=pictures.rotation if pictures else 0,
        variable=pictures.variable if pictures else False,
        sound_codec=sound.codec if sound else None,
        sound_seconds=sound.seconds if sound else Fraction(0),
        sample_rate=sound.rate if sound else 0,
        channels=sound.channels if sound else 0,
    )
