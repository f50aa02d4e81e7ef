"""What one animatic clip is to be, and the seam between whoever draws pictures and whoever encodes them."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, cast

from shotwright.domain.units import FrameRate, Seconds, Size

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Planes = NDArray[np.uint8]

RECIPE = 1
"""Raised when the look changes: the same words then make another film."""

Fit = Literal["auto", "crop", "pad", "fit"]
Purpose = Literal["scene", "camera", "grain", "sound"]


@dataclass(frozen=True)
class AnimaticSpec:
    """One clip, as plain values: same spec and same picture bytes, same clip.

    `frames` is exact. `first`, `last` and `references` are paths of pictures, `audio` of a sound file. `joined_before`
    and `joined_after` mark chained shots: no ease at that joint, so that the camera runs on. `draft` gives up some
    quality for speed. `fit`: `crop` fills the frame, `pad` and `fit` show all, `auto` decides by the subject.
    """

    prompt: str
    size: Size
    fps: FrameRate
    frames: int
    seed: int | None = None
    first: str | None = None
    last: str | None = None
    references: tuple[str, ...] = ()
    fit: Fit = "auto"
    sound: bool = False
    audio: str | None = None
    caption: str | None = None
    slug: str | None = None
    draft: bool = False
    joined_before: bool = False
    joined_after: bool = False

    @property
    def seconds(self) -> Seconds:
        """The exact length."""
        return self.fps.seconds(self.frames)

    @property
    def pictures(self) -> tuple[str, ...]:
        """Paths of all pictures, first to last."""
        ends = tuple(path for path in (self.first, self.last) if path)
        return ends + self.references

    def as_json(self) -> dict[str, Any]:
        return {
            "prompt": self.prompt,
            "size": str(self.size),
            "fps": str(self.fps.value),
            "frames": self.frames,
            "seed": self.seed,
            "first": self.first,
            "last": self.last,
            "references": list(self.references),
            "fit": self.fit,
            "sound": self.sound,
            "audio": self.audio,
            "caption": self.caption,
            "slug": self.slug,
            "draft": self.draft,
            "joined_before": self.joined_before,
            "joined_after": self.joined_after,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> AnimaticSpec:
        return cls(
            prompt=data["prompt"],
            size=Size.parse(data["size"]),
            fps=FrameRate(Fraction(data["fps"])),
            frames=data["frames"],
            seed=data.get("seed"),
            first=data.get("first"),
            last=data.get("last"),
            references=tuple(data.get("references", ())),
            fit=cast("Fit", data.get("fit", "auto")),
            sound=data.get("sound", False),
            audio=data.get("audio"),
            caption=data.get("caption"),
            slug=data.get("slug"),
            draft=data.get("draft", False),
            joined_before=data.get("joined_before", False),
            joined_after=data.get("joined_after", False),
        )


class FrameSource(Protocol):
    """Draws frames. All random tables are made when it is built: frames come in any order, from several threads."""

    def planes(self, index: int, out: Planes) -> None:
        """Fills `out` with frame `index` (from 0): planar 4:2:0, BT.709, limited range, uint8 [height * 3 / 2, width].

        Rows 0 to height hold luma; then come, contiguous, U and V of [height / 2, width / 2] each.
        """
        ...


class Overlay(Protocol):
    """Words laid over frames."""

    def apply(self, index: int, planes: Planes) -> None:
        """Draws over frame `index` in place; safe from several threads on different frames."""
        ...


def split(planes: Planes) -> tuple[Planes, Planes, Planes]:
    """Views of Y [h, w], U and V [h / 2, w / 2] in a contiguous buffer [h * 3 / 2, w]."""
    rows, width = planes.shape
    height = rows * 2 // 3
    flat = planes.reshape(-1)
    luma, quarter = height * width, height * width // 4
    half = (height // 2, width // 2)
    u = flat[luma : luma + quarter].reshape(half)
    v = flat[luma + quarter :].reshape(half)
    return planes[:height], u, v


def base_seed(spec: AnimaticSpec) -> int:
    """The spec's seed, or one from its normalised words and picture bytes; 32 bits."""
    if spec.seed is not None:
        return spec.seed
    words = " ".join(unicodedata.normalize("NFKC", spec.prompt).casefold().split())
    digest = hashlib.sha256(words.encode())
    for path in spec.pictures:
        digest.update(hashlib.sha256(Path(path).read_bytes()).digest())
    return int.from_bytes(digest.digest()[:4], "big")


def seed_for(base: int, purpose: Purpose) -> int:
    """A seed of its own for each purpose, so that a new cloud does not move the camera; 32 bits."""
    return int.from_bytes(hashlib.sha256(f"{RECIPE}/{base}/{purpose}".encode()).digest()[:4], "big")


def empty_planes(size: Size) -> Planes:
    """A buffer for one frame, uint8 [height * 3 / 2, width], not filled."""
    import numpy as np

    return np.empty((size.height * 3 // 2, size.width), np.uint8)
