"""Several processes on one database: what one leaves the other carries on, nothing is ordered or booked twice."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from shotwright import Studio
from shotwright.domain.job import JobState
from shotwright.domain.take import TakeState
from shotwright.domain.units import Money
from tests.paid.rig import QUICK, Rig, board, rig

ROOT = Path(__file__).parents[2]
ONE = Money.usd("0.40")
"""Four seconds at 0.10 USD."""

TAKEN_OVER = 30.0
"""Seconds within which the take of a dead worker goes on elsewhere."""


@pytest.fixture
def endless(tmp_path: Path, database_url: str) -> Iterator[Rig]:
    """A vendor whose jobs end when `jobs_end` says so."""
    with rig(tmp_path, url=database_url, kinds=("keyed",), job_seconds=3600.0) as made:
        yield made


def jobs_end(made: Rig) -> None:
    emulator = made.vendors["keyed"].emulator
    for job in emulator.jobs.values():
        job.ends = emulator.now()


@pytest.fixture
def processes() -> Iterator[ExitStack]:
    """Processes that are gone at the end of the test."""
    with ExitStack() as stack:
        yield stack


def launch(made: Rig, folder: Path, processes: ExitStack, *command: str, **wish: Any) -> subprocess.Popen[str]:
    told = folder / "told.json"
    told.write_text(json.dumps({"cwd": str(folder), "overrides": made.overrides, "wish": wish}))
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.paid.runner", str(told), *command],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    processes.callback(process.communicate)
    processes.callback(process.kill)
    return process


def worker(made: Rig, folder: Path, processes: ExitStack) -> subprocess.Popen[str]:
    """One that is up."""
    process = launch(made, folder, processes, "work")
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    return process


async def polled(studio: Studio, made: Rig, job: str) -> str:
    """Waits until the job's take is ordered and asked for. Its key."""
    while True:
        [shot] = (await studio.job(job)).shots
        if shot["state"] == TakeState.SUBMITTED and made.vendors["keyed"].bill()["requests"].get("check", 0) > 1:
            return str(shot["key"])
        await asyncio.sleep(0.05)


async def done(studio: Studio, job: str) -> None:
    """Waits for the film, whoever makes it."""
    while True:
        if (await studio.job(job)).state is JobState.DONE:
            return
        await asyncio.sleep(0.05)


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
async def test_a_worker_ends_while_it_polls_and_its_take_goes_on_in_the_other(
    endless: Rig, tmp_path: Path, processes: ExitStack, end: signal.Signals
) -> None:
    first = worker(endless, tmp_path, processes)
    async with Studio(endless.settings, options=QUICK) as studio:
        job = await studio.start(board("a whale", model="keyed/wan"), tmp_path / "film.mp4")
        async with asyncio.timeout(60):
            key = await polled(studio, endless, job)
        submits = endless.vendors["keyed"].bill()["requests"]["submit"]
        second = worker(endless, tmp_path, processes)
        first.send_signal(end)
        assert first.wait(timeout=30) == (-signal.SIGKILL if end is signal.SIGKILL else 0)
        jobs_end(endless)
        async with asyncio.timeout(TAKEN_OVER):
            await done(studio, job)
        assert second.poll() is None
        [line] = await studio.costs()
        [clip] = await studio.assets(kind="clip")
        [shot] = (await studio.job(job)).shots
    bill = endless.vendors["keyed"].bill()
    assert (bill["requests"]["submit"], bill["charged"], bill["unfetched"]) == (submits, 1, [])
    assert (line.spent, line.at_risk) == (ONE, Money())
    assert endless.charged() == ONE
    assert (shot["key"], shot["clip"], shot["take"]) == (key, clip.digest, 1)


async def test_two_workers_share_out_takes_and_order_each_once(
    database_url: str, tmp_path: Path, processes: ExitStack
) -> None:
    with rig(tmp_path, url=database_url, kinds=("keyed",), job_seconds=0.3) as made:
        worker(made, tmp_path, processes)
        worker(made, tmp_path, processes)
        async with Studio(made.settings, options=QUICK) as studio:
            wish = board(*(f"shot {number}" for number in range(8)), model="keyed/wan")
            job = await studio.start(wish, tmp_path / "film.mp4")
            async with asyncio.timeout(90):
                await done(studio, job)
            [line] = await studio.costs()
        bill = made.vendors["keyed"].bill()
        assert (bill["charged"], bill["unfetched"]) == (8, [])
        assert line.spent == made.charged()


async def test_two_commands_at_once_on_one_home_share_what_they_have_in_common(
    database_url: str, tmp_path: Path, processes: ExitStack
) -> None:
    with rig(tmp_path, url=database_url, kinds=("keyed",), job_seconds=0.5) as made:
        commands = []
        for name in ("ship", "bird"):
            (folder := tmp_path / name).mkdir()
            wish = {"prompts": ["a whale", f"a {name}"], "model": "keyed/wan", "chain": False}
            commands.append(launch(made, folder, processes, "render", str(folder / "film.mp4"), **wish))
        films = [json.loads(command.communicate(timeout=120)[0]) for command in commands]
        assert [command.returncode for command in commands] == [0, 0], films
        assert films[0]["takes"][0]["key"] == films[1]["takes"][0]["key"]
        assert films[0]["takes"][1]["key"] != films[1]["takes"][1]["key"]
        assert (tmp_path / "ship" / "film.mp4").exists()
        assert (tmp_path / "bird" / "film.mp4").exists()
        bill = made.vendors["keyed"].bill()
        assert (bill["charged"], bill["unfetched"]) == (3, [])
        async with Studio(made.settings, options=QUICK) as studio:
            [line] = await studio.costs()
        assert (line.spent, line.at_risk) == (made.charged(), Money())
