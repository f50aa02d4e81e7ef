"""Starting emulators: on a thread for tests, in the foreground for people."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shotwright.domain.units import Money, Size
from shotwright.errors import EnvironmentProblem, InvalidInput, ShotwrightError
from shotwright.testing.emulators._variables import variables

if TYPE_CHECKING:
    from shotwright.testing.emulators.base import Emulator, Setup
    from shotwright.testing.emulators.wire import BriefServer

_PARTS = frozenset({"base", "clips", "faults", "run", "wire"})
_START = 10.0


def emulator_names() -> tuple[str, ...]:
    """Every module of this package that is a vendor's emulator."""
    folder = Path(__file__).parent
    found = (item.name for item in pkgutil.iter_modules([str(folder)]))
    return tuple(sorted(name for name in found if name not in _PARTS and not name.startswith("_")))


def create(name: str, setup: Setup) -> Emulator:
    """Raises InvalidInput for a name that isn't there and EnvironmentProblem without the extra `emulate`."""
    if name not in emulator_names():
        raise InvalidInput(
            f"there is no emulator {name!r}", field="provider", value=name, hint=f"one of {', '.join(emulator_names())}"
        )
    _need_extra()
    made: Emulator = importlib.import_module(f"shotwright.testing.emulators.{name}").EMULATOR(setup)
    return made


@dataclass(frozen=True)
class RunningEmulator:
    """An emulator that answers at `url` ("http://127.0.0.1:PORT")."""

    url: str
    emulator: Emulator

    def misbehave(self, faults: str) -> None:
        """Other faults from now on; "" for none."""
        self.emulator.faults.set(faults)

    def bill(self) -> Mapping[str, Any]:
        return self.emulator.bill()

    def restart(self) -> None:
        self.emulator.restart()


@contextmanager
def run_emulator(
    name: str,
    *,
    faults: str = "",
    seed: int = 0,
    job_seconds: float | tuple[float, float] = 0.1,
    slots: int | None = None,
    per_minute: int | None = None,
    clip_size: str | None = "160x90",
    price: str = "0.10",
    port: int = 0,
    clock: Callable[[], float] = time.monotonic,
    **options: str,
) -> Iterator[RunningEmulator]:
    """An emulator on a loopback port in a thread of this process, until the block ends.

    Clips are `clip_size` whatever was ordered (None: as ordered); `options` are the vendor's own switches.
    """
    _need_extra()
    from shotwright.testing.emulators.base import Setup

    times = job_seconds if isinstance(job_seconds, tuple) else (job_seconds, job_seconds)
    size = Size.parse(clip_size) if clip_size else None
    setup = Setup(faults, seed, times, slots, per_minute, size, Money.usd(price), options, clock)
    emulator = create(name, setup)
    with socket.create_server(("127.0.0.1", port)) as listener:
        server = _server(emulator)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            _wait_for(server, thread)
            yield RunningEmulator(f"http://127.0.0.1:{listener.getsockname()[1]}", emulator)
        finally:
            server.stop()
            thread.join()


def serve(name: str, setup: Setup, host: str = "127.0.0.1", port: int = 8700) -> None:
    """Runs an emulator in the foreground until it is interrupted. Raises EnvironmentProblem for a port in use."""
    emulator = create(name, setup)
    try:
        listener = socket.create_server((host, port))
    except OSError as error:
        raise EnvironmentProblem(f"port {port} can't be opened: {error}", hint="choose another with --port") from error
    with listener, suppress(KeyboardInterrupt):
        shown = f"[{host}]" if ":" in host else host
        sys.stdout.write(_greeting(name, f"http://{shown}:{listener.getsockname()[1]}", setup))
        sys.stdout.flush()
        _server(emulator).run(sockets=[listener])


def _greeting(name: str, url: str, setup: Setup) -> str:
    lines = [f"{name} emulated at {url}", f"bill    {url}/_bill", f"faults  {url}/_faults"]
    found = variables(name, url, setup.options.get("key", ""))
    return "\n".join([*lines, *(f"export {variable}={value}" for variable, value in found.items())]) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line of `python -m shotwright.testing.emulators`; gives the exit status."""
    parser = argparse.ArgumentParser(prog="shotwright emulate", description="Answers like a vendor, for free.")
    parser.add_argument("provider", help=f"one of {', '.join(emulator_names())}")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8700)
    parser.add_argument("--faults", default="", help="for example 429%%10,drop-after@submit*1")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--job-seconds", default="5", help="how long a job takes: 5, or 2-8 to draw between")
    parser.add_argument("--slots", type=int, help="jobs that run at a time; the others queue")
    parser.add_argument("--per-minute", type=int, help="submits taken in a minute")
    parser.add_argument("--price", default="0.10", help="USD for a second of clip")
    parser.add_argument("--clip-size", help="one size for all clips; as ordered without it")
    parser.add_argument("--option", action="append", default=[], metavar="NAME=VALUE", help="a switch of this vendor")
    given = parser.parse_args(arguments)
    try:
        _need_extra()
        from shotwright.testing.emulators.base import Setup

        setup = Setup(
            given.faults,
            given.seed,
            _times(given.job_seconds),
            given.slots,
            given.per_minute,
            Size.parse(given.clip_size) if given.clip_size else None,
            Money.parse(given.price, field="price"),
            dict(item.split("=", 1) if "=" in item else (item, "true") for item in given.option),
        )
        serve(given.provider, setup, given.host, given.port)
    except ShotwrightError as error:
        sys.stderr.write(f"{error}\n" + (f"{error.hint}\n" if error.hint else ""))
        return error.exit_status
    return 0


def _times(text: str) -> tuple[float, float]:
    try:
        low, _, high = text.partition("-")
        return float(low), float(high or low)
    except ValueError:
        raise InvalidInput(f"{text!r} is not a time", field="job-seconds", value=text, hint="write 5 or 2-8") from None


def _server(emulator: Emulator) -> BriefServer:
    import uvicorn

    from shotwright.testing.emulators.wire import BreakableProtocol, BriefServer

    config = uvicorn.Config(
        emulator.app, http=BreakableProtocol, ws="none", lifespan="off", log_level="critical", loop="asyncio"
    )
    return BriefServer(config)


def _wait_for(server: BriefServer, thread: threading.Thread) -> None:
    begun = time.monotonic()
    while not server.started:
        if not thread.is_alive() or time.monotonic() - begun > _START:
            raise EnvironmentProblem("the emulator did not start")
        time.sleep(0.005)


def _need_extra() -> None:
    try:
        importlib.import_module("starlette")
        importlib.import_module("uvicorn")
        importlib.import_module("python_multipart")
    except ImportError as error:
        raise EnvironmentProblem(f"emulators need {error.name}", hint="pip install 'shotwright[emulate]'") from error
