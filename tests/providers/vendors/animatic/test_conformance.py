import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from shotwright.domain.order import Order
from shotwright.domain.units import FrameRate, Size
from shotwright.providers.base import Provider
from shotwright.providers.vendor import Tools
from shotwright.providers.vendors.animatic import VENDOR
from shotwright.testing.conformance import Double, ProviderConformance
from shotwright.testing.emulators.clips import make_clip


@dataclass
class Bench:
    """The renderer of this test and the bill of its spool."""

    seconds: float
    spool: Path | None = None
    url: str = ""
    rendered: list[str] = field(default_factory=list)

    def misbehave(self, faults: str) -> None:
        raise AssertionError("nobody is called")

    async def render(
        self, order: Order, inputs: Mapping[str, Path], into: Path, progress: Callable[[float], None]
    ) -> None:
        for step in range(4):
            progress(step / 4)
            await asyncio.sleep(self.seconds / 4)
        into.write_bytes(make_clip(Size(160, 90), order.seconds, order.fps, name=order.prompt))
        self.rendered.append(order.prompt)

    def bill(self) -> Mapping[str, Any]:
        assert self.spool
        entries = list((self.spool / "animatic").glob("*/order.json"))
        charged = [entry for entry in entries if not entry.with_name("ended.json").exists()]
        return {"accepted": len(entries), "charged": len(charged), "unfetched": [], "total_usd": "0"}


class TestAnimatic(ProviderConformance):
    remote = False

    @contextmanager
    def bench(self, seconds: float) -> Iterator[Double]:
        self.running = Bench(seconds)
        yield self.running

    def emulate(self, **options: Any) -> AbstractContextManager[Double]:
        return self.bench(options.get("job_seconds", 0.1))

    def connect(self, url: str, tools: Tools, **settings: Any) -> Provider:
        self.running.spool = tools.spool
        return VENDOR.create({"renders": 4}, replace(tools, renderer=self.running))

    def order(self) -> Order:
        return Order("animatic", "animatic", "a boat", Fraction(2), Size(160, 90), FrameRate(Fraction(24)))
