from contextlib import AbstractContextManager
from fractions import Fraction
from typing import Any

from shotwright.domain.order import Order
from shotwright.domain.units import FrameRate, Size
from shotwright.providers.base import Provider
from shotwright.providers.vendor import Tools
from shotwright.providers.vendors.openai import VENDOR
from shotwright.testing.conformance import Double, ProviderConformance
from shotwright.testing.emulators import run_emulator


class OpenAIConformance(ProviderConformance):
    dialect = "openai"

    def emulate(self, **options: Any) -> AbstractContextManager[Double]:
        return run_emulator("openai", dialect=self.dialect, key=self.credential, **options)

    def connect(self, url: str, tools: Tools, **settings: Any) -> Provider:
        given = {"base_url": f"{url}/v1", "api_key": self.credential, "dialect": self.dialect, **settings}
        return VENDOR.create(given, tools)

    def order(self) -> Order:
        return Order("openai", "wan", "a paper boat", Fraction(4), Size(1280, 720), FrameRate(Fraction(24)))


class TestOpenAI(OpenAIConformance):
    pass


class TestVLLMOmni(OpenAIConformance):
    dialect = "vllm-omni"


class TestSGLang(OpenAIConformance):
    dialect = "sglang"


class TestLiteLLM(OpenAIConformance):
    dialect = "litellm"
    late_reasons = ("policy",)


class TestShotwright(OpenAIConformance):
    dialect = "shotwright"

    def emulate(self, **options: Any) -> AbstractContextManager[Double]:
        return run_emulator("openai", dialect="openai", key=self.credential, idempotent="true", **options)
