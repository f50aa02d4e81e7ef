"""`shotwright jobs`: what was asked for, how far it is, and going on with it."""

from __future__ import annotations

import json as json_text
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from shotwright.cli import shapes, show
from shotwright.cli.making import followed
from shotwright.cli.options import AS_USUAL, Json, Shown, Verbose
from shotwright.cli.progress import PlainReporter
from shotwright.cli.running import with_studio
from shotwright.cli.text import say

if TYPE_CHECKING:
    from shotwright.domain.job import JobView
    from shotwright.studio import Film, Studio

Id = Annotated[str, Parameter(help="A job's id, or how it begins.", metavar="JOB")]


def list_jobs(
    *,
    state: Annotated[
        str | None, Parameter(help="Only these: queued, running, done, partial, failed, stopped, cancelled.")
    ] = None,
    limit: Annotated[int, Parameter(metavar="N", help="How many at most.")] = 50,
    json: Json = False,
    verbose: Verbose = False,
) -> int:
    """List jobs, newest first."""

    async def work(studio: Studio) -> list[JobView]:
        return await studio.jobs(state=state, limit=limit)

    views = with_studio(work, verbose=verbose)
    if json:
        shapes.print_json([view.as_json() for view in views])
    else:
        say(*(show.job_lines(views) if views else ["no jobs yet; begin with: shotwright demo"]))
    return 0


def show_job(job: Id, /, *, json: Json = False, verbose: Verbose = False) -> int:
    """Show one job: its shots, its cost, its film, and what went wrong."""

    async def work(studio: Studio) -> JobView:
        return await studio.job(job)

    return _print(with_studio(work, verbose=verbose), as_json=json)


def follow(job: Id, /, *, json: Json = False, verbose: Verbose = False) -> int:
    """Print the events of a job until it ends: one line each, or one JSON object each. Ctrl+C leaves it running."""

    async def work(studio: Studio) -> int:
        plain = PlainReporter()
        async for event in studio.follow(job):
            if json:
                say(json_text.dumps(event.as_json(), ensure_ascii=False))
            else:
                plain(event)
        return 0

    return with_studio(work, verbose=verbose)


def resume(job: Id, /, *, shown: Shown = AS_USUAL) -> int:
    """Go on with a job that was stopped or failed. What is made already is kept, and costs nothing again."""

    async def work(studio: Studio) -> Film:
        prompts = _prompts(await studio.job(job))
        film, _ = await followed(lambda reporter: studio.resume(job, progress=reporter), shown, prompts)
        return film

    return _print_film(with_studio(work, verbose=shown.verbose, film=True), shown)


def retry(
    job: Id,
    shot: Annotated[int, Parameter(help="The shot, counted from 1.", metavar="N")],
    /,
    *,
    shown: Shown = AS_USUAL,
) -> int:
    """Make another take of one shot, and the film with it. Asks the model anew: with a paid one it costs again."""

    async def work(studio: Studio) -> Film:
        prompts = _prompts(await studio.job(job))
        film, _ = await followed(lambda reporter: studio.retry_shot(job, shot, progress=reporter), shown, prompts)
        return film

    return _print_film(with_studio(work, verbose=shown.verbose, film=True), shown)


def cancel(job: Id, /, *, json: Json = False, verbose: Verbose = False) -> int:
    """Stop a job for good: nothing else is ordered. What was made stays stored."""

    async def work(studio: Studio) -> JobView:
        return await studio.cancel(job)

    return _print(with_studio(work, verbose=verbose), as_json=json)


def remove(job: Id, /, *, json: Json = False, verbose: Verbose = False) -> int:
    """Take a job off the list. Its films and clips stay where they are."""

    async def work(studio: Studio) -> None:
        await studio.remove(job)

    with_studio(work, verbose=verbose)
    if json:
        shapes.print_json({"removed": job})
    else:
        say(f"removed {job}")
    return 0


def _prompts(view: JobView) -> list[str]:
    return [str(shot.get("prompt", "")) for shot in view.shots]


def _print(view: JobView, *, as_json: bool) -> int:
    if as_json:
        shapes.print_json(view.as_json())
    else:
        say(*show.job_page(view))
    return 0


def _print_film(film: Film, shown: Shown) -> int:
    if shown.json:
        shapes.print_json(film.as_json())
    else:
        say(f"shots  {film.made} made, {film.reused} reused", show.film_line(film))
    return 0
