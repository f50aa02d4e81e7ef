"""The OpenAI-compatible `/v1/videos` in five dialects, from the vendors' documents as read on 2026-11-21.

Options: `dialect` (openai, vllm-omni, sglang, litellm, azure), `key` (refuse all others), `auth` (bearer, api-key, or
any), `retired=true` (404 for every deployment), `models` (separated by +; others are unknown), `idempotent=true`
(honours Idempotency-Key), `faces=true` (a picture is against the policy), `token_seconds` (401 after so long, once).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from shotwright.domain.units import FrameRate, Size
from shotwright.errors import InvalidInput
from shotwright.testing.emulators.base import Emulator, Job, Setup, Way

_FASTAPI = frozenset({"sglang", "vllm-omni"})
_SORA_SIZES = frozenset({"720x1280", "1280x720", "1024x1792", "1792x1024", "1080x1920", "1920x1080"})
_AZURE_SIZES = frozenset({"720x1280", "1280x720"})
_KEEPS = 86400
_STATUS = {"queued": "queued", "running": "in_progress", "done": "completed", "failed": "failed", "cancelled": "failed"}
_FAILURES = {
    "policy": ("moderation_blocked", "This request was blocked by the moderation system."),
    "invalid": ("video_generation_failed", "The input could not be used."),
    "vendor": ("server_error", "The generation failed."),
}


class _BadRequestError(Exception):
    def __init__(self, response: Response) -> None:
        self.response = response


@dataclass(frozen=True)
class _Picture:
    """An uploaded part: its type and, where the bytes tell, its size in pixels."""

    media_type: str
    size: Size | None


@dataclass(frozen=True)
class _Asked:
    """The fields of a create call, whatever their encoding."""

    fields: Mapping[str, Any]
    picture: _Picture | None = None
    multipart: bool = False


@dataclass
class _Auth:
    """When the first request came, for tokens that end."""

    first: float | None = None
    refused: bool = field(default=False)


class OpenAIEmulator(Emulator):
    name = "openai"

    def __init__(self, setup: Setup | None = None) -> None:
        super().__init__(setup)
        self.dialect = self.option("dialect", "openai")
        self._auth = _Auth()

    @property
    def root(self) -> str:
        return "/openai/v1" if self.dialect == "azure" else "/v1"

    def ways(self) -> Iterable[Way]:
        root = "/openai/v1" if self.option("dialect") == "azure" else "/v1"
        yield Way("POST", f"{root}/videos", "submit", self._create)
        yield Way("GET", f"{root}/videos", "find", self._list)
        yield Way("GET", f"{root}/videos/{{id:path}}/content", "fetch", self._content)
        yield Way("GET", f"{root}/videos/{{id:path}}", "check", self._show)
        yield Way("DELETE", f"{root}/videos/{{id:path}}", "cancel", self._delete)
        yield Way("GET", f"{root}/models", "other", self._models)
        yield Way("POST", "/{tenant}/oauth2/v2.0/token", "other", self._token)

    def new_id(self) -> str:
        plain = super().new_id().removeprefix("openai-")
        match self.dialect:
            case "vllm-omni":
                return f"video_gen_{plain}"
            case "litellm":
                return "video_" + base64.b64encode(f"litellm:custom;model_id:m;video_id:{plain}".encode()).decode()
            case _:
                return f"video_{plain}"

    def error(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
        if self.dialect == "azure" and status >= 500:
            return Response(f"<html><h1>{status}</h1></html>", status, dict(headers or {}), "text/html")
        if self.dialect in _FASTAPI:
            return JSONResponse({"detail": message}, status, dict(headers or {}))
        code = "rate_limit_exceeded" if status == 429 else "server_error" if status >= 500 else None
        return self._envelope(status, message, code, headers)

    def refusal(self, reason: str) -> Response:
        match reason:
            case "policy":
                return self._envelope(400, "Your request was blocked by our moderation system.", "moderation_blocked")
            case "credentials":
                return self._envelope(401, "Incorrect API key provided.", "invalid_api_key")
            case "quota":
                return self._envelope(
                    429, "You exceeded your current quota", "insufficient_quota", kind="insufficient_quota"
                )
            case "retired":
                return self._no_model("sora-2")
            case "busy":
                return self.error(429, "Rate limit reached", {"retry-after-ms": "1500"})
            case _:
                return self._envelope(400, "Inpaint image must match the requested width and height", None)

    async def _create(self, request: Request) -> Response:
        refused = self._unauthorized(request)
        if refused:
            return refused
        try:
            asked = await self._read(request)
            job = self._accept(asked, request)
        except _BadRequestError as error:
            return error.response
        return JSONResponse(self._video(job, "queued"))

    def _accept(self, asked: _Asked, request: Request) -> Job:
        ref = request.headers.get("idempotency-key", "")
        known = self.by_ref(ref) if self.option("idempotent") == "true" else None
        if known:
            return known
        values = asked.fields
        prompt = values.get("prompt")
        if not isinstance(prompt, str) or not prompt:
            raise _BadRequestError(self._invalid("prompt", "Field required"))
        model = str(values.get("model") or "default")
        models = self.option("models")
        if self.option("retired") == "true" or (models and model not in models.split("+")):
            raise _BadRequestError(self._no_model(model))
        seconds, size = self._seconds(values), self._size(values)
        self._judge_picture(asked, size)
        if self.too_fast():
            raise _BadRequestError(self.error(429, "Rate limit reached", {"retry-after": "30"}))
        fps = FrameRate.parse(values.get("fps") or 24)
        frames = values.get("num_frames")
        audio = self.dialect in ("openai", "azure") or str(values.get("generate_sound")).lower() == "true"
        return self.accept(
            model=model,
            prompt=prompt,
            seconds=fps.seconds(int(frames)) if frames else seconds,
            size=size,
            fps=fps,
            audio=audio,
            ref=ref,
            asked={key: str(value) for key, value in values.items()},
            picture=asked.picture.media_type if asked.picture else None,
        )

    async def _read(self, request: Request) -> _Asked:
        kind = request.headers.get("content-type", "")
        if kind.startswith("multipart/form-data"):
            return await self._read_form(request)
        if self.dialect == "vllm-omni":
            raise _BadRequestError(JSONResponse({"detail": "Expected multipart/form-data"}, 422))
        try:
            data = json.loads(await request.body())
        except ValueError:
            raise _BadRequestError(self._envelope(400, "We could not parse the JSON body of your request.")) from None
        if not isinstance(data, dict):
            raise _BadRequestError(self._invalid("body", "Input should be an object"))
        return _Asked(data)

    async def _read_form(self, request: Request) -> _Asked:
        values: dict[str, Any] = {}
        picture: _Picture | None = None
        async with request.form() as form:
            for name, value in form.multi_items():
                if not isinstance(value, UploadFile):
                    values[name] = value
                elif name == "input_reference":
                    picture = _Picture(value.content_type or "", _pixels(await value.read()))
        if self.dialect == "sglang" and picture is None:
            raise _BadRequestError(JSONResponse({"detail": "input_reference file is required"}, 400))
        return _Asked(values, picture, multipart=True)

    def _seconds(self, values: Mapping[str, Any]) -> Fraction:
        given = values.get("seconds", 4 if self.dialect == "sglang" else "4")
        if self.dialect != "sglang" and not isinstance(given, str):
            raise _BadRequestError(self._invalid("seconds", "Invalid type: expected a string"))
        text = str(given)
        if not text.isdigit() or text.startswith("0"):
            raise _BadRequestError(self._invalid("seconds", "String should match pattern '^[1-9]\\d*$'"))
        if self.dialect == "azure" and text not in ("4", "8", "12"):
            raise _BadRequestError(self._invalid("seconds", "Supported values are: '4', '8', '12'"))
        if self.dialect == "openai" and text not in ("4", "8", "12", "16", "20"):
            raise _BadRequestError(self._invalid("seconds", "Supported values are: '4', '8', '12', '16', '20'"))
        return Fraction(text)

    def _size(self, values: Mapping[str, Any]) -> Size:
        text = str(values.get("size") or "720x1280")
        allowed = {"azure": _AZURE_SIZES, "openai": _SORA_SIZES}.get(self.dialect)
        if allowed and text not in allowed:
            raise _BadRequestError(self._invalid("size", f"Supported values are: {', '.join(sorted(allowed))}"))
        try:
            return Size.parse(text)
        except InvalidInput:
            raise _BadRequestError(self._invalid("size", "String should match pattern '^\\d+x\\d+$'")) from None

    def _judge_picture(self, asked: _Asked, size: Size) -> None:
        if asked.picture is None:
            return
        if asked.picture.media_type not in ("image/jpeg", "image/png", "image/webp"):
            raise _BadRequestError(self._invalid("input_reference", "Unsupported image type"))
        if self.option("faces") == "true":
            raise _BadRequestError(self.refusal("policy"))
        if self.dialect in ("openai", "azure") and asked.picture.size != size:
            raise _BadRequestError(self.refusal("invalid"))

    async def _list(self, request: Request) -> Response:
        refused = self._unauthorized(request)
        if refused:
            return refused
        jobs = [job for job in self.jobs.values() if job.known]
        if request.query_params.get("order", "desc") == "desc":
            jobs.reverse()
        after = request.query_params.get("after")
        if after:
            ids = [job.id for job in jobs]
            jobs = jobs[ids.index(after) + 1 :] if after in ids else []
        limit = min(max(int(request.query_params.get("limit", "20")), 1), 100)
        page = [self._video(job, _STATUS[job.phase(self.now())]) for job in jobs[:limit]]
        if self.dialect == "sglang":
            return JSONResponse({"object": "list", "data": page})
        ends = {"first_id": page[0]["id"] if page else None, "last_id": page[-1]["id"] if page else None}
        return JSONResponse({"object": "list", "data": page, **ends, "has_more": len(jobs) > limit})

    async def _show(self, request: Request) -> Response:
        refused = self._unauthorized(request)
        job = self.known(self.job_id(request))
        if refused or job is None:
            return refused or self._not_found()
        word = _STATUS[job.phase(self.now())]
        if self.dialect == "sglang" and word == "in_progress":
            word = "queued"
        return JSONResponse(self._video(job, self.odd_status(request, word)))

    async def _content(self, request: Request) -> Response:
        refused = self._unauthorized(request)
        job = self.known(self.job_id(request))
        if refused or job is None:
            return refused or self._not_found()
        if job.phase(self.now()) != "done" or job.no_file:
            return JSONResponse({"detail": "Generation is still in-progress"}, 404)
        return await self.clip(job)

    async def _delete(self, request: Request) -> Response:
        refused = self._unauthorized(request)
        job = self.known(self.job_id(request))
        if refused or job is None:
            return refused or self._not_found()
        if self.dialect == "vllm-omni":
            self.cancel(job)
        elif job.phase(self.now()) in ("queued", "running"):
            return self._envelope(409, "The video is still being generated", "conflict")
        job.known = False
        if self.dialect == "sglang":
            return JSONResponse(self._video(job, "deleted"))
        return JSONResponse({"id": job.id, "object": "video.deleted", "deleted": True})

    async def _models(self, request: Request) -> Response:
        names = self.option("models", "default").split("+")
        return JSONResponse({"object": "list", "data": [{"id": name, "object": "model"} for name in names]})

    async def _token(self, request: Request) -> Response:
        async with request.form() as form:
            if form.get("grant_type") != "client_credentials" or form.get("client_secret") != self.option("key"):
                return JSONResponse({"error": "invalid_client", "error_description": "AADSTS7000215"}, 401)
        self._auth = _Auth()
        seconds = int(self.option("token_seconds", "3599"))
        return JSONResponse(
            {"token_type": "Bearer", "expires_in": seconds, "access_token": f"token-{self.option('key')}"}
        )

    def _unauthorized(self, request: Request) -> Response | None:
        key, way = self.option("key"), self.option("auth", "any")
        if not key:
            return None
        by_header = request.headers.get("api-key") == key and way in ("api-key", "any")
        bearer = request.headers.get("authorization") in (f"Bearer {key}", f"Bearer token-{key}")
        if (by_header or (bearer and way in ("bearer", "any"))) and not self._token_ended():
            return None
        if self.dialect == "azure":
            message = "Access denied due to invalid subscription key or wrong API endpoint."
            return JSONResponse({"error": {"code": "401", "message": message}}, 401)
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        return self._envelope(401, f"Incorrect API key provided: {given}", "invalid_api_key")

    def _token_ended(self) -> bool:
        lives = self.option("token_seconds")
        if not lives:
            return False
        if self._auth.first is None:
            self._auth.first = self.now()
        return self.now() - self._auth.first > float(lives)

    def _video(self, job: Job, status: str) -> dict[str, Any]:
        now = self.now()
        done = status == "completed"
        body: dict[str, Any] = {
            "id": job.id,
            "object": "video",
            "model": job.model,
            "prompt": job.prompt,
            "status": status,
            "progress": self._progress(job, status, now),
            "created_at": job.created,
            "completed_at": job.created + int(job.ends - job.begins) if done else None,
            "expires_at": job.created + _KEEPS if done and self.dialect in ("openai", "azure") else None,
            "seconds": f"{float(job.seconds):g}",
            "size": str(job.size),
            "error": self._failure(job) if status == "failed" else None,
            "remixed_from_video_id": None,
        }
        if self.dialect == "litellm":
            body = {key: value for key, value in body.items() if key not in ("prompt", "progress", "error") or value}
        if self.dialect in _FASTAPI:
            body["quality"] = "standard" if self.dialect == "sglang" else "default"
        return body

    def _progress(self, job: Job, status: str, now: float) -> int | None:
        if status == "completed":
            return 100
        if self.dialect in _FASTAPI:
            return 0
        return None if self.dialect == "litellm" else int(job.fraction(now) * 100)

    def _failure(self, job: Job) -> dict[str, Any]:
        code, message = _FAILURES.get(job.failure or "vendor", _FAILURES["vendor"])
        if self.dialect == "sglang":
            return {"message": message}
        if self.dialect == "vllm-omni" and job.failure != "policy":
            return {"code": 500, "message": "CUDA out of memory"}
        return {"code": code, "message": message}

    def _not_found(self) -> Response:
        if self.dialect in _FASTAPI:
            return JSONResponse({"detail": "Video not found"}, 404)
        return self._envelope(404, "Video not found", "not_found")

    def _no_model(self, model: str) -> Response:
        if self.dialect == "azure":
            message = f"The API deployment '{model}' for this resource does not exist."
            return self._envelope(404, message, None, kind="video_generation_user_error")
        return self._envelope(404, f"The model `{model}` does not exist", "model_not_found")

    def _invalid(self, name: str, message: str) -> Response:
        if self.dialect in _FASTAPI:
            return JSONResponse({"detail": [{"loc": ["body", name], "msg": message, "type": "value_error"}]}, 422)
        return self._envelope(400, message, "invalid_value", param=name)

    def _envelope(
        self,
        status: int,
        message: str,
        code: str | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        kind: str = "invalid_request_error",
        param: str | None = None,
    ) -> Response:
        body = {"error": {"message": message, "type": kind, "param": param, "code": code}}
        return JSONResponse(body, status, dict(headers or {}))


def _pixels(data: bytes) -> Size | None:
    """The size of a picture, from its header."""
    import io

    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data)) as picture:
            return Size(*picture.size)
    except (UnidentifiedImageError, OSError):
        return None


EMULATOR = OpenAIEmulator
