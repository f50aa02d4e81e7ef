"""The cut: clips in a row become one film, copied where that is exact and encoded where it must be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from shotwright.domain.timeline import Cut
from shotwright.domain.units import Seconds
from shotwright.media.blend import Reel
from shotwright.media.encode import BT709, QualityName, VideoWriter, samples_of
from shotwright.media.frames import decodes_whole
from shotwright.media.listing import list_file
from shotwright.media.parts import Timeline, lay_out
from shotwright.media.runs import Runs, plan_runs
from shotwright.media.sound import Samples, music_of, soundtrack
from shotwright.media.splice import splice
from shotwright.media.trouble import aside

Mode = Literal["copy", "encode", "mixed"]


@dataclass(frozen=True, slots=True)
class CutReport:
    """How a film was made: `mode`, its length, how many frames were taken over untouched, and in words `why`."""

    mode: Mode
    frames: int
    seconds: Seconds
    copied: int
    why: str

    def as_json(self) -> dict[str, Any]:
        return {
            "mode": self.mode,
            "frames": self.frames,
            "seconds": str(self.seconds),
            "copied": self.copied,
            "why": self.why,
        }


def render_cut(
    cut: Cut,
    output: Path | str,
    *,
    report: Callable[[float], None] | None = None,
    quality: QualityName = "final",
    smart: bool = True,
) -> CutReport:
    """Makes the film of `cut` at `output`, whole or not at all. `report` hears fractions from 0 to 1.

    Its length is the sum of its pieces less their crossfades, exact to the frame, its sound exact to the sample.
    Coded pictures are taken over where clips agree; `smart=False` encodes everything in one go, for players that balk.
    Raises MediaError for clips that can't be decoded and crossfades longer than their clips.
    """
    timeline = lay_out(cut)
    runs, why = plan_runs(timeline) if smart else (None, "encoded in one go, as asked")
    tell = report or (lambda _: None)
    mode: Mode = "encode"
    output = Path(output)
    with aside(output) as draft:
        if runs is not None:
            splice(timeline, runs, draft, quality=quality, sound=_sound(cut, timeline), report=tell)
            mode = "mixed" if runs.encoded else "copy"
            if not _is_whole(draft, timeline, runs):
                runs, mode, why = None, "encode", "the joined film did not decode whole, so it was encoded in one go"
        if runs is None:
            _encode(cut, timeline, draft, quality, tell)
    tell(1.0)
    copied = timeline.frames - runs.encoded if runs else 0
    return CutReport(mode, timeline.frames, timeline.rate.seconds(timeline.frames), copied, why)


def _encode(cut: Cut, timeline: Timeline, draft: Path, quality: QualityName, tell: Callable[[float], None]) -> None:
    reel = Reel(timeline.size, BT709)
    sound = _sound(cut, timeline)
    cuts = {part.place for part in timeline.parts if not part.overlap}
    with VideoWriter(draft, timeline.size, timeline.rate, quality=quality, sound=cut.sound) as writer:
        for frame in range(timeline.frames):
            writer.write(reel.picture(timeline, frame), key=frame in cuts)
            while sound and writer.samples < samples_of(timeline.rate.seconds(frame + 1)):
                writer.write_sound(next(sound))
            if frame % 10 == 0:
                tell(frame / timeline.frames)


def _sound(cut: Cut, timeline: Timeline) -> Iterator[Samples] | None:
    """The film's sound in blocks; None for a film that is to have none."""
    if not cut.sound:
        return None
    bed = None
    if cut.music is not None:
        bed = music_of(list_file(cut.music.file), timeline.samples, cut.music.gain, cut.music.fade)
    return soundtrack(timeline.stretches(), bed)


def _is_whole(film: Path, timeline: Timeline, runs: Runs) -> bool:
    """Whether the joined film has every frame at its time and, where parameter sets mix, decodes across its seams."""
    pictures = list_file(film).film
    if pictures.frames != timeline.frames or pictures.variable or pictures.times[0] != 0:
        return False
    if pictures.rate != timeline.rate.value:
        return False
    records = {run.part.pictures.configuration for run in runs.copied}
    if not runs.encoded and len(records) == 1:
        return True
    return all(
        decodes_whole(film, pictures, max(run.begin - 2, 0), min(run.begin + 4, pictures.frames)) for run in runs.row
    )
