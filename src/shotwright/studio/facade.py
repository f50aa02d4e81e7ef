"""`Studio`: the one public facade. Command line, server and library call it, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from shotwright.config import Settings
from shotwright.domain.asset import Probe
from shotwright.domain.job import UNFINISHED, Event, JobState, Plan
from shotwright.domain.model import ModelSpec
from shotwright.domain.storyboard import Fit, Source, Storyboard, Transition
from shotwright.domain.units import Money, Size
from shotwright.engine.publish import check_output
from shotwright.engine.request import FilmRequest
from shotwright.errors import InvalidInput, JobFailed, JobStopped, SettingsError
from shotwright.providers.catalogue import Catalogue
from shotwright.providers.registry import Providers
from shotwright.studio.bench import absolute
from shotwright.studio.boards import board_from
from shotwright.studio.compare import Comparison, compare
from shotwright.studio.desk import Desk
from shotwright.studio.doctor import Check, examine
from shotwright.studio.film import Film
from shotwright.studio.planning import Planner, locked_takes, read_lock
from shotwright.studio.prepare import Limits, Prepared, prepare
from shotwright.studio.sources import Sources
from shotwright.studio.space import check_space

Watcher = Callable[[Event], None]
Board = Storyboard | Path | str


class Studio(Desk):
    """Plans, makes and keeps films. `async with Studio() as studio:` opens it; one at a time in a process may render.

    `settings` default to files and environment (`load_settings`); `options` are figures of the engine, for tests.
    """

    # looking, without opening

    def models(self, *, provider: str | None = None, alive: bool | None = None) -> list[ModelSpec]:
        """The catalogue, with what the settings add."""
        return list(Catalogue.load(self.settings.models).list(provider=provider, alive=alive))

    def doctor(self) -> list[Check]:
        """What works here, what is missing, and how to get it; nothing is spent."""
        return examine(self.settings)

    def storyboard(
        self, text: str, *, max_shots: int | None = None, seconds: object = None, title: str | None = None
    ) -> Storyboard:
        """A script, paragraphs, a list or one sentence as shots, without a language model. `seconds`: total length."""
        from shotwright.domain.units import seconds as exact
        from shotwright.story.splitter import split

        length = exact(seconds) if seconds is not None else None
        return split(text, max_shots=max_shots, seconds=length, title=title)

    # planning and making

    async def plan(
        self,
        board: Board,
        *,
        draft: bool = False,
        only: Sequence[int] = (),
        new_take: bool = False,
        budget: Money | str | None = None,
    ) -> Plan:
        """What `render` would make, reuse and pay. Orders nothing. `only` counts shots from 1."""
        prepared, lock = await self._prepared(board, draft=draft, budget=budget)
        prepared = replace(prepared, request=await self._chosen(prepared.request, only, new_take))
        return await self._planner().plan(prepared.request, warnings=prepared.warnings, specs=prepared.specs, lock=lock)

    async def render(
        self,
        board: Board,
        output: Path | str | None = None,
        *,
        budget: Money | str | None = None,
        progress: Watcher | None = None,
        draft: bool = False,
        only: Sequence[int] = (),
        new_take: bool = False,
        force: bool = False,
    ) -> Film:
        """Makes the film: only what changed is made, and nothing that is stored is bought again.

        `board` may be the path of a film.yaml; its lock is then written beside it. Raises InvalidInput before any work,
        OverBudget's like as JobFailed, JobStopped after `detach()`.
        """
        job = await self.start(
            board, output, budget=budget, draft=draft, only=only, new_take=new_take, force=force, attended=True
        )
        return await self.wait(job, progress=progress)

    async def start(
        self,
        board: Board,
        output: Path | str | None = None,
        *,
        budget: Money | str | None = None,
        draft: bool = False,
        only: Sequence[int] = (),
        new_take: bool = False,
        force: bool = False,
        attended: bool = False,
    ) -> str:
        """Queues a job and returns its id. `attended`: it stops with this process; otherwise whoever runs goes on."""
        target = absolute(output) if output is not None else None
        if target is not None:
            await self._shop.db(check_output, self._shop.library, target, force=force)
        prepared, _ = await self._prepared(board, draft=draft, output=target, force=force, budget=budget)
        request = await self._chosen(prepared.request, only, new_take)
        _check_ready(request, self._shop.providers)
        await self._shop.db(check_space, request, self.settings.home)
        for name, cap in prepared.caps.items():
            await self._shop.db(self._shop.ledger.purse.set_cap, name, cap)
        attendant = (await self._running()).context.executor if attended else None
        motor = await self._motor()
        twin = await self._shop.db(self._shop.jobs.unfinished_twin, request)
        if twin is not None:
            job, state = twin
            if state not in UNFINISHED:
                await self._shop.db(self._shop.jobs.again, motor, job, attendant=attendant, request=request)
            return job
        return await self._shop.db(self._shop.jobs.make, motor, request, attendant=attendant)

    async def wait(self, job: str, *, progress: Watcher | None = None) -> Film:
        """Until the job ends. Raises JobFailed or JobStopped; `detach()` from elsewhere stops the job here."""
        follower = asyncio.ensure_future(self._follow_to_end(job, progress))
        detached = asyncio.ensure_future(self._detached.wait() if self._detached else asyncio.Event().wait())
        try:
            await asyncio.wait({follower, detached}, return_when=asyncio.FIRST_COMPLETED)
            if not follower.done():
                raise await self._stop(job)
            await follower
        finally:
            for task in (follower, detached):
                task.cancel()
            await asyncio.gather(follower, detached, return_exceptions=True)
        return await self._result(job)

    async def _follow_to_end(self, job: str, progress: Watcher | None) -> None:
        async for event in self.follow(job):
            if progress is not None:
                progress(event)

    async def _stop(self, job: str) -> JobStopped:
        engine = await self._running()
        run = await self._shop.db(engine.context.jobs.stop, job)
        if run is not None:
            await engine.cancel_film_workflow(job, run)
        view = await self.job(job)
        flying = {take.key: take for take in await self._shop.db(engine.context.ledger.in_flight, job) if take.price}
        lines = [
            f"Shot {shot['shot']} is still being made by {take.order.provider} (about {take.price}, already ordered)"
            for shot in view.shots
            if (take := flying.get(shot["key"]))
        ]
        return JobStopped(
            f"Stopped. {'; '.join([*lines, 'nothing else will be ordered'])}.".replace(". n", ". N"),
            job=job,
            hint=f"Go on with:  shotwright jobs resume {job}     Drop it with:  shotwright jobs cancel {job}",
        )

    async def _result(self, job: str) -> Film:
        row = await self._shop.db(self._shop.jobs.row, job)
        view = await self._shop.db(self._shop.jobs.view, row)
        if view.state is JobState.DONE:
            return await self._film(job, row)
        error = view.error or {}
        if view.state in (JobState.STOPPED, JobState.CANCELLED):
            raise JobStopped(f"job {job} was {view.state}", job=job, hint=f"go on with: shotwright jobs resume {job}")
        raise _failure(job, error)

    async def _film(self, job: str, row: Any) -> Film:
        import json

        result = json.loads(row.result)
        request: FilmRequest = await self._shop.db(self._shop.jobs.request, job)
        takes = await self._shop.db(self._shop.ledger.takes, result["keys"])
        asset = await self._shop.db(self._shop.library.get, result["film"]) if result["film"] else None
        probe = Probe.from_json(asset.facts["probe"]) if asset else None
        return Film(
            path=Path(result["output"]) if result["output"] and asset else None,
            digest=result["film"] or "",
            duration=probe.seconds if probe else Fraction(0),
            size=request.size,
            fps=request.fps,
            cost=Money(result["cost"]),
            takes=tuple(takes[key] for key in result["keys"] if key in takes),
            job=job,
            made=result["made"],
            reused=result["reused"],
            unchanged=result["unchanged"],
            seconds_taken=row.updated - row.began,
            cut=asset.facts["cut"]["mode"] if asset else "none",
        )

    def board_for(
        self,
        prompt: str = "",
        images: Sequence[Source] = (),
        *,
        prompts: Sequence[str] | None = None,
        model: str | Sequence[str] = (),
        seconds: object = None,
        size: Size | str | None = None,
        fps: object = None,
        seed: int | None = None,
        negative: str | None = None,
        audio: Source | None = None,
        transition: Transition | str | None = None,
        stitch: bool = False,
        stitch_every: int | None = None,
        fit: Fit = "auto",
        references: Sequence[Source] = (),
        title: str | None = None,
        options: dict[str, Any] | None = None,
        sound: bool = True,
    ) -> Storyboard:
        """The storyboard that `generate` would render with the same arguments."""
        return board_from(
            prompt,
            images,
            prompts=prompts,
            model=model,
            seconds=seconds,
            size=size,
            fps=fps,
            seed=seed,
            negative=negative,
            audio=audio,
            transition=transition,
            stitch=stitch,
            stitch_every=stitch_every,
            fit=fit,
            references=references,
            title=title,
            options=options,
            sound=sound,
        )

    async def generate(
        self,
        prompt: str = "",
        images: Sequence[Source] = (),
        *,
        output: Path | str | None = None,
        budget: Money | str | None = None,
        progress: Watcher | None = None,
        force: bool = False,
        draft: bool = False,
        **wishes: Any,
    ) -> Film:
        """One film from a prompt and pictures: a shot for each picture, or one from words alone.

        `wishes` are those of `board_for`: prompts for each picture, model, seconds, size, fps, seed, negative, audio,
        transition, stitch (each shot goes on from the last frame of the one before), stitch_every (chains of so many
        shots; prompts "--" begin one too), fit, references, title, options.
        """
        board = self.board_for(prompt, images, **wishes)
        return await self.render(board, output, budget=budget, progress=progress, force=force, draft=draft)

    async def compare(
        self,
        prompt: str = "",
        images: Sequence[Source] = (),
        *,
        models: Sequence[str],
        output: Path | str | None = None,
        budget: Money | str | None = None,
        progress: Callable[[str, Event], None] | None = None,
        force: bool = False,
        **wishes: Any,
    ) -> Comparison:
        """The same shot by each of the models, made together; `output` gets a film of all, side by side and labelled.

        `budget` is for all of them together: raises OverBudget before anything is ordered. A model that fails is shown
        as failed, and the others go on; where all fail the first error is raised. `wishes` are those of `board_for`.
        """
        return await compare(
            self,
            self._shop,
            prompt,
            images,
            models,
            output,
            budget=budget,
            progress=progress,
            force=force,
            wishes=wishes,
        )

    async def _prepared(
        self,
        board: Board,
        *,
        draft: bool,
        output: Path | None = None,
        force: bool = False,
        budget: Money | str | None = None,
    ) -> tuple[Prepared, Any]:
        shop = self._shop
        base, lock_file, lock = Path.cwd(), None, None
        if not isinstance(board, Storyboard):
            from shotwright.story.boardfile import read_storyboard

            file = absolute(board)
            base, lock_file = file.parent, file.with_suffix(".lock")
            board = await shop.db(read_storyboard, file)
            lock = await shop.db(read_lock, lock_file)
        sources = Sources(shop, _fetcher(self.settings), base=base)
        prepared = await prepare(
            board,
            sources=sources,
            catalogue=shop.catalogue,
            credential=shop.credential,
            limits=Limits(
                self.settings.project,
                self.settings.budget_per_day,
                self.settings.budget_per_month,
                self.settings.budget_per_project,
            ),
            default_model=self.settings.model,
            draft=draft,
            output=output,
            force=force,
            lock=lock_file if not draft else None,
            takes=locked_takes(lock),
            budget=Money.parse(budget) if budget is not None else None,
        )
        return prepared, lock

    async def _chosen(self, request: FilmRequest, only: Sequence[int], new_take: bool) -> FilmRequest:
        """Raises take numbers for `new_take`, and leaves out what `only` leaves out, unless it is stored anyhow."""
        indexes = [number - 1 for number in only]
        for index in indexes:
            if not 0 <= index < len(request.shots):
                raise InvalidInput(
                    f"there is no shot {index + 1}",
                    field="only",
                    value=index + 1,
                    hint=f"shots are 1 to {len(request.shots)}",
                )
        planner = self._planner()
        if new_take:
            request = await self._with_new_takes(request, indexes or range(len(request.shots)), planner)
        if not indexes:
            return request
        wanted = _with_ancestors(request, indexes)
        orders = await planner.complete_orders(request)
        for index in set(range(len(request.shots))) - wanted:
            order = orders[index]
            stored = order is not None and await self._is_stored(planner, request, index, order)
            if not stored:
                return replace(request, only=tuple(sorted(wanted)))
        return request

    @staticmethod
    async def _is_stored(planner: Planner, request: FilmRequest, index: int, order: Any) -> bool:
        _, take = await planner.standing(request, index, order)
        return take is not None and take.clip is not None

    async def _with_new_takes(self, request: FilmRequest, indexes: Sequence[int], planner: Planner) -> FilmRequest:
        takes = dict(request.takes)
        for index, order in enumerate(await planner.complete_orders(request)):
            if index in indexes and order is not None:
                kept = await self._shop.db(self._shop.ledger.takes_of_order, request.project, order.digest())
                if kept:
                    takes[order.digest()] = max(take.number for take in kept) + 1
        return replace(request, takes=takes)

    def _planner(self) -> Planner:
        return Planner(self._shop.ledger, self._shop)

    # going on

    async def resume(self, id: str, *, progress: Watcher | None = None) -> Film:  # noqa: A002
        """Goes on with a job that ended without its film; what was made costs nothing again."""
        job = await self._shop.db(self._shop.jobs.resolve_id, id)
        engine = await self._running()
        context = engine.context
        await self._shop.db(context.jobs.again, context.motor, job, attendant=context.executor)
        return await self.wait(job, progress=progress)

    async def requeue(self, id: str) -> bool:  # noqa: A002
        """Queues the next run of a job that ended without its film, for whichever worker comes first; no waiting.

        False where the job is queued, running or done.
        """
        job = await self._shop.db(self._shop.jobs.resolve_id, id)
        run = await self._shop.db(self._shop.jobs.again, await self._motor(), job, attendant=None)
        return run is not None

    async def retry_shot(self, id: str, shot: int, *, progress: Watcher | None = None) -> Film:  # noqa: A002
        """Another take of one shot (from 1), then the film again with it."""
        job = await self._shop.db(self._shop.jobs.resolve_id, id)
        request: FilmRequest = await self._shop.db(self._shop.jobs.request, job)
        request = await self._chosen(replace(request, only=()), [shot], True)
        request = replace(request, only=())
        engine = await self._running()
        context = engine.context
        await self._shop.db(context.jobs.again, context.motor, job, attendant=context.executor, request=request)
        return await self.wait(job, progress=progress)


def _check_ready(request: FilmRequest, providers: Providers) -> None:
    """Every shot needs one model whose provider is ready. Raises SettingsError naming what must be set."""
    for index, shot in enumerate(request.shots):
        names = list(dict.fromkeys(candidate.order.provider for candidate in shot.candidates))
        missing = {name: providers.missing(name) for name in names}
        if all(missing.values()):
            said = next(iter(missing.values()))
            raise SettingsError(
                f"shot {index + 1}: {names[0]} is not ready: {said[0]}",
                field=f"shots[{index}].model",
                value=shot.candidates[0].order.full_model,
                hint="; ".join([*said, "or make a free preview with --draft"]),
            )


def _with_ancestors(request: FilmRequest, indexes: Sequence[int]) -> set[int]:
    """The shots, and those before them that they continue."""
    wanted = set(indexes)
    for index in indexes:
        before = index
        while request.shots[before].continues:
            before -= 1
            wanted.add(before)
    return wanted


def _failure(job: str, error: dict[str, Any]) -> JobFailed:
    from shotwright.errors import Charged

    causes = tuple(error.get("causes", ()))
    said = "; ".join(f"shot {cause['shot']}: {cause.get('message', cause['state'])}" for cause in causes)
    message = error.get("message", "the film was not made")
    return JobFailed(
        f"{message} ({said})" if said else message,
        job=job,
        hint=error.get("hint") or f"mend the cause, then: shotwright jobs resume {job}",
        charged=Charged(error.get("charged", "no")),
        causes=causes,
    )


def _fetcher(settings: Settings) -> Callable[[str, Path], Any]:
    async def fetch(url: str, into: Path) -> None:
        from shotwright.providers.links import fetch_url

        await fetch_url(url, into)

    return fetch
