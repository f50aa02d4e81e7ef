"""Accounts at an emulated Google, and what is sent to it."""

import asyncio
import io
import random
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from PIL import Image

from shotwright.domain.order import Input, Order, Role
from shotwright.domain.take import Done, Progress, Queued, Running, Ticket
from shotwright.domain.units import FrameRate, Size
from shotwright.errors import Unavailable
from shotwright.providers.base import Provider
from shotwright.providers.vendor import Tools
from shotwright.providers.vendors.google import VENDOR
from shotwright.providers.vendors.google.adapter import Google
from shotwright.testing.doubles import MappedInputs, MemorySink
from shotwright.testing.emulators import RunningEmulator
from shotwright.testing.emulators.google import GoogleEmulator

KEY = "test-key-0123456789"


@dataclass
class Service:
    """`google` is the emulator itself; `account(...)` connects to it."""

    running: RunningEmulator
    tools: Tools
    inputs: MappedInputs
    folder: Path
    made: list[Google] = field(default_factory=list)

    @property
    def google(self) -> GoogleEmulator:
        emulator = self.running.emulator
        assert isinstance(emulator, GoogleEmulator)
        return emulator

    @property
    def url(self) -> str:
        return self.running.url

    @property
    def last(self) -> dict[str, Any]:
        """What was kept of the newest accepted job."""
        return list(self.google.jobs.values())[-1].extra

    def account(self, **settings: Any) -> Google:
        urls = {"base_url": self.url, "vertex_url": self.url, "storage_url": self.url}
        made = VENDOR.create({**urls, **settings}, self.tools)
        assert isinstance(made, Google)
        self.made.append(made)
        return made

    def by_key(self, **settings: Any) -> Google:
        return self.account(api_key=KEY, **settings)

    def on_vertex(self, **settings: Any) -> Google:
        return self.account(**{"access_token": KEY, "project": "demo", **settings})

    def picture(self, role: Role = Role.FIRST, *, bytes_at_least: int = 0, colour: str = "teal") -> Input:
        kept = io.BytesIO()
        Image.new("RGB", (64, 36), colour).save(kept, "PNG")
        noise = random.Random(1).randbytes(max(0, bytes_at_least - kept.tell()))
        return self.put(role, kept.getvalue() + noise, "image/png", 64, 36)

    def video(self, data: bytes = b"a clip") -> Input:
        return self.put(Role.VIDEO, data, "video/mp4", 1280, 720)

    def put(self, role: Role, data: bytes, media_type: str, width: int, height: int) -> Input:
        digest = f"{len(self.inputs.files):064x}"
        path = self.folder / digest
        path.write_bytes(data)
        self.inputs.files[digest] = path
        return Input(role, digest, media_type, width, height)


def order(*inputs: Input, model: str = "gemini-omni-1.2-flash", seconds: int = 4, **more: Any) -> Order:
    given: dict[str, Any] = {"prompt": "fog rolls over a pier", "size": Size(1280, 720), "audio": True, **more}
    rate = FrameRate(Fraction(24))
    return Order("google", model, seconds=Fraction(seconds), fps=rate, inputs=inputs, **given)


async def ended(provider: Provider, ticket: Ticket) -> Progress:
    """Asks until the take is over."""
    for _ in range(500):
        try:
            progress = await provider.check(ticket)
        except Unavailable:
            progress = Running()
        if not isinstance(progress, Queued | Running):
            return progress
        await asyncio.sleep(0.02)
    raise AssertionError("the take did not end")


async def clip_of(provider: Provider, ticket: Ticket) -> bytes:
    done = await ended(provider, ticket)
    assert isinstance(done, Done), done
    sink = MemorySink()
    await provider.fetch(done.outputs[0], sink)
    return sink.data
