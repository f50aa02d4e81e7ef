"""Stored media: assets named by the digest of their content, and what a probe says of a clip."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Any

from shotwright.domain.units import FrameRate, Seconds, Size

Digest = str
"""SHA-256 of the content, 64 lower-case hex digits."""


class AssetKind(StrEnum):
    PICTURE = "picture"
    SOUND = "sound"
    CLIP = "clip"
    FILM = "film"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Asset:
    """One stored file. `digest` names it; `origin` says in words where it came from (a path, a take's key, a job)."""

    digest: Digest
    kind: AssetKind
    media_type: str
    bytes: int
    origin: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Probe:
    """What a clip is. `seconds` is video frames times frame duration, not the container's claim.

    `frames` counts pictures; `fps` is None for a file without pictures; `variable` marks uneven frame times.
    `sound_seconds`, `sample_rate` (Hz) and `channels` are 0 for a silent file.
    """

    container: str
    seconds: Seconds
    size: Size | None = None
    fps: FrameRate | None = None
    frames: int = 0
    codec: str | None = None
    pixel_format: str | None = None
    rotation: int = 0
    variable: bool = False
    sound_codec: str | None = None
    sound_seconds: Seconds = Fraction(0)
    sample_rate: int = 0
    channels: int = 0

    def as_json(self) -> dict[str, Any]:
        """Plain data with seconds as fractions in text ("33/2"), so that nothing is rounded on the way."""
        return {
            "container": self.container,
            "seconds": str(self.seconds),
            "width": self.size.width if self.size else None,
            "height": self.size.height if self.size else None,
            "fps": str(self.fps.value) if self.fps else None,
            "frames": self.frames,
            "codec": self.codec,
            "pixel_format": self.pixel_format,
            "rotation": self.rotation,
            "variable": self.variable,
            "sound_codec": self.sound_codec,
            "sound_seconds": str(self.sound_seconds),
            "sample_rate": self.sample_rate,
            "channels": self.channels,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Probe:
        return cls(
            container=data["container"],
            seconds=Fraction(data["seconds"]),
            size=Size(data["width"], data["height"]) if data["width"] else None,
            fps=FrameRate(Fraction(data["fps"])) if data["fps"] else None,
            frames=data["frames"],
            codec=data["codec"],
            pixel_format=data["pixel_format"],
            rotation=data["rotation"],
            variable=data["variable"],
            sound_codec=data["sound_codec"],
            sound_seconds=Fraction(data["sound_seconds"]),
            sample_rate=data["sample_rate"],
            channels=data["channels"],
        )


@dataclass(frozen=True, slots=True)
class Clip:
    """A finished piece of media in the asset library."""

    digest: Digest
    probe: Probe
