"""A few rounds of the kill drill; `benchmarks/kill_drill.py` runs any number."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.kill_drill import Drill


@pytest.mark.slow
def test_a_film_comes_out_after_every_kill(tmp_path: Path) -> None:
    rounds = list(Drill(tmp_path, seed=20261121).run(3, second_kill=0.5))
    assert [one.faults for one in rounds] == [[]] * 3
    assert sum(len(one.kills) for one in rounds) >= 3
