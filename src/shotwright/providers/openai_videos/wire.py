"""From order to request, and from reply to state: pure functions of the `/v1/videos` protocol."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from math import ceil
from typing import Any
from urllib.parse import quote

from shotwright.domain.model import Mode, mode_of
from shotwright.domain.order import Order, Role
from shotwright.domain.take import CannotKnow, Done, Failed, Output, Progress, Queued, Running
from shotwright.errors import RefusalReason, Refused
from shotwright.providers.http import Call, Part
from shotwright.providers.openai_videos.dialects import Dialect
from shotwright.providers.replies import Refusal, Reply, message_of

_SKEW = 60.0
"""Seconds that a server's clock may be behind ours where it doesn't show it."""
_ROUNDING = 3.0
"""Seconds lost to whole-second times, on a server that shows its clock."""
_RUNNING = frozenset({"in_progress", "processing", "running", "started"})
_QUEUED = frozenset({"queued", "pending", "created", "submitted"})
_DONE = frozenset({"completed", "succeeded", "success"})
_OVER = {"cancelled": "cancelled", "canceled": "cancelled", "deleted": "lost", "expired": "expired"}
_FAILED = frozenset({"failed", "error", "rejected"})
_POLICY = (
    "moderation",
    "content_policy",
    "content policy",
    "content_filter",
    "contentfilter",
    "safety",
    "responsible ai",
)
_PICTURES = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}


@dataclass(frozen=True)
class Picture:
    """The first frame, ready to be sent."""

    data: bytes
    media_type: str


def check_order(order: Order, dialect: Dialect, provider: str) -> None:
    """Raises Refused (`invalid`) for what the protocol would drop without a word."""
    problem = _problem(order, dialect)
    if problem:
        raise Refused(f"{provider}: {problem}", reason="invalid", provider=provider)


def _problem(order: Order, dialect: Dialect) -> str | None:
    if mode_of(order) not in (Mode.TEXT, Mode.IMAGE):
        return "only words and a first frame can be sent"
    if not dialect.extras:
        if order.seed is not None:
            return f"the dialect {dialect.name!r} has no seed"
        if order.negative:
            return f"the dialect {dialect.name!r} has no negative prompt"
        if order.seconds.denominator != 1:
            return f"the dialect {dialect.name!r} takes whole seconds, not {float(order.seconds):g}"
        if order.options:
            return f"the dialect {dialect.name!r} takes no options ({', '.join(order.options)})"
    first = order.first(Role.FIRST)
    if first and first.media_type not in _PICTURES:
        return f"a first frame must be JPEG, PNG or WebP, not {first.media_type}"
    if first and dialect.exact_picture and (first.width, first.height) != (order.size.width, order.size.height):
        return f"the first frame must be exactly {order.size}, not {first.width}x{first.height}"
    return None


def create(order: Order, dialect: Dialect, picture: Picture | None, ref: str, params: Mapping[str, str]) -> Call:
    """The one paid request. `ref` goes along as Idempotency-Key, for servers that honour it."""
    fields: dict[str, Any] = {
        "model": order.model,
        "prompt": order.prompt,
        "seconds": str(ceil(order.seconds)),
        "size": str(order.size),
    }
    if dialect.extras:
        fields |= _extras(order, dialect)
    headers = {"idempotency-key": ref}
    if picture is None and not dialect.form:
        return Call("POST", "/videos", json=fields, headers=headers, params=params)
    files: list[Part] = [(name, (None, _text(value), None)) for name, value in fields.items()]
    if picture is not None:
        name = f"frame.{_PICTURES[picture.media_type]}"
        files.append(("input_reference", (name, picture.data, picture.media_type)))
    return Call("POST", "/videos", files=files, headers=headers, params=params)


def _extras(order: Order, dialect: Dialect) -> dict[str, Any]:
    rate = order.fps.value
    fields: dict[str, Any] = {"fps": int(rate) if rate.denominator == 1 else float(rate)}
    if order.seconds.denominator != 1:
        fields["num_frames"] = order.fps.frames(order.seconds)
    if order.seed is not None:
        fields["seed"] = order.seed
    if order.negative:
        fields["negative_prompt"] = order.negative
    if order.audio and dialect.name != "sglang":
        fields["generate_sound"] = True
    return fields | dict(order.options)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def video_path(name: str, tail: str = "") -> str:
    """The path of one video; its id may hold slashes and signs."""
    return f"/videos/{quote(name, safe='')}{tail}"


def read_ticket(reply: Reply) -> str | None:
    """The id in the answer to a create call, or None where there is none."""
    found = reply.table().get("id")
    return found if isinstance(found, str) and found else None


def read_progress(reply: Reply, content: str) -> Progress | None:
    """The state that a status answer tells; None where the body is no video. `content` is the link to the clip."""
    body = reply.table()
    word = body.get("status")
    if not isinstance(word, str):
        return None
    word = word.lower()
    wait = _poll_after(reply)
    if word in _DONE:
        expires = body.get("expires_at")
        return Done((Output(content, expires=float(expires) if isinstance(expires, int | float) else None),))
    if word in _FAILED:
        return _failure(body.get("error"))
    if word in _OVER:
        reason = _OVER[word]
        return Failed("cancelled" if reason == "cancelled" else "expired", f"the server says {word}", charged=True)
    if word in _QUEUED:
        return Queued(wait)
    return Running(_fraction(body.get("progress")) if word in _RUNNING else None, wait)


def _failure(error: object) -> Failed:
    words = error if isinstance(error, str) else ""
    code = ""
    if isinstance(error, Mapping):
        code = str(error.get("code") or "")
        words = str(error.get("message") or code)
    policy = any(mark in f"{code} {words}".lower() for mark in _POLICY)
    return Failed("policy" if policy else "vendor", words or "the server gave no reason", charged=False)


def _fraction(progress: object) -> float | None:
    """Servers that don't know send 0 all the time: that is no fraction."""
    if isinstance(progress, bool) or not isinstance(progress, int | float) or not 0 < progress <= 100:
        return None
    return progress / 100


def _poll_after(reply: Reply) -> float | None:
    try:
        return min(max(float(reply.headers["openai-poll-after-ms"]) / 1000, 0.0), 300.0)
    except (KeyError, ValueError):
        return reply.retry_after


def list_call(params: Mapping[str, str], after: str | None = None) -> Call:
    """The newest jobs first, a hundred at a time."""
    more = {"after": after} if after else {}
    return Call("GET", "/videos", params={"limit": "100", "order": "desc", **more, **params})


def earliest(reply: Reply, began: float, now: float) -> float:
    """The server's time before which it can't have made a job of an attempt that began at `began` on our clock."""
    try:
        theirs = parsedate_to_datetime(reply.headers["date"]).timestamp()
    except (KeyError, ValueError, TypeError):
        return began - _SKEW
    return began + (theirs - now) - _ROUNDING


def matching(order: Order, since: float, page: Sequence[Any]) -> list[str] | CannotKnow:
    """Ids on a page of the list that may be an attempt: not older than `since`, and equal in all that is echoed."""
    found: list[str] = []
    for item in page:
        if not isinstance(item, Mapping) or not isinstance(item.get("id"), str):
            return CannotKnow("the server's list can't be read")
        created = item.get("created_at")
        if not isinstance(created, int | float):
            return CannotKnow("the server's list doesn't say when jobs were made")
        if created >= since and _same(order, item):
            found.append(item["id"])
    return found


def _same(order: Order, item: Mapping[str, Any]) -> bool:
    wanted = {"prompt": order.prompt, "size": str(order.size)}
    if any(item.get(name) not in (None, "", value) for name, value in wanted.items()):
        return False
    return str(item.get("seconds") or ceil(order.seconds)) in _spellings(order)


def _spellings(order: Order) -> set[str]:
    return {str(ceil(order.seconds)), f"{float(order.seconds):g}", f"{float(order.seconds)}"}


def is_last(page: Sequence[Any], body: Mapping[str, Any], since: float) -> bool:
    """Whether the pages after this one can't hold a job as young as `since`."""
    oldest = page[-1].get("created_at") if page and isinstance(page[-1], Mapping) else None
    return not body.get("has_more") or not isinstance(oldest, int | float) or oldest < since


def read_refusal(reply: Reply) -> Refusal | None:
    """Error bodies of OpenAI, Azure and FastAPI servers."""
    error = reply.table().get("error")
    body = error if isinstance(error, Mapping) else {}
    code = str(body.get("code") or "").lower()
    kind = str(body.get("type") or "").lower()
    words = message_of(reply)
    reason: RefusalReason | None = None
    hint: str | None = None
    if any(mark in f"{code} {words}".lower() for mark in _POLICY):
        reason, hint = "policy", "change the prompt or the picture"
    elif "insufficient_quota" in (code, kind):
        reason, hint = "quota", "the account has no credit left"
    elif code in ("deploymentmodelretired", "modeldeprecated") or reply.status == 410:
        reason = "retired"
    elif reply.status == 404:
        reason, hint = "invalid", "the server has no such model or path: check base_url and the model's name"
    return Refusal(reason, words, hint) if reason else None
