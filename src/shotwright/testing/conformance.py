"""What every provider must do, as tests: subclass `ProviderConformance`, and pytest runs them all.

    class TestAcme(ProviderConformance):
        credential = "acme-key-0123456789"

        def emulate(self, **options):                       # a server that speaks the vendor's wire
            return run_emulator("acme", **options)

        def connect(self, url, tools, **settings):          # the provider under test, pointed at it
            return VENDOR.create({"base_url": url, "api_key": self.credential, **settings}, tools)

        def order(self):                                    # something that the vendor can make
            return Order("acme", "acme-1", "a boat", Fraction(4), Size(1280, 720), FrameRate(Fraction(24)))

The emulator may be any server with `url`, `misbehave(faults)` in the language of `testing.emulators.faults`, and
`bill()`. Tests for a fault that a vendor can't show are left out by naming it in `unsupported`. Needs pytest with
pytest-asyncio.
"""

from __future__ import annotations

import asyncio
import json
import socket
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Protocol

import pytest

from shotwright.domain.order import Order
from shotwright.domain.take import CannotKnow, Done, Failed, Output, Progress, Queued, Running, Ticket
from shotwright.errors import LinkExpired, ProviderError, Refused, Unavailable, Unclear
from shotwright.providers.base import Attempt, Cancels, Finds, Guarantees, Provider
from shotwright.providers.vendor import Tools
from shotwright.testing.doubles import MappedInputs, MemorySink, mp4_boxes

UNCLEAR = ("drop-after", "error-after=502", "error=500", "error=503", "html", "empty", "garbage", "huge")
UNAVAILABLE = ("error=500", "error=502", "429", "drop", "html", "empty", "garbage", "huge")
BROKEN_CLIPS = ("truncate", "html", "error=503", "drop")
_WAIT = 20.0
_POLL = 0.02


class Double(Protocol):
    """A server that stands in for the vendor."""

    @property
    def url(self) -> str: ...

    def misbehave(self, faults: str) -> None: ...

    def bill(self) -> Mapping[str, Any]: ...


class ProviderConformance(ABC):
    """`credential` must never show up in an error. `unsupported` names faults to leave out.

    `late_reasons`: what the vendor tells of late refusals. `refusals`: the classes it tells apart at submit. `remote`:
    False for a provider that works in this process and calls nobody.
    """

    credential: ClassVar[str] = "test-key-0123456789"
    unsupported: ClassVar[frozenset[str]] = frozenset()
    refusals: ClassVar[tuple[str, ...]] = ("invalid", "policy", "credentials", "quota", "busy")
    late_reasons: ClassVar[tuple[str, ...]] = ("policy", "vendor")
    remote: ClassVar[bool] = True

    @abstractmethod
    def emulate(self, **options: Any) -> AbstractContextManager[Double]:
        """A fresh server. `options` are those of `run_emulator`."""

    @abstractmethod
    def connect(self, url: str, tools: Tools, **settings: Any) -> Provider:
        """A fresh provider at this address. `settings` may hold `deadline` in seconds for each call."""

    @abstractmethod
    def order(self) -> Order:
        """An order of words alone that the vendor takes."""

    @pytest.fixture
    def tools(self, tmp_path: Path) -> Tools:
        return Tools(MappedInputs(), tmp_path / "spool", allow_private=True)

    @pytest.fixture
    def double(self) -> Iterator[Double]:
        with self.emulate() as running:
            yield running

    @pytest.fixture
    async def provider(self, double: Double, tools: Tools) -> Any:
        made = self.connect(double.url, tools)
        yield made
        await made.aclose()

    def attempt(self, number: int = 1) -> Attempt:
        return Attempt(f"{number:040x}.0", time.time())

    def fault(self, double: Double, faults: str) -> None:
        """Puts faults in force, or skips the test where the vendor can't show them."""
        if not self.remote:
            pytest.skip("nobody is called")
        kind = faults.partition("=")[0].partition("@")[0].partition("*")[0]
        if kind in self.unsupported or faults.partition("*")[0] in self.unsupported:
            pytest.skip(f"this vendor can't show {faults}")
        double.misbehave(faults)

    def test_its_claims_fit_together(self, provider: Provider) -> None:
        claims = provider.guarantees
        assert isinstance(claims, Guarantees)
        assert provider.name
        assert claims.idempotent == (claims.idempotent_for > 0)
        assert claims.settling >= 0
        assert claims.poll_every > 0
        if claims.find_authoritative:
            assert isinstance(provider, Finds)

    async def test_from_order_to_clip(self, provider: Provider, double: Double) -> None:
        ticket = await provider.submit(self.order(), self.attempt())
        assert ticket.provider == provider.name
        done = await self.until_done(provider, ticket)
        clip = await self.fetched(provider, done.outputs[0])
        assert {"ftyp", "moov", "mdat"} <= set(mp4_boxes(clip))
        assert await self.fetched(provider, done.outputs[0]) == clip
        bill = double.bill()
        assert (bill["accepted"], bill["charged"], bill["unfetched"]) == (1, 1, [])
        if done.cost is not None:
            assert str(done.cost.amount) == bill["total_usd"]

    async def test_the_ticket_alone_is_enough(self, provider: Provider, double: Double, tools: Tools) -> None:
        ticket = await provider.submit(self.order(), self.attempt())
        kept = Ticket.from_json(json.loads(json.dumps(ticket.as_json())))
        other = self.connect(double.url, tools)
        done = await self.until_done(other, kept)
        assert await self.fetched(other, done.outputs[0])
        await other.aclose()
        assert double.bill()["accepted"] == 1

    async def test_progress_stays_in_bounds_and_results_may_be_asked_for_twice(
        self, provider: Provider, double: Double
    ) -> None:
        ticket = await provider.submit(self.order(), self.attempt())
        fractions = []
        end = time.monotonic() + _WAIT
        while isinstance(progress := await provider.check(ticket), Queued | Running):
            if isinstance(progress, Running) and progress.fraction is not None:
                fractions.append(progress.fraction)
            assert time.monotonic() < end
            await asyncio.sleep(_POLL)
        assert all(0 <= fraction <= 1 for fraction in fractions)
        assert isinstance(progress, Done)
        assert isinstance(await provider.check(ticket), Done)

    async def test_orders_are_kept_apart(self, provider: Provider, double: Double) -> None:
        orders = [replace(self.order(), prompt=f"a boat, number {number}") for number in range(4)]
        tickets = await asyncio.gather(
            *(provider.submit(order, self.attempt(number)) for number, order in enumerate(orders))
        )
        assert len({ticket.id for ticket in tickets}) == 4
        assert double.bill()["accepted"] == 4

    async def test_an_idempotent_key_buys_once(self, provider: Provider, double: Double) -> None:
        if not provider.guarantees.idempotent:
            pytest.skip("this provider doesn't claim it")
        first = await provider.submit(self.order(), self.attempt())
        again = await provider.submit(self.order(), self.attempt())
        assert again.id == first.id
        assert double.bill()["accepted"] == 1

    async def test_find(self, provider: Provider, double: Double) -> None:
        if not isinstance(provider, Finds):
            pytest.skip("this provider has no find")
        before = await provider.find(self.order(), self.attempt())
        assert before is None or isinstance(before, CannotKnow)
        if provider.guarantees.find_authoritative:
            assert before is None
        attempt = self.attempt()
        ticket = await provider.submit(self.order(), attempt)
        found = await provider.find(self.order(), attempt)
        if provider.guarantees.find_authoritative:
            assert isinstance(found, Ticket)
        assert not isinstance(found, Ticket) or found.id == ticket.id
        assert double.bill()["accepted"] == 1

    async def test_a_lost_answer_is_found_again(self, provider: Provider, double: Double) -> None:
        attempt = self.attempt()
        self.fault(double, "drop-after@submit*1")
        with pytest.raises(Unclear):
            await provider.submit(self.order(), attempt)
        assert double.bill()["accepted"] == 1
        if isinstance(provider, Finds):
            found = await provider.find(self.order(), attempt)
            if provider.guarantees.find_authoritative:
                assert isinstance(found, Ticket)
            if isinstance(found, Ticket):
                done = await self.until_done(provider, found)
                assert await self.fetched(provider, done.outputs[0])
        if provider.guarantees.idempotent:
            await provider.submit(self.order(), attempt)
        assert double.bill()["accepted"] == 1

    async def test_an_order_that_never_arrived_is_not_found(self, provider: Provider, double: Double) -> None:
        attempt = self.attempt()
        self.fault(double, "drop@submit*1")
        with pytest.raises(Unclear):
            await provider.submit(self.order(), attempt)
        assert double.bill()["accepted"] == 0
        if isinstance(provider, Finds):
            found = await provider.find(self.order(), attempt)
            assert found is None or isinstance(found, CannotKnow)

    @pytest.mark.parametrize("fault", UNCLEAR)
    async def test_a_submit_without_proof_is_unclear_and_sent_once(
        self, provider: Provider, double: Double, fault: str
    ) -> None:
        self.fault(double, f"{fault}@submit")
        with pytest.raises(Unclear) as caught:
            await provider.submit(self.order(), self.attempt())
        assert double.bill()["requests"]["submit"] == 1
        assert self.credential not in str(caught.value.as_json())

    async def test_a_submit_has_a_deadline(self, double: Double, tools: Tools) -> None:
        provider = self.connect(double.url, tools, deadline=0.3)
        self.fault(double, "hang=5@submit")
        with pytest.raises(Unclear):
            await provider.submit(self.order(), self.attempt())
        assert double.bill()["requests"]["submit"] == 1
        await provider.aclose()

    async def test_a_refusal_is_proven_and_classed(self, provider: Provider, double: Double) -> None:
        for reason in self.refusals:
            self.fault(double, f"no={reason}@submit")
            with pytest.raises(Refused) as caught:
                await provider.submit(self.order(), self.attempt())
            assert caught.value.reason == reason, caught.value.message
            assert self.credential not in str(caught.value.as_json())
        assert double.bill()["accepted"] == 0

    async def test_too_many_requests(self, provider: Provider, double: Double) -> None:
        self.fault(double, "429=7@submit")
        with pytest.raises(Refused) as caught:
            await provider.submit(self.order(), self.attempt())
        assert (caught.value.reason, caught.value.retry_after) == ("busy", 7.0)
        self.fault(double, "429@submit")
        with pytest.raises(Refused) as caught:
            await provider.submit(self.order(), self.attempt())
        assert (caught.value.reason, caught.value.retry_after) == ("busy", None)
        assert double.bill()["accepted"] == 0

    async def test_nobody_there_is_a_proof(self, tools: Tools) -> None:
        if not self.remote:
            pytest.skip("nobody is called")
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        provider = self.connect(f"http://127.0.0.1:{port}", tools)
        with pytest.raises(Refused) as caught:
            await provider.submit(self.order(), self.attempt())
        assert caught.value.reason == "busy"
        await provider.aclose()

    @pytest.mark.parametrize("fault", UNAVAILABLE)
    async def test_a_status_without_an_answer_is_no_ending(
        self, provider: Provider, double: Double, fault: str
    ) -> None:
        ticket = await provider.submit(self.order(), self.attempt())
        self.fault(double, f"{fault}@check*1")
        with pytest.raises(Unavailable):
            await provider.check(ticket)
        assert isinstance(await self.until_done(provider, ticket), Done)

    async def test_a_status_call_is_told_when_to_come_back(self, provider: Provider, double: Double) -> None:
        ticket = await provider.submit(self.order(), self.attempt())
        self.fault(double, "429=3@check*1")
        with pytest.raises(Unavailable) as caught:
            await provider.check(ticket)
        assert caught.value.retry_after == 3.0

    async def test_a_status_call_has_a_deadline(self, double: Double, tools: Tools) -> None:
        provider = self.connect(double.url, tools, deadline=0.5)
        ticket = await provider.submit(self.order(), self.attempt())
        self.fault(double, "hang=5@check*1")
        with pytest.raises(Unavailable):
            await provider.check(ticket)
        await provider.aclose()

    async def test_a_slow_answer_is_an_answer(self, provider: Provider, double: Double) -> None:
        self.fault(double, "slow=0.3@submit*1,slow=0.3@check*1")
        ticket = await provider.submit(self.order(), self.attempt())
        assert isinstance(await self.until_done(provider, ticket), Done)

    async def test_an_unknown_status_word_is_still_running(self, provider: Provider, double: Double) -> None:
        ticket = await provider.submit(self.order(), self.attempt())
        self.fault(double, "status=dreaming@check*2")
        for _ in range(2):
            assert isinstance(await provider.check(ticket), Queued | Running)
        assert isinstance(await self.until_done(provider, ticket), Done)

    async def test_a_late_refusal_says_why_and_what_it_cost(self, provider: Provider, double: Double) -> None:
        for number, reason in enumerate(self.late_reasons):
            self.fault(double, f"fail={reason}")
            ticket = await provider.submit(self.order(), self.attempt(number))
            failed = await self.until_over(provider, ticket)
            assert isinstance(failed, Failed)
            assert failed.reason == reason
            assert failed.message
            assert failed.charged is False
        assert double.bill()["charged"] == 0

    async def test_done_without_a_file_delivers_nothing(self, provider: Provider, double: Double) -> None:
        self.fault(double, "no-file")
        ticket = await provider.submit(self.order(), self.attempt())
        sink = MemorySink()
        end = time.monotonic() + 1.0
        while time.monotonic() < end:
            progress = await self.checked(provider, ticket)
            if isinstance(progress, Failed):
                break
            if isinstance(progress, Done):
                assert progress.outputs
                with pytest.raises(ProviderError):
                    await provider.fetch(progress.outputs[0], sink)
                break
            await asyncio.sleep(_POLL)
        assert sink.data == b""

    @pytest.mark.parametrize("fault", BROKEN_CLIPS)
    async def test_a_broken_download_can_be_repeated(self, provider: Provider, double: Double, fault: str) -> None:
        ticket = await provider.submit(self.order(), self.attempt())
        done = await self.until_done(provider, ticket)
        self.fault(double, f"{fault}@fetch*1")
        sink = MemorySink()
        with pytest.raises(Unavailable):
            await provider.fetch(done.outputs[0], sink)
        await provider.fetch(done.outputs[0], sink)
        assert {"ftyp", "moov"} <= set(mp4_boxes(sink.data))

    async def test_an_expired_link_is_renewed_by_asking_again(self, provider: Provider, double: Double) -> None:
        ticket = await provider.submit(self.order(), self.attempt())
        done = await self.until_done(provider, ticket)
        self.fault(double, "expire@fetch*1")
        with pytest.raises(LinkExpired):
            await provider.fetch(done.outputs[0], MemorySink())
        done = await self.until_done(provider, ticket)
        assert await self.fetched(provider, done.outputs[0])
        assert double.bill()["accepted"] == 1

    async def test_cancel_says_what_it_did(self, tools: Tools) -> None:
        with self.emulate(job_seconds=30.0) as double:
            provider = self.connect(double.url, tools)
            if not isinstance(provider, Cancels):
                pytest.skip("this provider has no cancel")
            ticket = await provider.submit(self.order(), self.attempt())
            stopped = await provider.cancel(ticket)
            again = await provider.cancel(ticket)
            assert stopped.stopped
            assert again.stopped
            if stopped.charged is not None:
                assert double.bill()["charged"] == int(stopped.charged)
            assert not isinstance(await self.checked(provider, ticket), Done)
            await provider.aclose()

    async def test_a_finished_take_is_not_cancelled(self, provider: Provider, double: Double) -> None:
        if not isinstance(provider, Cancels):
            pytest.skip("this provider has no cancel")
        ticket = await provider.submit(self.order(), self.attempt())
        await self.until_done(provider, ticket)
        assert not (await provider.cancel(ticket)).stopped
        done = await self.until_done(provider, ticket)
        assert await self.fetched(provider, done.outputs[0])

    async def test_a_job_that_is_forgotten_is_not_bought_again(self, provider: Provider, double: Double) -> None:
        ticket = await provider.submit(self.order(), self.attempt())
        self.fault(double, "forget@check*1")
        progress = await self.checked(provider, ticket)
        assert not isinstance(progress, Done)
        if isinstance(progress, Failed):
            assert progress.reason in ("lost", "expired")
            assert progress.charged
        assert double.bill()["requests"]["submit"] == 1

    async def test_closing_twice_is_harmless(self, double: Double, tools: Tools) -> None:
        provider = self.connect(double.url, tools)
        await provider.aclose()
        await provider.aclose()

    async def until_over(self, provider: Provider, ticket: Ticket) -> Progress:
        """Asks until the take has ended."""
        end = time.monotonic() + _WAIT
        while isinstance(progress := await provider.check(ticket), Queued | Running):
            assert time.monotonic() < end, "the take did not end"
            await asyncio.sleep(_POLL)
        return progress

    async def until_done(self, provider: Provider, ticket: Ticket) -> Done:
        progress = await self.until_over(provider, ticket)
        assert isinstance(progress, Done), progress
        assert progress.outputs
        return progress

    async def checked(self, provider: Provider, ticket: Ticket) -> Progress | None:
        """One status call, or None where there was no usable answer."""
        try:
            return await provider.check(ticket)
        except Unavailable:
            return None

    async def fetched(self, provider: Provider, output: Output) -> bytes:
        sink = MemorySink()
        await provider.fetch(output, sink)
        return sink.data
