"""The money drill in short, on both databases; `benchmarks/money_drill.py` runs hundreds of takes with any seed."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.money_drill import drill


@pytest.mark.slow
async def test_books_equal_the_bills_after_faults_and_kills(tmp_path: Path, database_url: str) -> None:
    url = None if database_url.startswith("sqlite") else database_url
    found = await drill(tmp_path, url=url, takes=18, kills=4, workers=2, seed=7, limit=240)
    assert found["findings"] == []
    assert found["doubled"] == found["unfetched"] == 0
    assert found["ledger_usd"] == found["bills_usd"]
    assert found["kills"] >= 1
