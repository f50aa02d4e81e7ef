"""The plug-in of docs/add-a-provider.md, taken from the page: judged by the suite, used by the command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.docs.pages import blocks, files

PAGE = "add-a-provider.md"
ADDRESS = "http://127.0.0.1:8700"
PATIENCE = 300


@pytest.fixture(scope="module")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page's files in a folder, with the metadata that an installer would write for its entry points."""
    folder = tmp_path_factory.mktemp("acme")
    for name, code in files(PAGE).items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(code, encoding="utf-8")
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    info = folder / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    (info / "entry_points.txt").write_text(
        "".join(
            f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in entries.items())
            for group, entries in project["entry-points"].items()
        )
    )
    return folder


def environment(plugin: Path, home: Path) -> dict[str, str]:
    return {
        "PATH": os.defpath,
        "HOME": str(home),
        "SHOTWRIGHT_HOME": str(home / "shotwright"),
        "PYTHONPATH": str(plugin),
        "PYTHONUNBUFFERED": "1",
    }


def run(command: list[str], folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE
    )


def test_it_has_at_most_100_lines() -> None:
    code = files(PAGE)
    provider = code["acme_shotwright/__init__.py"] + code["acme_shotwright/adapter.py"]
    assert sum(bool(line.strip()) and not line.startswith("# ") for line in provider.splitlines()) <= 100


@pytest.mark.slow
def test_the_conformance_suite_passes_as_the_page_runs_it(plugin: Path, tmp_path: Path) -> None:
    assert "pytest\n" in "".join(blocks(PAGE, "sh"))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = run(command, plugin, environment(plugin, tmp_path))
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr
    assert "skipped" not in done.stdout.splitlines()[-1]


@pytest.fixture
def acme(plugin: Path, tmp_path: Path) -> Iterator[str]:
    """The page's emulator, started as the page says, on a free port."""
    code = (
        (plugin / "tests" / "emulator.py").read_text().replace("running(8700,", "running(0, clip_size=Size(160, 90),")
    )
    server = tmp_path / "server.py"
    server.write_text(code)
    with subprocess.Popen(
        [sys.executable, str(server)],
        env=environment(plugin, tmp_path),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        yield process.stdout.readline().partition(" at ")[2].partition(";")[0]
        process.stdin.close()
        process.wait(30)


def test_the_command_makes_a_film_with_it_and_books_what_it_charged(plugin: Path, acme: str, tmp_path: Path) -> None:
    settings = (plugin / "shotwright.toml").read_text()
    assert ADDRESS in settings
    (tmp_path / "shotwright.toml").write_text(settings.replace(ADDRESS, acme))
    shotwright = str(Path(sys.executable).with_name("shotwright"))
    line = next(line for code in blocks(PAGE, "sh") for line in code.splitlines() if "shotwright generate" in line)
    for command in (line.replace("shotwright ", f"{shotwright} ", 1), f"{shotwright} costs --json"):
        done = run(["/bin/sh", "-c", command], tmp_path, environment(plugin, tmp_path))
        assert done.returncode == 0, done.stdout + done.stderr
    with urlopen(f"{acme}/_bill", timeout=10) as reply:
        bill = json.loads(reply.read())
    assert (tmp_path / "boat.mp4").stat().st_size > 1000
    assert (bill["accepted"], bill["total_usd"], bill["unfetched"]) == (1, "0.2", [])
    assert json.loads(done.stdout)["spent_usd"] == "0.2"
