"""Kling's two API standards on one host, from its documents and recorded answers as read on 2026-11-21.

New: the model in the path, `settings` and `options`, `GET /tasks`; takes a static key alone. Legacy: `/v1/videos/...`,
flat bodies; takes the key and tokens signed with access key and secret. Unknown fields are ignored.

Options: `key` (refuse all other keys), `access_key` and `secret_key` (what tokens must be signed with), `ahead`
(seconds by which this server's clock is), `discontinued` (a model that is switched off), `in_body=true` (errors
come with HTTP 200), `keeps_money=true` (failed tasks are billed), `hidden` (tasks can't be found by external id for so
many look-ups).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from shotwright.domain.units import Money, Seconds, Size
from shotwright.errors import RefusalReason
from shotwright.testing.emulators._kling_bodies import WrongError, asked_of_legacy, asked_of_new, need, usd_per_second
from shotwright.testing.emulators.base import Emulator, Job, Setup, Way

_UNIT = Fraction(14, 100)
_HTTP = {1302: 429, 1303: 429, 1102: 429, 1101: 429, 1202: 404, 1203: 404, 1103: 403, 5000: 500, 5001: 503, 5002: 504}
_FAILURES = {
    "policy": "Failure to pass the risk control system",
    "invalid": "The picture could not be used",
    "vendor": "generation failed, try again",
}
_NEW = {"queued": "submitted", "running": "processing", "done": "succeeded", "failed": "failed"}
_LEGACY = {**_NEW, "done": "succeed"}
_LEGACY_PATHS = ("text2video", "image2video", "multi-image2video", "omni-video")
_MOST_IDS = 20


class KlingEmulator(Emulator):
    name = "kling"
    refusals: ClassVar[tuple[RefusalReason, ...]] = ("invalid", "policy", "credentials", "quota", "busy")

    def __init__(self, setup: Setup | None = None) -> None:
        super().__init__(setup)
        self.bodies: list[dict[str, Any]] = []
        self._count = 0
        self._lookups = 0

    def ways(self) -> Iterable[Way]:
        for kind in ("text-to-video", "image-to-video", "omni-video"):
            yield Way("POST", f"/{kind}/{{model}}", "submit", self._creator(kind))
        yield Way("GET", "/tasks", "check", self._tasks)
        for path in _LEGACY_PATHS:
            yield Way("POST", f"/v1/videos/{path}", "submit", self._legacy_creator(path))
            yield Way("GET", f"/v1/videos/{path}/{{id}}", "check", self._legacy_task)
        yield Way("GET", "/cdn/{id}.mp4", "fetch", self._content)

    def new_id(self) -> str:
        self._count += 1
        return str(930_000_000_000_000_000 + self._count)

    def job_id(self, request: Request) -> str:
        return str(request.path_params.get("id") or request.query_params.get("task_ids", ""))

    def price(self, model: str, seconds: Seconds, size: Size, audio: bool) -> Money:
        return Money.usd(usd_per_second(model, size, audio) * seconds)

    def error(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
        codes = {429: 1302, 500: 5000, 502: 5000, 503: 5001, 504: 5002}
        return self._fault(codes.get(status, 5000 if status >= 500 else 1200), message, headers, status)

    def refusal(self, reason: str) -> Response:
        match reason:
            case "policy":
                return self._fault(1301, "prompt triggers content security policy")
            case "credentials":
                return self._fault(
                    1002, "Authentication error. Please check your AK/SK. This API does not support AK/SK"
                )
            case "quota":
                return self._fault(1102, "Account balance not enough")
            case "busy":
                return self._fault(1303, "parallel task over resource pack limit")
            case "retired":
                return self._fault(1203, "The model 'kling-v1' has been discontinued")
            case _:
                return self._fault(1201, "settings.duration is invalid")

    def _fault(
        self, code: int, message: str, headers: Mapping[str, str] | None = None, status: int | None = None
    ) -> Response:
        status = status or _HTTP.get(code) or (401 if code < 1100 else 400)
        body = {"code": code, "message": message, "request_id": f"r-{code}"}
        return JSONResponse(body, 200 if self.option("in_body") == "true" else status, dict(headers or {}))

    def _creator(self, kind: str) -> Callable[[Request], Awaitable[Response]]:
        async def create(request: Request) -> Response:
            model = str(request.path_params["model"])
            try:
                self._admit(request, tokens=False)
                body = await _read(request)
                asked = asked_of_new(kind, model, body)
                job = self._accept(asked, body, "new")
            except WrongError as error:
                return self._fault(error.code, error.message)
            return _answer({**self._new_head(job), "status": "submitted"})

        return create

    def _legacy_creator(self, path: str) -> Callable[[Request], Awaitable[Response]]:
        async def create(request: Request) -> Response:
            try:
                self._admit(request, tokens=True)
                body = await _read(request)
                asked = asked_of_legacy(path, body)
                job = self._accept(asked, body, path)
            except WrongError as error:
                return self._fault(error.code, error.message)
            return _answer(self._legacy_body(job, "submitted"))

        return create

    def _accept(self, asked: dict[str, Any], body: dict[str, Any], way: str) -> Job:
        if asked["model"] == self.option("discontinued", "kling-v1"):
            raise WrongError(1203, f"The model '{asked['model']}' has been discontinued")
        if any(job.ref == asked["ref"] for job in self.jobs.values() if asked["ref"]):
            raise WrongError(1201, "external_task_id already exists")
        if self.too_fast():
            raise WrongError(1302, "too many requests")
        self.bodies.append(body)
        job = self.accept(**asked, way=way)
        job.kept = job.failure is not None and self.option("keeps_money") == "true"
        return job

    async def _tasks(self, request: Request) -> Response:
        ids, refs = request.query_params.get("task_ids"), request.query_params.get("external_task_ids")
        try:
            self._admit(request, tokens=False)
            need(bool(ids) != bool(refs), "either task_ids or external_task_ids is required")
            need(len((ids or refs or "").split(",")) <= _MOST_IDS, f"at most {_MOST_IDS} ids")
        except WrongError as error:
            return self._fault(error.code, error.message)
        if refs:
            found = [self.by_ref(ref) for ref in refs.split(",") if self._shown()]
        else:
            found = [self.known(name) for name in (ids or "").split(",")]
        return _answer([self._new_body(job, request) for job in found if job is not None])

    async def _legacy_task(self, request: Request) -> Response:
        try:
            self._admit(request, tokens=True)
            job = self._legacy_job(request)
        except WrongError as error:
            return self._fault(error.code, error.message)
        word = self.odd_status(request, _LEGACY[job.phase(self.now())])
        return _answer(self._legacy_body(job, word, request))

    def _legacy_job(self, request: Request) -> Job:
        name = str(request.path_params["id"])
        job = self.known(name) or (self.by_ref(name) if self._shown() else None)
        if job is None or not request.url.path.startswith(f"/v1/videos/{job.extra['way']}/"):
            raise WrongError(1201, "Task not found by id/external id")
        return job

    def _shown(self) -> bool:
        self._lookups += 1
        return self._lookups > int(self.option("hidden", "0"))

    def _new_head(self, job: Job) -> dict[str, Any]:
        made = job.created * 1000
        return {"id": job.id, "create_time": made, "update_time": made, "external_id": job.ref}

    def _new_body(self, job: Job, request: Request) -> dict[str, Any]:
        phase = job.phase(self.now())
        outputs = []
        if phase == "done" and not job.no_file:
            outputs = [{"type": "video", "id": f"{job.id}9", **self._video(job, request)}]
        billed = job.charged() and phase in ("done", "failed")
        billing = [{"charge_type": "unit", "amount": self._units(job), "package_type": "video"}] if billed else []
        return {
            **self._new_head(job),
            "status": self.odd_status(request, _NEW[phase]),
            "message": _FAILURES.get(job.failure or "", "") if phase == "failed" else "",
            "outputs": outputs,
            "billing": billing,
        }

    def _legacy_body(self, job: Job, word: str, request: Request | None = None) -> dict[str, Any]:
        phase, made = job.phase(self.now()), job.created * 1000
        body = {
            "task_id": job.id,
            "task_status": word,
            "task_info": {"external_task_id": job.ref},
            "created_at": made,
            "updated_at": made,
        }
        if request is None:
            return body
        body["task_status_msg"] = _FAILURES.get(job.failure or "", "") if phase == "failed" else ""
        if phase == "done":
            videos = [] if job.no_file else [{"id": "v1", **self._video(job, request)}]
            body["task_result"] = {"videos": videos}
        if phase in ("done", "failed"):
            body["final_unit_deduction"] = self._units(job) if job.charged() else "0"
        return body

    def _video(self, job: Job, request: Request) -> dict[str, Any]:
        link = f"{str(request.base_url).rstrip('/')}/cdn/{job.id}.mp4?sig=a"
        return {"url": link, "duration": f"{float(job.seconds) + 0.041:.3f}"}

    def _units(self, job: Job) -> str:
        units = Fraction(job.price.amount) / _UNIT
        return f"{Decimal(units.numerator) / Decimal(units.denominator):f}"

    async def _content(self, request: Request) -> Response:
        job = self.known(self.job_id(request))
        if job is None or job.phase(self.now()) != "done" or job.no_file:
            return PlainTextResponse("not found", 404)
        return await self.clip(job)

    def _admit(self, request: Request, *, tokens: bool) -> None:
        """Raises WrongError for a credential that this standard doesn't take."""
        given = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
        if not given:
            raise WrongError(1001, "Authorization is empty")
        if given.count(".") == 2:
            if not tokens:
                raise WrongError(1002, "Authentication error. This API does not support AK/SK")
            self._check_token(given)
        elif given != self.option("key", given):
            raise WrongError(1002, "Authentication error. Please check your AK/SK")

    def _check_token(self, token: str) -> None:
        signed, _, signature = token.rpartition(".")
        secret = self.option("secret_key").encode()
        try:
            head, claims = (json.loads(_unpadded(part)) for part in signed.split("."))
            right = hmac.compare_digest(
                _unpadded(signature), hmac.new(secret, signed.encode(), hashlib.sha256).digest()
            )
        except (ValueError, binascii.Error):
            raise WrongError(1002, "Authentication error. The token can't be read") from None
        if not right or head != {"alg": "HS256", "typ": "JWT"} or claims["iss"] != self.option("access_key"):
            raise WrongError(1002, "Authentication error. Please check your AK/SK")
        now = time.time() + float(self.option("ahead", "0"))
        if claims["nbf"] > now:
            raise WrongError(1003, "Authorization is not yet valid")
        if claims["exp"] <= now:
            raise WrongError(1004, "Authorization has expired")


async def _read(request: Request) -> dict[str, Any]:
    try:
        data = json.loads(await request.body())
    except ValueError:
        data = None
    if not isinstance(data, dict):
        raise WrongError(1201, "the body is not valid JSON")
    return data


def _answer(data: Any) -> Response:
    return JSONResponse({"code": 0, "message": "SUCCEED", "request_id": "r-0", "data": data})


def _unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


EMULATOR = KlingEmulator
