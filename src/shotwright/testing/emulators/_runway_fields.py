"""The fields of a create call against Runway's schema, with issues as its validator words them."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

Issue = dict[str, Any]
Asset = Callable[[str], bytes | None]
"""The bytes behind a `runway://` link, or None where there are none."""

_INLINE = 5 << 20
_LONGEST_LINK = 2048
_DATA = re.compile(r"^data:(image|video|audio)/[\w.+-]+;base64,")
_CHOICES = {
    "mode": "reference|extend|edit",
    "targetAspectRatio": "16:9|4:3|3:2|1:1|2:3|3:4|9:16|21:9",
    "promptExpansionMode": "disabled|balanced|quality",
    "outputFormat": "mp4|mov|prores|png_sequence|hdr10|hlg|sdr_rec709_10bit",
}


def issues_of(body: Mapping[str, Any], line: str, asset: Asset) -> list[Issue]:
    """Everything wrong with a body; `line` is the model's line of the schema."""
    rules = dict(_parsed(line))
    found = [
        _issue("invalid_type", name, "Invalid input: expected a value, received undefined")
        for name, (needed, _) in rules.items()
        if needed and name not in body
    ]
    unknown = [name for name in body if name not in rules and name != "model"]
    if unknown:
        keys = ", ".join(f'"{name}"' for name in unknown)
        found.append({"code": "unrecognized_keys", "keys": unknown, "path": [], "message": f"Unrecognized key: {keys}"})
    for name, (_, rule) in rules.items():
        if name in body:
            found += _field(name, rule, body[name], asset)
    return found


def uris_of(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every asset that a body names, as (field, link)."""
    for name in (
        "promptImage",
        "promptVideo",
        "videoUri",
        "references",
        "referenceAudio",
        "referenceVideos",
        "keyframes",
    ):
        value = body.get(name)
        items = value if isinstance(value, list) else [value]
        for item in items:
            link = item.get("uri") if isinstance(item, Mapping) else item
            if isinstance(link, str):
                yield name, link


def inline_bytes(link: str) -> bytes | None:
    """What a data URI holds, or None where it isn't one."""
    if not _DATA.match(link):
        return None
    try:
        return base64.b64decode(link.partition(",")[2], validate=True)
    except binascii.Error:
        return None


def _parsed(line: str) -> Iterator[tuple[str, tuple[bool, str]]]:
    for token in line.split():
        name, _, rule = token.partition("=")
        yield name.rstrip("*"), (name.endswith("*"), rule)


def _field(name: str, rule: str, value: Any, asset: Asset) -> Iterator[Issue]:
    match name:
        case "promptText" | "negativePrompt":
            yield from _text(name, rule, value)
        case "duration":
            yield from _duration(rule, value)
        case "seed":
            yield from _whole(name, value, 0, 4294967295)
        case "audio" | "draft":
            if not isinstance(value, bool):
                yield _issue("invalid_type", name, "Invalid input: expected boolean")
        case "cfgScale":
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
                yield _issue("too_big", name, "Too big: expected number to be <=1")
        case "contentModeration":
            threshold = value.get("publicFigureThreshold") if isinstance(value, Mapping) else None
            yield from _choice("publicFigureThreshold", "auto|low", threshold)
        case "providerSettings" | "draftTaskId":
            kind = Mapping if name == "providerSettings" else str
            if not isinstance(value, kind):
                yield _issue("invalid_type", name, "Invalid input")
        case "promptImage":
            yield from _pictures(rule, value, asset)
        case "promptVideo" | "videoUri":
            yield from _link(name, value, asset)
        case "references" | "referenceAudio" | "referenceVideos" | "keyframes":
            yield from _list(name, value, asset)
        case _:
            yield from _choice(name, rule or _CHOICES.get(name, ""), value)


def _text(name: str, rule: str, value: Any) -> Iterator[Issue]:
    if not isinstance(value, str):
        yield _issue("invalid_type", name, "Invalid input: expected string")
    elif not value:
        yield _issue("too_small", name, "Too small: expected string to have >=1 characters")
    elif rule and len(value.encode("utf-16-le")) // 2 > int(rule):
        yield _issue("too_big", name, f"Too big: expected string to have <={rule} characters")


def _duration(rule: str, value: Any) -> Iterator[Issue]:
    if value == "auto" and rule.endswith("|auto"):
        return
    span = re.fullmatch(r"(\d+)\.\.(\d+)", rule.removesuffix("|auto"))
    if span:
        yield from _whole("duration", value, int(span[1]), int(span[2]))
    elif isinstance(value, bool) or not isinstance(value, int) or str(value) not in rule.split("|"):
        yield _issue("invalid_value", "duration", f"Invalid option: expected one of {rule}")


def _whole(name: str, value: Any, least: int, most: int) -> Iterator[Issue]:
    if isinstance(value, bool) or not isinstance(value, int):
        yield _issue("invalid_type", name, "Invalid input: expected int")
    elif value > most:
        yield _issue("too_big", name, f"Too big: expected int to be <={most}")
    elif value < least:
        yield _issue("too_small", name, f"Too small: expected int to be >={least}")


def _choice(name: str, rule: str, value: Any) -> Iterator[Issue]:
    if isinstance(value, str) and (not rule or value in rule.split("|")):
        return
    options = "|".join(f'"{option}"' for option in rule.split("|"))
    yield _issue("invalid_value", name, f"Invalid option: expected one of {options}")


def _pictures(rule: str, value: Any, asset: Asset) -> Iterator[Issue]:
    items = [{"uri": value, "position": "first"}] if isinstance(value, str) else value
    if not isinstance(items, list) or not items or not all(isinstance(item, Mapping) for item in items):
        yield _issue("invalid_union", "promptImage", "Invalid input")
        return
    positions = [item.get("position") for item in items]
    known = {"first": ("first",), "last": ("first", "last"), "any": ("first", "last", None)}[rule]
    if any(position not in known for position in positions):
        yield _issue("invalid_value", "promptImage", 'Invalid option: expected one of "first"|"last"')
    elif None in positions and len(set(positions)) > 1:
        yield _issue("custom", "promptImage", "Keyframes and references cannot be mixed.")
    elif positions.count("first") > 1 or positions.count("last") > 1 or positions == ["last"]:
        yield _issue("custom", "promptImage", "A first image is required, once; a last image may follow.")
    for item in items:
        yield from _link("promptImage", item.get("uri"), asset)


def _list(name: str, value: Any, asset: Asset) -> Iterator[Issue]:
    if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
        yield _issue("invalid_type", name, "Invalid input: expected array")
        return
    if name == "keyframes" and len(value) > 5:
        yield _issue("too_big", name, "Too big: expected array to have <=5 items")
    for item in value:
        yield from _link(name, item.get("uri"), asset)
        if name == "referenceAudio" and item.get("type") != "audio":
            yield _issue("invalid_value", name, 'Invalid input: expected "audio"')
        if name == "keyframes" and not _is_moment(item):
            yield _issue("invalid_union", name, "Invalid input: expected seconds or at")


def _is_moment(item: Mapping[str, Any]) -> bool:
    at, moment = item.get("at"), item.get("seconds")
    if (at is None) == (moment is None):
        return False
    return isinstance(at, int | float) and 0 <= at <= 1 if at is not None else isinstance(moment, int | float)


def _link(name: str, value: Any, asset: Asset) -> Iterator[Issue]:
    problem = _link_problem(value, asset)
    if problem:
        yield _issue("custom", name, problem)


def _link_problem(value: Any, asset: Asset) -> str | None:
    if not isinstance(value, str) or not value:
        return "Invalid asset."
    if value.startswith("runway://"):
        return None if asset(value) is not None else "Failed to fetch asset. The upload does not exist or has expired."
    if value.startswith("data:"):
        if len(value) > _INLINE:
            return "Data URI is too large."
        return None if inline_bytes(value) else "Invalid data URI."
    parts = urlsplit(value)
    if parts.scheme != "https" or len(value) > _LONGEST_LINK or _is_address(parts.hostname or ""):
        return "Invalid asset URL. Only HTTPS URLs with a domain name are allowed."
    return None


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." not in host
    return True


def _issue(code: str, name: str, message: str) -> Issue:
    return {"code": code, "path": [name], "message": message}
