"""The Interactions API, from order to request and from reply to state: pure functions."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from shotwright.domain.model import Mode, mode_of
from shotwright.domain.order import Order
from shotwright.domain.take import Failed, FailureReason, Progress, Queued, Running
from shotwright.providers.http import Call
from shotwright.providers.replies import Reply
from shotwright.providers.vendors.google.wire import Material, Media, aspect_of, is_policy, refuse, resolution_of

HOST = "generativelanguage.googleapis.com"
RESOLUTIONS = ("360p", "720p", "1080p", "4k")
REVISION = {"api-revision": "2026-05-20"}
"""The schema with `steps`; servers that have no other ignore it."""
_ON_VERTEX = {"gemini-omni-1.1-flash": "gemini-omni-1.1-flash-preview"}
_TASKS = {
    Mode.TEXT: "text_to_video",
    Mode.IMAGE: "image_to_video",
    Mode.FIRST_LAST: "image_to_video",
    Mode.REFERENCE: "reference_to_video",
    Mode.VIDEO: "edit",
    Mode.EXTEND: "extend",
}
_OPTIONS = frozenset({"task", "thinking_level", "previous_interaction_id", "cuts"})
_ONE_SHOT = "Single continuous shot, no cuts."
_FILE = re.compile(r"/files/([\w-]+)")
_UPLOADS_CLOSED = (
    "Google finished at once and made nothing (no output tokens): clips may not be uploaded from the EEA, "
    "Switzerland, the UK and some US states"
)


@dataclass(frozen=True)
class Clip:
    """What a finished interaction holds: a link, or the media itself."""

    uri: str = ""
    data: str = ""


@dataclass(frozen=True)
class Nothing:
    """Finished, but without a result. `since` in Unix seconds where it is told."""

    since: float | None = None


def check_order(order: Order) -> None:
    """Raises Refused (`invalid`) for what Omni would drop without a word, or bill all the same."""
    if order.negative:
        raise refuse("Omni has no negative prompt", "say in the prompt what is to be seen instead")
    if order.seed is not None:
        raise refuse("Omni has no seed")
    if not order.prompt.strip():
        raise refuse("Omni needs a prompt (an empty one is accepted and billed)")
    unknown = set(order.options) - _OPTIONS
    if unknown:
        raise refuse(f"Omni has no option {', '.join(sorted(unknown))}")


def create(order: Order, path: str, material: Material, *, vertex: bool, prefix: str = "") -> Call:
    """The one paid request, to run in the background. `prefix` (gs://...) is where Vertex AI leaves the clip."""
    model = _ON_VERTEX.get(order.model, order.model) if vertex else order.model
    config: dict[str, Any] = {"video_config": {"task": task_of(order, material)}}
    if "thinking_level" in order.options:
        config["thinking_level"] = order.options["thinking_level"]
    body: dict[str, Any] = {
        "model": model,
        "background": True,
        "store": True,
        "input": _input(order, material),
        "generation_config": config,
        "response_format": {
            "type": "video",
            "aspect_ratio": aspect_of(order),
            "duration": f"{float(order.seconds):g}s",
            "resolution": resolution_of(order, RESOLUTIONS),
            **_delivery(vertex, prefix),
        },
    }
    if "previous_interaction_id" in order.options:
        body["previous_interaction_id"] = order.options["previous_interaction_id"]
    return Call("POST", path, json=body, headers=REVISION)


def task_of(order: Order, material: Material) -> str:
    """The word for what the media are for. A first frame beside references is told apart in the prompt."""
    asked = order.options.get("task")
    if asked:
        return str(asked)
    if order.options.get("previous_interaction_id"):
        return "edit"
    if material.references and not material.video:
        return "reference_to_video"
    return _TASKS[mode_of(order)]


def _delivery(vertex: bool, prefix: str) -> dict[str, str]:
    if prefix:
        return {"delivery": "uri", "gcs_uri": prefix}
    return {"delivery": "inline" if vertex else "uri"}


def _input(order: Order, material: Material) -> Any:
    frames = [item for item in (material.first, material.last) if item]
    text = _prompt(order, len(frames), len(material.references))
    if not (frames or material.references or material.video):
        return text
    content: list[dict[str, str]] = [{"type": "text", "text": text}]
    content += [_block("image", item) for item in (*frames, *material.references)]
    if material.video:
        content.append(_block("video", material.video))
    return [{"type": "user_input", "content": content}]


def _prompt(order: Order, frames: int, references: int) -> str:
    """The prompt, with the marks that tell frames from references, and the wish for one shot."""
    text = order.prompt
    if not order.options.get("cuts") and mode_of(order) not in (Mode.VIDEO, Mode.EXTEND):
        said = text.lower()
        if "no cuts" not in said and "continuous shot" not in said:
            text = f"{text.rstrip()} {_ONE_SHOT}"
    if frames and references and "<FIRST_FRAME>" not in text:
        sources = "".join(f" <{word}>@Image{place}" for word, place in _frames(frames))
        looks = "".join(f" <IMAGE_REF_{number}>@Image{frames + number + 1}" for number in range(references))
        text = f"[# Sources{sources}] [# References{looks}] {text}"
    return text


def _frames(count: int) -> Iterator[tuple[str, int]]:
    yield from list(zip(("FIRST_FRAME", "LAST_FRAME"), (1, 2), strict=True))[:count]


def _block(kind: str, media: Media) -> dict[str, str]:
    body = {"uri": media.uri} if media.uri else {"data": base64.b64encode(media.data).decode()}
    return {"type": kind, "mime_type": media.media_type, **body}


def read_id(reply: Reply) -> str | None:
    """The id in the answer to a create call, or None where there is none."""
    found = reply.table().get("id")
    return found if isinstance(found, str) and found else None


def read(reply: Reply) -> Progress | Clip | Nothing | None:
    """The state that a status answer tells; None where the body is no interaction."""
    body = reply.table()
    word = body.get("status")
    match str(word).lower() if isinstance(word, str) else None:
        case None:
            return None
        case "queued":
            return Queued(reply.retry_after)
        case "completed":
            return _result(body)
        case "cancelled":
            # Whether a cancelled interaction is billed is not documented: the books take the worse case.
            return Failed("cancelled", "the interaction was cancelled", charged=True)
        case "failed" | "incomplete" | "requires_action" | "budget_exceeded" | "requires_continuation" as ending:
            return _failure(body, ending)
        case _:
            return Running(None, reply.retry_after)


def _result(body: Mapping[str, Any]) -> Progress | Clip | Nothing:
    blocks = list(_output(body))
    for block in blocks:
        uri, data = block.get("uri"), block.get("data")
        if block.get("type") == "video" and (uri or data):
            return Clip(str(uri or ""), "" if uri else str(data))
    video, total = _tokens(body)
    if video:
        return Failed("lost", f"billed, but no clip can be found in the answer: {_excerpt(body)}", charged=True)
    said = " ".join(str(block["text"]) for block in blocks if isinstance(block.get("text"), str)).strip()
    if said:
        return Failed("policy", said[:600], charged=False)
    problem = _problem(body)
    if problem:
        return Failed("policy" if is_policy(problem) else "vendor", problem, charged=False)
    if total == 0:
        return Failed("policy", _UPLOADS_CLOSED, charged=False)
    return Nothing(_unix(body.get("updated")))


def _output(body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Output blocks, the last first; `output_video` before all where the server sends it."""
    whole = body.get("output_video")
    if isinstance(whole, Mapping):
        yield {"type": "video", **whole}
    for step in reversed(_list(body.get("steps"))):
        if isinstance(step, Mapping) and step.get("type") == "model_output":
            yield from (block for block in reversed(_list(step.get("content"))) if isinstance(block, Mapping))


def _failure(body: Mapping[str, Any], ending: str) -> Failed:
    words = _problem(body) or f"the interaction ended as {ending}"
    reason: FailureReason = "invalid" if "invalid_request" in words else "vendor"
    return Failed("policy" if is_policy(words) else reason, words, charged=_tokens(body)[0] > 0)


def _problem(body: Mapping[str, Any]) -> str:
    """The words of `errors`, `error`, or a step's `error`."""
    steps = [step.get("error") for step in _list(body.get("steps")) if isinstance(step, Mapping)]
    for error in (*_list(body.get("errors")), body.get("error"), *steps):
        if isinstance(error, Mapping) and (error.get("message") or error.get("code")):
            return f"{error.get('message') or ''} ({error.get('code')})".strip()[:600]
    return ""


def _tokens(body: Mapping[str, Any]) -> tuple[int, int | None]:
    """Output tokens of video, and of all kinds together where that is told."""
    usage = body.get("usage")
    if not isinstance(usage, Mapping):
        return 0, None
    parts = [item for item in _list(usage.get("output_tokens_by_modality")) if isinstance(item, Mapping)]
    video = sum(_whole(item.get("tokens")) for item in parts if str(item.get("modality")).lower() == "video")
    total = usage.get("total_output_tokens")
    return video, total if isinstance(total, int) else None


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _list(value: object) -> Sequence[Any]:
    return value if isinstance(value, list) else []


def _excerpt(body: Mapping[str, Any]) -> str:
    return " ".join(str(dict(body)).split())[:300]


def _unix(text: object) -> float | None:
    try:
        return datetime.fromisoformat(str(text)).timestamp()
    except ValueError:
        return None


def file_of(uri: str) -> str | None:
    """The name of a file of the Files API in a link, or None for other links."""
    found = _FILE.search(urlsplit(uri).path)
    return found[1] if found else None


def link(uri: str, base_url: str) -> str:
    """The link that gives the bytes of a file: with `alt=media`, and through the address that settings give."""
    parts = urlsplit(uri)
    if file_of(uri) is None:
        return uri
    root = base_url if parts.hostname == HOST else f"{parts.scheme}://{parts.netloc}"
    path = parts.path if parts.path.endswith(":download") else f"{parts.path}:download"
    query = parts.query if "alt=media" in parts.query.split("&") else "&".join(filter(None, (parts.query, "alt=media")))
    return f"{root}{path}?{query}"
