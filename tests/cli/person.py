"""The installed command in a home of its own, as a person would run it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COMMAND = str(Path(sys.executable).with_name("shotwright"))
PATIENCE = 120


@dataclass(frozen=True)
class Result:
    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Person:
    """Someone with an empty home and a folder to work in; no FFmpeg, no keys."""

    home: Path
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.defpath,
            "HOME": str(self.home),
            "SHOTWRIGHT_HOME": str(self.home / "shotwright"),
            "LANG": "C.UTF-8",
        }

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        settings: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL}
        return subprocess.Popen(
            [COMMAND, *arguments], cwd=self.folder, env=self.environment, text=True, **(settings | options)
        )

    def run(self, *arguments: str, said: str | None = None) -> Result:
        with self.start(*arguments, stdin=subprocess.PIPE) as process:
            out, err = process.communicate(said, timeout=PATIENCE)
        return Result(process.returncode, out, err)


def person_in(folder: Path) -> Person:
    home, work = folder / "home", folder / "work"
    home.mkdir()
    work.mkdir()
    return Person(home, work)
