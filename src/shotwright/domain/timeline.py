"""The cut: which stretches of which clips stand in a row, and how one goes over into the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from shotwright.domain.storyboard import Transition
from shotwright.domain.units import FrameRate, Seconds, Size


@dataclass(frozen=True)
class Piece:
    """A stretch of a clip: frames [`start`, `end`) counted from 0; `end` None means to the clip's last frame.

    `transition` says how it begins. `file` is a path.
    """

    file: str
    start: int = 0
    end: int | None = None
    transition: Transition = Transition()


@dataclass(frozen=True)
class MusicBed:
    """`file` is a path; `gain` in dB, `fade` in seconds at both ends of the film."""

    file: str
    gain: float = -18.0
    fade: Seconds = Fraction(2)


@dataclass(frozen=True)
class Cut:
    """The timeline of a film. `size` and `fps` None: those of the first clip."""

    pieces: tuple[Piece, ...]
    size: Size | None = None
    fps: FrameRate | None = None
    music: MusicBed | None = None
    sound: bool = True

    def as_json(self) -> dict[str, Any]:
        return {
            "pieces": [
                {"file": piece.file, "start": piece.start, "end": piece.end, "transition": str(piece.transition)}
                for piece in self.pieces
            ],
            "size": str(self.size) if self.size else None,
            "fps": str(self.fps.value) if self.fps else None,
            "music": {"file": self.music.file, "gain": self.music.gain, "fade": str(self.music.fade)}
            if self.music
            else None,
            "sound": self.sound,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Cut:
        music = data["music"]
        return cls(
            pieces=tuple(
                Piece(item["file"], item["start"], item["end"], Transition.parse(item["transition"]))
                for item in data["pieces"]
            ),
            size=Size.parse(data["size"]) if data["size"] else None,
            fps=FrameRate(Fraction(data["fps"])) if data["fps"] else None,
            music=MusicBed(music["file"], music["gain"], Fraction(music["fade"])) if music else None,
            sound=data["sound"],
        )
