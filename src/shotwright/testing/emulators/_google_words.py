"""How Google writes things down: names, moments, errors and prices."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any
from urllib.parse import quote

from starlette.requests import Request

from shotwright.domain.units import Money, Size
from shotwright.testing.emulators.base import Job

RPC = "type.googleapis.com/google.rpc."
_RATES = {
    "gemini-omni-1.2-flash": {360: "0.0233", 720: "0.07", 1080: "0.105", 2160: "0.21"},
    "gemini-omni-1.1-flash": {360: "0.03", 720: "0.10", 1080: "0.15", 2160: "0.30"},
    "veo-3.1-generate-001": {720: "0.40", 1080: "0.40", 2160: "0.60"},
    "veo-3.1-fast-generate-001": {720: "0.10", 1080: "0.12", 2160: "0.30"},
    "veo-3.1-lite-generate-001": {720: "0.05", 1080: "0.08"},
}
_CODES = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND"}
_CODES |= {429: "RESOURCE_EXHAUSTED", 499: "CANCELLED", 500: "INTERNAL", 503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED"}


def rate_of(model: str, size: Size) -> Money | None:
    """USD for a second of clip; None for models and sizes without a price."""
    rate = _RATES.get(model.removesuffix("-preview"), {}).get(min(size.width, size.height))
    return Money.usd(Fraction(rate)) if rate else None


def error_body(status: int, message: str, details: list[dict[str, str]] | None = None) -> dict[str, Any]:
    """The error of Google's front end."""
    error = {"code": status, "message": message, "status": _CODES.get(status, "UNKNOWN")}
    return {"error": {**error, **({"details": details} if details else {})}}


def read_json(body: bytes) -> Any:
    """The body as JSON; None where it is none."""
    try:
        return json.loads(body)
    except ValueError:
        return None


def root(request: Request) -> str:
    """The address under which this server was called."""
    return str(request.base_url).rstrip("/")


def version(request: Request) -> str:
    """The API version in the path of a call."""
    return request.url.path.removeprefix("/upload").split("/")[1]


def moment(seconds: float) -> str:
    """Unix seconds as Google writes them."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def operation_of(job: Job, request: Request) -> str:
    """The full name of a job's operation."""
    place = request.path_params
    where = f"projects/{place['project']}/locations/{place['location']}/publishers/google/models/{job.model}"
    return f"{where}/operations/{job.id.removeprefix('v1_')}"


def object_of(job: Job) -> str:
    """Where in its bucket the clip of a job lies."""
    return f"{re.sub('/+$', '', job.extra['prefix'])}/{quote(job.id)}/sample_0.mp4"
