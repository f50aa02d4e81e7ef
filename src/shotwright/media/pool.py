"""Media work beside the event loop: warm child processes, each doing one task at a time."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from shotwright.errors import Charged, EnvironmentProblem, InvalidInput, MediaError, ShotwrightError, StoryboardError

Progress = Callable[[float], None]

_log = logging.getLogger(__name__)
_LONGEST_LINE = 64 << 20
_PATIENCE = 2.0  # seconds for an idle child to leave by itself


class MediaPool:
    """Runs media tasks (see `tasks`) in at most `workers` child processes, which start when first needed and stay warm.

    `temp` is the folder for their temporary files. Belongs to the event loop in which it is first used. The children
    end with this process, however it ends.
    """

    def __init__(self, workers: int, *, temp: Path | None = None) -> None:
        if workers < 1:
            raise InvalidInput(f"workers: {workers} is too few", field="workers", value=workers, hint="1 or more")
        self._places = asyncio.Semaphore(workers)
        self._temp = temp
        self._idle: list[_Child] = []
        self._all: set[_Child] = set()
        self._leaving: set[asyncio.Task[None]] = set()
        self._closed = False

    async def run(
        self,
        task: str,
        args: dict[str, Any],
        *,
        progress: Progress | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> dict[str, Any]:
        """The result of one task. `progress` hears fractions from 0 to 1; `timeout` in seconds of work.

        Raises what the task raised, as the same kind of ShotwrightError. A child that dies or takes too long raises
        MediaError with `retry` true. Cancelling the caller ends the work at once and leaves no half-written file.
        """
        async with self._places:
            child = await self._take()
            done = False
            try:
                async with asyncio.timeout(timeout):
                    answer = await child.ask(task, args, progress)
                done = True
            except TimeoutError:
                raise MediaError(
                    f"{task}: not done within {timeout:g} s", hint="try again when the machine is less busy", retry=True
                ) from None
            finally:
                self._put_back(child, args, alive=done)
        return _result_of(answer)

    async def aclose(self) -> None:
        """Ends all children and waits until they are gone. Work in progress raises MediaError. Safe to call twice."""
        self._closed = True
        self._idle.clear()
        children = list(self._all)
        self._all.clear()
        await asyncio.gather(*(child.leave() for child in children), *self._leaving)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    @property
    def children(self) -> list[int]:
        """Process ids of the children that are alive."""
        return sorted(child.pid for child in self._all)

    async def _take(self) -> _Child:
        if self._closed:
            raise MediaError("the media workers are closed")
        while self._idle:
            child = self._idle.pop()
            if child.alive:
                return child
            self._dismiss(child)
        child = await _Child.start(self._temp)
        self._all.add(child)
        return child

    def _put_back(self, child: _Child, args: dict[str, Any], *, alive: bool) -> None:
        if alive and not self._closed:
            self._idle.append(child)
            return
        self._dismiss(child)
        if "output" in args:
            remove_leftovers(Path(args["output"]).parent, child.pid)

    def _dismiss(self, child: _Child) -> None:
        child.kill()
        self._all.discard(child)
        leaving = asyncio.get_running_loop().create_task(child.leave())
        self._leaving.add(leaving)
        leaving.add_done_callback(self._leaving.discard)


class _Child:
    """One worker process and the pipes to it."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._number = 0
        self.pid = process.pid

    @classmethod
    async def start(cls, temp: Path | None) -> Self:
        home = str(Path(__file__).parents[2])
        paths = [home, *filter(None, [os.environ.get("PYTHONPATH")])]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
        if temp is not None:
            environment["TMPDIR"] = str(temp)
        command = (sys.executable, "-P", "-m", "shotwright.media.worker")
        try:
            process = await asyncio.create_subprocess_exec(
                *command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=environment, limit=_LONGEST_LINE
            )
        except OSError as problem:
            raise EnvironmentProblem(
                f"no media worker could be started ({problem.strerror})", hint="close other programs", retry=True
            ) from problem
        return cls(process)

    @property
    def alive(self) -> bool:
        return self._process.returncode is None

    async def ask(self, task: str, args: dict[str, Any], progress: Progress | None) -> dict[str, Any]:
        """The final answer to one request."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._number += 1
        request = json.dumps({"id": self._number, "task": task, "args": args})
        with contextlib.suppress(ConnectionError):  # the missing answer tells
            self._process.stdin.write(request.encode() + b"\n")
            await self._process.stdin.drain()
        while line := await self._process.stdout.readline():
            answer: dict[str, Any] = json.loads(line)
            if "progress" not in answer:
                return answer
            if progress is not None:
                progress(answer["progress"])
        raise MediaError(
            f"{task}: the process that did this ended unexpectedly",
            hint="the media may be damaged, or the machine short of memory; try again",
            retry=True,
        )

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    async def leave(self) -> None:
        """Closes its input, which ends it, and waits; kills it where that does not help."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._process.wait()
        except TimeoutError:
            self.kill()
            await self._process.wait()
        if self._process.stdin is not None:
            with contextlib.suppress(ConnectionError):
                await self._process.stdin.wait_closed()


def remove_leftovers(folder: Path, pid: int) -> int:
    """Removes what process `pid`, which is gone, left half-written in `folder`. Returns how many files."""
    removed = 0
    for pattern in (f".*.{pid}-*.part*", f".*.{pid}.part*"):
        for path in folder.glob(pattern):
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def _result_of(answer: dict[str, Any]) -> dict[str, Any]:
    if "error" in answer:
        raise _revived(answer["error"])
    result: dict[str, Any] = answer["result"]
    return result


def _revived(error: dict[str, Any]) -> ShotwrightError:
    """An error out of its JSON form, of the same kind."""
    if "trace" in error:
        _log.error("media task failed: %s", error["trace"])
    kind = _kinds(ShotwrightError).get(error["code"], MediaError)
    message, hint = error["message"], error["hint"]
    if issubclass(kind, StoryboardError):
        return kind(message, file=error["file"], line=error["line"], field=error["field"], hint=hint)
    if issubclass(kind, InvalidInput):
        return kind(message, field=error.get("field"), hint=hint)
    if issubclass(kind, MediaError | EnvironmentProblem) or kind is ShotwrightError:
        return kind(message, hint=hint, charged=Charged(error["charged"]), retry=error["retry"])
    return MediaError(message, hint=hint, retry=error["retry"])


def _kinds(root: type[ShotwrightError]) -> dict[str, type[ShotwrightError]]:
    found = {root.code: root}
    for kind in root.__subclasses__():
        found |= _kinds(kind)
    return found
