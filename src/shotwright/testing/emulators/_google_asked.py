"""What a create call to Google may hold, read as strictly as its documents say."""

from __future__ import annotations

import base64
import binascii
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from shotwright.domain.units import Size

_FIELDS = frozenset(
    {
        *("model", "input", "background", "store", "previous_interaction_id", "response_format", "generation_config"),
        *("labels", "service_tier", "webhook_config", "stream", "response_modalities"),
    }
)
_FORMAT = frozenset({"type", "aspect_ratio", "duration", "resolution", "delivery", "gcs_uri"})
_TASKS = ("text_to_video", "image_to_video", "reference_to_video", "edit", "extend", "upscale")
_IMAGES = frozenset(f"image/{kind}" for kind in ("png", "jpeg", "webp", "heic", "heif", "gif", "bmp", "tiff"))
_READABLE = frozenset({"image/png", "image/jpeg", "image/webp"})
_DURATION = re.compile(r"^(\d+(?:\.\d{1,9})?)s$")
_LABEL = re.compile(r"^[a-z][a-z0-9_-]{0,62}$")
_SIDES = {"360p": 360, "720p": 720, "1080p": 1080, "4k": 2160}
_OMNI = {"gemini-omni-1.2-flash": (3, 15, 6), "gemini-omni-1.1-flash": (3, 10, 7)}
"""Least and most seconds, and the most reference pictures."""
_MOST_VIDEOS = 3
_VEO_PARAMETERS = frozenset(
    {
        *("sampleCount", "durationSeconds", "aspectRatio", "resolution", "generateAudio", "negativePrompt", "seed"),
        *("personGeneration", "resizeMode", "compressionQuality", "storageUri", "enhancePrompt", "fps", "pubsubTopic"),
    }
)


class BadBodyError(Exception):
    """400 INVALID_ARGUMENT with these words."""


@dataclass(frozen=True)
class Media:
    """A picture or clip: inline `data`, or a `uri`."""

    kind: str
    media_type: str
    data: bytes = b""
    uri: str = ""


@dataclass(frozen=True)
class Asked:
    """A create call. `prefix` is where in a bucket the clip goes, or empty; `previous` an earlier interaction."""

    model: str
    prompt: str
    seconds: Fraction
    size: Size
    task: str
    media: tuple[Media, ...] = ()
    inline: bool = True
    prefix: str = ""
    background: bool = True
    previous: str = ""
    audio: bool = True


def read_interaction(body: Any, *, vertex: bool) -> Asked:
    """Raises BadBodyError."""
    if not isinstance(body, dict):
        raise BadBodyError("Invalid JSON payload received.")
    _only(body, _FIELDS, "")
    if body.get("store") is False and (body.get("background") or body.get("previous_interaction_id")):
        raise BadBodyError("background and previous_interaction_id require store to be true.")
    model = str(body.get("model") or "")
    least, most, pictures = _OMNI.get(model.removesuffix("-preview"), (3, 10, 7))
    text, media = _input(body.get("input"))
    config = _table(body.get("generation_config"), "generation_config")
    wanted = _table(config.get("video_config"), "generation_config.video_config").get("task")
    if wanted is not None and wanted not in _TASKS:
        raise BadBodyError(f"Invalid value at 'generation_config.video_config.task': {wanted!r}")
    previous = str(body.get("previous_interaction_id") or "")
    task = wanted or _inferred(media, previous)
    _judge_media(task, media, previous, pictures)
    form = _format(body.get("response_format"), vertex=vertex)
    seconds = _seconds(form.get("duration"), least, most)
    if task == "image_to_video" and len(media) > 1 and seconds > 10:
        raise BadBodyError("A first and a last frame allow at most 10 seconds.")
    _labels(body.get("labels"))
    return Asked(
        model=model,
        prompt=text,
        seconds=seconds,
        size=_size(form.get("aspect_ratio", "16:9"), form.get("resolution", "720p"), _SIDES),
        task=task,
        media=media,
        inline=form.get("delivery", "inline") == "inline",
        prefix=str(form.get("gcs_uri") or ""),
        background=bool(body.get("background")),
        previous=previous,
    )


def _input(given: Any) -> tuple[str, tuple[Media, ...]]:
    """A text, a list of content blocks, or a list of steps with content; an empty one is taken (and billed)."""
    if given is None or isinstance(given, str):
        return given or "", ()
    if isinstance(given, dict):
        given = [given]
    if not isinstance(given, list) or not all(isinstance(item, dict) for item in given):
        raise BadBodyError("Invalid value at 'input'")
    blocks = list(_blocks(given))
    text = "\n".join(str(block.get("text", "")) for block in blocks if block.get("type") == "text")
    return text, tuple(_media(block) for block in blocks if block.get("type") != "text")


def _blocks(items: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for item in items:
        if item.get("type") == "user_input":
            yield from _input_content(item.get("content"))
        else:
            yield item


def _input_content(content: Any) -> Iterator[dict[str, Any]]:
    if not isinstance(content, list) or not all(isinstance(block, dict) for block in content):
        raise BadBodyError("Invalid value at 'input[].content'")
    yield from content


def _media(block: Mapping[str, Any]) -> Media:
    kind, media_type = str(block.get("type")), str(block.get("mime_type") or "")
    if kind not in ("image", "video"):
        raise BadBodyError(f"Invalid value at 'input[].type': {kind!r}")
    if kind == "image" and media_type not in _IMAGES:
        raise BadBodyError(f"Unsupported MIME type: {media_type!r}")
    if kind == "video" and not media_type.startswith("video/"):
        raise BadBodyError(f"Unsupported MIME type: {media_type!r}")
    _only(block, frozenset({"type", "mime_type", "data", "uri", "name", "resolution", "processing"}), "input[].")
    return _content(kind, media_type, block.get("data"), block.get("uri"))


def _content(kind: str, media_type: str, data: Any, uri: Any) -> Media:
    if (data is None) == (uri is None):
        raise BadBodyError("Exactly one of data and uri must be set.")
    if uri is not None:
        return Media(kind, media_type, uri=str(uri))
    try:
        plain = base64.b64decode(str(data), validate=True)
    except (binascii.Error, ValueError):
        raise BadBodyError("Base64 decoding failed.") from None
    if media_type in _READABLE and not _is_picture(plain):
        raise BadBodyError("Unable to process input image.")
    return Media(kind, media_type, plain)


def _is_picture(data: bytes) -> bool:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data)) as picture:
            return picture.width > 0
    except (UnidentifiedImageError, OSError):
        return False


def _inferred(media: tuple[Media, ...], previous: str) -> str:
    if previous or any(item.kind == "video" for item in media):
        return "edit"
    return "image_to_video" if media else "text_to_video"


def _judge_media(task: str, media: tuple[Media, ...], previous: str, pictures: int) -> None:
    images = sum(item.kind == "image" for item in media)
    videos = len(media) - images
    if task == "text_to_video" and media:
        raise BadBodyError("text_to_video takes no media.")
    if task == "image_to_video" and (not 1 <= images <= 2 or videos):
        raise BadBodyError("image_to_video takes a first frame, or a first and a last frame.")
    if task == "reference_to_video" and (not media or images > pictures or videos > _MOST_VIDEOS):
        raise BadBodyError(f"reference_to_video takes 1 to {pictures} images and at most {_MOST_VIDEOS} videos.")
    if task in ("edit", "extend", "upscale") and not (videos == 1 or previous):
        raise BadBodyError(f"{task} takes one video or a previous interaction.")


def _format(given: Any, *, vertex: bool) -> Mapping[str, Any]:
    form = _table(given[0] if isinstance(given, list) and len(given) == 1 else given, "response_format")
    _only(form, _FORMAT, "response_format.")
    if form and form.get("type") != "video":
        raise BadBodyError("Invalid value at 'response_format.type'")
    if form.get("delivery", "inline") not in ("inline", "uri"):
        raise BadBodyError("Invalid value at 'response_format.delivery'")
    prefix = form.get("gcs_uri")
    if vertex and form.get("delivery") == "uri" and not prefix:
        raise BadBodyError("gcs_uri is required when delivery is URI.")
    if prefix is not None and (not vertex or not str(prefix).startswith("gs://")):
        raise BadBodyError("Invalid value at 'response_format.gcs_uri'")
    return form


def _seconds(given: Any, least: int, most: int) -> Fraction:
    if given is None:
        return Fraction(min(10, most))
    found = _DURATION.match(given) if isinstance(given, str) else None
    if found is None:
        raise BadBodyError("Invalid value at 'response_format.duration': must be a duration like \"8s\"")
    seconds = Fraction(found[1])
    if not least <= seconds <= most:
        raise BadBodyError(f"duration must be between {least}s and {most}s.")
    return seconds


def _size(aspect: Any, resolution: Any, sides: Mapping[str, int]) -> Size:
    if aspect not in ("16:9", "9:16"):
        raise BadBodyError(f"Unsupported aspect ratio: {aspect!r}")
    if resolution not in sides:
        raise BadBodyError(f"Unsupported resolution: {resolution!r}")
    return Size.of(str(resolution), str(aspect))


def _labels(given: Any) -> None:
    for name, value in _table(given, "labels").items():
        if not _LABEL.match(name) or not re.fullmatch(r"[a-z0-9_-]{0,63}", str(value)):
            raise BadBodyError(f"Invalid label: {name}")


def read_veo(model: str, body: Any) -> Asked:
    """A `predictLongRunning` call. Raises BadBodyError."""
    table = _table(body, "body")
    _only(table, frozenset({"instances", "parameters", "labels"}), "")
    instances = table.get("instances")
    if not isinstance(instances, list) or len(instances) != 1:
        raise BadBodyError("Exactly one instance is required.")
    one = _table(instances[0], "instances[0]")
    _only(one, frozenset({"prompt", "image", "lastFrame", "video", "mask", "referenceImages"}), "instances[0].")
    media = _veo_media(one)
    prompt = str(one.get("prompt") or "")
    if not prompt and not media:
        raise BadBodyError("Text instance or image instance is required.")
    _labels(table.get("labels"))
    lite = "lite" in model
    if lite and ("referenceImages" in one or "video" in one):
        raise BadBodyError("This model takes no reference images and no video.")
    return _veo_asked(model, prompt, media, _table(table.get("parameters"), "parameters"), one, lite=lite)


def _veo_asked(
    model: str,
    prompt: str,
    media: tuple[Media, ...],
    form: Mapping[str, Any],
    one: Mapping[str, Any],
    *,
    lite: bool,
) -> Asked:
    _only(form, _VEO_PARAMETERS, "parameters.")
    seconds = form.get("durationSeconds", 8)
    if isinstance(seconds, bool) or seconds not in (4, 6, 8):
        raise BadBodyError(f"Unsupported output video duration {seconds} seconds, supported durations are [8,4,6]")
    if one.get("referenceImages") and seconds != 8:
        raise BadBodyError("Reference images require a duration of 8 seconds.")
    _one_of(form, "personGeneration", ("dont_allow", "allow_adult", "allow_all"))
    _one_of(form, "resizeMode", ("pad", "crop"))
    _one_of(form, "compressionQuality", ("optimized", "lossless"))
    _number(form, "sampleCount", 1, 4)
    _number(form, "seed", 0, 2**32 - 1)
    prefix = str(form.get("storageUri") or "")
    if prefix and not prefix.startswith("gs://"):
        raise BadBodyError("storageUri must be a Cloud Storage URI.")
    sides = {"720p": 720, "1080p": 1080} if lite else {"720p": 720, "1080p": 1080, "4k": 2160}
    return Asked(
        model=model,
        prompt=prompt,
        seconds=Fraction(seconds),
        size=_size(form.get("aspectRatio", "16:9"), form.get("resolution", "720p"), sides),
        task="veo",
        media=media,
        inline=not prefix,
        prefix=prefix,
        audio=bool(form.get("generateAudio", True)),
    )


def _veo_media(one: Mapping[str, Any]) -> tuple[Media, ...]:
    if "lastFrame" in one and "image" not in one:
        raise BadBodyError("lastFrame requires image.")
    references = one.get("referenceImages", [])
    if references and ("image" in one or "lastFrame" in one or "video" in one):
        raise BadBodyError("referenceImages can't be used with image, lastFrame or video.")
    if len(references) > 3 or any(item.get("referenceType", "").upper() != "ASSET" for item in references):
        raise BadBodyError("At most 3 reference images of type ASSET are supported.")
    items = [("image", one.get("image")), ("image", one.get("lastFrame")), ("video", one.get("video"))]
    items += [("image", item.get("image")) for item in references]
    return tuple(_veo_item(kind, item) for kind, item in items if item is not None)


def _veo_item(kind: str, given: Any) -> Media:
    item = _table(given, kind)
    _only(item, frozenset({"bytesBase64Encoded", "gcsUri", "mimeType"}), f"{kind}.")
    media_type = str(item.get("mimeType") or "")
    if kind == "image" and media_type not in ("image/png", "image/jpeg", "image/webp"):
        raise BadBodyError(f"Unsupported image mime type: {media_type!r}")
    return _content(kind, media_type, item.get("bytesBase64Encoded"), item.get("gcsUri"))


def _table(value: Any, name: str) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadBodyError(f"Invalid value at '{name}'")
    return value


def _only(table: Mapping[str, Any], known: frozenset[str], where: str) -> None:
    for name in table:
        if name not in known:
            raise BadBodyError(f'Invalid JSON payload received. Unknown name "{where}{name}": Cannot find field.')


def _one_of(form: Mapping[str, Any], name: str, words: tuple[str, ...]) -> None:
    if name in form and str(form[name]).lower() not in words:
        raise BadBodyError(f"Invalid value at 'parameters.{name}': {form[name]!r}")


def _number(form: Mapping[str, Any], name: str, least: int, most: int) -> None:
    value = form.get(name, least)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise BadBodyError(f"Invalid value at 'parameters.{name}': {value!r}")
