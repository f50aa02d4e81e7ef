"""Room on the disk, looked at before work starts: a film that can't be kept shouldn't be begun."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path

from shotwright.engine.request import FilmRequest
from shotwright.errors import EnvironmentProblem

_ALWAYS = 64 << 20
"""Bytes for the database, logs and pictures."""

_BITS_A_PIXEL = Fraction(1, 4)
"""What a clip and its share of the film take, on the high side, at 30 frames a second."""


def needed(request: FilmRequest) -> int:
    """Bytes that a film may take: each clip, the film, and the film's copy at its output."""
    pixels = sum(
        candidate.order.seconds * 30 * max(candidate.order.size.pixels, request.size.pixels)
        for candidate in (shot.candidates[0] for shot in request.shots)
    )
    return _ALWAYS + int(pixels * _BITS_A_PIXEL / 8 * 3)


def check_space(request: FilmRequest, home: Path) -> None:
    """Raises EnvironmentProblem where the home's or the output's disk is too full."""
    wanted = needed(request)
    for place, remedy in (
        (home, "free some space, or choose another folder with SHOTWRIGHT_HOME"),
        (Path(request.output).parent if request.output else home, "free some space, or choose another output with -o"),
    ):
        there = next(folder for folder in (place, *place.parents) if folder.exists())
        free = shutil.disk_usage(there).free
        if free < wanted:
            raise EnvironmentProblem(
                f"{free >> 20} MiB are free at {place}; this film may need {wanted >> 20} MiB", hint=remedy
            )
