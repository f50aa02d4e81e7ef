"""Files can be read in one sitting: the size table's script says so by its exit status."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run_table(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "benchmarks/sizes.py"], cwd=root, capture_output=True, text=True, check=False
    )


def test_no_file_is_too_long() -> None:
    done = run_table(ROOT)
    assert done.returncode == 0, done.stderr
    assert "domain" in done.stdout


def test_a_file_that_is_too_long_is_named(tmp_path: Path) -> None:
    package = tmp_path / "src" / "shotwright"
    package.mkdir(parents=True)
    (package / "small.py").write_text("x = 1\n" * 500)
    (package / "large.py").write_text("x = 1\n" * 501)
    (tmp_path / "benchmarks").mkdir()
    shutil.copy(ROOT / "benchmarks" / "sizes.py", tmp_path / "benchmarks")
    done = run_table(tmp_path)
    assert done.returncode == 1
    assert "large.py has 501 lines" in done.stderr
    assert "small.py has" not in done.stderr
