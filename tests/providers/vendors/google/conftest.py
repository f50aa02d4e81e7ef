"""An emulated Google for each test."""

import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from shotwright.providers.base import Attempt
from shotwright.providers.vendor import Tools
from shotwright.testing.doubles import MappedInputs
from shotwright.testing.emulators import run_emulator
from tests.providers.vendors.google.service import KEY, Service


@pytest.fixture
async def serve(tmp_path: Path) -> AsyncIterator[Callable[..., Service]]:
    """`serve(option=...)` starts an emulated Google with these options."""
    services: list[Service] = []
    with ExitStack() as stack:

        def start(**options: Any) -> Service:
            running = stack.enter_context(run_emulator("google", **{"key": KEY, "token": KEY, **options}))
            inputs = MappedInputs()
            tools = Tools(inputs, tmp_path / "spool", allow_private=True)
            services.append(Service(running, tools, inputs, tmp_path))
            return services[-1]

        yield start
        for service in services:
            for provider in service.made:
                await provider.aclose()


@pytest.fixture
def attempts() -> Iterator[Attempt]:
    return (Attempt(f"{number:040x}.0", time.time()) for number in range(1000))
