"""What came back from a vendor, read without trust: any status, any body, and what it proves about money."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from shotwright.errors import RefusalReason

_REQUEST_IDS = ("x-request-id", "request-id", "apim-request-id", "x-goog-request-id", "x-amzn-requestid", "cf-ray")
_LONGEST_WAIT = 86400.0
_UNPROVEN = frozenset({303, 408, 409, 425, 499})
"""Answers below 500 after which the request may have been accepted all the same."""


@dataclass(frozen=True)
class Reply:
    """One HTTP answer, read whole. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> Any:
        """The body as JSON, or None where it isn't: HTML, empty, cut off, not UTF-8, or nested beyond reason."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    def table(self) -> dict[str, Any]:
        """The body as a JSON object; empty where it is something else."""
        data = self.json()
        return data if isinstance(data, dict) else {}

    @property
    def request_id(self) -> str | None:
        return next((self.headers[name][:200] for name in _REQUEST_IDS if name in self.headers), None)

    @property
    def retry_after(self) -> float | None:
        """Seconds until it is worth asking again, where the vendor said so; between 0 and a day."""
        told = read_retry_after(self.headers)
        return _retry_info(self.json()) if told is None and self.status >= 400 else told

    def excerpt(self) -> str:
        """The beginning of the body as one line of text, for messages."""
        return " ".join(self.body[:600].decode("utf-8", "replace").split())[:200] or "an empty body"


@dataclass(frozen=True)
class Refusal:
    """A vendor's no: nothing was charged. `message` keeps the vendor's words."""

    reason: RefusalReason
    message: str
    hint: str | None = None


ReadRefusal = Callable[[Reply], Refusal | None]
"""A vendor's own reading of its error bodies; None leaves it to `refusal_by_status`."""


def proves_refusal(reply: Reply) -> bool:
    """Whether this answer to a paid request proves that it was not accepted."""
    return 300 <= reply.status < 500 and reply.status not in _UNPROVEN


def refusal_by_status(reply: Reply) -> Refusal:
    """What a status alone says, with the most common places of a message."""
    words = message_of(reply)
    match reply.status:
        case 401 | 403:
            return Refusal("credentials", words, "check the key and what it may do")
        case 402:
            return Refusal("quota", words, "the account has no credit left")
        case 404 | 410:
            return Refusal("invalid", words, "check the base URL and the model's name")
        case 429:
            return Refusal("busy", words)
        case status if status < 400:
            return Refusal("invalid", f"answered with a redirect: {words}", "check the base URL")
        case _:
            return Refusal("invalid", words)


def message_of(reply: Reply) -> str:
    """The vendor's words, from error.message, detail, message or error; else the beginning of the body."""
    data = reply.json()
    if isinstance(data, list) and data:
        data = data[0]
    if isinstance(data, Mapping):
        error = data.get("error")
        for found in (error, data):
            if isinstance(found, Mapping):
                for key in ("message", "detail", "msg", "error_description"):
                    if found.get(key):
                        return _flat(found[key])
        if error:
            return _flat(error)
    return f"HTTP {reply.status}: {reply.excerpt()}"


def _flat(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return " ".join(text.split())[:600]


def read_retry_after(headers: Mapping[str, str]) -> float | None:
    """`retry-after-ms`, or `retry-after` in seconds or as a date. Raises nothing."""
    try:
        if "retry-after-ms" in headers:
            wait = float(headers["retry-after-ms"]) / 1000
        else:
            wait = _seconds_or_date(headers["retry-after"])
    except (KeyError, ValueError, TypeError, OverflowError):
        return None
    return min(max(wait, 0.0), _LONGEST_WAIT) if wait == wait else None


def _retry_info(data: Any) -> float | None:
    """`google.rpc.RetryInfo`, which servers with gRPC behind them put into the body instead of a header."""
    found = data[0] if isinstance(data, list) and data else data
    error = found.get("error") if isinstance(found, Mapping) else None
    details = error.get("details") if isinstance(error, Mapping) else None
    for detail in details if isinstance(details, list) else ():
        delay = detail.get("retryDelay") if isinstance(detail, Mapping) else None
        if isinstance(delay, str):
            return read_retry_after({"retry-after": delay.removesuffix("s")})
    return None


def _seconds_or_date(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        moment = parsedate_to_datetime(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return (moment - datetime.now(UTC)).total_seconds()
