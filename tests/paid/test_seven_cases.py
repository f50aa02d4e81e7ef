"""Seven ways in which paid clips are lost elsewhere. Here: one order, every clip delivered, books equal the bill."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shotwright import Film, Studio
from shotwright.domain.job import JobState
from shotwright.domain.units import Money
from shotwright.media import probe
from tests.paid.rig import KINDS, QUICK, Rig, board, rig

ONE = Money.usd("0.40")
"""Four seconds at 0.10 USD."""


@pytest.fixture
def paid(tmp_path: Path) -> Iterator[Rig]:
    with rig(tmp_path) as made:
        yield made


def start(made: Rig, folder: Path, model: str, *, kill_at: str = "") -> subprocess.Popen[str]:
    """`render` in a process of its own, which dies at a named point of the paid path."""
    told = folder / "told.json"
    told.write_text(
        json.dumps(
            {
                "cwd": str(folder),
                "overrides": made.overrides,
                "wish": {"prompts": ["a whale"], "model": model, "chain": False},
            }
        )
    )
    return subprocess.Popen(
        [sys.executable, "-m", "tests.paid.runner", str(told), "render", str(folder / "film.mp4")],
        cwd=Path(__file__).parents[2],
        env=os.environ | {"SHOTWRIGHT_KILL_AT": kill_at},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


async def finished(made: Rig, folder: Path, model: str, *, faults_off: bool = True) -> Film:
    if faults_off:
        made.misbehave(model.partition("/")[0], "")
    async with Studio(made.settings, options=QUICK) as studio:
        film = await studio.render(board("a whale", model=model), folder / "film.mp4")
        lines = await studio.costs()
        assert sum(line.spent.micros for line in lines) == made.charged().micros
        assert sum(line.at_risk.micros for line in lines) == 0
        return film


def delivered_once(made: Rig, film: Film, name: str) -> None:
    bill = made.vendors[name].bill()
    assert (bill["charged"], bill["unfetched"]) == (1, [])
    assert made.charged() == ONE
    assert film.path is not None
    assert probe(film.path).frames == 96


@pytest.mark.parametrize("name", ["keyed", "listed"])
@pytest.mark.parametrize("point", ["after_answer", "in_poll"])
async def test_killed_between_acceptance_and_ticket_or_in_poll(
    paid: Rig, tmp_path: Path, name: str, point: str
) -> None:
    process = start(paid, tmp_path, f"{name}/wan", kill_at=f"{point}:1")
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert paid.accepted(name) == 1
    film = await finished(paid, tmp_path, f"{name}/wan")
    assert paid.accepted(name) == 1
    delivered_once(paid, film, name)


async def test_killed_after_acceptance_where_nobody_can_tell_waits_for_a_person(paid: Rig, tmp_path: Path) -> None:
    start(paid, tmp_path, "blind/wan", kill_at="after_answer:1").communicate(timeout=60)
    async with Studio(paid.settings, options=QUICK) as studio:
        with pytest.raises(Exception, match="may have accepted") as refused:
            await studio.render(board("a whale", model="blind/wan"), tmp_path / "film.mp4")
        assert getattr(refused.value, "charged", None) == "unknown"
        [take] = await studio.unclear()
        [line] = await studio.costs()
        assert (line.spent, line.at_risk) == (Money(), ONE)
        [job] = paid.vendors["blind"].bill()["jobs"]
        await studio.resolve(take.key[:8], "adopt", ticket=job["id"])
        film = await studio.render(board("a whale", model="blind/wan"), tmp_path / "film.mp4")
    delivered_once(paid, film, "blind")


@pytest.mark.parametrize("name", list(KINDS))
async def test_a_running_take_is_cancelled_and_wanted_again(tmp_path: Path, name: str) -> None:
    with rig(tmp_path, kinds=(name,), job_seconds=3.0) as paid:
        await cancelled_and_wanted_again(paid, tmp_path, name)


async def cancelled_and_wanted_again(paid: Rig, tmp_path: Path, name: str) -> None:
    wish = board("a whale", model=f"{name}/wan")
    async with Studio(paid.settings, options=QUICK) as studio:
        await studio._running()
        job = await studio.start(wish, tmp_path / "film.mp4")
        async for event in studio.follow(job):
            if event.stage == "making" and event.shot:
                break
        assert (await studio.cancel(job)).state is JobState.CANCELLED
        film = await studio.resume(job)
        [line] = await studio.costs()
    assert line.spent == paid.charged()
    assert line.spent == ONE
    assert film.path is not None
    assert probe(film.path).frames == 96


@pytest.mark.parametrize("fault", ["error=503@fetch*3", "truncate@fetch*3", "drop@fetch*3"])
async def test_a_download_that_fails_for_a_while_is_fetched_again(paid: Rig, tmp_path: Path, fault: str) -> None:
    paid.misbehave("listed", fault)
    film = await finished(paid, tmp_path, "listed/wan", faults_off=False)
    delivered_once(paid, film, "listed")


async def test_the_same_order_twice_at_once_is_one_take(paid: Rig, tmp_path: Path) -> None:
    async with Studio(paid.settings, options=QUICK) as studio:
        wishes = [board("a whale", model="listed/wan"), board("a whale", "a ship", model="listed/wan")]
        films = await asyncio.gather(
            *(studio.render(wish, tmp_path / f"{number}.mp4") for number, wish in enumerate(wishes))
        )
    assert films[0].takes[0].key == films[1].takes[0].key
    assert paid.vendors["listed"].bill()["charged"] == 2


async def test_the_same_order_from_two_processes_is_one_take(paid: Rig, tmp_path: Path) -> None:
    first, second = (start(paid, folder(tmp_path, name), "listed/wan") for name in ("a", "b"))
    outcomes: list[Any] = [json.loads(process.communicate(timeout=90)[0]) for process in (first, second)]
    assert [process.returncode for process in (first, second)] == [0, 0]
    assert outcomes[0]["takes"][0]["key"] == outcomes[1]["takes"][0]["key"]
    assert paid.vendors["listed"].bill()["charged"] == 1


def folder(base: Path, name: str) -> Path:
    (base / name).mkdir()
    return base / name


@pytest.mark.parametrize("name", ["keyed", "listed"])
@pytest.mark.parametrize("fault", ["error-after=502@submit*1", "drop-after@submit*1"])
async def test_accepted_but_answered_by_a_502_or_not_at_all(paid: Rig, tmp_path: Path, name: str, fault: str) -> None:
    paid.misbehave(name, fault)
    film = await finished(paid, tmp_path, f"{name}/wan", faults_off=False)
    delivered_once(paid, film, name)


async def test_a_first_frame_reaches_the_model_in_exactly_the_size_of_the_order(paid: Rig, tmp_path: Path) -> None:
    from PIL import Image

    picture = tmp_path / "tall.jpg"
    Image.new("RGB", (400, 600), "teal").save(picture)
    wish = board("a whale", "a ship", model="listed/wan", chain=True)
    wish = replace(wish, shots=(replace(wish.shots[0], image=str(picture)), wish.shots[1]))
    async with Studio(paid.settings, options=QUICK) as studio:
        film = await studio.render(wish, tmp_path / "film.mp4")
        for take in film.takes:
            [first] = take.order.inputs
            with Image.open(await studio.asset_path(first.digest)) as sent:
                assert sent.size == (1280, 720)
        assert [shot.action for shot in (await studio.plan(wish)).shots] == ["reuse", "reuse"]
