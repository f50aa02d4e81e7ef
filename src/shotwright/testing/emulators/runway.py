"""Runway's developer API, from its documents, its SDK's types and recorded answers as read on 2026-11-21.

Options: `key` (refuse all others), `throttled=true` (tasks begin as THROTTLED), `failure_code` (for late refusals; one
that begins with SAFETY.INPUT is not refunded), `cancelled=shown` (a cancelled task answers 200 CANCELLED, not 404),
`refund_running=true` (a task stopped while it runs costs nothing), `on_behalf=required` (a platform's account),
`link_seconds` (results move to a new link after so long), `upload_seconds` (uploads are kept for so long, 24 h
otherwise), `cdn` and `bucket` (origins for results and uploads in place of this server's own), `quote=none` (leaves the
costs out), `daily` (tasks taken before the limit of the day).
"""

from __future__ import annotations

import asyncio
import json
import secrets
import tempfile
import uuid
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import Any, ClassVar

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from shotwright.domain.units import Money, Seconds, Size
from shotwright.errors import InvalidInput, MediaError, RefusalReason
from shotwright.testing.emulators._runway_fields import inline_bytes, issues_of, uris_of
from shotwright.testing.emulators._runway_schema import LEAST_CREDITS, SCHEMA, WITHOUT_SOUND, credits_per_second
from shotwright.testing.emulators.base import Emulator, Job, Setup, Way

VERSION = "2024-11-06"
_DOCS = "https://docs.dev.runwayml.com/api"
_UPLOAD_KEEPS = 24 * 3600.0
_LONGEST_CLIP = 30
_OTHER_RATE = Fraction(20)
_FAILURES = {
    "policy": ("INPUT_PREPROCESSING.SAFETY.TEXT", "The input was rejected by moderation."),
    "invalid": ("ASSET.INVALID", "An input asset could not be used."),
    "vendor": ("INTERNAL.BAD_OUTPUT.01", "An unexpected error occurred."),
}


class _BadRequestError(Exception):
    def __init__(self, response: Response) -> None:
        self.response = response


@dataclass
class _Upload:
    """`fields` must come back with the file; `data` is None until it does. `until` on the emulator's clock."""

    fields: dict[str, str]
    until: float
    data: bytes | None = None


class RunwayEmulator(Emulator):
    name = "runway"
    refusals: ClassVar[tuple[RefusalReason, ...]] = ("invalid", "credentials", "quota", "busy")

    def __init__(self, setup: Setup | None = None) -> None:
        super().__init__(setup)
        self.uploads: dict[str, _Upload] = {}
        self.bodies: list[dict[str, Any]] = []

    def ways(self) -> Iterable[Way]:
        for path, mode in (("text_to_video", "text"), ("image_to_video", "image"), ("video_to_video", "video")):
            yield Way("POST", f"/v1/{path}", "submit", self._creator(mode))
        yield Way("GET", "/v1/tasks/{id}", "check", self._show)
        yield Way("DELETE", "/v1/tasks/{id}", "cancel", self._delete)
        yield Way("POST", "/v1/uploads", "upload", self._begin_upload)
        yield Way("POST", "/bucket/{name}", "upload", self._take_upload)
        yield Way("GET", "/v1/organization", "other", self._organization)
        yield Way("GET", "/outputs/{id}.mp4", "fetch", self._content)

    def new_id(self) -> str:
        return str(uuid.uuid4())

    def price(self, model: str, seconds: Seconds, size: Size, audio: bool) -> Money:
        rate = credits_per_second(model, size, audio) or _OTHER_RATE
        return Money.usd(Fraction(max(ceil(rate * seconds), LEAST_CREDITS.get(model, 0)), 100))

    def error(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
        if status >= 500:
            return PlainTextResponse(message, status, dict(headers or {}))
        return JSONResponse({"error": message, "docUrl": _DOCS}, status, dict(headers or {}))

    def refusal(self, reason: str) -> Response:
        match reason:
            case "credentials":
                return self.error(401, "The API key is not valid.")
            case "quota":
                return self.error(400, "You do not have enough credits to run this task.")
            case "busy":
                return self.error(429, "Too many requests.")
            case _:
                issue = {"code": "invalid_value", "path": ["ratio"], "message": 'Invalid option: expected "1280:720"'}
                return self._invalid([issue])

    def _creator(self, mode: str) -> Callable[[Request], Awaitable[Response]]:
        async def create(request: Request) -> Response:
            try:
                self._admit(request, billable=True)
                body = await self._body(request)
                job = await self._accept(mode, body)
            except _BadRequestError as error:
                return error.response
            return JSONResponse({"id": job.id} | self._costs("estimatedCost", job))

        return create

    async def _accept(self, mode: str, body: dict[str, Any]) -> Job:
        model = body.get("model")
        line = SCHEMA.get(model, {}).get(mode) if isinstance(model, str) else None
        if line is None:
            issue = {"code": "invalid_union", "discriminator": "model", "path": ["model"], "message": "Invalid input"}
            raise _BadRequestError(self._invalid([issue]))
        issues = issues_of(body, line, self._uploaded) or self._unreadable(body)
        if issues:
            raise _BadRequestError(self._invalid(issues))
        if self.too_fast():
            raise _BadRequestError(self.refusal("busy"))
        if len(self.jobs) >= int(self.option("daily", "1000000")):
            raise _BadRequestError(self.error(429, "Your daily task limit has been reached."))
        self.bodies.append(body)
        job = self.accept(
            model=str(model),
            prompt=str(body.get("promptText", "")),
            seconds=await self._seconds(body),
            size=_size(body),
            audio=bool(body.get("audio", True)) and model not in WITHOUT_SOUND,
            at=datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        )
        job.kept = job.failure is not None and self._failure(job)[0].startswith("SAFETY.INPUT")
        return job

    async def _body(self, request: Request) -> dict[str, Any]:
        try:
            data = json.loads(await request.body())
        except ValueError:
            data = None
        if not isinstance(data, dict):
            raise _BadRequestError(self.error(400, "The request body is not valid JSON."))
        return data

    async def _seconds(self, body: Mapping[str, Any]) -> Fraction:
        """The ordered length; for a clip that is changed, its own."""
        clip = body.get("videoUri") or body.get("promptVideo")
        if clip and "duration" not in body:
            seconds = await asyncio.to_thread(_length, self._bytes(str(clip)))
            if seconds is None or seconds > _LONGEST_CLIP:
                message = "Invalid asset duration." if seconds else "Failed to read the video."
                raise _BadRequestError(self._invalid([{"code": "custom", "path": ["videoUri"], "message": message}]))
            return seconds
        given = body.get("duration")
        return Fraction(given) if isinstance(given, int) else Fraction(10)

    def _unreadable(self, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Pictures that are none of JPEG, PNG and WebP. What stands behind a link is not looked at."""
        found = []
        for name, link in uris_of(body):
            data = self._bytes(link)
            if data is not None and name in ("promptImage", "references", "keyframes") and not _is_picture(data):
                found.append({"code": "custom", "path": [name], "message": "Unsupported asset type."})
        return found

    def _bytes(self, link: str) -> bytes | None:
        return self._uploaded(link) if link.startswith("runway://") else inline_bytes(link)

    def _uploaded(self, uri: str) -> bytes | None:
        upload = self.uploads.get(uri.removeprefix("runway://"))
        return upload.data if upload is not None and self.now() < upload.until else None

    async def _show(self, request: Request) -> Response:
        try:
            self._admit(request)
        except _BadRequestError as error:
            return error.response
        job = self.known(self.job_id(request))
        if job is None:
            return self._no_task()
        return JSONResponse(self._task(job, request))

    def _task(self, job: Job, request: Request) -> dict[str, Any]:
        now = self.now()
        waiting = "THROTTLED" if self.option("throttled") == "true" else "PENDING"
        words = {"queued": waiting, "running": "RUNNING", "done": "SUCCEEDED", "failed": "FAILED"}
        phase = job.phase(now)
        body = {
            "id": job.id,
            "status": self.odd_status(request, words.get(phase, "CANCELLED")),
            "createdAt": job.extra["at"],
        }
        match phase:
            case "queued":
                return body | self._costs("estimatedCost", job)
            case "running":
                return body | {"progress": round(job.fraction(now), 2)} | self._costs("estimatedCost", job)
            case "failed":
                code, message = self._failure(job)
                return body | {"failure": message, "failureCode": code} | self._costs("cost", job)
            case "done":
                output = [] if job.no_file else [self._link(job, request)]
                return body | {"output": output} | self._costs("cost", job)
            case _:
                return body | self._costs("cost", job)

    def _failure(self, job: Job) -> tuple[str, str]:
        code, message = _FAILURES.get(job.failure or "", _FAILURES["vendor"])
        return self.option("failure_code", code), message

    def _costs(self, name: str, job: Job) -> dict[str, Any]:
        if self.option("quote") == "none":
            return {}
        amount = job.price.amount * 100 if name == "estimatedCost" or job.charged() else Fraction(0)
        return {name: {"credits": int(amount)}}

    def _link(self, job: Job, request: Request) -> str:
        origin = self.option("cdn") or str(request.base_url).rstrip("/")
        return f"{origin}/outputs/{job.id}.mp4?_jwt={self._signature(job)}"

    def _signature(self, job: Job) -> str:
        lives = float(self.option("link_seconds", "86400"))
        return f"{job.id[:8]}-{int((self.now() - job.ends) / lives)}"

    async def _content(self, request: Request) -> Response:
        job = self.known(self.job_id(request))
        if job is None or job.phase(self.now()) != "done" or job.no_file:
            return PlainTextResponse("not found", 404)
        if request.query_params.get("_jwt") != self._signature(job):
            return PlainTextResponse("token expired", 401)
        return await self.clip(job)

    async def _delete(self, request: Request) -> Response:
        try:
            self._admit(request)
        except _BadRequestError as error:
            return error.response
        job = self.known(self.job_id(request))
        if job is None:
            return self._no_task()
        phase = job.phase(self.now())
        if self.cancel(job):
            job.kept = job.kept or (phase == "running" and self.option("refund_running") != "true")
        if phase not in ("queued", "running") or self.option("cancelled") != "shown":
            job.known = False
        return Response(status_code=204)

    async def _begin_upload(self, request: Request) -> Response:
        try:
            self._admit(request)
            body = await self._body(request)
        except _BadRequestError as error:
            return error.response
        if not isinstance(body.get("filename"), str) or body.get("type") != "ephemeral":
            issue = {"code": "invalid_value", "path": ["type"], "message": 'Invalid input: expected "ephemeral"'}
            return self._invalid([issue])
        name = secrets.token_hex(8)
        lives = float(self.option("upload_seconds", str(_UPLOAD_KEEPS)))
        fields = {"key": f"uploads/{name}", "policy": secrets.token_hex(16)}
        self.uploads[name] = _Upload(fields, self.now() + lives)
        origin = self.option("bucket") or str(request.base_url).rstrip("/")
        return JSONResponse({"uploadUrl": f"{origin}/bucket/{name}", "fields": fields, "runwayUri": f"runway://{name}"})

    async def _take_upload(self, request: Request) -> Response:
        """The bucket: a form with the fields first and the file last, and no credentials beside its own."""
        upload = self.uploads.get(str(request.path_params["name"]))
        if upload is None or "authorization" in request.headers:
            return PlainTextResponse("AccessDenied", 403)
        async with request.form() as form:
            items = form.multi_items()
            plain = {name: value for name, value in items[:-1] if isinstance(value, str)}
            last = items[-1] if items else ("", "")
            if plain != upload.fields or last[0] != "file" or not isinstance(last[1], UploadFile):
                return PlainTextResponse("AccessDenied: policy condition failed", 403)
            upload.data = await last[1].read()
        return Response(status_code=204)

    async def _organization(self, request: Request) -> Response:
        try:
            self._admit(request)
        except _BadRequestError as error:
            return error.response
        used = {job.model: 0 for job in self.jobs.values()}
        for job in self.jobs.values():
            used[job.model] += 1
        models = {name: {"maxConcurrentGenerations": self.setup.slots, "maxDailyGenerations": 200} for name in SCHEMA}
        return JSONResponse(
            {
                "creditBalance": 10_000,
                "tier": {"maxMonthlyCreditSpend": 10_000, "models": models},
                "usage": {"models": {name: {"dailyGenerations": count} for name, count in used.items()}},
            }
        )

    def _admit(self, request: Request, *, billable: bool = False) -> None:
        """The headers that every call needs. Raises _BadRequestError."""
        key, given = self.option("key"), request.headers.get("authorization", "")
        if not given.startswith("Bearer "):
            raise _BadRequestError(self.error(401, "No API key was provided."))
        if key and given != f"Bearer {key}":
            raise _BadRequestError(self.refusal("credentials"))
        if request.headers.get("x-runway-version") != VERSION:
            raise _BadRequestError(self.error(400, "The X-Runway-Version header is missing or not a known version."))
        if billable and self.option("on_behalf") == "required" and not request.headers.get("x-runway-on-behalf-of"):
            raise _BadRequestError(
                self.error(400, "X-Runway-On-Behalf-Of request header was not specified for task creation")
            )

    def _invalid(self, issues: list[dict[str, Any]]) -> Response:
        return JSONResponse({"error": "Validation of body failed", "issues": issues, "docUrl": _DOCS}, 400)

    def _no_task(self) -> Response:
        return JSONResponse({"error": "Could not find Task"}, 404)


def _size(body: Mapping[str, Any]) -> Size:
    """The pixels of a clip, where the body tells; 1280x720 otherwise."""
    ratio = str(body.get("ratio") or body.get("targetAspectRatio") or "")
    word = str(body.get("resolution") or ratio.removeprefix("auto_")).lower()
    short = {"480p": "480p", "720p": "720p", "768p": "768p", "1080p": "1080p", "2k": "1440p"}.get(word)
    width, _, height = ratio.partition(":")
    if width.isdigit() and int(width) >= 64:
        return Size(int(width), int(height))
    aspect = ratio if width.isdigit() else "16:9"
    side = int((short or "720p").removesuffix("p"))
    first, second = (int(part) for part in aspect.split(":"))
    if first >= second:
        return Size(round(side * first / second / 2) * 2, side)
    return Size(side, round(side * second / first / 2) * 2)


def _length(data: bytes | None) -> Fraction | None:
    """The length of a clip in seconds; None where it can't be read. A clip behind a link counts as 5 seconds."""
    from shotwright.media.probing import probe

    if data is None:
        return Fraction(5)
    with tempfile.NamedTemporaryFile(suffix=".mp4") as file:
        file.write(data)
        file.flush()
        try:
            return probe(Path(file.name)).seconds
        except (MediaError, InvalidInput):
            return None


def _is_picture(data: bytes) -> bool:
    """JPEG, PNG or WebP, by its first bytes."""
    return data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n")) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")


EMULATOR = RunwayEmulator
