"""A cut made concrete: each piece with its probed clip, its exact place in the film, and how far it overlaps."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from shotwright.domain.timeline import Cut, Piece
from shotwright.domain.units import FrameRate, Seconds, Size
from shotwright.errors import MediaError
from shotwright.media.encode import samples_of
from shotwright.media.listing import Listing, Pictures, list_file
from shotwright.media.sound import Stretch

_LONGEST = Fraction(24 * 3600)


@dataclass(frozen=True)
class Part:
    """Clip pictures [`start`, `end`) as `frames` frames of the film from frame `place` on; the first `overlap` of them
    lie over the last ones of the part before. `steady` tells that clip and film tick alike, picture for frame.
    """

    listing: Listing
    start: int
    end: int
    place: int
    frames: int
    overlap: int
    rate: FrameRate
    steady: bool

    @property
    def pictures(self) -> Pictures:
        return self.listing.film

    def source(self, frame: int) -> int:
        """Which of the clip's pictures is shown at frame `frame` of this part, counted from 0."""
        if self.steady:
            return self.start + frame
        moment = self.pictures.moment(self.start) + self.rate.seconds(frame)
        return min(max(self.pictures.index_at(moment), self.start), self.end - 1)

    @property
    def stop(self) -> int:
        """The film's frame after this part's last."""
        return self.place + self.frames


@dataclass(frozen=True)
class Timeline:
    """All parts of a film, its size, its rate and its length in frames."""

    parts: tuple[Part, ...]
    size: Size
    rate: FrameRate

    @property
    def frames(self) -> int:
        return self.parts[-1].stop

    @property
    def samples(self) -> int:
        return samples_of(self.rate.seconds(self.frames))

    def leaving(self, number: int) -> int:
        """How many of a part's last frames lie under the next part."""
        return self.parts[number + 1].overlap if number + 1 < len(self.parts) else 0

    def stretches(self) -> list[Stretch]:
        """The same parts as stretches of sound."""
        row: list[Stretch] = []
        before: Part | None = None
        for part in self.parts:
            begin, end = (samples_of(self.rate.seconds(frame)) for frame in (part.place, part.stop))
            joined = before is not None and before.listing.path == part.listing.path and before.end == part.start
            row.append(Stretch(part.listing, part.pictures.moment(part.start), begin, end, joined and not part.overlap))
            before = part
        return row


def lay_out(cut: Cut) -> Timeline:
    """Reads every clip of the cut and gives each its place. Raises MediaError that names the piece that can't be."""
    if not cut.pieces:
        raise MediaError("a cut needs at least one piece")
    listings: dict[str, Listing] = {}
    for piece in cut.pieces:
        if piece.file not in listings:
            listings[piece.file] = list_file(piece.file)
    first = listings[cut.pieces[0].file].film
    rate = cut.fps or FrameRate(_bounded(first.rate))
    parts: list[Part] = []
    for number, piece in enumerate(cut.pieces, 1):
        parts.append(_part(number, piece, listings[piece.file], rate, parts))
    _check_overlaps(cut, parts)
    timeline = Timeline(tuple(parts), cut.size or _even(first.size), rate)
    if rate.seconds(timeline.frames) > _LONGEST:
        raise MediaError("the film would last more than a day", hint="one of its clips tells a wrong length")
    return timeline


def _part(number: int, piece: Piece, listing: Listing, rate: FrameRate, before: list[Part]) -> Part:
    pictures = listing.film
    end = pictures.frames if piece.end is None else piece.end
    if not 0 <= piece.start < end <= pictures.frames:
        raise MediaError(
            f"piece {number} ({Path(piece.file).name}): frames {piece.start} to {end} are not in the clip, "
            f"which has {pictures.frames}"
        )
    steady = not pictures.variable and pictures.rate == rate.value
    frames = end - piece.start if steady else max(1, rate.frames(_length(pictures, piece.start, end)))
    overlap = 0
    if before and piece.transition.kind == "crossfade":
        overlap = max(1, rate.frames(piece.transition.seconds))
    place = before[-1].stop - overlap if before else 0
    return Part(listing, piece.start, end, place, frames, overlap, rate, steady)


def _check_overlaps(cut: Cut, parts: list[Part]) -> None:
    for number, part in enumerate(parts):
        leaving = parts[number + 1].overlap if number + 1 < len(parts) else 0
        if part.overlap + leaving <= part.frames:
            continue
        name = Path(cut.pieces[number].file).name
        length, wanted = (float(part.rate.seconds(count)) for count in (part.frames, part.overlap + leaving))
        raise MediaError(
            f"piece {number + 1} ({name}) lasts {length:g} s, but its crossfades need {wanted:g} s",
            hint=f"shorten the crossfades at piece {number + 1} or take a longer clip",
        )


def _length(pictures: Pictures, start: int, end: int) -> Seconds:
    until = pictures.seconds if end == pictures.frames else pictures.moment(end)
    return until - pictures.moment(start)


def _bounded(rate: Fraction) -> Fraction:
    return min(max(rate, Fraction(1)), Fraction(240))


def _even(size: Size) -> Size:
    return Size(max(2, size.width // 2 * 2), max(2, size.height // 2 * 2))
