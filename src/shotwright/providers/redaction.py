"""Secrets out of texts that people and logs will see: the known ones first, then what looks like one."""

from __future__ import annotations

import re
from collections.abc import Iterable

HIDDEN = "[hidden]"

_PATTERNS = (
    (re.compile(r"(?i)\b(bearer|token|basic)\s+[\w.~+/=-]{8,}"), rf"\1 {HIDDEN}"),
    (
        re.compile(
            r"(?i)\b((?:x-)?(?:goog-)?api[-_ ]?key|access_token|client_secret|password)"
            r"([\"']?\s*[:=]\s*[\"']?)[^\s\"'&,}]{4,}"
        ),
        rf"\1\2{HIDDEN}",
    ),
    (re.compile(r"\b(?:sk|pk|rk|r8|key|wsk)[-_][\w-]{12,}"), HIDDEN),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"), HIDDEN),
    (
        re.compile(r"(?i)([?&](?:key|sig|signature|token|x-amz-[\w-]+|x-goog-signature|_jwt|policy)=)[^&\s\"'<>]+"),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"(data:[\w/+.-]*;base64,)[A-Za-z0-9+/=]{16,}"), r"\1..."),
)
_SHORTEST = 6


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without `secrets` (of 6 characters and more), keys, tokens, signatures and inline media."""
    for secret in sorted((item for item in secrets if len(item) >= _SHORTEST), key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return text
