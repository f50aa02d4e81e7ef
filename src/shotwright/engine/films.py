"""The film: a loop of `wants` and `watch` until nothing is left, then cut, publish and finish.

The film asks the ledger for takes and watches the ledger; it is not the takes' parent. What stands between the steps is
pure code, so that a replay takes the same way.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
import uuid
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dbos import DBOS

from shotwright.domain.asset import AssetKind, Probe
from shotwright.domain.job import JobState
from shotwright.domain.order import Input, Order, canonical
from shotwright.domain.take import OPEN_STATES, TakeState
from shotwright.domain.timeline import Cut, MusicBed, Piece
from shotwright.domain.units import Money, Size
from shotwright.engine import publish as publishing
from shotwright.engine.context import Context, current
from shotwright.engine.frames import frame_to_go_on_from
from shotwright.engine.points import point
from shotwright.engine.request import FilmRequest, frame_input
from shotwright.engine.rows import Ending, Want
from shotwright.errors import NotFound, ShotwrightError

CUT_FORMAT = 1
"""Part of the cut's key: raised when the same clips would be cut into other bytes."""

_BATCH = 50
_FALL_BACK = frozenset({"quota", "busy", "retired"})
_PATIENCE_WITH_CANCELS = 5
_REOPENINGS = 5


@DBOS.workflow(name="film")
async def film(job: str, run: int) -> str:
    """One run of a film. Returns the word for where it came to; the job's row has the rest."""
    loaded = await load(job, run)
    if loaded is None:
        return "superseded"
    request = FilmRequest.from_json(loaded)
    course = Course(request, retakes=current().options.retakes)
    while course.ready or course.watched:
        while course.ready:
            batch = [await _complete(course, index) for index in course.next_batch(_BATCH)]
            found = await wants(job, run, _merged(course, batch))
            if found is None:
                return "stopped"
            course.wanted(batch, [_ending(line) for line in found])
        if course.watched:
            course.ended([_ending(line) for line in await watch(sorted(course.watched))])
    if course.errors:
        await finish(job, run, JobState.PARTIAL.value, None, _partial(job, course))
        return JobState.PARTIAL.value
    if request.only:
        made = await publish(job, run, None)
        await finish(job, run, JobState.DONE.value, made, None)
        return JobState.DONE.value
    made = await cut(job, run, [course.clips[index] for index in range(len(request.shots))])
    if "error" not in made:
        made = await publish(job, run, made["film"])
    if "error" in made:
        await finish(job, run, JobState.FAILED.value, None, made["error"])
        return JobState.FAILED.value
    await finish(job, run, JobState.DONE.value, made, None)
    return JobState.DONE.value


# the course of a film: pure


@dataclass
class Choice:
    """Where the film stands with one shot: which candidate, which take number, and how often it went round."""

    candidate: int = 0
    number: int = 0
    failures: int = 0
    rounds: int = 0


@dataclass(frozen=True)
class Asked:
    """A complete order of one shot, as it is asked for."""

    shot: int
    key: str
    want: dict[str, Any]


class Course:
    """Which shots are ready, watched, done or given up; decided from endings alone, never from clock or chance."""

    def __init__(self, request: FilmRequest, *, retakes: int = 1) -> None:
        self.request = request
        self.choices = [Choice() for _ in request.shots]
        self.clips: dict[int, str] = {}
        self.errors: dict[int, dict[str, Any]] = {}
        self.frames: dict[int, Input] = {}
        self.watched: dict[str, list[int]] = {}
        self.asked_for = set(request.only) or set(range(len(request.shots)))
        self.ready = [index for index in sorted(self.asked_for) if not request.shots[index].continues]
        self._retakes = retakes

    def next_batch(self, most: int) -> list[int]:
        batch, self.ready = self.ready[:most], self.ready[most:]
        return batch

    def asked(self, index: int) -> Asked:
        """The order of a ready shot, with the frame of the clip before where it continues."""
        choice = self.choices[index]
        shot = self.request.shots[index]
        order = shot.order_after(choice.candidate, self.frames.get(index))
        number = choice.number or self.request.number(index, order)
        choice.number = number
        candidate = shot.candidates[choice.candidate]
        key = self.request.key(index, order, number)
        want = {
            "key": key,
            "order": order.as_json(),
            "number": number,
            "price": candidate.price.micros,
            "credential": candidate.credential,
        }
        return Asked(index, key, want)

    def wanted(self, batch: list[Asked], found: list[Ending]) -> None:
        """Takes in where the asked takes stand: open ones are watched, ended ones count as found, not as failures."""
        shots_of: dict[str, list[int]] = defaultdict(list)
        for asked in batch:
            shots_of[asked.key].append(asked.shot)
        for ending in found:
            if ending.state in OPEN_STATES:
                self.watched.setdefault(ending.key, []).extend(shots_of[ending.key])
            else:
                for index in shots_of[ending.key]:
                    self._one(index, ending, found=True)

    def ended(self, endings: list[Ending]) -> None:
        for ending in endings:
            for index in self.watched.pop(ending.key, []):
                self._one(index, ending, found=False)

    def _one(self, index: int, ending: Ending, *, found: bool) -> None:
        choice = self.choices[index]
        if ending.state is TakeState.STORED and ending.clip:
            self.clips[index] = ending.clip
            after = index + 1
            if after in self.asked_for and self.request.shots[after].continues:
                self.ready.append(after)
            return
        if ending.state is TakeState.FAILED and (found or self._may_retake(choice, ending)):
            choice.number += 1
            choice.failures += 0 if found else 1
            self.ready.append(index)
            return
        if ending.state is TakeState.CANCELLED and choice.rounds < _PATIENCE_WITH_CANCELS:
            choice.rounds += 1
            self.ready.append(index)
            return
        reason = ending.reason or {}
        more = choice.candidate + 1 < len(self.request.shots[index].candidates)
        if ending.state is TakeState.REFUSED and reason.get("reason") in _FALL_BACK and more:
            choice.candidate += 1
            choice.number = 0
            self.ready.append(index)
            return
        self.errors[index] = {"shot": index + 1, "state": ending.state.value, "key": ending.key} | reason

    def _may_retake(self, choice: Choice, ending: Ending) -> bool:
        """A failure that cost nothing is tried again by itself; one that was charged never is."""
        return ending.cost == 0 and choice.failures < self._retakes


def _merged(course: Course, batch: list[Asked]) -> list[dict[str, Any]]:
    """Shots with one key share one want."""
    merged: dict[str, dict[str, Any]] = {}
    for asked in batch:
        entry = merged.setdefault(asked.key, asked.want | {"shots": [], "budgets": list(course.request.budgets)})
        entry["shots"] = [*entry["shots"], asked.shot]
    return [merged[key] for key in sorted(merged)]


def _ending(line: dict[str, Any]) -> Ending:
    return Ending(line["key"], TakeState(line["state"]), line["clip"], line["reason"], line["cost"])


def _partial(job: str, course: Course) -> dict[str, Any]:
    causes = [course.errors[index] for index in sorted(course.errors)]
    numbers = ", ".join(str(cause["shot"]) for cause in causes)
    charged = {cause.get("charged", "no") for cause in causes}
    return {
        "code": "job_failed",
        "message": f"{len(course.clips)} of {len(course.asked_for)} shots were made; not: {numbers}",
        "charged": "unknown" if "unknown" in charged else "yes" if "yes" in charged else "no",
        "retry": True,
        "hint": f"mend the cause, then: shotwright jobs resume {job} (what was made is kept)",
        "causes": causes,
    }


async def _complete(course: Course, index: int) -> Asked:
    """The order of a shot; a step computes the frame that it continues from, once."""
    if course.request.shots[index].continues:
        wish = course.request.shots[index].candidates[course.choices[index].candidate].order
        made = await frame(course.clips[index - 1], wish.provider, str(wish.size))
        course.frames[index] = frame_input(made["digest"], Size(made["width"], made["height"]))
    return course.asked(index)


# steps


@DBOS.step()
async def load(job: str, run: int) -> dict[str, Any] | None:
    context = current()
    request = await context.db(context.jobs.load, job, run)
    return request.as_json() if request else None


@DBOS.step()
async def wants(job: str, run: int, lines: list[dict[str, Any]]) -> list[dict[str, Any]] | None:
    """The job wants these takes: one transaction. None where the job has moved on."""
    context = current()
    asked = [
        Want(
            key=line["key"],
            order=Order.from_json(line["order"]),
            number=line["number"],
            price=Money(line["price"]),
            credential=line["credential"],
            budgets=tuple(line["budgets"]),
            shots=tuple(line["shots"]),
        )
        for line in lines
    ]
    found = await context.db(context.ledger.want, context.motor, job, run, asked)
    point("after_want")
    return None if found is None else [ending.as_json() for ending in found]


@DBOS.step(preemptible=True)
async def watch(keys: list[str]) -> list[dict[str, Any]]:
    """Until at least one of the takes has ended, whoever ran it. Looks after takes that lost their workflow."""
    context = current()
    looked = time.monotonic()
    while True:
        endings = await context.db(context.ledger.endings, keys)
        if endings:
            return [ending.as_json() for ending in endings]
        if time.monotonic() - looked > 3.0:
            looked = time.monotonic()
            await _look_after(context, keys)
        await context.progress.bell.wait(context.options.watch_tick, endings_only=True)


async def _look_after(context: Context, keys: list[str]) -> None:
    """An open take without a living workflow (cancelled from outside, a bug) gets its next run."""
    runs = await context.db(context.ledger.open_runs, keys)
    workflows = {f"{key}.{run}": (key, run) for key, run in runs.items()}
    if not workflows:
        return
    alive = await DBOS.list_workflows_async(
        workflow_ids=sorted(workflows),
        status=["PENDING", "ENQUEUED", "DELAYED"],
        load_input=False,
        load_output=False,
    )
    for workflow in sorted(set(workflows) - {one.workflow_id for one in alive}):
        key, run = workflows[workflow]
        context.reopened[key] += 1
        if context.reopened[key] <= _REOPENINGS:
            await context.db(context.ledger.reopen, context.motor, key, run)
        else:
            await context.db(context.ledger.abandon, key, run)


@DBOS.step()
async def frame(clip: str, provider: str, size: str) -> dict[str, Any]:
    """The last frame of a stored clip, as the next shot's model wants it; the same clip gives the same for ever."""
    point("in_frame")
    made = await frame_to_go_on_from(current(), clip, provider, Size.parse(size))
    return {"digest": made.digest, "width": made.width, "height": made.height}


@DBOS.step(preemptible=True)
async def cut(job: str, run: int, clips: list[str]) -> dict[str, Any]:
    """Cuts the clips into the film, unless this very cut is stored."""
    context = current()
    request = await context.db(context.jobs.request, job)
    point("in_cut")
    subject = f"{job}.{run}"
    await context.db(context.progress.note, subject, {"stage": "cutting", "fraction": 0.0})
    cut_key = cut_digest(request, clips)
    made = await context.db(context.library.recall, cut_key, "film")
    try:
        if made is None:
            made = await _cut(context, request, clips, cut_key, subject)
    except ShotwrightError as error:
        return {"error": error.as_json()}
    point("after_cut")
    return {"film": made}


def cut_digest(request: FilmRequest, clips: list[str]) -> str:
    """Names a cut by everything that its film depends on."""
    music = request.music
    facts = {
        "format": CUT_FORMAT,
        "clips": clips,
        "size": str(request.size),
        "fps": str(request.fps.value),
        "sound": request.sound,
        "transitions": [str(shot.transition) for shot in request.shots],
        "continues": [shot.continues for shot in request.shots],
        "music": [music.digest, music.gain, str(music.fade)] if music else None,
    }
    return hashlib.sha256(canonical(facts)).hexdigest()


async def _cut(context: Context, request: FilmRequest, clips: list[str], cut_key: str, subject: str) -> str:
    paths = [await context.db(context.library.path, clip) for clip in clips]
    probes = [await _probe(context, clip) for clip in clips]
    music = request.music
    bed = MusicBed(str(await context.db(context.library.path, music.digest)), music.gain, music.fade) if music else None
    timeline = Cut(pieces(request, paths, probes), request.size, request.fps, bed, request.sound)
    aside = context.temp / f"{uuid.uuid4().hex}.mp4"
    seen = _Fractions(context, subject)
    try:
        report = await context.media.run("cut", {"cut": timeline.as_json(), "output": str(aside)}, progress=seen.heard)
        probe = await context.media.run("probe", {"file": str(aside)})
        asset = await context.db(
            context.library.put,
            aside,
            AssetKind.FILM,
            "video/mp4",
            origin=subject,
            facts={"probe": probe, "cut": report, "title": request.title},
            move=True,
        )
    finally:
        aside.unlink(missing_ok=True)
        await seen.close()
    return str(await context.db(context.library.remember, cut_key, "film", asset.digest))


async def _probe(context: Context, clip: str) -> Probe:
    asset = await context.db(context.library.get, clip)
    if asset is None:
        raise NotFound(f"the clip {clip[:12]} is not in the library any more", hint="render again to make it anew")
    return Probe.from_json(asset.facts["probe"])


def pieces(request: FilmRequest, paths: list[Path], probes: list[Probe]) -> tuple[Piece, ...]:
    """The timeline. A clip that the next one continues with a hard cut loses its last frame, which is shown twice."""
    row = []
    for index, (path, probe) in enumerate(zip(paths, probes, strict=True)):
        after = request.shots[index + 1] if index + 1 < len(request.shots) else None
        doubled = after is not None and after.continues and after.transition.kind == "cut" and probe.frames > 1
        row.append(Piece(str(path), 0, probe.frames - 1 if doubled else None, request.shots[index].transition))
    return tuple(row)


class _Fractions:
    """Carries fractions from the media pool's callback into the progress log, at most five times a second."""

    def __init__(self, context: Context, subject: str) -> None:
        self._context = context
        self._subject = subject
        self._written = 0.0
        self._writing: set[asyncio.Task[None]] = set()

    def heard(self, fraction: float) -> None:
        if time.monotonic() - self._written < 0.2:
            return
        self._written = time.monotonic()
        document = {"stage": "cutting", "fraction": fraction}
        task = asyncio.ensure_future(self._context.db(self._context.progress.note, self._subject, document))
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def close(self) -> None:
        if self._writing:
            await asyncio.gather(*self._writing)


@DBOS.step()
async def publish(job: str, run: int, film_digest: str | None) -> dict[str, Any]:
    """Puts the film and what goes with it where the person asked for it: aside first, then renamed."""
    point("before_publish")
    context = current()
    try:
        result = await context.db(publishing.publish, context, job, film_digest)
    except ShotwrightError as error:
        return {"error": error.as_json()}
    point("after_publish")
    return result


@DBOS.step()
async def finish(job: str, run: int, state: str, result: dict[str, Any] | None, error: dict[str, Any] | None) -> None:
    point("before_end")
    context = current()
    await context.db(context.jobs.finish, job, run, JobState(state), result=result, error=error)
    point("after_end")
