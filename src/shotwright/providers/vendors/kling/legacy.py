"""Kling's legacy standard, `/v1/videos/...`: flat bodies, seconds as text, `mode` for the resolution.

Unverified: the fields of `multi-image2video` and of the camera (from memory of older documents), and `camera_control`
on `kling-v1-5`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from shotwright.domain.model import Mode, mode_of
from shotwright.domain.order import Order, Role
from shotwright.providers.http import Call
from shotwright.providers.replies import Reply
from shotwright.providers.sizes import aspect_word, resolution_word
from shotwright.providers.vendors.kling.models import LEGACY, Legacy
from shotwright.providers.vendors.kling.wire import (
    ASPECTS,
    RESOLUTIONS,
    Sources,
    Task,
    external_id,
    links,
    refused,
    units,
    whole_seconds,
    word,
)

_TIERS = {"720p": "std", "1080p": "pro", "4k": "4k"}
_OPTIONS = {"multi_shot": "shots", "shot_type": "shots", "multi_prompt": "shots"}


def path_of(order: Order, model: str) -> str:
    """The path of an order, under which its status is asked too."""
    mode = mode_of(order)
    if LEGACY.get(model, Legacy()).omni:
        return "/v1/videos/omni-video"
    match mode:
        case Mode.TEXT:
            return "/v1/videos/text2video"
        case Mode.IMAGE | Mode.FIRST_LAST:
            return "/v1/videos/image2video"
        case Mode.REFERENCE:
            return "/v1/videos/multi-image2video"
        case _:
            raise refused(f"{model} has no mode {mode.value!r}")


def create(order: Order, model: str, sources: Sources, ref: str) -> Call:
    """The one paid request, under the model's legacy name."""
    can = LEGACY.get(model, Legacy())
    path = path_of(order, model)
    body: dict[str, Any] = {"model_name": model, "prompt": order.prompt, "duration": str(whole_seconds(order))}
    for part in (_look(order, can, path), _extras(order, can), _media(order, can, path, sources)):
        body.update(part)
    tail = {"watermark_info": {"enabled": False}, "external_task_id": external_id(ref)}
    return Call("POST", path, json=body | tail)


def _look(order: Order, can: Legacy, path: str) -> Iterator[tuple[str, Any]]:
    if can.tier:
        yield "mode", _TIERS[word(order, resolution_word(order.size, RESOLUTIONS))]
    if not path.endswith("/image2video"):
        yield "aspect_ratio", word(order, aspect_word(order.size, ASPECTS))
    if can.sound:
        yield "sound", "on" if order.audio else "off"
    elif order.audio:
        raise refused(f"{order.model} makes no sound")


def _extras(order: Order, can: Legacy) -> Iterator[tuple[str, Any]]:
    if order.seed is not None:
        raise refused(f"{order.model} takes no seed")
    if order.negative:
        if not can.negative:
            raise refused(f"{order.model} takes no negative prompt")
        yield "negative_prompt", order.negative
    known = {"cfg_scale": can.cfg, "camera_control": can.camera} | dict.fromkeys(_OPTIONS, can.shots)
    for name, value in order.options.items():
        if name == "video_use" and can.omni:
            continue
        if not known.get(name, False):
            raise refused(f"{order.model} has no option {name!r}")
        yield name, value


def _media(order: Order, can: Legacy, path: str, sources: Sources) -> Iterator[tuple[str, Any]]:
    frames = [(item, kind) for role, kind in _FRAMES.items() for item in order.of_role(role)]
    references = order.of_role(Role.REFERENCE)
    if order.of_role(Role.AUDIO):
        raise refused(f"{order.model} takes no sound to go by")
    if can.omni:
        images = [{"image_url": sources[item.digest], "type": kind} for item, kind in frames]
        images += [{"image_url": sources[item.digest]} for item in references]
        if images:
            yield "image_list", images
        clips = [_clip(order, sources[item.digest]) for item in order.of_role(Role.VIDEO)]
        if clips:
            yield "video_list", clips
    elif path.endswith("/multi-image2video"):
        yield "image_list", [{"image": sources[item.digest]} for item in references]
    else:
        if references:
            raise refused(f"{order.model} takes no reference pictures beside a first frame")
        for item, kind in frames:
            yield {"first_frame": "image", "end_frame": "image_tail"}[kind], sources[item.digest]


def _clip(order: Order, link: str) -> dict[str, Any]:
    use = "feature" if order.options.get("video_use") == "reference" else "base"
    return {"video_url": link, "refer_type": use, "keep_original_sound": "yes" if order.audio else "no"}


_FRAMES: Mapping[Role, str] = {Role.FIRST: "first_frame", Role.LAST: "end_frame"}


def task_call(path: str, name: str) -> Call:
    """`name` is Kling's id or our external one."""
    return Call("GET", f"{path}/{quote(name, safe='')}")


def read_task(reply: Reply) -> Task | None:
    """The task of a status answer; None where the body can't be read."""
    data = reply.table().get("data")
    if not isinstance(data, Mapping) or not data.get("task_id"):
        return None
    result = data.get("task_result")
    videos = result.get("videos") if isinstance(result, Mapping) else None
    return Task(
        str(data["task_id"]),
        str(data.get("task_status") or ""),
        str(data.get("task_status_msg") or ""),
        links(videos),
        units(data.get("final_unit_deduction")),
    )
