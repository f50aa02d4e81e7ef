"""Jobs: made, resumed, stopped, cancelled, listed. A run of a job and its workflow appear in one transaction."""

from __future__ import annotations

import json
import secrets
from typing import Any

import sqlalchemy as sa

from shotwright.domain.job import JobState, JobView
from shotwright.domain.take import TakeState
from shotwright.domain.units import Money
from shotwright.engine.ledger import Ledger, Motor
from shotwright.engine.progress import ProgressLog
from shotwright.engine.request import FilmRequest
from shotwright.errors import InvalidInput, NotFound
from shotwright.storage.database import Database
from shotwright.storage.tables import job_takes, jobs, submissions

_RESUMABLE = (JobState.PARTIAL, JobState.FAILED, JobState.STOPPED, JobState.CANCELLED)


class Jobs:
    def __init__(self, database: Database, ledger: Ledger, progress: ProgressLog) -> None:
        self._database = database
        self._ledger = ledger
        self._progress = progress

    # opening and resuming

    def make(self, motor: Motor, request: FilmRequest, *, attendant: str | None, kind: str = "film") -> str:
        """A new job, queued; `attendant` is the executor whose end stops it, None for work that anyone goes on with."""
        with self._database.begin() as connection:
            job = _new_id(connection)
            now = self._database.now(connection)
            connection.execute(
                jobs.insert().values(
                    id=job,
                    run=1,
                    kind=kind,
                    project=request.project,
                    title=request.title,
                    state=JobState.QUEUED.value,
                    attendant=attendant,
                    request_digest=request.digest(),
                    request=json.dumps(request.as_json()),
                    created=now,
                    began=now,
                    updated=now,
                )
            )
            motor.start_film(connection, job, 1)
            return job

    def unfinished_twin(self, request: FilmRequest) -> tuple[str, JobState] | None:
        """The newest job for the very same film that isn't done, with its state."""
        query = (
            sa.select(jobs.c.id, jobs.c.state)
            .where(jobs.c.request_digest == request.digest(), jobs.c.state != JobState.DONE.value)
            .order_by(jobs.c.created.desc())
            .limit(1)
        )
        with self._database.begin() as connection:
            row = connection.execute(query).first()
        return (row.id, JobState(row.state)) if row else None

    def again(self, motor: Motor, job: str, *, attendant: str | None, request: FilmRequest | None = None) -> int | None:
        """The next run of a job that ended without its film; None where it is queued, running or done.

        Resume, retry of one shot, go on after `unclear`, raise of a budget: all are this.
        """
        with self._database.begin() as connection:
            row = connection.execute(sa.select(jobs).where(jobs.c.id == job).with_for_update()).one()
            redo = request is not None and row.state == JobState.DONE
            if row.state not in _RESUMABLE and not redo:
                return None
            changes: dict[str, Any] = {}
            if request is not None:
                changes = {"request": json.dumps(request.as_json()), "request_digest": request.digest()}
            connection.execute(
                jobs.update()
                .where(jobs.c.id == job)
                .values(
                    run=row.run + 1,
                    state=JobState.QUEUED.value,
                    attendant=attendant,
                    error=None,
                    began=self._database.now(connection),
                    updated=self._database.now(connection),
                    **changes,
                )
            )
            motor.start_film(connection, job, row.run + 1)
            return int(row.run) + 1

    # the workflow's side

    def load(self, job: str, run: int) -> FilmRequest | None:
        """Marks the run as running and gives its request; None where the job has moved on."""
        with self._database.begin() as connection:
            connection.execute(
                jobs.update()
                .where(jobs.c.id == job, jobs.c.run == run, jobs.c.state == JobState.QUEUED.value)
                .values(state=JobState.RUNNING.value, updated=self._database.now(connection))
            )
            row = connection.execute(sa.select(jobs).where(jobs.c.id == job)).first()
        if row is None or row.run != run or row.state != JobState.RUNNING:
            return None
        return FilmRequest.from_json(json.loads(row.request))

    def finish(
        self, job: str, run: int, state: JobState, *, result: dict[str, Any] | None, error: dict[str, Any] | None
    ) -> bool:
        """The job's ending and its last progress in one transaction; False where the job has moved on."""
        with self._database.begin() as connection:
            ended = connection.execute(
                jobs.update()
                .where(jobs.c.id == job, jobs.c.run == run, jobs.c.state == JobState.RUNNING.value)
                .values(
                    state=state.value,
                    result=json.dumps(result) if result else None,
                    error=json.dumps(error) if error else None,
                    updated=self._database.now(connection),
                )
                .returning(jobs.c.id)
            ).first()
            if ended is not None:
                stage = "done" if state is JobState.DONE else "failed"
                self._progress.write(connection, f"{job}.{run}", {"stage": stage, "fraction": 1.0}, final=True)
        return ended is not None

    # ending from outside

    def cancel(self, job: str) -> int | None:
        """Ends a job for good: takes that nobody else wants are stopped at their provider. The run, or None."""
        return self._leave(job, JobState.CANCELLED, stop_running=True)

    def stop(self, job: str) -> int | None:
        """Leaves a job where it is: nothing else is ordered; what was ordered is still fetched. The run, or None."""
        return self._leave(job, JobState.STOPPED, stop_running=False)

    def _leave(self, job: str, state: JobState, *, stop_running: bool) -> int | None:
        open_states = [JobState.QUEUED.value, JobState.RUNNING.value]
        if state is JobState.CANCELLED:
            open_states += [JobState.STOPPED.value, JobState.PARTIAL.value]
        with self._database.begin() as connection:
            row = connection.execute(
                jobs.update()
                .where(jobs.c.id == job, jobs.c.state.in_(open_states))
                .values(state=state.value, updated=self._database.now(connection))
                .returning(jobs.c.run)
            ).first()
            if row is None:
                return None
            self._ledger.release_job(connection, job, stop_running=stop_running)
            self._progress.write(connection, f"{job}.{row.run}", {"stage": "cancelled"}, final=True)
            return int(row.run)

    def attended_by(self, executor: str) -> list[str]:
        """The unfinished jobs that stop with this executor."""
        query = sa.select(jobs.c.id).where(
            jobs.c.attendant == executor, jobs.c.state.in_((JobState.QUEUED.value, JobState.RUNNING.value))
        )
        with self._database.begin() as connection:
            return list(connection.execute(query).scalars())

    def remove(self, job: str) -> None:
        """Forgets an ended job; its takes and clips stay, they may serve others. Raises InvalidInput if running."""
        with self._database.begin() as connection:
            state = connection.execute(sa.select(jobs.c.state).where(jobs.c.id == job)).scalar()
            if state in (JobState.QUEUED, JobState.RUNNING):
                raise InvalidInput(
                    f"job {job} is {state}", field="job", value=job, hint=f"first: shotwright jobs cancel {job}"
                )
            connection.execute(job_takes.delete().where(job_takes.c.job == job))
            connection.execute(jobs.delete().where(jobs.c.id == job))

    # reading

    def resolve_id(self, text: str) -> str:
        """The one job whose id begins with `text`. Raises NotFound, or InvalidInput where several do."""
        with self._database.begin() as connection:
            found = list(
                connection.execute(
                    sa.select(jobs.c.id).where(jobs.c.id.startswith(text, autoescape=True)).limit(2)
                ).scalars()
            )
        if text in found:
            return text
        if len(found) > 1:
            raise InvalidInput(f"several jobs begin with {text!r}", field="job", value=text, hint="give more of the id")
        if not found or not text:
            raise NotFound(f"no job {text!r}", hint="see: shotwright jobs list")
        return str(found[0])

    def request(self, job: str) -> FilmRequest:
        with self._database.begin() as connection:
            text = connection.execute(sa.select(jobs.c.request).where(jobs.c.id == job)).scalar()
        if text is None:
            raise NotFound(f"no job {job!r}", hint="see: shotwright jobs list")
        return FilmRequest.from_json(json.loads(text))

    def row(self, job: str) -> sa.Row[Any]:
        """The whole row. Raises NotFound."""
        with self._database.begin() as connection:
            row = connection.execute(sa.select(jobs).where(jobs.c.id == job)).first()
        if row is None:
            raise NotFound(f"no job {job!r}", hint="see: shotwright jobs list")
        return row

    def listing(self, *, state: str | None = None, limit: int = 50) -> list[JobView]:
        """Newest first."""
        query = sa.select(jobs).order_by(jobs.c.created.desc(), jobs.c.id).limit(limit)
        if state:
            query = query.where(jobs.c.state == state)
        with self._database.begin() as connection:
            rows = connection.execute(query).all()
        return [self.view(row) for row in rows]

    def view(self, row: sa.Row[Any]) -> JobView:
        """A job with its shots as they stand."""
        with self._database.begin() as connection:
            takes = connection.execute(
                sa.select(job_takes.c.shots, submissions)
                .join(submissions, submissions.c.key == job_takes.c.key)
                .where(job_takes.c.job == row.id)
            ).all()
        request = json.loads(row.request)
        documents = self._progress.read([take.key for take in takes])
        shots = _shot_lines(request, takes, documents, began=row.began)
        result = json.loads(row.result) if row.result else {}
        fractions = [shot["fraction"] for shot in shots]
        done = row.state == JobState.DONE
        return JobView(
            id=row.id,
            kind=row.kind,
            title=row.title,
            state=JobState(row.state),
            created=row.created,
            updated=row.updated,
            shots=tuple(shots),
            cost=Money(result["cost"]) if "cost" in result else Money(sum(take.cost for take in takes)),
            output=request["output"],
            error=json.loads(row.error) if row.error else None,
            fraction=1.0 if done else 0.95 * sum(fractions) / max(1, len(fractions)),
            request=request,
        )


def _shot_lines(
    request: dict[str, Any], takes: Any, documents: dict[str, dict[str, Any]], *, began: float
) -> list[dict[str, Any]]:
    """One line a shot, of its newest take; `reused` where that was stored before this run began."""
    lines = []
    newest_of: dict[int, Any] = {}
    for take in sorted(takes, key=lambda take: (take.created, take.number)):
        newest_of |= dict.fromkeys(json.loads(take.shots), take)
    for index, shot in enumerate(request["shots"]):
        order = shot["candidates"][0]["order"]
        newest = newest_of.get(index)
        document = documents.get(newest.key, {}) if newest else {}
        lines.append(
            {
                "shot": index + 1,
                "prompt": order["prompt"],
                "model": f"{newest.provider}/{newest.model}" if newest else f"{order['provider']}/{order['model']}",
                "state": newest.state if newest else "waiting",
                "stage": document.get("stage", "waiting"),
                "fraction": document.get("fraction") or 0.0,
                "again_at": document.get("again_at"),
                "key": newest.key if newest else None,
                "take": newest.number if newest else None,
                "clip": newest.clip if newest else None,
                "reused": bool(newest and newest.state == TakeState.STORED and newest.updated < began),
                "cost_usd": str(Money(newest.cost).amount) if newest else "0",
                "error": json.loads(newest.reason) if newest and newest.reason else None,
            }
        )
    return lines


def _new_id(connection: sa.Connection) -> str:
    """Short enough to type: j- and four hex digits, more when those are taken."""
    for digits in (4, 4, 5, 6, 8, 12):
        job = f"j-{secrets.token_hex(8)[:digits]}"
        if connection.execute(sa.select(jobs.c.id).where(jobs.c.id == job)).first() is None:
            return job
    return f"j-{secrets.token_hex(8)}"
