"""The repository is at home anywhere: no package registry by name, no path of one machine, in no tracked file."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REGISTRIES = re.compile(
    "|".join(
        re.escape(".".join(parts))
        for parts in (
            ("pypi", "org"),
            ("pythonhosted", "org"),
            ("registry", "npmjs", "org"),
            ("deb", "debian", "org"),
        )
    )
)
MACHINE_PATH = re.compile(r"(?<![\w.:/~-])/(?:work|root|opt|home/\w+|Users/\w+)/")


def tracked_texts() -> list[tuple[str, str]]:
    """Path and content of every tracked text file, as it stands in the working tree."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    files = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    contents = [(path, path.read_bytes()) for path in files if path.is_file()]
    return [(str(path.relative_to(ROOT)), data.decode()) for path, data in contents if b"\0" not in data[:8000]]


@pytest.fixture(scope="module")
def texts() -> list[tuple[str, str]]:
    return tracked_texts()


def hits(pattern: re.Pattern[str], texts: list[tuple[str, str]]) -> list[str]:
    return [
        f"{name}:{number}: {line.strip()[:120]}"
        for name, text in texts
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_registry_is_named(texts: list[tuple[str, str]]) -> None:
    assert texts
    assert hits(REGISTRIES, texts) == []


def test_no_machine_path_is_named(texts: list[tuple[str, str]]) -> None:
    assert hits(MACHINE_PATH, texts) == []


def test_what_is_looked_for_would_be_found() -> None:
    registry, path = "https://files.python" + "hosted.org/x", "cd /ro" + "ot/x"
    texts = [("a", f"one\nsee {registry}"), ("b", path), ("c", "fine: src/work/x, ~/work/x, example.com/home/x/")]
    assert hits(REGISTRIES, texts) == [f"a:2: see {registry}"]
    assert hits(MACHINE_PATH, texts) == [f"b:1: {path}"]
