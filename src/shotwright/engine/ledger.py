"""Takes and money: every transaction on `submissions`, `budgets` and `strays`. Plain functions of a connection or one
transaction each; nothing here waits, calls a provider, or knows the workflow library.

The states of a take are `domain.take.TakeState`; every ending moves the money in the same transaction.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Literal, Protocol

import sqlalchemy as sa

from shotwright.domain.asset import Probe
from shotwright.domain.order import Order
from shotwright.domain.take import FREE_ENDINGS, OPEN_STATES, Take, TakeState, Ticket
from shotwright.domain.units import Money
from shotwright.engine.progress import ProgressLog
from shotwright.engine.purse import Purse
from shotwright.engine.rows import STAGES, Claim, Ending, Want, ending_of, over_budget, said, take_of
from shotwright.errors import InvalidInput
from shotwright.storage.database import Database
from shotwright.storage.tables import job_takes, jobs, strays, submissions

Resolution = Literal["adopt", "resubmit", "give up"]

OPEN = tuple(sorted(state.value for state in OPEN_STATES))
FREE = tuple(sorted(state.value for state in FREE_ENDINGS))


class Motor(Protocol):
    """Starts workflows inside a caller's transaction: an open row always has one."""

    def start_take(self, connection: sa.Connection, key: str, run: int, provider: str, credential: str) -> None: ...

    def start_film(self, connection: sa.Connection, job: str, run: int) -> None: ...


class Ledger:
    """`window` is how long, in seconds, a claim keeps others from calling; the submit's deadline must be shorter."""

    def __init__(self, database: Database, progress: ProgressLog, *, window: float = 90.0) -> None:
        self._database = database
        self._progress = progress
        self._window = window
        self.purse = Purse(database)

    # reading

    def _row(self, connection: sa.Connection, key: str) -> sa.Row[Any]:
        return connection.execute(sa.select(submissions).where(submissions.c.key == key).with_for_update()).one()

    def _put(self, connection: sa.Connection, key: str, *conditions: sa.ColumnElement[bool], **values: Any) -> bool:
        """True where the row fulfilled the conditions and was changed."""
        changed = connection.execute(
            submissions.update()
            .where(submissions.c.key == key, *conditions)
            .values(**values, updated=self._database.now(connection))
            .returning(submissions.c.key)
        )
        return changed.first() is not None

    def take(self, key: str) -> Take | None:
        with self._database.begin() as connection:
            row = connection.execute(sa.select(submissions).where(submissions.c.key == key)).first()
        return take_of(row) if row else None

    def began(self, key: str) -> float | None:
        """When the intent became durable, in Unix seconds."""
        with self._database.begin() as connection:
            return connection.execute(sa.select(submissions.c.began).where(submissions.c.key == key)).scalar()

    def takes(self, keys: Sequence[str]) -> dict[str, Take]:
        with self._database.begin() as connection:
            rows = connection.execute(sa.select(submissions).where(submissions.c.key.in_(keys))).all()
        return {row.key: take_of(row) for row in rows}

    def takes_of_order(self, project: str, order_digest: str) -> list[Take]:
        """All takes of an order, by number."""
        query = (
            sa.select(submissions)
            .where(submissions.c.project == project, submissions.c.order_digest == order_digest)
            .order_by(submissions.c.number)
        )
        with self._database.begin() as connection:
            return [take_of(row) for row in connection.execute(query)]

    def in_flight(self, job: str) -> list[Take]:
        """The takes of a job that are at a provider now: ordered, perhaps paid, not here yet."""
        query = (
            sa.select(submissions)
            .join(job_takes, job_takes.c.key == submissions.c.key)
            .where(job_takes.c.job == job, submissions.c.state.in_((TakeState.INTENT, TakeState.SUBMITTED)))
            .order_by(submissions.c.key)
        )
        with self._database.begin() as connection:
            return [take_of(row) for row in connection.execute(query)]

    def endings(self, keys: Sequence[str]) -> list[Ending]:
        """Those of the takes that are no longer open, or late, by key."""
        query = (
            sa.select(submissions)
            .where(
                submissions.c.key.in_(keys),
                sa.or_(submissions.c.state.not_in(OPEN), submissions.c.late == 1),
            )
            .order_by(submissions.c.key)
        )
        with self._database.begin() as connection:
            return [ending_of(row) for row in connection.execute(query)]

    def open_runs(self, keys: Sequence[str]) -> dict[str, int]:
        """Key and run of those takes that are open."""
        query = sa.select(submissions.c.key, submissions.c.run).where(
            submissions.c.key.in_(keys), submissions.c.state.in_(OPEN)
        )
        with self._database.begin() as connection:
            return {row.key: row.run for row in connection.execute(query)}

    def to_be_stopped(self) -> set[str]:
        """Keys of open takes that nobody wants any more."""
        query = sa.select(submissions.c.key).where(submissions.c.stop == 1, submissions.c.state.in_(OPEN))
        with self._database.begin() as connection:
            return set(connection.execute(query).scalars())

    # wanting

    def want(self, motor: Motor, job: str, run: int, wants: Sequence[Want]) -> list[Ending] | None:
        """One transaction: the job wants these takes; new rows appear with their workflow.

        Returns where each stands, in the order of their keys, or None where the job has moved on (cancelled, stopped,
        resumed as a later run).
        """
        found: list[Ending] = []
        with self._database.begin() as connection:
            current = connection.execute(sa.select(jobs).where(jobs.c.id == job).with_for_update()).one()
            if current.run != run or current.state != "running":
                return None
            for want in sorted(wants, key=lambda item: item.key):
                connection.execute(
                    self._database.insert_or_nothing(job_takes, job=job, key=want.key, shots=json.dumps(want.shots))
                )
                row = self._wanted_row(connection, motor, current.project, want)
                found.append(ending_of(row))
        return found

    def _wanted_row(self, connection: sa.Connection, motor: Motor, project: str, want: Want) -> sa.Row[Any]:
        now = self._database.now(connection)
        order = want.order
        new = connection.execute(
            self._database.insert_or_nothing(
                submissions,
                key=want.key,
                run=1,
                state=TakeState.WANTED.value,
                project=project,
                provider=order.provider,
                model=order.model,
                credential=want.credential,
                order=json.dumps(order.as_json()),
                order_digest=order.digest(),
                number=want.number,
                price=want.price.micros,
                held=0,
                cost=0,
                budgets=json.dumps(want.budgets),
                tries=0,
                stop=0,
                late=0,
                created=now,
                updated=now,
            )
        ).first()
        row = self._row(connection, want.key)
        if row.state in FREE:
            self._put(
                connection,
                want.key,
                run=row.run + 1,
                state=TakeState.WANTED.value,
                budgets=json.dumps(want.budgets),
                price=want.price.micros,
                ticket=None,
                token=None,
                stop=0,
                reason=None,
            )
            self._progress.reopen(connection, want.key)
            row = self._row(connection, want.key)
            new = row
        if new is not None:
            motor.start_take(connection, want.key, row.run, row.provider, row.credential)
        elif (row.stop or row.late) and row.state in OPEN:
            self._put(connection, want.key, stop=0, late=0)
        return row

    def reopen(self, motor: Motor, key: str, run: int) -> None:
        """The take is open but its workflow is over (cancelled from outside, a bug): next run, same ref and ticket."""
        with self._database.begin() as connection:
            if self._put(connection, key, submissions.c.run == run, submissions.c.state.in_(OPEN), run=run + 1):
                row = self._row(connection, key)
                motor.start_take(connection, key, row.run, row.provider, row.credential)

    # the paid path

    def claim(self, key: str, run: int, token: str) -> Claim:
        """Turns `wanted` to `intent` under the budget, or says what stands in the way."""
        with self._database.begin() as connection:
            now = self._database.now(connection)
            row = self._row(connection, key)
            if row.run != run or row.state not in OPEN:
                return Claim("ended")
            if row.ticket:
                return Claim("have")
            if row.state == TakeState.WANTED:
                return self._intend(connection, row, token, now)
            if row.busy_until > now:
                return Claim("wait", seconds=row.busy_until - now)
            self._put(connection, key, token=token, busy_until=now + self._window, tries=row.tries + 1)
            return Claim("ask", ref=row.ref, began=row.began, order=Order.from_json(json.loads(row.order)))

    def _intend(self, connection: sa.Connection, row: sa.Row[Any], token: str, now: float) -> Claim:
        if row.stop:
            self._close(connection, row, TakeState.CANCELLED, reason=said("cancelled before it was ordered"))
            return Claim("ended")
        short = self.purse.hold(connection, row) if row.price else None
        if short is not None:
            self._close(connection, row, TakeState.OVER, reason=over_budget(short, row.price))
            return Claim("ended")
        ref = f"{row.key}.{row.run}"
        self._put(
            connection,
            row.key,
            state=TakeState.INTENT.value,
            held=row.price,
            token=token,
            ref=ref,
            began=now,
            busy_until=now + self._window,
            tries=1,
        )
        return Claim("call", ref=ref, began=now, order=Order.from_json(json.loads(row.order)))

    def release_claims(self, executor: str) -> None:
        """The process that held these claims is proven gone: nothing of it is on the wire any more, so ask at once."""
        with self._database.begin() as connection:
            connection.execute(
                submissions.update()
                .where(
                    submissions.c.state == TakeState.INTENT.value,
                    submissions.c.token.startswith(f"{executor}:", autoescape=True),
                )
                .values(busy_until=self._database.now(connection))
            )

    def renew(self, key: str, token: str) -> bool:
        """Extends a claim right before a call; False where another has it now, or there is a ticket."""
        with self._database.begin() as connection:
            return self._put(
                connection,
                key,
                submissions.c.token == token,
                submissions.c.ticket.is_(None),
                busy_until=self._database.now(connection) + self._window,
            )

    def withdraw(self, key: str, token: str) -> None:
        """Proven not accepted: back to `wanted`, the hold released."""
        with self._database.begin() as connection:
            row = self._row(connection, key)
            if row.token == token and row.ticket is None and row.state == TakeState.INTENT:
                self.purse.settle(connection, row, 0)
                self._put(connection, key, state=TakeState.WANTED.value, held=0, token=None)

    def held_by_another(self, key: str, ticket: Ticket) -> bool:
        """Whether another take already has this ticket: then a search by likeness found the wrong one."""
        query = sa.select(submissions.c.key, submissions.c.ticket).where(
            submissions.c.key != key,
            submissions.c.provider == ticket.provider,
            submissions.c.ticket.contains(json.dumps(ticket.id), autoescape=True),
        )
        with self._database.begin() as connection:
            return any(json.loads(row.ticket)["id"] == ticket.id for row in connection.execute(query))

    def placed(self, key: str, ref: str, ticket: Ticket) -> Ticket:
        """Writes the ticket. Guarded by the ref and by being the first, not by the claim: a late answer is an answer.

        Returns the ticket that counts; a second, different one is kept among the strays.
        """
        text = json.dumps(ticket.as_json(), sort_keys=True)
        with self._database.begin() as connection:
            first = self._put(
                connection,
                key,
                submissions.c.ref == ref,
                submissions.c.ticket.is_(None),
                submissions.c.state.in_((TakeState.INTENT.value, TakeState.UNCLEAR.value)),
                state=TakeState.SUBMITTED.value,
                ticket=text,
            )
            if first:
                return ticket
            row = self._row(connection, key)
            if row.ticket != text:
                connection.execute(
                    self._database.insert_or_nothing(
                        strays, ticket=text, key=key, created=self._database.now(connection)
                    )
                )
            return Ticket.from_json(json.loads(row.ticket)) if row.ticket else ticket

    def unclear(self, key: str, run: int, token: str, reason: dict[str, Any]) -> None:
        """Nobody can tell whether it was accepted: the hold stays until a person or a policy decides."""
        with self._database.begin() as connection:
            changed = self._put(
                connection,
                key,
                submissions.c.run == run,
                submissions.c.state == TakeState.INTENT.value,
                submissions.c.token == token,
                state=TakeState.UNCLEAR.value,
                reason=json.dumps(reason),
            )
            if changed:
                self._progress.write(connection, key, {"stage": "unclear"}, final=False)

    def end(
        self,
        key: str,
        run: int,
        state: TakeState,
        *,
        cost: Money | None = None,
        token: str | None = None,
        clip: str | None = None,
        probe: Probe | None = None,
        reason: dict[str, Any] | None = None,
    ) -> Ending:
        """One ending, once: state and money in one transaction. A row that ended already, or moved on, stays."""
        with self._database.begin() as connection:
            row = self._row(connection, key)
            if row.run == run and row.state in OPEN and (token is None or row.token == token):
                self._close(connection, row, state, cost=cost, clip=clip, probe=probe, reason=reason)
                row = self._row(connection, key)
            return ending_of(row)

    def _close(
        self,
        connection: sa.Connection,
        row: sa.Row[Any],
        state: TakeState,
        *,
        cost: Money | None = None,
        clip: str | None = None,
        probe: Probe | None = None,
        reason: dict[str, Any] | None = None,
    ) -> None:
        charged = cost.micros if cost else 0
        self.purse.settle(connection, row, charged)
        self._put(
            connection,
            row.key,
            state=state.value,
            held=0,
            cost=row.cost + charged,
            clip=clip,
            probe=json.dumps(probe.as_json()) if probe else None,
            reason=json.dumps(reason) if reason else None,
        )
        over_for_good = state in (TakeState.STORED, TakeState.FAILED)
        self._progress.write(connection, row.key, {"stage": STAGES[state], "fraction": 1.0}, final=over_for_good)

    def late(self, key: str, run: int, reason: dict[str, Any]) -> None:
        """Ordered, perhaps paid, and not here in time: films stop waiting, the take itself goes on."""
        with self._database.begin() as connection:
            self._put(
                connection,
                key,
                submissions.c.run == run,
                submissions.c.state == TakeState.SUBMITTED.value,
                late=1,
                reason=json.dumps(reason),
            )

    def resolve(
        self,
        motor: Motor,
        key: str,
        how: Resolution,
        *,
        ticket: Ticket | None = None,
        charged: Money | None = None,
    ) -> bool:
        """A person's word on an `unclear` take; False where it isn't unclear any more.

        `adopt`: this `ticket` is the order, go on with it. `resubmit`: order again under a new ref, knowing that it may
        be charged twice. `give up`: the take failed. What the first call cost, if known, is booked as `charged`.
        """
        with self._database.begin() as connection:
            row = self._row(connection, key)
            if row.state != TakeState.UNCLEAR:
                return False
            if how == "give up":
                self._close(connection, row, TakeState.FAILED, cost=charged, reason=said("given up while unclear"))
                return True
            values: dict[str, Any] = {"run": row.run + 1, "reason": None}
            if how == "adopt":
                if ticket is None:
                    raise InvalidInput("adopting needs the ticket", field="ticket", hint="give the vendor's job id")
                values |= {
                    "state": TakeState.SUBMITTED.value,
                    "ticket": json.dumps(ticket.as_json(), sort_keys=True),
                }
            else:
                cost = charged.micros if charged else 0
                self.purse.settle(connection, row, cost)
                values |= {
                    "state": TakeState.WANTED.value,
                    "held": 0,
                    "cost": row.cost + cost,
                    "ticket": None,
                    "token": None,
                }
            self._put(connection, key, **values)
            motor.start_take(connection, key, row.run + 1, row.provider, row.credential)
            return True

    def lately_stored(self, providers: Sequence[str], since: float) -> list[Ticket]:
        """Tickets of these providers' takes that were stored after `since`, in Unix seconds; a thousand at most."""
        query = (
            sa.select(submissions.c.ticket)
            .where(
                submissions.c.provider.in_(providers),
                submissions.c.state == TakeState.STORED.value,
                submissions.c.updated >= since,
            )
            .order_by(submissions.c.updated.desc())
            .limit(1000)
        )
        with self._database.begin() as connection:
            return [Ticket.from_json(json.loads(text)) for text in connection.execute(query).scalars() if text]

    def unclear_takes(self) -> list[Take]:
        """Those that wait for a person, oldest first."""
        query = (
            sa.select(submissions)
            .where(submissions.c.state == TakeState.UNCLEAR.value)
            .order_by(submissions.c.created, submissions.c.key)
        )
        with self._database.begin() as connection:
            return [take_of(row) for row in connection.execute(query)]

    def abandon(self, key: str, run: int) -> None:
        """The engine failed on this take again and again: films stop waiting, and nothing about money is guessed."""
        reason = said("the engine failed on this take several times; the log in the home's logs/ has the cause")
        with self._database.begin() as connection:
            row = self._row(connection, key)
            if row.run != run or row.state not in OPEN:
                return
            if row.state == TakeState.WANTED:
                self._close(connection, row, TakeState.FAILED, reason=reason)
            elif row.state == TakeState.INTENT:
                unknown = reason | {"charged": "unknown"}
                self._put(connection, key, state=TakeState.UNCLEAR.value, reason=json.dumps(unknown))
            else:
                self._put(connection, key, late=1, reason=json.dumps(reason | {"charged": "yes"}))

    # letting go

    def release_job(self, connection: sa.Connection, job: str, *, stop_running: bool) -> None:
        """The job wants nothing any more. Takes that nobody else wants are stopped: those not yet sent, and, with
        `stop_running`, those at the provider too."""
        keys = connection.execute(sa.select(job_takes.c.key).where(job_takes.c.job == job).order_by(job_takes.c.key))
        stoppable = OPEN if stop_running else (TakeState.WANTED.value,)
        for key in list(keys.scalars()):
            if stop_running:
                connection.execute(job_takes.delete().where(job_takes.c.job == job, job_takes.c.key == key))
            others = connection.execute(
                sa.select(job_takes.c.job)
                .join(jobs, jobs.c.id == job_takes.c.job)
                .where(job_takes.c.key == key, job_takes.c.job != job, jobs.c.state.in_(("queued", "running")))
            ).first()
            if others is None:
                self._put(connection, key, submissions.c.state.in_(stoppable), stop=1)
