"""`costs`, `jobs resolve` and `worker`, over a real home in which money moved at an emulated vendor."""

from __future__ import annotations

import asyncio
import csv
import io
import signal
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from shotwright import Studio
from shotwright.cli.text import cells
from shotwright.config import Settings, load_settings
from shotwright.errors import JobFailed
from shotwright.testing.emulators import RunningEmulator, run_emulator
from tests.cli.person import PATIENCE, Person, person_in
from tests.paid.rig import QUICK, board

NO_LIST = "error=404@find"
LASTING = replace(QUICK, submit_deadline=30.0)
"""A machine that is busy with other tests must not make an order unclear."""

TOML = """budget_per_day = 5
[providers.blind]
kind = "openai"
base_url = "{url}/v1"
dialect = "litellm"
poll_every = 0.1
settling = 0.3
[models."blind/wan"]
title = "Emulated"
modes = ["text", "image"]
seconds = [4, 8]
sizes = ["1280x720"]
fps = [24]
audio = "never"
price = [{{ usd = "0.10", per = "second" }}]
"""


@dataclass(frozen=True)
class Spent:
    """A person with one film that was paid, and one take of which nobody knows: `key`, wanted by `job`."""

    person: Person
    settings: Settings
    vendor: RunningEmulator
    key: str
    job: str

    @property
    def vendor_id(self) -> str:
        """What the vendor calls the order whose answer was lost."""
        [job] = [job for job in self.vendor.bill()["jobs"] if job["prompt"] == "a second boat"]
        return str(job["id"])


@pytest.fixture
def spent(tmp_path: Path) -> Iterator[Spent]:
    person = person_in(tmp_path)
    with run_emulator("openai", dialect="litellm", faults=NO_LIST, clip_size="128x72") as vendor:
        (person.folder / "shotwright.toml").write_text(TOML.format(url=vendor.url))
        home = {"home": str(person.home / "shotwright")}
        settings = load_settings(cwd=person.folder, overrides=home, environment={})
        key, job = asyncio.run(one_paid_one_unclear(settings, vendor))
        yield Spent(person, settings, vendor, key, job)


async def one_paid_one_unclear(settings: Settings, vendor: RunningEmulator) -> tuple[str, str]:
    async with Studio(settings, options=LASTING) as studio:
        await studio.render(board("a boat", model="blind/wan"))
        vendor.misbehave(f"drop-after@submit*1,{NO_LIST}")
        with pytest.raises(JobFailed) as caught:
            await studio.render(board("a second boat", model="blind/wan"))
        [take] = await studio.unclear()
        return take.key, caught.value.job


def test_costs_and_the_three_choices(spent: Spent) -> None:
    person = spent.person
    shown = person.run("costs", "--chart")
    assert (shown.status, shown.err) == (0, "")
    lines = shown.out.splitlines()
    assert lines[1].split() == ["blind/wan", "2", "0.40", "USD", "0.40", "USD", "4.0", "s"]
    assert "█" in shown.out
    assert "░" in shown.out
    assert any(line.startswith("day ") and "5.00 USD" in line and "4.20 USD" in line for line in lines)
    assert all(cells(line) <= 80 for line in lines)
    document = person.run("costs", "--by", "project", "--json").document
    assert (document["spent_usd"], document["at_risk_usd"], document["lines"][0]["group"]) == ("0.4", "0.4", "default")
    rows = list(csv.DictReader(io.StringIO(person.run("costs", "--by", "day", "--csv").out)))
    assert [(row["takes"], row["spent_usd"], row["at_risk_usd"]) for row in rows] == [("2", "0.4", "0.4")]
    assert person.run("costs", "--since", "2100-01-01").out.startswith("nothing was ordered")
    assert person.run("costs", "--since", "tomorrow").status == 2

    listed = person.run("jobs", "resolve")
    assert (listed.status, listed.err) == (0, "")
    assert [word for word in (spent.key[:12], "a second boat", "0.40 USD", spent.job) if word not in listed.out] == []
    assert [flag for flag in ("--adopt", "--resubmit", "--give-up") if flag not in listed.out] == []
    assert person.run("jobs", "resolve", spent.key[:8], "--adopt", "x", "--resubmit").status == 2
    assert person.run("jobs", "resolve", "ffff", "--give-up").status == 3


def test_what_was_accepted_is_adopted_and_paid_once(spent: Spent) -> None:
    told = spent.person.run("jobs", "resolve", spent.key[:8], "--adopt", spent.vendor_id)
    assert (told.status, told.err) == (0, "")
    assert f"shotwright jobs resume {spent.job}" in told.out
    assert spent.person.run("jobs", "resolve").out == "nothing is unclear\n"
    resumed = spent.person.run("jobs", "resume", spent.job, "--json")
    assert resumed.status == 0, resumed.err
    assert spent.vendor.bill()["accepted"] == 2
    document = spent.person.run("costs", "--json").document
    assert (document["spent_usd"], document["at_risk_usd"]) == ("0.8", "0")


def test_given_up_and_booked(spent: Spent) -> None:
    told = spent.person.run("jobs", "resolve", spent.key[:8], "--give-up", "--charged", "0.40", "--json")
    assert told.status == 0, told.err
    assert (told.document[0]["state"], told.document[0]["cost_usd"]) == ("failed", "0.4")
    document = spent.person.run("costs", "--json").document
    assert (document["spent_usd"], document["at_risk_usd"]) == ("0.8", "0")


def test_a_worker_carries_out_what_waits_and_stops_cleanly(spent: Spent) -> None:
    async def queued() -> str:
        async with Studio(spent.settings, options=LASTING) as studio:
            return await studio.start(board("a third boat", model="blind/wan"))

    async def until_done(job: str) -> float:
        async with Studio(spent.settings, options=LASTING) as studio:
            return [event.fraction or 0.0 async for event in studio.follow(job)][-1]

    job = asyncio.run(queued())
    with spent.person.start("worker") as process:
        try:
            assert process.stdout is not None
            said = [process.stdout.readline() for _ in range(2)]
            assert asyncio.run(until_done(job)) == 1.0
            process.send_signal(signal.SIGTERM)
            out, err = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
    assert said[0].startswith("worker  ")
    assert "blind" in said[1]
    assert (process.returncode, err) == (0, "")
    assert "Traceback" not in out
    assert spent.person.run("jobs", "show", job, "--json").document["state"] == "done"
