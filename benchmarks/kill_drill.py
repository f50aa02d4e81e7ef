"""Kill -9 at random moments of a six-shot film (a chain of three, three side by side), each followed by a resume.

    python benchmarks/kill_drill.py [--rounds 50] [--seed 1] [--second-kill 0.5]

Each round has a home of its own. The command is killed at a moment drawn over the whole run (some rounds twice), then
run again as a person would. Checked after each: the film is there, its frame count exact, nothing was rendered again
once its clip was stored, no temporary file is left, no child process lives on. Ends with status 1 on any finding.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

BOARD = """\
title: Drill
size: 320x180
fps: 24
seconds: 1
transition: cut
shots:
  - {prompt: "misty mountains at dawn, push in", seconds: 1}
  - {prompt: "the mist lifts", continue: true, seconds: 1}
  - {prompt: "the valley lies open, pan left", continue: true, seconds: 1}
  - {prompt: "a city at night in the rain", seconds: 1.5}
  - {prompt: "sea at sunset, tilt up", seconds: 1, transition: crossfade 0.25}
  - {prompt: "a meadow in summer", seconds: 1}
"""
FRAMES = 24 * 3 - 2 + 36 + 24 - 6 + 24
"""Six shots, less the two doubled frames of the chain and the crossfade of six."""


@dataclass
class Round:
    """One film, its kills, and what was found wrong with it."""

    number: int
    kills: list[float] = field(default_factory=list)
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)


class Drill:
    """`folder` is where the rounds' homes lie; `python` runs the command."""

    def __init__(self, folder: Path, *, seed: int, python: str = sys.executable) -> None:
        self._folder = folder
        self._random = random.Random(seed)
        self._python = python
        self.whole = 0.0

    def run(self, rounds: int, *, second_kill: float = 0.5) -> Iterator[Round]:
        self.whole = self._undisturbed()
        for number in range(1, rounds + 1):
            kills = 2 if self._random.random() < second_kill else 1
            yield self._round(number, [self._random.uniform(0.0, self.whole) for _ in range(kills)])

    def _undisturbed(self) -> float:
        """How long a film takes that nobody kills, in seconds."""
        place = self._place("whole")
        began = time.monotonic()
        done = self._start(place).wait(timeout=300)
        if done != 0:
            raise SystemExit(f"the film fails without any kill: {(place / 'log').read_text()}")
        took = time.monotonic() - began
        faults = findings(place)
        if faults:
            raise SystemExit(f"the undisturbed film is wrong: {faults}")
        shutil.rmtree(place)
        return took

    def _round(self, number: int, moments: list[float]) -> Round:
        place = self._place(f"round{number}")
        found = Round(number)
        began = time.monotonic()
        for moment in moments:
            process = self._start(place)
            try:
                process.wait(timeout=moment)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()
                found.kills.append(round(moment, 2))
        status = self._start(place).wait(timeout=300)
        found.seconds = time.monotonic() - began
        if status != 0:
            found.faults.append(f"resume ended with {status}: {(place / 'log').read_text()[-600:]}")
        found.faults += findings(place)
        if not found.faults:
            shutil.rmtree(place)
        return found

    def _place(self, name: str) -> Path:
        place = self._folder / name
        place.mkdir(parents=True)
        (place / "film.yaml").write_text(BOARD)
        return place

    def _start(self, place: Path) -> subprocess.Popen[bytes]:
        environment = os.environ | {"SHOTWRIGHT_HOME": str(place / "home"), "SHOTWRIGHT_CONFIG": str(place / "none")}
        with (place / "log").open("ab") as log:
            return subprocess.Popen(
                [self._python, "-m", "shotwright", "render", "film.yaml", "-o", "film.mp4"],
                cwd=place,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )


def findings(place: Path) -> list[str]:
    """What is wrong with a finished film and its home."""
    faults: list[str] = []
    film = place / "film.mp4"
    if not film.exists():
        return ["no film"]
    frames = _frames(film)
    if frames != FRAMES:
        faults.append(f"{frames} frames instead of {FRAMES}")
    faults += [f"rendered again after it was stored: {ref}" for ref in rendered_again(place / "home")]
    faults += [f"left behind: {file.relative_to(place)}" for file in strays(place)]
    faults += [f"still alive: {process}" for process in _alive(place)]
    return faults


def _frames(film: Path) -> int:
    from shotwright.media import probe

    return probe(film).frames


def strays(place: Path) -> list[Path]:
    """Temporary files: anything under the home's tmp and spool, and anything set aside beside the film."""
    home = place / "home"
    kept = [file for folder in ("tmp", "spool") for file in (home / folder).rglob("*") if file.is_file()]
    aside = [file for file in place.rglob("*.part") if file.is_file()]
    return sorted({*kept, *aside})


def rendered_again(home: Path) -> list[str]:
    """Refs whose rendering began after their clip was stored, from the log and the ledger."""
    with sqlite3.connect(home / "shotwright.db") as connection:
        rows = connection.execute("select ref, updated from submissions where state = 'stored'").fetchall()
    stored = dict(rows)
    line = re.compile(r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d),(\d{3}) .*rendering (\S+)$")
    found = []
    for text in (home / "logs" / "shotwright.log").read_text().splitlines():
        match = line.match(text)
        if match and match[3] in stored:
            moment = time.mktime(time.strptime(match[1], "%Y-%m-%d %H:%M:%S")) + int(match[2]) / 1000
            if moment > stored[match[3]] + 0.01:
                found.append(match[3])
    return found


def _alive(place: Path) -> list[str]:
    """Processes that still work for this place, a second after the command ended."""
    import psutil

    until = time.monotonic() + 2.0
    while True:
        found = [
            " ".join(process.info["cmdline"] or [])[:120]
            for process in psutil.process_iter(["cmdline", "cwd"])
            if process.info["cwd"] and Path(process.info["cwd"]) == place
        ]
        if not found or time.monotonic() > until:
            return found
        time.sleep(0.1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--second-kill", type=float, default=0.5)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kill-drill-") as folder:
        drill = Drill(Path(folder), seed=args.seed)
        rounds = []
        for one in drill.run(args.rounds, second_kill=args.second_kill):
            rounds.append(one)
            print(
                f"{one.number:3}  kills at {one.kills}  {one.seconds:5.1f} s  {'; '.join(one.faults) or 'ok'}",
                flush=True,
            )
        bad = [one for one in rounds if one.faults]
        kills = sum(len(one.kills) for one in rounds)
        print(
            json.dumps(
                {
                    "rounds": len(rounds),
                    "kills": kills,
                    "films": len(rounds) - len(bad),
                    "faults": len(bad),
                    "undisturbed_seconds": round(drill.whole, 1),
                    "seed": args.seed,
                }
            )
        )
        if bad:
            raise SystemExit(1)


if __name__ == "__main__":
    main()
