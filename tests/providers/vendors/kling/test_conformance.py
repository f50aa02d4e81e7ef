from contextlib import AbstractContextManager
from fractions import Fraction
from typing import Any

from shotwright.domain.order import Order
from shotwright.domain.units import FrameRate, Size
from shotwright.providers.base import Provider
from shotwright.providers.vendor import Tools
from shotwright.providers.vendors.kling import VENDOR
from shotwright.testing.conformance import Double, ProviderConformance
from shotwright.testing.emulators import run_emulator


class TestKling(ProviderConformance):
    credential = "api-key-kling-0123456789"

    def emulate(self, **options: Any) -> AbstractContextManager[Double]:
        return run_emulator("kling", key=self.credential, **options)

    def connect(self, url: str, tools: Tools, **settings: Any) -> Provider:
        return VENDOR.create({"base_url": url, "api_key": self.credential, **settings}, tools)

    def order(self) -> Order:
        return Order("kling", "kling-2.5-turbo", "a paper boat", Fraction(5), Size(1280, 720), FrameRate(Fraction(24)))


class TestErrorsInTheBody(TestKling):
    def emulate(self, **options: Any) -> AbstractContextManager[Double]:
        return run_emulator("kling", key=self.credential, in_body="true", **options)


class TestKeyPair(TestKling):
    credential = "secret-of-the-pair-0123456789"

    def emulate(self, **options: Any) -> AbstractContextManager[Double]:
        return run_emulator("kling", key="none", access_key="access-0123456789", secret_key=self.credential, **options)

    def connect(self, url: str, tools: Tools, **settings: Any) -> Provider:
        pair = {"access_key": "access-0123456789", "secret_key": self.credential}
        return VENDOR.create({"base_url": url, **pair, **settings}, tools)
