from contextlib import AbstractContextManager
from fractions import Fraction
from typing import Any

from shotwright.domain.order import Order
from shotwright.domain.take import Failed, Stopped, Ticket
from shotwright.domain.units import FrameRate, Size
from shotwright.providers.base import Cancels, Provider
from shotwright.providers.vendor import Tools
from shotwright.providers.vendors.google import VENDOR
from shotwright.testing.conformance import Double, ProviderConformance
from shotwright.testing.emulators import run_emulator

INLINE = frozenset({"truncate@fetch", "html@fetch", "error=503@fetch", "drop@fetch", "expire@fetch"})
"""Clips that come inside a status answer have no download of their own."""


class GoogleConformance(ProviderConformance):
    late_reasons = ("policy", "vendor", "invalid")

    def emulate(self, **options: Any) -> AbstractContextManager[Double]:
        return run_emulator("google", key=self.credential, token=self.credential, **options)

    def connect(self, url: str, tools: Tools, **settings: Any) -> Provider:
        urls = {"base_url": url, "vertex_url": url, "storage_url": url}
        return VENDOR.create({**urls, **self.account(), **settings}, tools)

    def account(self) -> dict[str, Any]:
        return {"access_token": self.credential, "project": "demo"}

    def order(self) -> Order:
        rate = FrameRate(Fraction(24))
        return Order("google", "gemini-omni-1.2-flash", "a boat", Fraction(4), Size(1280, 720), rate, audio=True)


class TestGemini(GoogleConformance):
    refusals = ("invalid", "policy", "credentials", "quota", "busy", "retired")

    def account(self) -> dict[str, Any]:
        return {"api_key": self.credential}


class TestVertex(GoogleConformance):
    unsupported = INLINE


class TestVeo(GoogleConformance):
    """Veo's operations have no status words."""

    unsupported = frozenset({"status", "forget"})

    def account(self) -> dict[str, Any]:
        return {**super().account(), "storage": "gs://films/takes"}

    def order(self) -> Order:
        rate = FrameRate(Fraction(24))
        return Order("google", "veo-3.1-fast-generate-001", "a boat", Fraction(4), Size(1280, 720), rate)

    async def test_cancel_says_what_it_did(self, tools: Tools) -> None:
        with self.emulate(job_seconds=30.0) as double:
            provider = self.connect(double.url, tools)
            assert isinstance(provider, Cancels)
            ticket = await provider.submit(self.order(), self.attempt())
            assert await provider.cancel(ticket) == Stopped(stopped=False)
            await provider.aclose()

    async def test_an_operation_that_is_forgotten_is_lost(self, provider: Provider, double: Double) -> None:
        double.misbehave("no-file,restart@check*1")
        ticket = await provider.submit(self.order(), self.attempt())
        failed = await provider.check(Ticket(ticket.provider, ticket.id, {**ticket.extra, "at": "0"}))
        assert isinstance(failed, Failed)
        assert (failed.reason, failed.charged) == ("lost", True)
