"""What a person waits for before anything is asked of Shotwright: `--help`, `--version` and `models` beside an empty
Python, each in a process of its own, interleaved.

    ./dev bench startup                  15 rounds
    ./dev bench startup --rounds 5
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TARGET_MS = 150
COMMANDS = (["--help"], ["--version"], ["models"], ["generate", "--help"])
HELD_TO_TARGET = 3
"""So many of the commands, from the first one on, are to answer within the target; the others are only shown."""


def seconds(command: list[str], home: Path) -> float:
    """Wall time of one process from start to end, in seconds."""
    environment = {"PATH": os.defpath, "HOME": str(home), "SHOTWRIGHT_HOME": str(home / "shotwright")}
    began = time.perf_counter()
    subprocess.run(command, check=True, cwd=home, env=environment, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def measure(commands: dict[str, list[str]], rounds: int, home: Path) -> dict[str, list[float]]:
    """Every command once a round, so that a busy moment hits all alike; one round before, to fill the caches."""
    for command in commands.values():
        seconds(command, home)
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            taken[name].append(seconds(command, home))
    return taken


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    installed = str(Path(sys.executable).with_name("shotwright"))
    commands = {"python -c pass": [sys.executable, "-c", "pass"]}
    commands |= {f"shotwright {' '.join(arguments)}": [installed, *arguments] for arguments in COMMANDS}
    with tempfile.TemporaryDirectory() as home:
        taken = measure(commands, rounds, Path(home))
    medians = {name: statistics.median(times) * 1000 for name, times in taken.items()}
    print(f"{'':<28}{'median ms':>10}{'best ms':>10}{'worst ms':>10}   ({rounds} rounds)")
    for name, times in taken.items():
        print(f"{name:<28}{medians[name]:>10.0f}{min(times) * 1000:>10.0f}{max(times) * 1000:>10.0f}")
    held = list(medians.values())[1 : 1 + HELD_TO_TARGET]
    print(f"slowest of the first {HELD_TO_TARGET} commands: {max(held):.0f} ms of {TARGET_MS} ms allowed")
    return 0 if max(held) <= TARGET_MS else 1


if __name__ == "__main__":
    sys.exit(main())
