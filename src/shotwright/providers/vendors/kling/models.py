"""Which of Kling's models speak which standard, and what their bodies have fields for, as data. Read 2026-11-21."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Model:
    """`omni`: one path for all modes. `audio`: the words for sound on and off, none where there is no field.

    `shots`: it makes several shots of one prompt unless told not to. `sibling` is its name in the legacy standard.
    """

    omni: bool = False
    audio: tuple[str, str] | None = None
    shots: bool = False
    elements: bool = False
    voices: bool = False
    sibling: str | None = None


@dataclass(frozen=True)
class Legacy:
    """A model of `/v1/videos`: whether it has each field. `tier` is for `mode`."""

    sound: bool = False
    cfg: bool = False
    negative: bool = True
    camera: bool = False
    tier: bool = True
    shots: bool = False
    omni: bool = False


NEW: Mapping[str, Model] = {
    "kling-2.5-turbo": Model(sibling="kling-v2-5-turbo"),
    "kling-2.6": Model(audio=("native", "off"), voices=True, sibling="kling-v2-6"),
    "kling-3.0-turbo": Model(),
    "kling-3.0": Model(audio=("native", "off"), shots=True, elements=True, sibling="kling-v3"),
    "kling-3.0-omni": Model(omni=True, audio=("native", "off"), shots=True, elements=True, sibling="kling-v3-omni"),
    "kling-o1": Model(omni=True, audio=("original", "off"), elements=True, sibling="kling-video-o1"),
    "kling-4.0": Model(),
}

LEGACY: Mapping[str, Legacy] = {
    "kling-v1": Legacy(cfg=True, camera=True),
    "kling-v1-5": Legacy(cfg=True, camera=True),
    "kling-v1-6": Legacy(cfg=True),
    "kling-v2-master": Legacy(tier=False),
    "kling-v2-1": Legacy(),
    "kling-v2-1-master": Legacy(tier=False),
    "kling-v2-5-turbo": Legacy(),
    "kling-v2-6": Legacy(sound=True),
    "kling-v3": Legacy(sound=True, shots=True),
    "kling-v3-omni": Legacy(sound=True, omni=True, shots=True),
    "kling-video-o1": Legacy(omni=True),
}
