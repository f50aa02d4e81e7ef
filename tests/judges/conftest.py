"""Judges of our emulators: the vendors' own SDKs, unmodified, each in an environment of its own.

The environment is built once by uv into pytest's cache folder and kept while its requirements stay the same.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
Judge = Callable[[str, str], dict[str, Any]]


@pytest.fixture
def judge(request: pytest.FixtureRequest) -> Judge:
    """`judge("openai", url)` runs `judge_openai.py` with that SDK against the emulator; gives its JSON."""

    def run(name: str, url: str) -> dict[str, Any]:
        python = environment(name, request.config.cache.mkdir("judges"))
        done = subprocess.run(
            [str(python), str(HERE / f"judge_{name}.py"), url],
            capture_output=True,
            check=False,
            text=True,
            timeout=120,
            env={"PATH": os.environ.get("PATH", ""), "NO_PROXY": "*"},
        )
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    return run


def environment(name: str, cache: Path) -> Path:
    """The interpreter of an environment with the SDK in it; skips where the packages can't be had."""
    wanted = HERE / f"{name}.txt"
    digest = hashlib.sha256(wanted.read_bytes() + sys.version.encode()).hexdigest()[:12]
    folder = cache / f"{name}-{digest}"
    python = folder / "bin" / "python"
    if (folder / "ready").exists():
        return python
    shutil.rmtree(folder, ignore_errors=True)
    uv = [sys.executable, "-m", "uv", "--quiet"]
    for command in (
        [*uv, "venv", "--python", sys.executable, str(folder)],
        [*uv, "pip", "install", "--python", str(python), "--requirement", str(wanted)],
    ):
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode:
            pytest.skip(f"the SDK of {name} can't be installed here: {done.stderr.strip()[-300:]}")
    (folder / "ready").touch()
    return python
