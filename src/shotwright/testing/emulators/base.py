"""The frame of all emulators: jobs that take their time, a bill, faults, and the control routes.

A vendor's emulator gives its routes and its error bodies; everything else is here. Control routes: `GET /_bill`,
`GET|PUT|DELETE /_faults` (the language of `faults.py` as the body), `POST /_restart`.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from shotwright.domain.units import FrameRate, Money, Seconds, Size
from shotwright.errors import InvalidInput, RefusalReason
from shotwright.testing.emulators.clips import make_clip
from shotwright.testing.emulators.faults import BEFORE, JOB, Fault, Faults, Operation
from shotwright.testing.emulators.wire import Broken, NoAnswer

Handler = Callable[[Request], Awaitable[Response]]
_HUGE = 64 << 20
_AFTER = frozenset({"error-after", "drop-after", "slow", "garbage", "html", "empty", "huge", "truncate"})
_HTML = b"<!doctype html><html><body><h1>502 Bad Gateway</h1></body></html>"


@dataclass(frozen=True)
class Setup:
    """How an emulator behaves. Times in seconds.

    `job_seconds` is how long each job runs: one number, or two to draw between. `slots` run at a time, the others
    queue; `per_minute` submits are taken, then 429. `clip_size` overrides the size of all clips (small ones are made
    faster). `price` is USD for a second of clip. `options` are the vendor's own switches.
    """

    faults: str = ""
    seed: int = 0
    job_seconds: tuple[float, float] = (2.0, 2.0)
    slots: int | None = None
    per_minute: int | None = None
    clip_size: Size | None = None
    price: Money = field(default_factory=lambda: Money.usd("0.10"))
    options: Mapping[str, str] = field(default_factory=dict)
    clock: Callable[[], float] = time.monotonic


@dataclass
class Job:
    """One accepted order. `created` is Unix time; `begins` and `ends` are on the emulator's clock.

    `failure` is the reason for a late refusal. `kept`: the vendor keeps the money though there will be no clip.
    `extra` is the vendor's own.
    """

    id: str
    model: str
    prompt: str
    seconds: Seconds
    size: Size
    fps: FrameRate
    audio: bool
    price: Money
    created: int
    begins: float
    ends: float
    ref: str = ""
    failure: str | None = None
    kept: bool = False
    no_file: bool = False
    cancelled: float | None = None
    fetched: int = 0
    known: bool = True
    extra: dict[str, Any] = field(default_factory=dict)

    def phase(self, now: float) -> str:
        """queued, running, done, failed or cancelled."""
        if self.cancelled is not None:
            return "cancelled"
        if now < self.begins:
            return "queued"
        if now < self.ends:
            return "running"
        return "failed" if self.failure else "done"

    def fraction(self, now: float) -> float:
        """From 0 to 1."""
        length = self.ends - self.begins
        return min(max((now - self.begins) / length, 0.0), 1.0) if length > 0 else float(now >= self.ends)

    def charged(self) -> bool:
        """What is on the bill: all that was accepted, but for refused and cancelled jobs whose money came back."""
        return self.kept or self.makes_clip()

    def makes_clip(self) -> bool:
        """Whether there is or will be something to fetch."""
        return self.failure is None and self.cancelled is None


@dataclass(frozen=True)
class Way:
    """One route. `operation` says which faults may strike it."""

    methods: str
    path: str
    operation: Operation
    handler: Handler


class Emulator(ABC):
    """One vendor's service. `app` is its ASGI application; everything happens on that application's loop."""

    name: ClassVar[str]
    refusals: ClassVar[tuple[RefusalReason, ...]] = ("invalid", "policy", "credentials", "quota", "busy")

    def __init__(self, setup: Setup | None = None) -> None:
        self.setup = setup or Setup()
        self.faults = Faults(self.setup.faults, self.setup.seed)
        self.jobs: dict[str, Job] = {}
        self.requests: dict[str, int] = {}
        self._random = np.random.default_rng(self.setup.seed + 1)
        self._free = [0.0] * (self.setup.slots or 0)
        self._accepted_at: list[float] = []
        self.app = Starlette(routes=[*self._control(), *(self._route(way) for way in self.ways())])

    @abstractmethod
    def ways(self) -> Iterable[Way]:
        """The vendor's routes."""

    @abstractmethod
    def error(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
        """An error in the vendor's own envelope."""

    @abstractmethod
    def refusal(self, reason: str) -> Response:
        """The vendor's own refusal of a submit, for one of `refusals`."""

    def option(self, name: str, default: str = "") -> str:
        return self.setup.options.get(name, default)

    def now(self) -> float:
        return self.setup.clock()

    def accept(
        self,
        *,
        model: str,
        prompt: str,
        seconds: Seconds,
        size: Size,
        fps: FrameRate | None = None,
        audio: bool = False,
        ref: str = "",
        **extra: Any,
    ) -> Job:
        """A new job on the bill, with the faults that strike it."""
        fault = self.faults.draw("submit", JOB)
        runs = float(self._random.uniform(*self.setup.job_seconds))
        runs += fault.number(1.0) if fault and fault.kind == "lag" else 0.0
        begins = self._begin(runs)
        job = Job(
            id=self.new_id(),
            model=model,
            prompt=prompt,
            seconds=seconds,
            size=size,
            fps=fps or FrameRate(Fraction(24)),
            audio=audio,
            price=self.price(model, seconds, size, audio),
            created=int(time.time()),
            begins=begins,
            ends=begins + runs,
            ref=ref,
            failure=fault.value if fault and fault.kind == "fail" else None,
            no_file=bool(fault and fault.kind == "no-file"),
            extra=extra,
        )
        self.jobs[job.id] = job
        return job

    def price(self, model: str, seconds: Seconds, size: Size, audio: bool) -> Money:
        """What the vendor charges; `setup.price` a second unless a vendor knows better."""
        return self.setup.price * seconds

    def new_id(self) -> str:
        return f"{self.name}-{secrets.token_hex(8)}"

    def known(self, name: str) -> Job | None:
        """A job that the vendor remembers."""
        job = self.jobs.get(name)
        return job if job is not None and job.known else None

    def by_ref(self, ref: str) -> Job | None:
        """The job accepted under a client's key, for vendors that keep such keys."""
        return next((job for job in self.jobs.values() if ref and job.ref == ref and job.known), None)

    def cancel(self, job: Job) -> bool:
        """Stops a job that has not ended, free of charge; False where it was too late."""
        if job.phase(self.now()) in ("queued", "running"):
            job.cancelled = self.now()
        return job.cancelled is not None

    def restart(self) -> None:
        """Forgets all jobs, as a server that keeps them in memory; the bill remembers."""
        for job in self.jobs.values():
            job.known = False

    def too_fast(self) -> bool:
        """Whether this submit is over `per_minute`."""
        limit, now = self.setup.per_minute, self.now()
        if limit is None:
            return False
        self._accepted_at = [moment for moment in self._accepted_at if now - moment < 60]
        if len(self._accepted_at) >= limit:
            return True
        self._accepted_at.append(now)
        return False

    async def clip(self, job: Job) -> Response:
        """The finished clip as an answer, counted on the bill."""
        size = self.setup.clip_size or job.size
        data = await asyncio.to_thread(make_clip, size, job.seconds, job.fps, audio=job.audio, name=job.id)
        job.fetched += 1
        return Response(data, media_type="video/mp4")

    def bill(self) -> dict[str, Any]:
        """What was accepted, charged and fetched, with exact amounts in USD as text."""
        now = self.now()
        charged = [job for job in self.jobs.values() if job.charged()]
        total = sum((job.price for job in charged), Money())
        return {
            "accepted": len(self.jobs),
            "charged": len(charged),
            "total_usd": str(total.amount),
            "fetched": sum(job.fetched > 0 for job in self.jobs.values()),
            "unfetched": [job.id for job in charged if job.makes_clip() and not job.fetched],
            "requests": dict(self.requests),
            "faults": dict(self.faults.drawn),
            "jobs": [_line(job, now) for job in self.jobs.values()],
        }

    def odd_status(self, request: Request, word: str) -> str:
        """The status word of a job, or the one that a fault puts in its place."""
        return getattr(request.state, "status_word", None) or word

    def job_id(self, request: Request) -> str:
        """Which job a request is about, for the faults `forget` and `expire`."""
        return str(request.path_params.get("id", ""))

    def _begin(self, runs: float) -> float:
        now = self.now()
        if not self._free:
            return now
        slot = min(range(len(self._free)), key=self._free.__getitem__)
        begins = max(now, self._free[slot])
        self._free[slot] = begins + runs
        return begins

    def _route(self, way: Way) -> Route:
        async def answer(request: Request) -> Response:
            self.requests[way.operation] = self.requests.get(way.operation, 0) + 1
            fault = self.faults.draw(way.operation, BEFORE)
            early = await self._instead(fault, request) if fault else None
            if early is not None:
                return early
            word = self.faults.draw(way.operation, ("status",))
            request.state.status_word = word.value if word else None
            response = await way.handler(request)
            late = self.faults.draw(way.operation, _AFTER)
            return _spoil(self, late, response) if late else response

        return Route(way.path, answer, methods=way.methods.split())

    async def _instead(self, fault: Fault, request: Request) -> Response | None:
        match fault.kind:
            case "429":
                return self.error(429, "Too many requests", {"retry-after": fault.value} if fault.value else None)
            case "error":
                return self.error(int(fault.number(503)), "The server is out of order")
            case "drop":
                await request.body()
                return NoAnswer()
            case "hang":
                await request.body()
                await asyncio.sleep(fault.number(5))
                return NoAnswer()
            case "no":
                await request.body()
                return self.refusal(fault.value)
            case "expire":
                return PlainTextResponse("Request has expired", 403)
            case "forget":
                job = self.known(self.job_id(request))
                if job is not None:
                    job.known = False
            case "restart":
                self.restart()
        return None

    def _control(self) -> list[Route]:
        async def bill(request: Request) -> Response:
            return JSONResponse(self.bill())

        async def faults(request: Request) -> Response:
            if request.method in ("PUT", "POST", "DELETE"):
                try:
                    self.faults.set((await request.body()).decode() if request.method != "DELETE" else "")
                except InvalidInput as error:
                    return JSONResponse({"error": error.message, "hint": error.hint}, 400)
            return JSONResponse({"faults": self.faults.text, "seed": self.faults.seed, "drawn": self.faults.drawn})

        async def restart(request: Request) -> Response:
            self.restart()
            return JSONResponse({"forgotten": len(self.jobs)})

        return [
            Route("/_bill", bill),
            Route("/_faults", faults, methods=["GET", "PUT", "POST", "DELETE"]),
            Route("/_restart", restart, methods=["POST"]),
        ]


def _spoil(emulator: Emulator, fault: Fault, response: Response) -> Response:
    match fault.kind:
        case "error-after":
            return emulator.error(int(fault.number(502)), "Bad gateway")
        case "drop-after":
            return NoAnswer()
        case "slow":
            return Broken(response, drip=fault.number(1))
        case "truncate":
            return Broken(response, cut=True)
        case "garbage":
            return Response(b'{"id": "x", "stat\xff\xfe', media_type="application/json")
        case "html":
            return Response(_HTML, media_type="text/html")
        case "empty":
            return Response(b"", media_type="application/json")
        case _:
            return Response(b'{"padding": "' + b"x" * _HUGE + b'"}', media_type="application/json")


def _line(job: Job, now: float) -> dict[str, Any]:
    return {
        "id": job.id,
        "model": job.model,
        "prompt": job.prompt,
        "ref": job.ref,
        "state": job.phase(now),
        "charged": job.charged(),
        "usd": str(job.price.amount),
        "fetched": job.fetched,
    }
