"""`pip install shotwright`: the built wheel holds what it needs and runs in an empty environment."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import shotwright

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "shotwright"
BIN = "Scripts" if os.name == "nt" else "bin"
IMPORT_ALL = """
import importlib, pkgutil, shotwright
for module in pkgutil.walk_packages(shotwright.__path__, "shotwright."):
    if not module.name.startswith(("shotwright.testing", "shotwright.storage.migrations")):
        importlib.import_module(module.name)
"""

pytestmark = pytest.mark.slow


def succeed(*command: str | Path, cwd: Path = ROOT, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    succeed(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel and what it asks for, at the lock's versions; the network only where uv must."""
    place = tmp_path_factory.mktemp("empty") / "venv"
    uv = [sys.executable, "-m", "uv"]
    succeed(*uv, "venv", "--quiet", "--python", sys.executable, place)
    into = ["--python", str(place), "--constraint", str(ROOT / "requirements.lock")]
    command = [*uv, "pip", "install", "--quiet", *into, str(wheel)]
    cached = subprocess.run([*command, "--offline"], cwd=ROOT, capture_output=True, check=False)
    if cached.returncode != 0:
        succeed(*command)
    return place


def clean_environment(home: Path) -> dict[str, str]:
    return {"PATH": os.defpath, "HOME": str(home), "SHOTWRIGHT_HOME": str(home / "shotwright")}


def test_wheel_holds_every_file_of_the_package(wheel: Path) -> None:
    wanted = {
        path.relative_to(PACKAGE.parent).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc"
    }
    held = {name for name in zipfile.ZipFile(wheel).namelist() if not name.startswith("shotwright-")}
    assert held == wanted
    assert "shotwright/py.typed" in held


@pytest.mark.parametrize("ending", [".toml", ".ttf", ".json"], ids=["cards", "fonts", "schema"])
def test_wheel_holds_its_data(wheel: Path, ending: str) -> None:
    assert [name for name in zipfile.ZipFile(wheel).namelist() if name.endswith(ending)]


def test_wheel_carries_licence_and_command(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    names = [name for name in archive.namelist() if ".dist-info/" in name]
    about = {name.partition("/")[2]: archive.read(name).decode() for name in names}
    assert "Apache License" in about["licenses/LICENSE"]
    assert [name for name in about if name.startswith("licenses/") and "OFL" in name]
    assert "shotwright = shotwright.cli.main:console" in about["entry_points.txt"]
    assert "License-Expression: Apache-2.0 AND OFL-1.1" in about["METADATA"]


def test_installed_command_says_its_version(installed: Path, tmp_path: Path) -> None:
    output = succeed(installed / BIN / "shotwright", "--version", cwd=tmp_path, env=clean_environment(tmp_path))
    assert shotwright.__version__ in output


def test_every_module_is_satisfied_without_extras(installed: Path, tmp_path: Path) -> None:
    succeed(installed / BIN / "python", "-c", IMPORT_ALL, cwd=tmp_path, env=clean_environment(tmp_path))
