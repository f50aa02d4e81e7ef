"""Nothing slow at import: what answers at once loads no media, database, workflow or HTTP library."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {
    "alembic",
    "av",
    "cv2",
    "dbos",
    "fastapi",
    "httpx2",
    "numpy",
    "PIL",
    "psycopg",
    "pydantic",
    "sqlalchemy",
    "uvicorn",
}
IMPORT_LINE = re.compile(r"^import time:\s+\d+ \|\s+\d+ \| +(?P<name>[\w.]+)$", re.MULTILINE)


def imported_by(home: Path, *arguments: str) -> set[str]:
    """Top-level names that the installed command imports while it runs with these arguments."""
    command = Path(sys.executable).with_name("shotwright")
    environment = {"PATH": os.defpath, "HOME": str(home), "SHOTWRIGHT_HOME": str(home / "shotwright")}
    done = subprocess.run(
        [sys.executable, "-X", "importtime", command, *arguments],
        capture_output=True,
        text=True,
        env=environment,
        cwd=home,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.strip()
    return {match["name"].partition(".")[0] for match in IMPORT_LINE.finditer(done.stderr)}


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["models"], ["generate", "--help"]], ids=" ".join)
def test_no_heavy_module_is_imported(tmp_path: Path, arguments: list[str]) -> None:
    names = imported_by(tmp_path, *arguments)
    assert "shotwright" in names, "the list of imports was not read"
    assert names & HEAVY == set()
