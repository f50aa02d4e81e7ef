"""How the bodies of Runway's models differ, as data. From the types of its SDK 5.24.0, read 2026-11-21.

A line names the fields of one endpoint beside `model` and `promptText`. A size is said as `ratio` (pixels with a
colon), `auto` (its tier: "auto_720p"), `aspect` ("16:9", in the field `ratio`), `target` (the same in
`targetAspectRatio`), `resolution` ("768p") or `tier` (480p, 720p or 1080p by area, in the field `resolution`). A model
with none of them follows its picture or clip.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from shotwright.domain.model import Mode

ENDPOINTS: Mapping[Mode, str] = {
    Mode.TEXT: "text",
    Mode.REFERENCE: "text",
    Mode.IMAGE: "image",
    Mode.FIRST_LAST: "image",
    Mode.VIDEO: "video",
}


@dataclass(frozen=True)
class Shape:
    """The fields of one model at `text_to_video`, `image_to_video` and `video_to_video`; none: not offered there.

    `clip` is the field of the clip to change; `units` the longest prompt in UTF-16 units; `open`: a model that isn't
    listed here, whose options are passed on as they are.
    """

    text: frozenset[str] = field(default_factory=frozenset)
    image: frozenset[str] = field(default_factory=frozenset)
    video: frozenset[str] = field(default_factory=frozenset)
    clip: str = "videoUri"
    units: int | None = None
    open: bool = False

    def fields(self, endpoint: str) -> frozenset[str]:
        return {"text": self.text, "image": self.image, "video": self.video}[endpoint]


def shape_of(model: str) -> Shape:
    """The shape of a model, or for an unlisted one all that any model takes."""
    return SHAPES.get(model, _OPEN)


def _shape(
    text: str = "", image: str = "", video: str = "", *, clip: str = "videoUri", units: int | None = None
) -> Shape:
    return Shape(frozenset(text.split()), frozenset(image.split()), frozenset(video.split()), clip, units)


_GEN = "duration ratio seed contentModeration"
_VEO = "duration ratio audio negativePrompt seed"
_SEEDANCE = "duration ratio audio seed referenceAudio"
_KLING = "duration ratio audio providerSettings"
_HAILUO = "duration aspect resolution referenceAudio"
_REFS = "references"

_OPEN = Shape(
    text=frozenset(f"{_VEO} {_REFS} referenceAudio".split()),
    image=frozenset(f"{_VEO} referenceAudio".split()),
    video=frozenset(f"duration ratio seed {_REFS}".split()),
    open=True,
)

SHAPES: Mapping[str, Shape] = {
    "gen4.5": _shape(_GEN, _GEN, units=1000),
    "gen4_turbo": _shape(image=_GEN, units=1000),
    "aleph2": _shape(video="target seed contentModeration keyframes", units=1000),
    "veo3.1": _shape(_VEO, _VEO, units=1000),
    "veo3.1_fast": _shape(_VEO, _VEO, units=1000),
    "gemini_omni_flash_1.1": _shape(f"duration ratio {_REFS}", "duration ratio", f"duration ratio mode {_REFS}"),
    "gemini_omni_flash": _shape("duration ratio", "duration ratio", _REFS),
    **{
        name: _shape(f"{_SEEDANCE} {_REFS}", _SEEDANCE, f"{_SEEDANCE} {_REFS}", clip="promptVideo", units=3500)
        for name in ("seedance2", "seedance2_fast", "seedance2_mini")
    },
    "seedance2_5": _shape(
        f"{_SEEDANCE} draft draftTaskId {_REFS}",
        f"{_SEEDANCE} draft",
        f"{_SEEDANCE} draft mode {_REFS}",
        clip="promptVideo",
        units=15000,
    ),
    "kling2.5_turbo_pro": _shape("duration ratio cfgScale", "duration cfgScale"),
    **{f"kling3.0_{tier}": _shape(f"{_KLING} cfgScale", f"{_KLING} cfgScale") for tier in ("standard", "pro", "4k")},
    **{
        f"klingO3_{tier}": _shape(_KLING, f"{_KLING} {_REFS}", f"providerSettings {_REFS}", clip="promptVideo")
        for tier in ("standard", "pro", "4k")
    },
    "kling_4": _shape(f"duration ratio {_REFS}", f"duration auto {_REFS}", f"auto {_REFS}"),
    "hailuo3": _shape(f"{_HAILUO} {_REFS}", _HAILUO, f"{_HAILUO} {_REFS}", clip="promptVideo"),
    **{
        name: _shape(f"duration ratio audio referenceAudio {_REFS}", "duration auto audio referenceAudio")
        for name in ("wan3", "wan3_prime")
    },
    "h3_max": _shape(*["duration resolution promptExpansionMode seed"] * 2),
    "happyhorse_1_0": _shape("duration ratio", "duration tier", units=2500),
    "grok_imagine_1_5": _shape(f"duration aspect resolution referenceAudio {_REFS}", "duration tier"),
    "grok_imagine_1_5_lite": _shape("duration ratio", "duration auto"),
}

ASPECTS = ("21:9", "16:9", "3:2", "4:3", "1:1", "3:4", "2:3", "9:16")
RESOLUTIONS = ("480p", "720p", "768p", "1080p", "2k")
