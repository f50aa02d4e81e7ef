"""Google as read on 2026-11-21: Omni by interactions (API key, and Vertex AI), and Veo 3.1 on Vertex AI.

Options: `key` (refuse all other API keys), `token` (a bearer token that Vertex takes; without it any), `project` (403
for others), `versions` (of the Gemini API; v1beta+v1), `retired` (models that are gone, separated by +),
`processing` (looks at a finished file while it is still PROCESSING), `hidden` (looks at a finished interaction that
holds no output yet), `arrays=true` (errors inside a list), `inline=true` (base64 whatever was asked), `people=true`
(a picture is against the policy), `token_seconds` (lifetime of tokens), `denied=true` (no consent).

Also here: the Files API, the part of Cloud Storage that films need, and the authorization server (`/token`).
"""

from __future__ import annotations

import asyncio
import base64
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from shotwright.domain.units import Money, Seconds, Size
from shotwright.testing.emulators._google_asked import Asked, BadBodyError, Media, read_interaction, read_veo
from shotwright.testing.emulators._google_login import Logins
from shotwright.testing.emulators._google_words import (
    RPC,
    error_body,
    moment,
    object_of,
    operation_of,
    rate_of,
    read_json,
    root,
    version,
)
from shotwright.testing.emulators.base import Emulator, Handler, Job, Setup, Way

_GEMINI = frozenset({"gemini-omni-1.2-flash", "gemini-omni-1.1-flash"})
_VERTEX = frozenset({"gemini-omni-1.2-flash", "gemini-omni-1.1-flash-preview"})
_VEO = frozenset({"veo-3.1-generate-001", "veo-3.1-fast-generate-001", "veo-3.1-lite-generate-001"})
_TOKENS_A_SECOND = 5792
_STATUS = {"queued": "queued", "running": "in_progress", "done": "completed", "cancelled": "cancelled"}
_GUIDELINES = "The prompt could not be submitted: it violates the usage guidelines. Support codes: 58061214"


class _NoError(Exception):
    """A request that is answered with no."""

    def __init__(self, response: Response) -> None:
        self.response = response


@dataclass
class _File:
    """An uploaded file. `looks` counts how often its state was asked for."""

    media_type: str
    data: bytes = b""
    looks: int = 0


class GoogleEmulator(Emulator):
    name = "google"

    def __init__(self, setup: Setup | None = None) -> None:
        self.files: dict[str, _File] = {}
        self.objects: dict[str, _File] = {}
        given = setup or Setup()
        lifetime = float(given.options.get("token_seconds", "3600"))
        self.logins = Logins(given.clock, lifetime, given.options.get("denied") == "true")
        super().__init__(given)

    def ways(self) -> Iterable[Way]:
        places = [f"/{version}" for version in self.option("versions", "v1beta+v1").split("+")]
        vertex = [f"/{version}/projects/{{project}}/locations/{{location}}" for version in ("v1beta1", "v1")]
        for base in (*places, *vertex):
            yield Way("POST", f"{base}/interactions", "submit", self._guarded(self._create))
            yield Way("GET", f"{base}/interactions/{{id}}", "check", self._guarded(self._show))
            yield Way("POST", f"{base}/interactions/{{id}}/cancel", "cancel", self._guarded(self._cancel))
            yield Way("DELETE", f"{base}/interactions/{{id}}", "other", self._guarded(self._delete))
        for base in vertex:
            model = f"{base}/publishers/google/models/{{model}}"
            yield Way("POST", f"{model}:predictLongRunning", "submit", self._guarded(self._predict))
            yield Way("POST", f"{model}:fetchPredictOperation", "check", self._guarded(self._operation))
        for base in places:
            yield Way("POST", f"/upload{base}/files", "upload", self._guarded(self._begin_upload))
            yield Way("POST", f"/upload{base}/files/{{name}}", "upload", self._upload)
            yield Way("GET", f"{base}/files/{{id}}:download", "fetch", self._guarded(self._download))
            yield Way("GET", f"{base}/files/{{id}}", "other", self._guarded(self._file))
        yield Way("GET", "/storage/v1/b/{bucket}/o", "find", self._guarded(self._list))
        yield Way("POST", "/upload/storage/v1/b/{bucket}/o", "upload", self._guarded(self._put))
        yield Way("GET", "/download/storage/v1/b/{bucket}/o/{object:path}", "fetch", self._guarded(self._object))
        yield Way("GET", "/o/oauth2/v2/auth", "other", self.logins.authorize)
        yield Way("POST", "/token", "other", self.logins.token)

    def _guarded(self, handler: Handler) -> Handler:
        async def answer(request: Request) -> Response:
            try:
                self._let_in(request)
                return await handler(request)
            except _NoError as error:
                return error.response
            except BadBodyError as error:
                return self._envelope(400, str(error))

        return answer

    def new_id(self) -> str:
        return f"v1_{secrets.token_hex(12)}"

    def price(self, model: str, seconds: Seconds, size: Size, audio: bool) -> Money:
        rate = rate_of(model, size)
        return rate * seconds if rate else super().price(model, seconds, size, audio)

    def error(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
        """A `retry-after` goes into the body, as google.rpc.RetryInfo."""
        if status == 429:
            message = "Quota exceeded for quota metric 'Generate requests' and limit 'per minute'."
        wait = (headers or {}).get("retry-after")
        details = [{"@type": f"{RPC}RetryInfo", "retryDelay": f"{wait}s"}] if wait else None
        return self._envelope(status, message, details)

    def refusal(self, reason: str) -> Response:
        match reason:
            case "policy":
                body = {"error": {"code": "invalid_request", "message": "Request blocked: PROHIBITED_CONTENT"}}
                return JSONResponse(body, 400)
            case "credentials":
                return self._bad_key()
            case "quota":
                words = "You exceeded your current quota, please check your plan and billing details."
                return self._envelope(429, words)
            case "retired":
                return self._envelope(404, "models/veo-3.1-generate-preview is no longer available.")
            case "busy":
                return self.error(429, "", {"retry-after": "27"})
            case _:
                return JSONResponse({"error": {"code": "invalid_request", "message": "Unsupported duration."}}, 400)

    async def _create(self, request: Request) -> Response:
        vertex = "project" in request.path_params
        if vertex and request.path_params["location"] != "global":
            return self._envelope(404, "Publisher model is not available in this location.")
        asked = read_interaction(read_json(await request.body()), vertex=vertex)
        job = self._accept(asked, _VERTEX if vertex else _GEMINI, vertex=vertex)
        if not asked.background:
            await asyncio.sleep(max(0.0, job.ends - self.now()))
            return JSONResponse(await self._interaction(job, request, self._word(job)))
        return JSONResponse(await self._interaction(job, request, "in_progress"))

    def _accept(self, asked: Asked, alive: frozenset[str], *, vertex: bool) -> Job:
        self._judge_model(asked.model, alive)
        for item in asked.media:
            self._judge_media(item, vertex=vertex)
        if asked.previous and self.known(asked.previous) is None:
            raise _NoError(self._envelope(400, "Invalid previous_interaction_id."))
        if self.too_fast():
            raise _NoError(self.error(429, "", {"retry-after": "30"}))
        return self.accept(
            model=asked.model,
            prompt=asked.prompt,
            seconds=asked.seconds,
            size=asked.size,
            audio=asked.audio,
            ref=asked.prefix,
            task=asked.task,
            media=[(item.kind, item.media_type, len(item.data), item.uri) for item in asked.media],
            inline=asked.inline or self.option("inline") == "true",
            prefix=asked.prefix,
            previous=asked.previous,
            looks=0,
        )

    def _judge_model(self, model: str, alive: frozenset[str]) -> None:
        gone = self.option("retired").split("+")
        if model in gone or (model.startswith("veo-") and model not in alive):
            raise _NoError(self._envelope(404, f"models/{model} is no longer available."))
        if model not in alive:
            raise _NoError(self._envelope(404, f"models/{model} is not found for API version v1beta."))

    def _judge_media(self, item: Media, *, vertex: bool) -> None:
        if item.kind == "image" and self.option("people") == "true":
            raise _NoError(self.refusal("policy"))
        if item.uri.startswith("gs://") and vertex:
            if item.uri not in self.objects:
                raise _NoError(self._envelope(404, f"{item.uri} does not exist."))
        elif item.uri:
            file = self.files.get(item.uri.rpartition("/")[2])
            if vertex or file is None:
                raise _NoError(self._envelope(403, "You do not have permission to access the File."))
            if file.looks < self._processing:
                raise _NoError(self._envelope(400, "The File is not in an ACTIVE state and usage is not allowed."))

    async def _show(self, request: Request) -> Response:
        job = self._named(request)
        return JSONResponse(await self._interaction(job, request, self.odd_status(request, self._word(job))))

    def _word(self, job: Job) -> str:
        if job.phase(self.now()) == "failed":
            return "completed" if job.failure == "policy" else "failed"
        return _STATUS[job.phase(self.now())]

    async def _cancel(self, request: Request) -> Response:
        job = self._named(request)
        if not self.cancel(job):
            return self._envelope(400, "The interaction is not running and can't be cancelled.")
        return JSONResponse(await self._interaction(job, request, "cancelled"))

    async def _delete(self, request: Request) -> Response:
        self._named(request).known = False
        return JSONResponse({})

    async def _interaction(self, job: Job, request: Request, word: str) -> dict[str, Any]:
        body: dict[str, Any] = {
            "id": job.id,
            "object": "interaction",
            "model": job.model,
            "status": word,
            "created": moment(job.created),
            "updated": moment(job.created + int(job.ends - job.begins)),
        }
        if word == "failed":
            code = "invalid_request" if job.failure == "invalid" else "internal"
            return {**body, "errors": [{"code": code, "message": "Generation failed."}]}
        if word != "completed":
            return body
        job.extra["looks"] += 1
        if job.no_file or job.extra["looks"] <= int(self.option("hidden", "0")):
            said = {"type": "user_input", "content": [{"type": "text", "text": job.prompt}]}
            return {**body, "steps": [said]}
        return {**body, **await self._made(job, request)}

    async def _made(self, job: Job, request: Request) -> dict[str, Any]:
        if job.failure:
            content: dict[str, Any] = {"type": "text", "text": "I can't create a video of that person."}
            modality, count = "text", 22
        else:
            content = {"type": "video", "mime_type": "video/mp4", **await self._video(job, request)}
            modality, count = "video", int(_TOKENS_A_SECOND * job.seconds)
        usage = {
            "total_output_tokens": count,
            "output_tokens_by_modality": [{"modality": modality, "tokens": count}],
        }
        steps = [{"type": "thought", "signature": "EpAB"}, {"type": "model_output", "content": [content]}]
        return {"steps": steps, "usage": usage}

    async def _video(self, job: Job, request: Request) -> dict[str, str]:
        if job.extra["prefix"]:
            return {"uri": object_of(job)}
        if not job.extra["inline"]:
            return {"uri": f"{root(request)}/{version(request)}/files/{job.id.removeprefix('v1_')}:download?alt=media"}
        clip = await self.clip(job)
        return {"data": base64.b64encode(bytes(clip.body)).decode()}

    async def _predict(self, request: Request) -> Response:
        if request.path_params["location"] not in ("us-central1", "europe-west4", "global"):
            return self._envelope(400, "Unsupported region for Vertex AI.")
        model = request.path_params["model"]
        self._judge_model(model, _VEO)
        job = self._accept(read_veo(model, read_json(await request.body())), _VEO, vertex=True)
        return JSONResponse({"name": operation_of(job, request)})

    async def _operation(self, request: Request) -> Response:
        body = read_json(await request.body())
        name = str(body.get("operationName")) if isinstance(body, dict) else ""
        job = self.known(f"v1_{name.rpartition('/')[2]}")
        if job is None or name != operation_of(job, request):
            return self._envelope(404, f"The operation {name} does not exist.")
        if job.phase(self.now()) not in ("done", "failed"):
            return JSONResponse({"name": name})
        return JSONResponse({"name": name, "done": True, **await self._ending(job)})

    async def _ending(self, job: Job) -> dict[str, Any]:
        kind = "type.googleapis.com/cloud.ai.large_models.vision.GenerateVideoResponse"
        if job.failure == "policy":
            return {"response": {"@type": kind, "raiMediaFilteredCount": 1, "raiMediaFilteredReasons": [_GUIDELINES]}}
        if job.failure:
            code, words = (3, "The input could not be used") if job.failure == "invalid" else (13, "Internal error")
            return {"error": {"code": code, "message": words}}
        video: dict[str, str] = {"mimeType": "video/mp4"}
        if job.no_file:
            return {"response": {"@type": kind, "raiMediaFilteredCount": 0}}
        if job.extra["prefix"]:
            video["gcsUri"] = object_of(job)
        else:
            clip = await self.clip(job)
            video["bytesBase64Encoded"] = base64.b64encode(bytes(clip.body)).decode()
        return {"response": {"@type": kind, "raiMediaFilteredCount": 0, "videos": [video]}}

    async def _begin_upload(self, request: Request) -> Response:
        head = request.headers
        kind = head.get("x-goog-upload-header-content-type", "")
        if head.get("x-goog-upload-command") != "start" or not kind:
            return self._envelope(400, "X-Goog-Upload-Command must be start.")
        name = secrets.token_hex(6)
        self.files[name] = _File(kind)
        where = f"{root(request)}/upload/{version(request)}/files/{name}"
        link = f"{where}?upload_id={secrets.token_hex(8)}&upload_protocol=resumable"
        return JSONResponse({}, headers={"x-goog-upload-url": link, "x-goog-upload-status": "active"})

    async def _upload(self, request: Request) -> Response:
        name = request.path_params["name"]
        file = self.files.get(name)
        if file is None or "finalize" not in request.headers.get("x-goog-upload-command", ""):
            return self._envelope(400, "Invalid upload.")
        file.data = await request.body()
        return JSONResponse({"file": self._state(name, request)}, headers={"x-goog-upload-status": "final"})

    async def _file(self, request: Request) -> Response:
        name = request.path_params["id"]
        if name in self.files:
            self.files[name].looks += 1
            return JSONResponse(self._state(name, request))
        job = self.known(f"v1_{name}")
        if job is None:
            return self._envelope(403, "You do not have permission to access the File, or it may not exist.")
        job.extra["file_looks"] = job.extra.get("file_looks", 0) + 1
        ready = job.extra["file_looks"] > self._processing
        return JSONResponse({"name": f"files/{name}", "state": "ACTIVE" if ready else "PROCESSING"})

    def _state(self, name: str, request: Request) -> dict[str, Any]:
        file = self.files[name]
        return {
            "name": f"files/{name}",
            "uri": f"{root(request)}/{version(request)}/files/{name}",
            "mimeType": file.media_type,
            "sizeBytes": str(len(file.data)),
            "state": "ACTIVE" if file.looks >= self._processing else "PROCESSING",
        }

    async def _download(self, request: Request) -> Response:
        job = self.known(f"v1_{request.path_params['id']}")
        if job is None or job.phase(self.now()) != "done" or job.extra.get("file_looks", 0) < self._processing:
            return self._envelope(404, "The file does not exist.")
        return await self.clip(job)

    async def _list(self, request: Request) -> Response:
        root = f"gs://{request.path_params['bucket']}/"
        names = [object_of(job) for job in self.jobs.values() if job.extra["prefix"] and self._stored(job)]
        names = [name.removeprefix(root) for name in (*names, *self.objects) if name.startswith(root)]
        wanted = request.query_params.get("prefix", "")
        items = [{"name": name, "contentType": "video/mp4"} for name in sorted(names) if name.startswith(wanted)]
        return JSONResponse({"kind": "storage#objects", **({"items": items} if items else {})})

    async def _put(self, request: Request) -> Response:
        name = f"gs://{request.path_params['bucket']}/{request.query_params.get('name', '')}"
        self.objects[name] = _File(request.headers.get("content-type", ""), await request.body())
        return JSONResponse({"name": request.query_params.get("name")})

    async def _object(self, request: Request) -> Response:
        wanted = f"gs://{request.path_params['bucket']}/{request.path_params['object']}"
        found = [job for job in self.jobs.values() if job.extra["prefix"] and object_of(job) == wanted]
        if not found or not self._stored(found[0]):
            return self._envelope(404, f"No such object: {wanted.removeprefix('gs://')}")
        return await self.clip(found[0])

    def _stored(self, job: Job) -> bool:
        return job.phase(self.now()) == "done" and not job.no_file

    @property
    def _processing(self) -> int:
        return int(self.option("processing", "0"))

    def _named(self, request: Request) -> Job:
        job = self.known(self.job_id(request))
        if job is None:
            raise _NoError(self._envelope(400, "Invalid interaction name."))
        return job

    def _let_in(self, request: Request) -> None:
        """A key for the Gemini API, a token for all else."""
        path = request.url.path
        if "project" in request.path_params or "/storage/v1/" in path:
            self._judge_token(request)
            return
        key, given = self.option("key"), request.headers.get("x-goog-api-key")
        if given is None:
            raise _NoError(self._envelope(403, "Method doesn't allow unregistered callers."))
        if key and given != key:
            raise _NoError(self._bad_key())

    def _judge_token(self, request: Request) -> None:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not self.logins.takes(given, self.option("token")):
            raise _NoError(self._envelope(401, "Request had invalid authentication credentials."))
        project = request.path_params.get("project")
        if project and self.option("project") not in ("", project):
            words = f"Permission 'aiplatform.endpoints.predict' denied on resource '//aiplatform/projects/{project}'."
            raise _NoError(self._envelope(403, words))

    def _bad_key(self) -> Response:
        info = {"@type": f"{RPC}ErrorInfo", "reason": "API_KEY_INVALID", "domain": "googleapis.com"}
        return self._envelope(400, "API key not valid. Please pass a valid API key.", [info])

    def _envelope(self, status: int, message: str, details: list[dict[str, str]] | None = None) -> Response:
        body = error_body(status, message, details)
        return JSONResponse([body] if self.option("arrays") == "true" else body, status)


EMULATOR = GoogleEmulator
