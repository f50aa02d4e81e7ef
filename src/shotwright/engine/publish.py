"""The last step of a film: its file where the person asked for it, with its lock and its captions."""

from __future__ import annotations

import json
import shutil
import time
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from shotwright.domain.asset import AssetKind, Probe
from shotwright.domain.units import Money, Seconds
from shotwright.engine.context import Context
from shotwright.engine.request import FilmRequest
from shotwright.errors import EnvironmentProblem, OutputExists
from shotwright.storage.library import Library, file_digest, sync_folder, write_through
from shotwright.storage.tables import job_takes, submissions

LOCK_FORMAT = 1


def publish(context: Context, job: str, film: str | None) -> dict[str, Any]:
    """What the job came to; `film` None where only some shots were made.

    Raises OutputExists for a file that Shotwright did not make, EnvironmentProblem where it can't be written.
    """
    request = context.jobs.request(job)
    row = context.jobs.row(job)
    shots = _shots(context, job, row.began)
    result: dict[str, Any] = {
        "film": film,
        "output": request.output,
        "unchanged": False,
        "cost": _spent(context, job, row.created),
        "made": len({shot["key"] for shot in shots.values() if shot["new"]}),
        "reused": len({shot["key"] for shot in shots.values() if not shot["new"]}),
        "keys": [shots[index]["key"] for index in sorted(shots)],
        "seconds_taken": time.time() - row.began,
    }
    if film is None:
        return result
    if request.output is not None:
        output = Path(request.output)
        check_output(context.library, output, force=request.force)
        result["unchanged"] = output.exists() and file_digest(output) == film
        if not result["unchanged"]:
            _place(context.library.path(film), output, job)
        _captions(context, request, shots, output)
    if request.lock is not None:
        _write_lock(Path(request.lock), request, shots, film)
    return result


def check_output(library: Library, output: Path, *, force: bool) -> None:
    """Raises OutputExists where there is a file that isn't a film of ours, unchanged since."""
    if force or not output.exists():
        return
    asset = library.get(file_digest(output)) if output.is_file() else None
    if asset is None or asset.kind is not AssetKind.FILM:
        raise OutputExists(
            f"{output} exists, and Shotwright did not make it as it is now",
            hint="choose another name with -o, or replace it with --force",
        )


def _place(source: Path, output: Path, job: str) -> None:
    aside = output.with_name(f".{output.name}.{job}.part")
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, aside)
        write_through(aside)
        aside.replace(output)
        sync_folder(output.parent)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise EnvironmentProblem(
            f"the film can't be written to {output}: {error}",
            hint="the film itself is kept: free space or permissions, then resume the job, which only copies it",
        ) from error


def _spent(context: Context, job: str, since: float) -> int:
    """What the job's own takes cost, failed ones too; takes that were there before it cost it nothing."""
    query = (
        sa.select(sa.func.coalesce(sa.func.sum(submissions.c.cost), 0))
        .join(job_takes, job_takes.c.key == submissions.c.key)
        .where(job_takes.c.job == job, submissions.c.created >= since)
    )
    with context.database.begin() as connection:
        return int(connection.execute(query).scalar_one())


def _shots(context: Context, job: str, began: float) -> dict[int, dict[str, Any]]:
    """The chosen take of each shot, by index from 0; `new` where it was made in this run."""
    query = (
        sa.select(job_takes.c.shots, submissions)
        .join(submissions, submissions.c.key == job_takes.c.key)
        .where(job_takes.c.job == job, submissions.c.state == "stored")
        .order_by(submissions.c.updated, submissions.c.number)
    )
    found: dict[int, dict[str, Any]] = {}
    with context.database.begin() as connection:
        for take in connection.execute(query):
            for index in json.loads(take.shots):
                found[index] = {
                    "key": take.key,
                    "model": f"{take.provider}/{take.model}",
                    "seed": json.loads(take.order)["seed"],
                    "take": take.number,
                    "order": take.order_digest,
                    "clip": take.clip,
                    "cost": take.cost,
                    "made": take.updated,
                    "new": take.updated >= began,
                    "probe": json.loads(take.probe),
                }
    return found


def _write_lock(path: Path, request: FilmRequest, shots: dict[int, dict[str, Any]], film: str) -> None:
    lock = {
        "shotwright": LOCK_FORMAT,
        "title": request.title,
        "film": film,
        "shots": [
            {
                "shot": index + 1,
                "key": shot["key"],
                "model": shot["model"],
                "seed": shot["seed"],
                "take": shot["take"],
                "order": shot["order"],
                "clip": shot["clip"],
                "cost_usd": str(Money(shot["cost"]).amount),
                "made": datetime.fromtimestamp(shot["made"], UTC).date().isoformat(),
            }
            for index, shot in sorted(shots.items())
        ],
    }
    _write_text(path, json.dumps(lock, indent=2, ensure_ascii=False) + "\n")


def _write_text(path: Path, text: str) -> None:
    aside = path.with_name(f".{path.name}.part")
    try:
        aside.write_text(text, encoding="utf-8")
        aside.replace(path)
    except OSError as error:
        raise EnvironmentProblem(f"{path} can't be written: {error}", hint="is its folder writable?") from error


def _captions(context: Context, request: FilmRequest, shots: dict[int, dict[str, Any]], output: Path) -> None:
    """Subtitles beside the film, where shots have captions."""
    if not any(shot.caption for shot in request.shots):
        return
    lines: list[str] = []
    start = Fraction(0)
    for index, shot in enumerate(request.shots):
        length = Probe.from_json(shots[index]["probe"]).seconds
        start -= shot.transition.seconds if index else 0
        if shot.caption:
            lines += [str(len(lines) // 4 + 1), f"{_clock(start)} --> {_clock(start + length)}", shot.caption, ""]
        start += length
    _write_text(output.with_suffix(".srt"), "\n".join(lines))


def _clock(moment: Seconds) -> str:
    milliseconds = round(moment * 1000)
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02},{rest:03}"
