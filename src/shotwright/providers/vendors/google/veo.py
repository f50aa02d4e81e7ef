"""Veo on Vertex AI by long-running operations, from order to request and from reply to state: pure functions."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from shotwright.domain.order import Order
from shotwright.domain.take import Failed, Progress, Running
from shotwright.providers.http import Call
from shotwright.providers.replies import Reply
from shotwright.providers.vendors.google.wire import Material, Media, aspect_of, is_policy, refuse, resolution_of

RESOLUTIONS = ("720p", "1080p", "4k")
REGION = "us-central1"
_PICTURES = ("image/png", "image/jpeg", "image/webp")
_OPTIONS = {"person_generation": "personGeneration", "resize_mode": "resizeMode"}
_INVALID = 3


def check_order(order: Order, material: Material) -> None:
    """Raises Refused (`invalid`) for what Veo can't take."""
    if order.seconds not in (4, 6, 8):
        raise refuse(f"Veo makes 4, 6 or 8 s, not {float(order.seconds):g}")
    if material.references and (material.first or material.video):
        raise refuse("Veo takes references, or frames, or a clip: one of the three")
    if material.video and material.first:
        raise refuse("Veo takes frames, or a clip to extend")
    if any(item.media_type not in _PICTURES for item in (material.first, material.last, *material.references) if item):
        raise refuse("a picture for Veo must be PNG, JPEG or WebP")
    unknown = set(order.options) - {*_OPTIONS, "task"}
    if unknown:
        raise refuse(f"Veo has no option {', '.join(sorted(unknown))}")


def create(order: Order, project: str, region: str, material: Material, ref: str, prefix: str = "") -> Call:
    """The one paid request. `ref` goes along as a label, for bills; the clip goes to `prefix` (gs://...)."""
    instance: dict[str, Any] = {"prompt": order.prompt}
    for name, media in (("image", material.first), ("lastFrame", material.last), ("video", material.video)):
        if media:
            instance[name] = _media(media)
    if material.references:
        instance["referenceImages"] = [
            {"image": _media(media), "referenceType": "ASSET"} for media in material.references
        ]
    body = {
        "instances": [instance],
        "parameters": _parameters(order, prefix),
        "labels": {"shotwright": ref.replace(".", "-")},
    }
    model = f"projects/{project}/locations/{region}/publishers/google/models/{order.model}"
    return Call("POST", f"/v1/{model}:predictLongRunning", json=body)


def _parameters(order: Order, prefix: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "sampleCount": 1,
        "durationSeconds": int(order.seconds),
        "aspectRatio": aspect_of(order),
        "resolution": resolution_of(order, RESOLUTIONS),
        "generateAudio": order.audio,
    }
    if order.negative:
        found["negativePrompt"] = order.negative
    if order.seed is not None:
        found["seed"] = order.seed
    if prefix:
        found["storageUri"] = prefix
    return found | {wire: order.options[name] for name, wire in _OPTIONS.items() if name in order.options}


def _media(media: Media) -> dict[str, str]:
    body = {"gcsUri": media.uri} if media.uri else {"bytesBase64Encoded": base64.b64encode(media.data).decode()}
    return {**body, "mimeType": media.media_type}


def read_operation(reply: Reply) -> str | None:
    """The operation's name in the answer to a create call, or None where there is none."""
    found = reply.table().get("name")
    return found if isinstance(found, str) and "/operations/" in found else None


def status_call(operation: str) -> Call:
    """A POST, but it asks only."""
    model = operation.partition("/operations/")[0]
    return Call("POST", f"/v1/{model}:fetchPredictOperation", json={"operationName": operation})


def region_of(operation: str) -> str:
    """The region that an operation runs in."""
    parts = operation.split("/")
    return parts[parts.index("locations") + 1] if "locations" in parts[:-1] else REGION


def read(reply: Reply) -> Progress | Mapping[str, Any] | None:
    """The state; the video itself ({"gcsUri"} or {"bytesBase64Encoded"}); None where the body is no operation."""
    body = reply.table()
    if not isinstance(body.get("name"), str):
        return None
    if body.get("done") is not True:
        return Running(None, reply.retry_after)
    error, response = body.get("error"), body.get("response")
    if isinstance(error, Mapping):
        return _failure(error)
    found = response if isinstance(response, Mapping) else {}
    videos = found.get("videos")
    for video in videos if isinstance(videos, list) else ():
        if isinstance(video, Mapping) and (video.get("gcsUri") or video.get("bytesBase64Encoded")):
            return video
    if found.get("raiMediaFilteredCount"):
        reasons = found.get("raiMediaFilteredReasons")
        words = " ".join(str(reason) for reason in reasons) if isinstance(reasons, list) else ""
        return Failed("policy", words[:600] or "filtered by Google's policy", charged=False)
    return Failed("lost", "the operation is done but holds no video", charged=True)


def _failure(error: Mapping[str, Any]) -> Failed:
    words = str(error.get("message") or "Google gave no reason")[:600]
    if is_policy(words) or "support code" in words.lower():
        return Failed("policy", words, charged=False)
    return Failed("invalid" if error.get("code") == _INVALID else "vendor", words, charged=False)
