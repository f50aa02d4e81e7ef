"""What an import costs at start-up: wall time of `python -c "import X"` beside `python -c pass`, interleaved.

    ./dev bench imports                          the libraries of the command and what was considered for it
    ./dev bench imports --rounds 25 yaml rich    others

A library that is not installed is left out and named.
"""

from __future__ import annotations

import argparse
import importlib.util
import statistics
import subprocess
import sys
import time
from pathlib import Path

USUAL = ("dataclasses", "yaml", "cyclopts", "rich.console", "pydantic", "pydantic_settings", "numpy", "PIL.Image", "av")
NOTHING = "pass"


def seconds(statement: str) -> float:
    """Wall time of one fresh interpreter that runs the statement, in seconds. User site and startup files are off."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-I", "-c", statement], check=True, cwd=Path(sys.prefix))
    return time.perf_counter() - began


def measure(statements: list[str], rounds: int) -> dict[str, list[float]]:
    """All statements once a round, so that a busy moment hits them alike; one round before, to fill the caches."""
    for statement in statements:
        seconds(statement)
    taken: dict[str, list[float]] = {statement: [] for statement in statements}
    for _ in range(rounds):
        for statement in statements:
            taken[statement].append(seconds(statement))
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("modules", nargs="*", default=list(USUAL))
    wanted = parser.parse_args()
    absent = [name for name in wanted.modules if importlib.util.find_spec(name.partition(".")[0]) is None]
    present = [name for name in wanted.modules if name not in absent]
    taken = measure([NOTHING, *(f"import {name}" for name in present)], wanted.rounds)
    floor = statistics.median(taken[NOTHING])
    print(f"{'import':<20}{'median ms':>10}{'added ms':>10}{'best ms':>10}   ({wanted.rounds} rounds)")
    for statement, times in taken.items():
        middle = statistics.median(times)
        name = statement.removeprefix("import ")
        print(f"{name:<20}{middle * 1000:>10.0f}{(middle - floor) * 1000:>10.0f}{min(times) * 1000:>10.0f}")
    if absent:
        print(f"not installed: {', '.join(absent)}")


if __name__ == "__main__":
    main()
