"""`./dev` begins on a bare machine: one file, the standard library alone, an answer before anything is installed."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "dev"


def ask(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, SCRIPT, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)


def test_only_the_standard_library_is_imported() -> None:
    nodes = list(ast.walk(ast.parse(SCRIPT.read_text(encoding="utf-8"))))
    names = {alias.name.partition(".")[0] for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module).partition(".")[0] for node in nodes if isinstance(node, ast.ImportFrom)}
    assert names - sys.stdlib_module_names == set()


def test_it_can_be_started() -> None:
    assert os.access(SCRIPT, os.X_OK)
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_without_an_argument_it_lists_its_commands() -> None:
    done = ask()
    assert done.returncode == 0
    listed = {line.split()[0] for line in done.stdout.splitlines() if line.startswith("  ")}
    assert {"demo", "test", "check", "fix", "lock", "bench", "docs", "clean", "run"} == listed


def test_an_unknown_command_is_refused() -> None:
    done = ask("tset")
    assert done.returncode == 2
    assert "no command called tset" in done.stderr
    assert done.stdout == ""


def test_benchmarks_are_listed() -> None:
    assert "sizes" in ask("bench").stderr
    assert ask("bench", "nothing-like-it").returncode == 2
