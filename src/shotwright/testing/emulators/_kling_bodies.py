"""The bodies of Kling's two standards: what its documents allow, and what a job is made of. Raises WrongError."""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from shotwright.domain.units import Size

_SPANS = {
    "kling-3.0-turbo": (range(3, 16), ("720p", "1080p")),
    "kling-3.0": (range(3, 16), ("720p", "1080p", "4k")),
    "kling-3.0-omni": (range(3, 16), ("720p", "1080p", "4k")),
    "kling-o1": (range(3, 11), ("720p", "1080p")),
    "kling-2.6": ((5, 10), ("720p", "1080p")),
    "kling-2.5-turbo": ((5, 10), ("720p", "1080p")),
    "kling-4.0": (range(3, 31), ("720p", "1080p")),
}
_OMNI = ("kling-3.0-omni", "kling-o1")
_LEGACY = {
    "kling-v1": "",
    "kling-v1-5": "",
    "kling-v1-6": "",
    "kling-v2-master": "",
    "kling-v2-1": "",
    "kling-v2-1-master": "",
    "kling-v2-5-turbo": "kling-2.5-turbo",
    "kling-v2-6": "kling-2.6",
    "kling-v3": "kling-3.0",
    "kling-v3-omni": "kling-3.0-omni",
    "kling-video-o1": "kling-o1",
}
_MODES = {"std": "720p", "pro": "1080p", "4k": "4k"}
_SIDES = {"720p": 720, "1080p": 1080, "4k": 2160}
_LAST_ON_LEGACY = frozenset({"kling-v1-5", "kling-v1-6", "kling-v2-1", "kling-v2-5-turbo", "kling-v2-6"})
_CAMERA = frozenset({"kling-v1", "kling-v1-5"})


@dataclass
class WrongError(Exception):
    """A refusal in the table of codes."""

    code: int
    message: str


def asked_of_new(kind: str, model: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """What a call of the new standard orders, as the fields of `Emulator.accept`."""
    if model not in _SPANS or (kind == "omni-video") != (model in _OMNI):
        raise WrongError(1203, f"The model '{model}' does not exist")
    settings, options = _table(body, "settings"), _table(body, "options")
    contents = [] if kind == "text-to-video" else _contents(body)
    prompt = body.get("prompt") if kind == "text-to-video" else _prompt_of(contents)
    resolution = settings.get("resolution", "720p")
    lengths, resolutions = _SPANS[model]
    need(isinstance(prompt, str) and bool(prompt), "prompt is required")
    need(resolution in resolutions, "settings.resolution is invalid")
    seconds = settings.get("duration", 5)
    need(isinstance(seconds, int) and not isinstance(seconds, bool) and seconds in lengths, "settings.duration")
    kinds = [item["type"] for item in contents]
    _judge_contents(kind, model, kinds, resolution)
    for item in contents:
        if item["type"] in ("first_frame", "last_frame", "refer_image"):
            _picture(item.get("url"), 50 << 20)
        elif item["type"].endswith("_video"):
            need(str(item.get("url", "")).startswith("https://"), "videos are taken by URL alone")
    audio = settings.get("audio", "off")
    need(audio in ("native", "original", "off"), "settings.audio is invalid")
    need(not (model == "kling-2.6" and audio == "native" and resolution == "720p"), "native audio needs 1080p")
    free = kind == "image-to-video" or any(name in kinds for name in ("first_frame", "feature_video", "base_video"))
    aspect = settings.get("aspect_ratio")
    need(free or aspect in ("16:9", "9:16", "1:1", "21:9") or kind == "text-to-video", "settings.aspect_ratio")
    return {
        "model": model,
        "prompt": prompt,
        "seconds": Fraction(seconds),
        "size": _size(resolution, str(aspect or "16:9")),
        "audio": model in ("kling-3.0-turbo", "kling-4.0") or audio == "native",
        "ref": str(options.get("external_task_id", "")),
        "edits": any(name.endswith("_video") for name in kinds),
    }


def asked_of_legacy(path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """The same for the legacy standard."""
    model = body.get("model_name", "kling-v1")
    if model not in _LEGACY:
        raise WrongError(1203, f"The model '{model}' does not exist")
    resolution = _MODES.get(body.get("mode", "std"))
    seconds = body.get("duration", "5")
    need(resolution is not None, "mode is invalid")
    need(isinstance(seconds, str) and seconds.isdigit(), "duration must be a string")
    sibling = _LEGACY[str(model)]
    lengths = _SPANS[sibling][0] if sibling else (5, 10)
    need(int(seconds) in lengths, "duration is invalid")
    prompt = str(body.get("prompt", ""))
    need(len(prompt) <= 2500, "prompt is too long")
    need(bool(prompt) or path == "image2video", "prompt is required")
    cfg = body.get("cfg_scale")
    need(cfg is None or (isinstance(cfg, int | float) and 0 <= cfg <= 1), "cfg_scale is invalid")
    need(cfg is None or str(model).startswith("kling-v1"), "cfg_scale is not supported by this model")
    need("camera_control" not in body or model in _CAMERA, "camera_control is not supported by this model")
    _judge_legacy_pictures(path, str(model), body)
    sound = body.get("sound", "off")
    need(sound in ("on", "off"), "sound is invalid")
    need(not (body.get("image_tail") and model == "kling-v2-6" and sound == "on"), "sound must be off")
    return {
        "model": str(model),
        "prompt": prompt,
        "seconds": Fraction(int(seconds)),
        "size": _size(str(resolution), str(body.get("aspect_ratio", "16:9"))),
        "audio": sound == "on",
        "ref": str(body.get("external_task_id", "")),
    }


def usd_per_second(model: str, size: Size, audio: bool) -> Fraction:
    """The vendor's list price, with 0.098 for what has none; a clip that goes in is not counted."""
    short = min(size.width, size.height)
    tier = 0 if short <= 720 else 1 if short <= 1080 else 2
    name = _LEGACY.get(model) or model
    prices = {
        "kling-3.0-turbo": ("0.112", "0.14", "0.14"),
        "kling-3.0": ("0.126", "0.168", "0.42") if audio else ("0.084", "0.112", "0.42"),
        "kling-3.0-omni": ("0.112", "0.14", "0.42") if audio else ("0.084", "0.112", "0.42"),
        "kling-o1": ("0.084", "0.112", "0.112"),
        "kling-2.6": ("0.14", "0.14", "0.14") if audio else ("0.042", "0.07", "0.07"),
        "kling-2.5-turbo": ("0.042", "0.07", "0.07"),
    }
    return Fraction(prices[name][tier]) if name in prices else Fraction("0.098")


def _judge_contents(kind: str, model: str, kinds: list[str], resolution: object) -> None:
    if kind == "text-to-video":
        return
    need(kinds.count("first_frame") <= 1 and kinds.count("last_frame") <= 1, "one frame of each kind")
    need("last_frame" not in kinds or "first_frame" in kinds, "a last frame needs a first frame")
    if kind == "image-to-video":
        need("first_frame" in kinds, "first_frame is required")
        need(not ("last_frame" in kinds and model == "kling-3.0-turbo"), "last_frame is not supported")
        early = model in ("kling-2.6", "kling-2.5-turbo")
        need(not ("last_frame" in kinds and early and resolution != "1080p"), "last_frame needs 1080p")
        return
    videos = sum(name.endswith("_video") for name in kinds)
    need(videos <= 1, "one video at most")
    need(kinds.count("refer_image") <= (4 if videos else 7), "too many images")
    need(not ("base_video" in kinds and "first_frame" in kinds), "base_video takes no frames")


def _judge_legacy_pictures(path: str, model: str, body: Mapping[str, Any]) -> None:
    if path == "image2video":
        _picture(body.get("image"), 10 << 20)
        if body.get("image_tail"):
            _picture(body["image_tail"], 10 << 20)
            early = model in _LAST_ON_LEGACY
            need(early or model in ("kling-v3", "kling-video-o1"), "image_tail is not supported by this model")
            need(not early or body.get("mode") == "pro", "image_tail needs mode pro")
    elif path == "multi-image2video":
        pictures = body.get("image_list") or []
        need(model == "kling-v1-6" and 1 <= len(pictures) <= 4, "image_list is invalid")
        for item in pictures:
            _picture(item.get("image"), 10 << 20)
    elif path == "omni-video":
        for item in body.get("image_list") or []:
            _picture(item.get("image_url"), 10 << 20)


def _contents(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = body.get("contents")
    if not isinstance(found, list) or not all(isinstance(item, dict) and "type" in item for item in found):
        raise WrongError(1201, "contents is invalid")
    return found


def _prompt_of(contents: list[dict[str, Any]]) -> object:
    return next((item.get("text") for item in contents if item["type"] == "prompt"), None)


def _picture(value: object, most: int) -> None:
    """A link, or bare base64 of a JPEG or PNG of at least 300 pixels a side."""
    need(isinstance(value, str) and bool(value), "an image is required")
    text = str(value)
    if text.startswith(("http://", "https://")):
        return
    need(not text.startswith("data:"), "image must be base64 without a prefix")
    from PIL import Image, UnidentifiedImageError

    try:
        data = base64.b64decode(text, validate=True)
        with Image.open(io.BytesIO(data)) as picture:
            width, height, form = *picture.size, picture.format
    except (binascii.Error, UnidentifiedImageError, OSError):
        raise WrongError(1201, "File is not in a valid base64 format") from None
    need(form in ("JPEG", "PNG"), "image format is not supported")
    need(len(data) <= most and min(width, height) >= 300, "image size is invalid")
    need(Fraction(2, 5) <= Fraction(width, height) <= Fraction(5, 2), "image aspect ratio is invalid")


def _table(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = body.get(name, {})
    if not isinstance(found, dict):
        raise WrongError(1201, f"{name} is invalid")
    return found


def _size(resolution: str, aspect: str) -> Size:
    wide, tall = (int(part) for part in aspect.split(":"))
    side = _SIDES[resolution]
    long = round(side * max(wide, tall) / min(wide, tall) / 2) * 2
    return Size(long, side) if wide >= tall else Size(side, long)


def need(right: bool, message: str) -> None:
    """Raises WrongError (1201) where something is not right."""
    if not right:
        raise WrongError(1201, message)
