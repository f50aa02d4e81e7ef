"""Which stretches of a film can be taken over as they are coded, and which must be encoded anew."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from shotwright.domain.units import Size
from shotwright.media import h264
from shotwright.media.listing import Shape
from shotwright.media.parts import Part, Timeline

_LIMITED_OR_UNTAGGED = (0, 1)
_MOST_ENCODED = 0.5


@dataclass(frozen=True)
class CopyRun:
    """Packets [`first`, `last`) of a part's clip, which are the film's frames [`begin`, `end`)."""

    part: Part
    first: int
    last: int
    begin: int
    end: int

    def places(self) -> list[int]:
        """The film's frame of each packet, in the order of the packets."""
        pictures = self.part.pictures
        ranks = [pictures.index_of(entry.pts) or 0 for entry in pictures.entries[self.first : self.last]]
        lowest = min(ranks)
        return [self.begin + rank - lowest for rank in ranks]


@dataclass(frozen=True)
class EncodeRun:
    """The film's frames [`begin`, `end`), to be encoded."""

    begin: int
    end: int


Run = CopyRun | EncodeRun


@dataclass(frozen=True)
class Runs:
    """How a film is put together; `shape` is that of the copied clips."""

    shape: Shape
    row: tuple[Run, ...]

    @property
    def copied(self) -> tuple[CopyRun, ...]:
        return tuple(run for run in self.row if isinstance(run, CopyRun))

    @property
    def encoded(self) -> int:
        """Frames to be encoded."""
        return sum(run.end - run.begin for run in self.row if isinstance(run, EncodeRun))


def plan_runs(timeline: Timeline) -> tuple[Runs | None, str]:
    """The runs of a film, or None where all of it has to be encoded; and the reason in words."""
    fitting = Counter[Shape]()
    for part in timeline.parts:
        if _refusal(part, timeline.size) is None:
            fitting[part.pictures.shape] += part.frames
    if not fitting:
        reasons = {reason for part in timeline.parts if (reason := _refusal(part, timeline.size))}
        return None, f"no clip can be copied: {', '.join(sorted(reasons))}"
    shape = fitting.most_common(1)[0][0]
    copies = [run for number in range(len(timeline.parts)) if (run := _copy_run(timeline, number, shape))]
    runs = Runs(shape, tuple(_filled(copies, timeline.frames)))
    if runs.encoded > _MOST_ENCODED * timeline.frames:
        return None, f"{runs.encoded} of {timeline.frames} frames would have to be encoded anyway"
    return runs, _why(timeline, runs)


def _why(timeline: Timeline, runs: Runs) -> str:
    if not runs.encoded:
        alike = len({run.part.pictures.configuration for run in runs.copied}) == 1
        return "all clips agree" if alike else "all clips agree but for their parameter sets, which were put in between"
    causes: list[str] = []
    if any(part.overlap for part in timeline.parts):
        causes.append("crossfades")
    odd = {
        _refusal(part, timeline.size) or "another format"
        for part in timeline.parts
        if part.pictures.shape != runs.shape
    }
    causes += sorted(odd)
    return f"{runs.encoded} of {timeline.frames} frames encoded: {', '.join(causes) or 'trims between key frames'}"


def _refusal(part: Part, size: Size) -> str | None:
    """Why a part's clip can't be copied into a film of `size`; None where it can."""
    pictures, shape = part.pictures, part.pictures.shape
    record = h264.Configuration.parse(pictures.configuration)
    tests = {
        "not H.264 in an MP4": shape.codec != "h264" or record is None or record.width != 4,
        "not 8-bit 4:2:0": shape.pixel_format != "yuv420p" or shape.colour[3] not in _LIMITED_OR_UNTAGGED,
        "another frame rate": not part.steady,
        "another size": shape.coded != size or shape.pixel_aspect != 1,
        "turned": shape.rotation != 0,
        "interlaced": not shape.progressive,
        "trimmed by an edit list": pictures.trimmed or len(set(pictures.times)) != pictures.frames,
    }
    return next((reason for reason, holds in tests.items() if holds), None)


def _copy_run(timeline: Timeline, number: int, shape: Shape) -> CopyRun | None:
    """What of a part lies under no crossfade, begins afresh and ends cleanly."""
    part = timeline.parts[number]
    if part.pictures.shape != shape or _refusal(part, timeline.size) is not None:
        return None
    low, high = part.start + part.overlap, part.end - timeline.leaving(number)
    ranks = [part.pictures.index_of(entry.pts) or 0 for entry in part.pictures.entries]
    starts = (place for place, entry in enumerate(part.pictures.entries) if entry.fresh and ranks[place] >= low)
    first = next(starts, None)
    if first is None:
        return None
    last = _clean_end(ranks, first, high)
    if last == first:
        return None
    begin = part.place + ranks[first] - part.start
    return CopyRun(part, first, last, begin, begin + last - first)


def _clean_end(ranks: list[int], first: int, high: int) -> int:
    """The packet to stop before, so that packets from `first` on are a row without holes that ends at `high` at most.

    `ranks` are places in display order, in the order of the packets.
    """
    best, highest = first, -1
    for place in range(first, len(ranks)):
        highest = max(highest, ranks[place])
        if highest >= high:
            break
        if highest - ranks[first] == place - first:
            best = place + 1
    return best


def _filled(copies: list[CopyRun], frames: int) -> list[Run]:
    """The copied runs with runs to encode in the gaps."""
    row: list[Run] = []
    at = 0
    for run in copies:
        if run.begin > at:
            row.append(EncodeRun(at, run.begin))
        row.append(run)
        at = run.end
    if at < frames:
        row.append(EncodeRun(at, frames))
    return row
