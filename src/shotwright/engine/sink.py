"""Where fetched bytes go: a temporary file with a limit, on the disk before it is closed."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from shotwright.engine.points import point
from shotwright.errors import EnvironmentProblem, MediaError


class FileSink:
    """`limit` in bytes. Writing happens on the default threads, so that a slow disk doesn't hold the loop."""

    def __init__(self, path: Path, *, limit: int) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("wb")
        self._limit = limit
        self._written = 0

    async def write(self, data: bytes) -> None:
        self._written += len(data)
        if self._written > self._limit:
            raise MediaError(
                f"the result is larger than {self._limit >> 20} MiB and was not taken",
                hint="raise the limit if this model really makes files of that size",
            )
        point("mid_fetch")
        try:
            await asyncio.get_running_loop().run_in_executor(None, self._file.write, data)
        except OSError as error:
            raise EnvironmentProblem(
                f"the clip can't be written: {error}", hint="free some space, then resume"
            ) from error

    async def restart(self) -> None:
        self._file.seek(0)
        self._file.truncate()
        self._written = 0

    async def close(self) -> None:
        if not self._file.closed:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
