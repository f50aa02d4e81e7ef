import asyncio
import os
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path

import pytest

from shotwright.domain.asset import Digest
from shotwright.domain.order import Input, Order, Role
from shotwright.domain.take import Done, Failed, Output, Progress, Queued, Running, Ticket
from shotwright.domain.units import FrameRate, Money, Size
from shotwright.errors import LinkExpired, NotFound, PictureError, Refused, SettingsError
from shotwright.providers.base import Attempt
from shotwright.providers.vendor import Tools
from shotwright.providers.vendors.animatic.adapter import AnimaticProvider

ORDER = Order("animatic", "animatic", "dawn", Fraction(2), Size(320, 180), FrameRate(Fraction(25)))
ATTEMPT = Attempt("k1.0", 0.0)


class Folder:
    def __init__(self, files: Mapping[Digest, Path]) -> None:
        self.files = files

    async def path(self, digest: Digest) -> Path:
        if digest not in self.files:
            raise NotFound(f"no asset {digest}")
        return self.files[digest]


class Scribe:
    """Writes the prompt as the clip, once `go` is set."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.half = asyncio.Event()
        self.calls: list[str] = []
        self.running = 0
        self.most = 0
        self.inputs: Mapping[str, Path] = {}
        self.error: Exception | None = None

    async def render(
        self, order: Order, inputs: Mapping[str, Path], into: Path, progress: Callable[[float], None]
    ) -> None:
        self.calls.append(order.prompt)
        self.running += 1
        self.most = max(self.most, self.running)
        self.inputs = inputs
        try:
            into.write_bytes(b"half")
            progress(0.5)
            self.half.set()
            await self.go.wait()
            if self.error:
                raise self.error
            into.write_bytes(order.prompt.encode())
        finally:
            self.running -= 1


class Bytes:
    def __init__(self) -> None:
        self.data = b"stale"

    async def write(self, data: bytes) -> None:
        self.data += data

    async def restart(self) -> None:
        self.data = b""


async def until(provider: AnimaticProvider, ticket: Ticket) -> Progress:
    for _ in range(2000):
        progress = await provider.check(ticket)
        if not isinstance(progress, Queued | Running):
            return progress
        await asyncio.sleep(0.005)
    pytest.fail("still running")


@pytest.fixture
async def scribe() -> Scribe:
    return Scribe()


def provider_for(scribe: Scribe, spool: Path, renders: int = 1, files: Mapping[Digest, Path] = {}) -> AnimaticProvider:
    return AnimaticProvider(Tools(Folder(files), spool, scribe), renders)


async def test_from_order_to_clip(tmp_path: Path, scribe: Scribe) -> None:
    picture = tmp_path / "p.png"
    provider = provider_for(scribe, tmp_path, files={"d" * 64: picture})
    order = Order(
        "animatic",
        "animatic",
        "dawn",
        Fraction(2),
        Size(320, 180),
        FrameRate(Fraction(25)),
        inputs=(Input(Role.FIRST, "d" * 64, "image/png", 10, 10),),
    )
    ticket = await provider.submit(order, ATTEMPT)
    assert isinstance(await provider.check(ticket), Queued)
    await scribe.half.wait()
    assert await provider.check(ticket) == Running(0.5)
    scribe.go.set()
    done = await until(provider, ticket)
    assert done == Done((Output("spool:k1.0"),), Money())
    assert scribe.inputs == {"d" * 64: picture}
    sink = Bytes()
    await provider.fetch(done.outputs[0], sink)
    assert sink.data == b"dawn"
    await provider.forget(ticket)
    await provider.forget(ticket)
    assert list((tmp_path / "animatic").iterdir()) == []
    with pytest.raises(LinkExpired):
        await provider.fetch(done.outputs[0], sink)
    assert await provider.check(ticket) == Failed("lost", "the order is no longer in the spool", charged=False)
    await provider.aclose()


async def test_a_second_submit_is_the_same_take_and_another_order_is_not(tmp_path: Path, scribe: Scribe) -> None:
    provider = provider_for(scribe, tmp_path)
    scribe.go.set()
    assert await provider.find(ORDER, ATTEMPT) is None
    ticket = await provider.submit(ORDER, ATTEMPT)
    await until(provider, ticket)
    assert await provider.submit(ORDER, ATTEMPT) == ticket
    assert await provider.find(ORDER, ATTEMPT) == ticket
    await until(provider, ticket)
    assert scribe.calls == ["dawn"]
    other = Order("animatic", "animatic", "dusk", Fraction(2), Size(320, 180), FrameRate(Fraction(25)))
    with pytest.raises(Refused, match="another order"):
        await provider.submit(other, ATTEMPT)
    await provider.aclose()


async def test_a_new_process_renders_again_from_the_spool(tmp_path: Path, scribe: Scribe) -> None:
    first = provider_for(scribe, tmp_path)
    ticket = await first.submit(ORDER, ATTEMPT)
    await first.check(ticket)
    await scribe.half.wait()
    await first.aclose()
    scribe.go.set()
    second = provider_for(scribe, tmp_path)
    assert isinstance(await until(second, ticket), Done)
    assert scribe.calls == ["dawn", "dawn"]
    assert sorted(path.name for path in (tmp_path / "animatic" / "k1.0").iterdir()) == ["clip.mp4", "order.json"]
    await second.aclose()


async def test_cancel_is_free_and_lasts(tmp_path: Path, scribe: Scribe) -> None:
    provider = provider_for(scribe, tmp_path)
    ticket = await provider.submit(ORDER, ATTEMPT)
    await provider.check(ticket)
    await scribe.half.wait()
    for _ in range(2):
        stopped = await provider.cancel(ticket)
        assert (stopped.stopped, stopped.charged) == (True, False)
    assert scribe.running == 0
    failed = await provider_for(scribe, tmp_path).check(ticket)
    assert isinstance(failed, Failed)
    assert (failed.reason, failed.charged) == ("cancelled", False)
    await provider.aclose()


async def test_the_spool_forgets_old_endings_and_keeps_the_rest(tmp_path: Path, scribe: Scribe) -> None:
    first = provider_for(scribe, tmp_path)
    for number in range(3):
        await first.submit(ORDER, Attempt(f"k{number}.0", 0.0))
    for number in range(2):
        await first.cancel(Ticket("animatic", f"k{number}.0"))
    os.utime(tmp_path / "animatic" / "k0.0" / "ended.json", (1.0, 1.0))
    os.utime(tmp_path / "animatic" / "k2.0" / "order.json", (1.0, 1.0))
    await first.aclose()
    second = provider_for(scribe, tmp_path)
    await second.submit(ORDER, Attempt("k3.0", 0.0))
    assert sorted(path.name for path in (tmp_path / "animatic").iterdir()) == ["k1.0", "k2.0", "k3.0"]
    await second.aclose()


async def test_a_finished_take_is_not_stopped(tmp_path: Path, scribe: Scribe) -> None:
    provider = provider_for(scribe, tmp_path)
    scribe.go.set()
    ticket = await provider.submit(ORDER, ATTEMPT)
    await until(provider, ticket)
    assert (await provider.cancel(ticket)).stopped is False
    assert isinstance(await provider.check(ticket), Done)
    await provider.aclose()


@pytest.mark.parametrize(
    ("error", "reason"),
    [(PictureError("torn"), "invalid"), (OSError(28, "No space left"), "vendor"), (ZeroDivisionError(), "vendor")],
)
async def test_a_failed_rendering_says_why(tmp_path: Path, scribe: Scribe, error: Exception, reason: str) -> None:
    provider = provider_for(scribe, tmp_path)
    scribe.error = error
    scribe.go.set()
    failed = await until(provider, await provider.submit(ORDER, ATTEMPT))
    assert isinstance(failed, Failed)
    assert (failed.reason, failed.charged) == (reason, False)
    assert not list(tmp_path.rglob("*.part.mp4"))
    await provider.aclose()


async def test_renders_wait_for_their_turn(tmp_path: Path, scribe: Scribe) -> None:
    provider = provider_for(scribe, tmp_path, renders=2)
    tickets = [await provider.submit(ORDER, Attempt(f"k{n}.0", 0.0)) for n in range(5)]
    for ticket in tickets:
        await provider.check(ticket)
    await scribe.half.wait()
    scribe.go.set()
    for ticket in tickets:
        assert isinstance(await until(provider, ticket), Done)
    assert scribe.most == 2
    await provider.aclose()


@pytest.mark.parametrize("ref", ["", "../up", "A", "a/b", "a..b", ".a", "a b"])
async def test_a_ref_never_leaves_the_spool(tmp_path: Path, scribe: Scribe, ref: str) -> None:
    provider = provider_for(scribe, tmp_path / "spool")
    with pytest.raises(Refused):
        await provider.submit(ORDER, Attempt(ref, 0.0))
    assert not (tmp_path / "spool").exists()
    await provider.aclose()


def test_without_a_renderer_there_is_no_animatic(tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        AnimaticProvider(Tools(Folder({}), tmp_path))
