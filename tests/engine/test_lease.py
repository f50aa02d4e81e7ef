"""Leases: one holder, freed when the holder's process dies, on both databases."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from shotwright.engine.lease import leases_for
from shotwright.storage.database import Database

HOLDER = """
import sys, time
from shotwright.engine.lease import leases_for
from shotwright.storage.database import Database
leases = leases_for(Database(sys.argv[1]))
assert leases.acquire("worker")
print("held", flush=True)
time.sleep(600)
"""


def test_a_lease_has_one_holder_until_its_process_is_killed(database_url: str) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, database_url], cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        database = Database(database_url)
        leases = leases_for(database)
        assert not leases.acquire("worker")
        assert leases.acquire("another")
        holder.kill()
        holder.wait()
        assert _soon(lambda: leases.acquire("worker"))
        assert leases.healthy()
        leases.close()
        database.close()
    finally:
        holder.kill()
        holder.wait()
        if holder.stdout is not None:
            holder.stdout.close()


def _soon(ask: Callable[[], bool]) -> bool:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        if ask():
            return True
        time.sleep(0.05)
    return False
