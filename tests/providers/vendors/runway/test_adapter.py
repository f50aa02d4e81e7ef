"""Money, endings and refusals of Runway's tasks, over real HTTP."""

import asyncio
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from shotwright.domain.order import Order
from shotwright.domain.take import CannotKnow, Done, Failed, Progress, Queued, Running, Ticket
from shotwright.domain.units import Money
from shotwright.errors import LinkExpired, Refused, Unavailable
from shotwright.providers.base import Attempt
from shotwright.providers.vendors.runway.adapter import Runway
from shotwright.testing.doubles import MemorySink
from shotwright.testing.emulators import run_emulator

from .conftest import KEY, Desk

MAKE = Callable[..., Order]
ATTEMPT = Attempt("0" * 40 + ".0", 0.0)


async def until_over(provider: Runway, ticket: Ticket) -> Progress:
    for _ in range(1000):
        if not isinstance(progress := await provider.check(ticket), Queued | Running):
            return progress
        await asyncio.sleep(0.02)
    raise AssertionError("the task did not end")


async def test_the_quote_stands_on_the_ticket_and_the_cost_at_the_end(desk: Desk, make_order: MAKE) -> None:
    with run_emulator("runway", key=KEY) as emulator:
        provider = desk.provider(emulator.url)
        ticket = await provider.submit(make_order(), ATTEMPT)
        assert Money.usd(Fraction(ticket.extra["quote"])) == Money.usd("0.60")
        done = await until_over(provider, ticket)
        assert isinstance(done, Done)
        assert done.cost == Money.usd("0.60")
        assert emulator.bill()["total_usd"] == str(Money.usd("0.60").amount)
        await provider.aclose()


async def test_a_task_without_costs_leaves_them_to_the_estimate(desk: Desk, make_order: MAKE) -> None:
    with run_emulator("runway", key=KEY, quote="none") as emulator:
        provider = desk.provider(emulator.url)
        ticket = await provider.submit(make_order(), ATTEMPT)
        done = await until_over(provider, ticket)
        assert "quote" not in ticket.extra
        assert isinstance(done, Done)
        assert done.cost is None
        await provider.aclose()


@pytest.mark.parametrize(
    ("code", "reason", "charged"),
    [
        ("SAFETY.INPUT.IMAGE", "policy", True),
        ("SAFETY.OUTPUT.VIDEO", "policy", False),
        ("INPUT_PREPROCESSING.INTERNAL", "vendor", False),
        ("ASSET.INVALID", "invalid", False),
    ],
)
async def test_late_moderation_costs_what_the_bill_says(
    desk: Desk, make_order: MAKE, code: str, reason: str, charged: bool
) -> None:
    with run_emulator("runway", key=KEY, failure_code=code, faults="fail=policy") as emulator:
        provider = desk.provider(emulator.url)
        failed = await until_over(provider, await provider.submit(make_order(), ATTEMPT))
        assert isinstance(failed, Failed)
        assert (failed.reason, failed.charged) == (reason, charged)
        assert code in failed.message
        bill = emulator.bill()
        assert failed.cost is not None
        assert (bill["charged"], bill["total_usd"]) == (int(charged), str(failed.cost.amount))
        assert bill["unfetched"] == []
        await provider.aclose()


@pytest.mark.parametrize(("refund", "charged"), [("true", False), ("false", True)])
async def test_a_cancelled_task_that_says_its_cost_is_believed(
    desk: Desk, make_order: MAKE, refund: str, charged: bool
) -> None:
    with run_emulator("runway", key=KEY, job_seconds=30.0, cancelled="shown", refund_running=refund) as emulator:
        provider = desk.provider(emulator.url)
        ticket = await provider.submit(make_order(), ATTEMPT)
        stopped = await provider.cancel(ticket)
        assert (stopped.stopped, stopped.charged) == (True, charged)
        assert emulator.bill()["charged"] == int(charged)
        failed = await provider.check(ticket)
        assert isinstance(failed, Failed)
        assert (failed.reason, failed.charged) == ("cancelled", charged)
        await provider.aclose()


async def test_a_cancelled_task_that_is_gone_leaves_its_cost_open(desk: Desk, make_order: MAKE) -> None:
    with run_emulator("runway", key=KEY, job_seconds=30.0) as emulator:
        provider = desk.provider(emulator.url)
        ticket = await provider.submit(make_order(), ATTEMPT)
        stopped = await provider.cancel(ticket)
        assert (stopped.stopped, stopped.charged) == (True, None)
        old = Ticket(ticket.provider, ticket.id, {"at": "0"})
        lost = await provider.check(old)
        assert isinstance(lost, Failed)
        assert lost.reason == "lost"
        await provider.aclose()


async def test_a_finished_task_is_never_deleted(desk: Desk, make_order: MAKE) -> None:
    with run_emulator("runway", key=KEY) as emulator:
        provider = desk.provider(emulator.url)
        ticket = await provider.submit(make_order(), ATTEMPT)
        await until_over(provider, ticket)
        assert (await provider.cancel(ticket)).charged is True
        assert "cancel" not in emulator.bill()["requests"]
        await provider.aclose()


async def test_a_throttled_task_is_queued(desk: Desk, make_order: MAKE) -> None:
    with run_emulator("runway", key=KEY, slots=1, job_seconds=0.4, throttled="true") as emulator:
        provider = desk.provider(emulator.url)
        await provider.submit(make_order(), ATTEMPT)
        second = await provider.submit(make_order(), ATTEMPT)
        assert isinstance(await provider.check(second), Queued)
        assert isinstance(await until_over(provider, second), Done)
        await provider.aclose()


async def test_a_link_that_ended_is_renewed_by_the_task(desk: Desk, make_order: MAKE) -> None:
    with run_emulator("runway", key=KEY, link_seconds="0.5") as emulator:
        provider = desk.provider(emulator.url)
        ticket = await provider.submit(make_order(), ATTEMPT)
        old = await until_over(provider, ticket)
        assert isinstance(old, Done)
        await asyncio.sleep(0.6)
        new = await until_over(provider, ticket)
        with pytest.raises(LinkExpired):
            await provider.fetch(old.outputs[0], MemorySink())
        sink = MemorySink()
        assert isinstance(new, Done)
        assert new.outputs != old.outputs
        await provider.fetch(new.outputs[0], sink)
        assert sink.data
        await provider.aclose()


async def test_another_hosts_results_never_see_the_key(
    desk: Desk, make_order: MAKE, other: Any, answer: Callable[..., bytes]
) -> None:
    with run_emulator("runway", key=KEY, cdn=other.url) as emulator:
        provider = desk.provider(emulator.url)
        ticket = await provider.submit(make_order(), ATTEMPT)
        done = await until_over(provider, ticket)
        assert isinstance(done, Done)
        path = done.outputs[0].url.removeprefix(other.url).partition("?")[0]
        other.answers[path] = answer("200 OK", b"clip", "content-type: video/mp4")
        sink = MemorySink()
        await provider.fetch(done.outputs[0], sink)
        assert sink.data == b"clip"
        assert b"authorization" not in other.requests[0].lower()
        await provider.aclose()


async def test_the_version_and_the_end_user_go_along(desk: Desk, make_order: MAKE) -> None:
    with run_emulator("runway", key=KEY, on_behalf="required") as emulator:
        plain = desk.provider(emulator.url)
        with pytest.raises(Refused) as caught:
            await plain.submit(make_order(), ATTEMPT)
        assert "SHOTWRIGHT_RUNWAY_ON_BEHALF_OF" in (caught.value.hint or "")
        named = desk.provider(emulator.url, on_behalf_of="user-1")
        await named.submit(make_order(), ATTEMPT)
        old = desk.provider(emulator.url, version="2023-01-01", on_behalf_of="user-1")
        with pytest.raises(Refused, match="Version"):
            await old.submit(make_order(), ATTEMPT)
        assert emulator.bill()["accepted"] == 1
        for provider in (plain, named, old):
            await provider.aclose()


async def test_refusals_name_the_field_and_the_limit(desk: Desk, make_order: MAKE) -> None:
    with run_emulator("runway", key=KEY, daily="0") as emulator:
        provider = desk.provider(emulator.url)
        with pytest.raises(Refused, match="duration: Too big") as caught:
            await provider.submit(make_order(seconds=Fraction(11)), ATTEMPT)
        assert caught.value.reason == "invalid"
        with pytest.raises(Refused, match="model") as caught:
            await provider.submit(make_order("gen9"), ATTEMPT)
        assert "shotwright models" in (caught.value.hint or "")
        with pytest.raises(Refused, match="daily") as caught:
            await provider.submit(make_order(), ATTEMPT)
        assert caught.value.reason == "quota"
        assert emulator.bill()["accepted"] == 0
        await provider.aclose()


async def test_a_wrong_key_is_no_ending_of_a_task(desk: Desk, make_order: MAKE) -> None:
    with run_emulator("runway", key=KEY) as emulator:
        provider = desk.provider(emulator.url)
        ticket = await provider.submit(make_order(), ATTEMPT)
        wrong = desk.provider(emulator.url, api_key="key_" + "9f" * 64)
        with pytest.raises(Unavailable) as caught:
            await wrong.check(ticket)
        assert "9f9f9f" not in str(caught.value.as_json())
        await provider.aclose()
        await wrong.aclose()


async def test_a_lost_submit_cannot_be_found(desk: Desk, make_order: MAKE) -> None:
    with run_emulator("runway", key=KEY) as emulator:
        provider = desk.provider(emulator.url)
        found = await provider.find(make_order(), ATTEMPT)
        assert isinstance(found, CannotKnow)
        assert emulator.bill()["requests"] == {}
        await provider.aclose()
