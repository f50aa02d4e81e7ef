from contextlib import AbstractContextManager
from fractions import Fraction
from typing import Any

from shotwright.domain.order import Order
from shotwright.domain.units import FrameRate, Size
from shotwright.providers.base import Provider
from shotwright.providers.vendor import Tools
from shotwright.providers.vendors.runway import VENDOR
from shotwright.testing.conformance import Double, ProviderConformance
from shotwright.testing.emulators import run_emulator


class TestRunway(ProviderConformance):
    credential = "key_" + "0a" * 64
    refusals = ("invalid", "credentials", "quota", "busy")
    late_reasons = ("policy", "invalid", "vendor")

    def emulate(self, **options: Any) -> AbstractContextManager[Double]:
        return run_emulator("runway", key=self.credential, **options)

    def connect(self, url: str, tools: Tools, **settings: Any) -> Provider:
        return VENDOR.create({"base_url": url, "api_key": self.credential, **settings}, tools)

    def order(self) -> Order:
        return Order("runway", "gen4.5", "a paper boat", Fraction(4), Size(1280, 720), FrameRate(Fraction(24)))
