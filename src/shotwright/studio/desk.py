"""What a studio knows of its jobs and its money: lists, following, cancelling, unclear takes, costs, budgets."""

from __future__ import annotations

from collections.abc import AsyncIterator

from shotwright.domain.job import Event, JobState, JobView
from shotwright.domain.take import Take, Ticket
from shotwright.domain.units import Money
from shotwright.engine.books import GROUPS, Books, BudgetLine, CostLine, GroupBy
from shotwright.engine.ledger import Resolution
from shotwright.errors import InvalidInput, NotFound
from shotwright.studio.bench import Bench
from shotwright.studio.following import Follower


class Desk(Bench):
    """The part of a studio that looks after jobs and books."""

    async def jobs(self, *, state: str | None = None, limit: int = 50) -> list[JobView]:
        """Newest first."""
        if state is not None and state not in {one.value for one in JobState}:
            raise InvalidInput(
                f"state: {state!r} is not known",
                field="state",
                value=state,
                hint=", ".join(one.value for one in JobState),
            )
        return list(await self._shop.db(self._shop.jobs.listing, state=state, limit=limit))

    async def job(self, id: str) -> JobView:  # noqa: A002 - the word that people know
        """One job by its id, or by a beginning that only it has. Raises NotFound."""
        job = await self._shop.db(self._shop.jobs.resolve_id, id)
        return await self._shop.db(self._shop.jobs.view, await self._shop.db(self._shop.jobs.row, job))

    async def follow(self, id: str) -> AsyncIterator[Event]:  # noqa: A002
        """Events of a job until it ends, wherever it runs."""
        job = await self._shop.db(self._shop.jobs.resolve_id, id)
        async for event in Follower(self._shop.jobs, self._shop.progress, self._shop).events(job):
            yield event

    async def cancel(self, id: str) -> JobView:  # noqa: A002
        """Ends a job. Takes that nobody else wants are stopped at their provider, which may charge all the same."""
        job = await self._shop.db(self._shop.jobs.resolve_id, id)
        run = await self._shop.db(self._shop.jobs.cancel, job)
        if run is not None and self._engine is not None:
            await self._engine.cancel_film_workflow(job, run)
        return await self.job(job)

    async def unclear(self) -> list[Take]:
        """Takes that may or may not have been accepted, and wait for a person's word."""
        return list(await self._shop.db(self._shop.ledger.unclear_takes))

    async def resolve(
        self,
        key: str,
        how: Resolution,
        *,
        ticket: str | None = None,
        charged: Money | str | None = None,
    ) -> Take:
        """A person's word on an unclear take, by its key or a beginning of it.

        `adopt` with the vendor's job id as `ticket`; `resubmit`, knowing that it may be charged twice; or `give up`.
        `charged` is what the first call cost, if that is known. Jobs that want the take go on when they are resumed.
        Raises NotFound where no unclear take has that key.
        """
        found = [take for take in await self.unclear() if take.key.startswith(key)]
        if len(found) != 1 or not key:
            raise NotFound(
                f"{'several unclear takes begin' if found else 'no unclear take begins'} with {key!r}",
                hint="see: shotwright jobs resolve",
            )
        take = found[0]
        given = Ticket(take.order.provider, ticket) if ticket else None
        cost = Money.parse(charged, field="charged") if charged is not None else None
        await self._shop.db(self._shop.ledger.resolve, await self._motor(), take.key, how, ticket=given, charged=cost)
        resolved = await self._shop.db(self._shop.ledger.take, take.key)
        return resolved or take

    async def costs(self, by: GroupBy = "model", *, since: float = 0.0, project: str | None = None) -> list[CostLine]:
        """What was spent and what is at risk, by model, job, day or project. `since` in Unix seconds."""
        if by not in GROUPS:
            raise InvalidInput(f"by: {by!r} is not known", field="by", value=by, hint=", ".join(GROUPS))
        return await self._shop.db(Books(self._shop.database).costs, by, since=since, project=project)

    async def budgets(self) -> list[BudgetLine]:
        """Every limit in use: its cap, what is held and what was spent."""
        return await self._shop.db(Books(self._shop.database).budgets)

    async def remove(self, id: str) -> None:  # noqa: A002
        """Forgets an ended job; its clips stay in the library."""
        job = await self._shop.db(self._shop.jobs.resolve_id, id)
        await self._shop.db(self._shop.jobs.remove, job)
