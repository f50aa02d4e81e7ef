from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from shotwright.domain.asset import Probe
from shotwright.domain.storyboard import Transition
from shotwright.domain.timeline import Cut, Piece
from shotwright.domain.units import Size
from shotwright.errors import InvalidInput, MediaError, PictureError
from shotwright.media.pool import MediaPool, remove_leftovers
from tests.media.clips import make_clip, numbers, tone

SOURCES = str(Path(__file__).parents[2] / "src")
WORKER = [sys.executable, "-P", "-m", "shotwright.media.worker"]


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return make_clip(tmp_path / "clip.mp4", frames=40, sound=tone(1.0))


def long_cut(clip: Path) -> dict[str, Any]:
    """Work for many seconds: everything is encoded, at a large size."""
    piece = Piece(str(clip), transition=Transition.parse("crossfade 0.5"))
    return Cut((piece,) * 40, size=Size(1920, 1080)).as_json()


async def gone(pid: int) -> bool:
    for _ in range(200):
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        await asyncio.sleep(0.05)
    return False


async def until_working(pool: MediaPool, clip: Path, output: Path) -> asyncio.Task[dict[str, Any]]:
    begun = asyncio.Event()
    work = asyncio.create_task(
        pool.run("cut", {"cut": long_cut(clip), "output": str(output)}, progress=lambda _: begun.set())
    )
    await asyncio.wait_for(begun.wait(), 60)
    return work


async def test_tasks_give_plain_data(clip: Path, tmp_path: Path) -> None:
    async with MediaPool(1) as pool:
        probe = Probe.from_json(await pool.run("probe", {"file": str(clip)}))
        assert (probe.frames, probe.size) == (40, Size(320, 180))
        asked: dict[str, dict[str, Any]] = {
            "last_frame": {"clip": str(clip), "output": str(tmp_path / "last.png")},
            "poster": {"file": str(clip), "output": str(tmp_path / "poster.jpg")},
            "contact_sheet": {"file": str(clip), "output": str(tmp_path / "sheet.png"), "columns": 2},
        }
        for task, args in asked.items():
            answer = await pool.run(task, args)
            assert Path(answer["output"]).stat().st_size > 100
        heard: list[float] = []
        cut = Cut((Piece(str(clip)), Piece(str(clip))))
        output = tmp_path / "film.mp4"
        report = await pool.run("cut", {"cut": cut.as_json(), "output": str(output)}, progress=heard.append)
        assert (report["mode"], report["frames"], report["seconds"]) == ("copy", 80, "8/3")
        assert heard[-1] == 1.0
        assert len(numbers(output)) == 80
        assert len(pool.children) == 1


async def test_errors_keep_their_kind(clip: Path, tmp_path: Path) -> None:
    async with MediaPool(1) as pool:
        with pytest.raises(MediaError, match="no such file") as caught:
            await pool.run("probe", {"file": str(tmp_path / "none.mp4")})
        assert caught.value.hint == "check the path"
        assert not caught.value.retry
        with pytest.raises(PictureError):
            await pool.run("picture", {"source": str(clip), "output": str(tmp_path / "a.png")})
        with pytest.raises(InvalidInput, match="no media task is called 'sing'"):
            await pool.run("sing", {})
        with pytest.raises(InvalidInput, match="output missing"):
            await pool.run("poster", {"file": str(clip)})
        assert (await pool.run("probe", {"file": str(clip)}))["frames"] == 40


async def test_a_killed_child_is_told_and_replaced(clip: Path, tmp_path: Path) -> None:
    async with MediaPool(1) as pool:
        work = await until_working(pool, clip, tmp_path / "film.mp4")
        (victim,) = pool.children
        os.kill(victim, signal.SIGKILL)
        with pytest.raises(MediaError, match="ended unexpectedly") as caught:
            await work
        assert caught.value.retry
        assert caught.value.charged == "no"
        assert (await pool.run("probe", {"file": str(clip)}))["frames"] == 40
        assert pool.children != [victim]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clip.mp4"]


async def test_cancelling_ends_the_work_at_once(clip: Path, tmp_path: Path) -> None:
    async with MediaPool(1) as pool:
        work = await until_working(pool, clip, tmp_path / "film.mp4")
        (child,) = pool.children
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        assert await gone(child)
        assert (await pool.run("probe", {"file": str(clip)}))["frames"] == 40
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clip.mp4"]


async def test_a_task_that_takes_too_long_is_ended(clip: Path, tmp_path: Path) -> None:
    async with MediaPool(1) as pool:
        with pytest.raises(MediaError, match=r"not done within 1\.5 s"):
            await pool.run("cut", {"cut": long_cut(clip), "output": str(tmp_path / "film.mp4")}, timeout=1.5)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clip.mp4"]


async def test_closing_ends_idle_and_busy_children(clip: Path, tmp_path: Path) -> None:
    pool = MediaPool(2)
    work = await until_working(pool, clip, tmp_path / "film.mp4")
    await pool.run("probe", {"file": str(clip)})
    children = pool.children
    assert len(children) == 2
    await pool.aclose()
    with pytest.raises(MediaError):
        await work
    for child in children:
        assert await gone(child)
    with pytest.raises(MediaError, match="closed"):
        await pool.run("probe", {"file": str(clip)})
    await pool.aclose()


async def test_children_are_shared_and_kept_warm(clip: Path) -> None:
    async with MediaPool(2) as pool:
        answers = await asyncio.gather(*(pool.run("probe", {"file": str(clip)}) for _ in range(6)))
        assert [answer["frames"] for answer in answers] == [40] * 6
        assert len(pool.children) == 2
        kept = pool.children
        await pool.run("probe", {"file": str(clip)})
        assert pool.children == kept


async def test_children_die_with_their_parent(clip: Path, tmp_path: Path) -> None:
    args = json.dumps({"cut": long_cut(clip), "output": str(tmp_path / "f.mp4")})
    program = """
import asyncio, json, sys
from shotwright.media.pool import MediaPool
async def main():
    pool = MediaPool(1)
    await pool.run("cut", json.loads(sys.argv[1]), progress=lambda _: print(pool.children[0], flush=True))
asyncio.run(main())
"""
    parent = subprocess.Popen(
        [sys.executable, "-c", program, args], stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": SOURCES}
    )
    assert parent.stdout is not None
    child = int(await asyncio.to_thread(parent.stdout.readline))
    assert psutil.pid_exists(child)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert await gone(child)
    (left,) = tmp_path.glob(".*")
    assert remove_leftovers(tmp_path, child) == 1
    assert not left.exists()


def talk(command: list[str], *lines: bytes) -> list[dict[str, Any]]:
    """The final answer of a worker process to each line, and then its end."""
    environment = os.environ | {"PYTHONPATH": SOURCES}
    answers = []
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as worker:
        assert worker.stdin is not None
        assert worker.stdout is not None
        for line in lines:
            worker.stdin.write(line + b"\n")
            worker.stdin.flush()
            answers.append(json.loads(worker.stdout.readline()))
        worker.stdin.close()
        assert worker.wait(20) == 0
    return answers


def test_garbage_is_answered_and_survived(clip: Path) -> None:
    good = json.dumps({"id": 9, "task": "probe", "args": {"file": str(clip)}}).encode()
    answers = talk(WORKER, b"{broken", b"[]", b'{"id": 3}', b'{"id": 4, "task": "probe", "args": {"file": 5}}', good)
    assert [answer["id"] for answer in answers] == [None, None, 3, 4, 9]
    assert all("error" in answer for answer in answers[:4])
    assert "result" in answers[4]


def test_stray_prints_do_not_disturb_the_answers() -> None:
    program = """
import os, sys
from shotwright.media import tasks, worker
def noisy(args, report):
    os.write(1, b"native noise\\n")
    print("python noise", flush=True)
    return {"read": os.read(0, 10).decode()}
tasks.TASKS["noisy"], tasks._NEEDS["noisy"] = noisy, set()
worker.main()
"""
    (answer,) = talk([sys.executable, "-c", program], b'{"id": 1, "task": "noisy", "args": {}}')
    assert answer == {"id": 1, "result": {"read": ""}}
