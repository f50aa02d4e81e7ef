"""Commands in the documentation run as they stand, page by page, in an empty home, on the animatic and emulators.

A block after `<!-- not run: why -->` is left out. Films are made small, and ports are any that are free.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
OTHERS = {"add-a-provider.md"}
"""Pages with tests of their own."""
PAGES = [ROOT / "README.md", *sorted(page for page in (ROOT / "docs").glob("*.md") if page.name not in OTHERS)]
BLOCK = re.compile(
    r"(?P<left><!-- not run: .+? -->\n)?^```(?:sh|console)\n(?P<commands>.*?)^```$", re.MULTILINE | re.DOTALL
)
PICTURES = ("shore.jpg", "face.jpg", "photos/1.jpg", "photos/2.jpg")
BOARD = """title: The whale
size: 320x180
seconds: 1
shots:
  - prompt: a shore, slow push in
  - prompt: a whale in the bay
"""
SMALL = """#!/bin/bash
# The command itself; films that name no size or length are small and short; a worker is stopped again.
case "$1" in
  generate|compare)
    [[ " $* " == *" --size "* ]] || set -- "$@" --size 320x180
    [[ " $* " == *" --seconds "* ]] || set -- "$@" --seconds 1 ;;
  worker)
    {real} "$@" > worker.log &
    until grep -q Ctrl worker.log; do sleep 0.2; done
    kill -TERM $!
    wait $!
    exit $? ;;
esac
exec {real} "$@"
"""
READY = 'for n in $(seq 100); do curl -s -o /dev/null "http://127.0.0.1:{port}/_bill" && break; sleep 0.1; done'
TIME = 110


def blocks(page: Path) -> list[str]:
    return [found["commands"] for found in BLOCK.finditer(page.read_text(encoding="utf-8")) if not found["left"]]


def stage(folder: Path) -> None:
    """What the pages take for granted: some pictures, a film.yaml, and the command in the PATH."""
    for name in PICTURES:
        (folder / name).parent.mkdir(exist_ok=True)
        Image.linear_gradient("L").convert("RGB").resize((320, 180)).save(folder / name)
    (folder / "film.yaml").write_text(BOARD)
    (folder / "bin").mkdir()
    shim = folder / "bin" / "shotwright"
    shim.write_text(SMALL.format(real=Path(sys.executable).with_name("shotwright")))
    shim.chmod(0o755)


def script(commands: list[str]) -> str:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
    lines = ["set -eo pipefail", "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT"]
    for line in "\n".join(commands).replace("8700", port).splitlines():
        lines.append(line)
        if line.startswith("shotwright emulate") and line.endswith("&"):
            lines.append(READY.format(port=port))
    return "\n".join(lines)


@pytest.mark.skipif(os.name == "nt", reason="the pages are written for a POSIX shell")
@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page)], ids=lambda page: page.name)
def test_commands_of_a_page_run(page: Path, tmp_path: Path) -> None:
    commands = blocks(page)
    missing = [tool for tool in ("curl", "jq") if tool in "\n".join(commands) and shutil.which(tool) is None]
    if missing:
        pytest.skip(f"{missing[0]} is not installed")
    stage(tmp_path)
    environment = {
        "PATH": os.pathsep.join([str(tmp_path / "bin"), os.defpath]),
        "HOME": str(tmp_path),
        "SHOTWRIGHT_HOME": str(tmp_path / "home"),
        "SHOTWRIGHT_ALLOW_PRIVATE": "true",
        "LANG": "C.UTF-8",
    }
    done = subprocess.run(
        ["bash", "-c", script(commands)],
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIME,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
