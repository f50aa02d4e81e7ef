"""The take: submit, poll, fetch. Each step looks at its row first and may be run again by itself.

`place` below is the only caller of a provider's `submit` in the whole code base. Nothing retries it: what happened is
read from the ledger, asked of the provider, or left to a person.
"""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from fractions import Fraction
from typing import Any

from dbos import DBOS

from shotwright.domain.asset import AssetKind, Probe
from shotwright.domain.order import Order
from shotwright.domain.take import CannotKnow, Done, Failed, Output, Queued, Running, TakeState, Ticket
from shotwright.engine.context import Context, current
from shotwright.engine.gates import Gate
from shotwright.engine.pauses import GrowingPause, Pace, Patience
from shotwright.engine.points import point
from shotwright.engine.rows import Claim
from shotwright.engine.sink import FileSink
from shotwright.errors import (
    EnvironmentProblem,
    LinkExpired,
    MediaError,
    ProviderError,
    Refused,
    ShotwrightError,
    Unclear,
)
from shotwright.providers.base import Attempt, Cancels, Finds, Forgets, Provider

_LENGTH_SLACK = Fraction(3, 10)
_ASPECT_SLACK = Fraction(1, 20)

_log = logging.getLogger("shotwright.engine")

SUBMITTED = "submitted"
ENDED = "ended"


@DBOS.workflow(name="take")
async def take(key: str, run: int) -> str:
    """One run of a take. Returns the word for where it came to; the ledger has the rest."""
    answer = await submit(key, run)
    if answer["state"] != SUBMITTED:
        return str(answer["state"])
    finished = await poll(key, run, answer["ticket"])
    if finished["state"] != "done":
        return str(finished["state"])
    return str((await fetch(key, run, answer["ticket"], finished["outputs"], finished["cost"]))["state"])


# submit


@DBOS.step()
async def submit(key: str, run: int) -> dict[str, Any]:
    """The money step. Ends with a ticket, or with an ending that the ledger has booked."""
    context = current()
    token = f"{context.executor}:{uuid.uuid4().hex}"
    patience = Patience(context.options.busy_patience)
    gate = await _gate_of(context, key)
    its_turn = False
    while True:
        await gate.passage(lambda: key in context.stopping, counted=not its_turn)
        its_turn = True
        point("before_intent")
        began = time.time()  # the deadline counts from before the claim, so that a frozen process can't overstay it
        claim = await context.db(context.ledger.claim, key, run, token)
        point("after_intent")
        if claim.kind == "ended":
            return {"state": ENDED}
        if claim.kind == "have":
            return await _ticketed(context, key)
        if claim.kind == "wait":
            await asyncio.sleep(min(claim.seconds, 0.5))
            continue
        if claim.kind == "ask":
            settled = await _reconcile(context, key, run, token, claim)
            if settled is not None:
                return settled
            began = time.time()
            if not await context.db(context.ledger.renew, key, token):
                continue
        answer = await place(context, key, run, token, claim, began, patience)
        if answer is not None:
            return answer
        its_turn = False


async def place(
    context: Context, key: str, run: int, token: str, claim: Claim, began: float, patience: Patience
) -> dict[str, Any] | None:
    """Sends the order once, under one hard deadline. None: look at the row again."""
    order = _order(claim)
    try:
        provider = context.provider(order.provider)
    except ShotwrightError as error:  # no key, no such provider: certainly nothing was sent
        await context.db(context.ledger.end, key, run, TakeState.REFUSED, token=token, reason=error.as_json())
        return {"state": ENDED}
    gate = context.gates.of(order.provider)
    left = began + context.options.submit_deadline - time.time()
    try:
        async with asyncio.timeout(max(0.0, left)):
            point("before_send")
            if not context.healthy or time.time() - began > context.options.submit_deadline:
                return None
            ticket = await provider.submit(order, Attempt(claim.ref, claim.began))
        gate.well()
        point("after_answer")
        counted = await context.db(context.ledger.placed, key, claim.ref, ticket)
        point("after_ticket")
    except Refused as refusal:
        if refusal.reason == "busy" and refusal.retry_after is None:
            gate.ill(refusal)
        else:
            gate.well()
        return await _refused(context, key, run, token, refusal, patience)
    except (ProviderError, TimeoutError) as error:
        gate.ill(error)
        return None  # the claim runs out, then the row says "ask"
    return {"state": SUBMITTED, "ticket": counted.as_json()}


async def _gate_of(context: Context, key: str) -> Gate:
    found = await context.db(context.ledger.take, key)
    return context.gates.of(found.order.provider if found else "")


def _order(claim: Claim) -> Order:
    if claim.order is None:
        raise RuntimeError("a claim without its order")
    return claim.order


async def _refused(
    context: Context, key: str, run: int, token: str, refusal: Refused, patience: Patience
) -> dict[str, Any] | None:
    if refusal.reason == "busy" and patience.left > 0:
        await context.db(context.ledger.withdraw, key, token)
        pause = patience.pause(refusal.retry_after)
        await context.db(context.progress.note, key, {"stage": "queued", "again_at": time.time() + pause})
        await context.nap(key, pause)
        return None
    await context.db(context.ledger.end, key, run, TakeState.REFUSED, token=token, reason=refusal.as_json())
    return {"state": ENDED}


async def _reconcile(context: Context, key: str, run: int, token: str, claim: Claim) -> dict[str, Any] | None:
    """An earlier call may have been accepted. A ticket, or an ending, or None: proven safe to send again."""
    order = _order(claim)
    provider = context.provider(order.provider)
    guarantees = provider.guarantees
    attempt = Attempt(claim.ref, claim.began)
    if isinstance(provider, Finds):
        await asyncio.sleep(guarantees.settling)
        found = await _asked(context, provider, order, attempt)
        if isinstance(found, Ticket) and await context.db(context.ledger.held_by_another, key, found):
            found = CannotKnow("the only job like this one at the provider belongs to another take")
        if isinstance(found, Ticket):
            counted = await context.db(context.ledger.placed, key, claim.ref, found)
            return {"state": SUBMITTED, "ticket": counted.as_json()}
        if found is None and guarantees.find_authoritative:
            return None
    if guarantees.idempotent and time.time() - claim.began < guarantees.idempotent_for:
        return None
    if context.options.unclear == "resubmit":
        return None
    why = Unclear(
        f"{order.provider} may have accepted this order: the connection ended before its answer came",
        provider=order.provider,
        hint=f"look at {order.provider}'s own page, then: shotwright jobs resolve {key[:12]}",
    )
    await context.db(context.ledger.unclear, key, run, token, why.as_json())
    return {"state": "unclear"}


async def _asked(context: Context, provider: Finds, order: Order, attempt: Attempt) -> Ticket | CannotKnow | None:
    """Asks until the provider answers: without an answer nothing may be sent."""
    backoff = GrowingPause(1.0, 30.0)
    while True:
        try:
            async with asyncio.timeout(context.options.check_deadline):
                return await provider.find(order, attempt)
        except (ProviderError, TimeoutError) as error:
            await asyncio.sleep(backoff.next(getattr(error, "retry_after", None)))


async def _ticketed(context: Context, key: str) -> dict[str, Any]:
    found = await context.db(context.ledger.take, key)
    if found is None or found.ticket is None:
        return {"state": ENDED}
    return {"state": SUBMITTED, "ticket": found.ticket.as_json()}


# poll


@DBOS.step()
async def poll(key: str, run: int, ticket_json: dict[str, Any]) -> dict[str, Any]:
    """Waits for the provider in one loop; running it again is free."""
    context = current()
    ticket = Ticket.from_json(ticket_json)
    provider = context.provider(ticket.provider)
    pace = Pace(provider.guarantees.poll_every)
    gate = context.gates.of(ticket.provider)
    report = _Reporter(context, key)
    told_to_stop = False
    began = await context.db(context.ledger.began, key) or time.time()
    deadline = began + context.options.take_deadline  # counted from the intent: restarts don't move it
    while True:
        if time.time() > deadline:
            deadline = float("inf")
            await context.db(context.ledger.late, key, run, _not_here("not finished in time at the provider"))
        await context.nap(key, context.turns.wait())
        await gate.passage(lambda: key in context.stopping, counted=False)
        try:
            async with asyncio.timeout(context.options.check_deadline):
                answer = await provider.check(ticket)
            gate.well()
            point("in_poll")
            if isinstance(answer, Done):
                point("after_done")
                return _done(answer)
            if isinstance(answer, Failed):
                return await _failed(context, key, run, answer)
            fraction = answer.fraction if isinstance(answer, Running) else None
            pause = pace.after_answer(time.time() - began, fraction, answer.retry_after)
            await report.note(answer)
            if key in context.stopping and not told_to_stop:
                ending = await _stop(context, key, run, provider, ticket)
                if ending is not None:
                    return ending
                told_to_stop = True
        except (ProviderError, TimeoutError) as error:
            gate.ill(error)
            pause = pace.without_answer(getattr(error, "retry_after", None))
        await context.nap(key, pause, disturbed=key not in context.stopping)


def _not_here(what: str) -> dict[str, Any]:
    return {
        "code": "late",
        "message": f"ordered, but {what}; fetching goes on whenever Shotwright runs",
        "charged": "yes",
        "retry": True,
        "hint": "resume the job to fetch it again, free; another take would be paid again",
    }


def _done(answer: Done) -> dict[str, Any]:
    return {
        "state": "done",
        "outputs": [[output.url, output.media_type] for output in answer.outputs],
        "cost": answer.cost.micros if answer.cost is not None else None,
    }


async def _failed(context: Context, key: str, run: int, answer: Failed) -> dict[str, Any]:
    found = await context.db(context.ledger.take, key)
    price = found.price if found else None
    cost = answer.cost if answer.cost is not None else (price if answer.charged else None)
    reason = {
        "code": answer.reason,
        "message": answer.message,
        "charged": "yes" if answer.charged else "no",
        "retry": True,
        "hint": None,
    }
    state = TakeState.CANCELLED if answer.reason == "cancelled" and not answer.charged else TakeState.FAILED
    await context.db(context.ledger.end, key, run, state, cost=cost, reason=reason)
    return {"state": ENDED}


async def _stop(context: Context, key: str, run: int, provider: Provider, ticket: Ticket) -> dict[str, Any] | None:
    """Tells the provider; what can't be stopped is polled to its end and stored, since it is paid for."""
    if not isinstance(provider, Cancels):
        return None
    async with asyncio.timeout(context.options.check_deadline):
        stopped = await provider.cancel(ticket)
    if not stopped.stopped:
        return None
    return await _failed(
        context, key, run, Failed("cancelled", "cancelled while it was made", charged=stopped.charged is not False)
    )


class _Reporter:
    """Writes progress at most once a second, and only where it moved by a hundredth or changed its phase."""

    def __init__(self, context: Context, key: str) -> None:
        self._context = context
        self._key = key
        self._began = time.time()
        self._last: tuple[str, float | None] = ("", None)
        self._written = 0.0

    async def note(self, answer: Queued | Running) -> None:
        stage = "queued" if isinstance(answer, Queued) else "making"
        fraction = answer.fraction if isinstance(answer, Running) else None
        moved = self._last[1] is None or fraction is None or abs(fraction - self._last[1]) >= 0.01
        changed = stage != self._last[0]
        soon = time.time() - self._written < (0.2 if self._context.options.queue_poll < 0.3 else 1.0)
        if not changed and (not moved or soon or fraction == self._last[1]):
            return
        self._last, self._written = (stage, fraction), time.time()
        document = {"stage": stage, "fraction": fraction, "since": self._began}
        await self._context.db(self._context.progress.note, self._key, document)


# fetch


@DBOS.step()
async def fetch(
    key: str, run: int, ticket_json: dict[str, Any], outputs: list[list[str]], cost: int | None
) -> dict[str, Any]:
    """Brings the result home, checks it, stores it under its digest, books the money; links that ended are renewed."""
    context = current()
    found = await context.db(context.ledger.take, key)
    ticket = Ticket.from_json(ticket_json)
    provider = context.provider(ticket.provider)
    if found is None or found.state is not TakeState.SUBMITTED:
        if isinstance(provider, Forgets) and found is not None and found.state is TakeState.STORED:
            await provider.forget(ticket)  # a kill between settling and forgetting
        return {"state": ENDED}
    await context.db(context.progress.note, key, {"stage": "fetching", "fraction": None})
    wanted = [Output(url, media_type) for url, media_type in outputs]
    backoff = GrowingPause(0.5, 60.0)
    tries = 0
    while True:
        tries += 1
        aside = context.temp / f"{uuid.uuid4().hex}.part"
        try:
            probe = await _bring(context, provider, wanted[0], aside)
            point("after_fetch")
            asset = await context.db(
                context.library.put,
                aside,
                AssetKind.CLIP,
                wanted[0].media_type,
                origin=key,
                facts={
                    "order": found.order.as_json(),
                    "probe": probe.as_json(),
                    "remarks": list(remarks(found.order, probe)),
                },
                move=True,
            )
            break
        except LinkExpired:
            wanted = await _renewed(context, provider, ticket, wanted)
        except (ProviderError, MediaError, EnvironmentProblem, TimeoutError) as error:
            if tries == context.options.patient_fetches:
                await context.db(context.ledger.late, key, run, _not_here(f"its download failed ({error})"))
            await asyncio.sleep(backoff.next(None))
        finally:
            aside.unlink(missing_ok=True)
    for remark in asset.facts["remarks"]:
        _log.warning("take %s: the clip is %s", key[:8], remark)
    point("before_settle")
    charged = found.price if cost is None else type(found.price)(cost)
    ending = await context.db(
        context.ledger.end, key, run, TakeState.STORED, cost=charged, clip=asset.digest, probe=probe
    )
    point("after_settle")
    if isinstance(provider, Forgets):
        await provider.forget(ticket)
    return {"state": ending.state.value}


async def _bring(context: Context, provider: Provider, output: Output, aside: Any) -> Probe:
    """One transfer into `aside`, whole and decodable. Raises MediaError otherwise."""
    sink = FileSink(aside, limit=context.options.largest_clip)
    try:
        async with asyncio.timeout(context.options.fetch_deadline):
            await provider.fetch(output, sink)
    finally:
        await sink.close()
    return Probe.from_json(await context.media.run("verify", {"file": str(aside)}, timeout=120.0))


def remarks(order: Order, probe: Probe) -> tuple[str, ...]:
    """Where a clip isn't what was ordered. It is kept all the same: it is paid for, and a person decides."""
    found = []
    off = abs(probe.seconds - order.seconds)
    if off > max(_LENGTH_SLACK, order.seconds / 20):
        found.append(f"{float(probe.seconds):.2f} s long, not {float(order.seconds):g} s")
    if probe.size and abs(probe.size.aspect / order.size.aspect - 1) > _ASPECT_SLACK:
        found.append(f"{probe.size}, which is another shape than {order.size}")
    if order.audio and not probe.sound_seconds:
        found.append("silent, though sound was asked for")
    return tuple(found)


async def _renewed(context: Context, provider: Provider, ticket: Ticket, wanted: list[Output]) -> list[Output]:
    """Asks for the status again, which gives a fresh link where the vendor has one."""
    try:
        async with asyncio.timeout(context.options.check_deadline):
            answer = await provider.check(ticket)
    except (ProviderError, TimeoutError):
        return wanted
    return list(answer.outputs) if isinstance(answer, Done) else wanted
