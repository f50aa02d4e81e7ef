"""The house holds: import-linter's contracts, with no edge excused."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]


def test_import_contracts_are_kept() -> None:
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_import_is_excused() -> None:
    assert [contract["id"] for contract in CONTRACTS if "ignore_imports" in contract] == []


def test_every_room_stands_in_the_house() -> None:
    house = next(contract for contract in CONTRACTS if contract["id"] == "house")
    named = {room.strip(" ()") for line in house["layers"] for room in re.split(r"[|:]", line)}
    package = ROOT / "src" / "shotwright"
    rooms = {place.stem for place in package.iterdir() if place.is_dir() or place.suffix == ".py"}
    assert rooms - named - {"__init__", "__main__", "__pycache__"} == set()
