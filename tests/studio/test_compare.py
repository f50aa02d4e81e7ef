from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from shotwright import Money, Studio
from shotwright.errors import InvalidInput, OutputExists, OverBudget, ProviderError, ShotwrightError
from shotwright.media import probe
from tests.paid.rig import QUICK, rig

WISH: dict[str, Any] = {"seconds": 4, "size": "128x72", "fps": 24, "sound": False}


async def test_one_that_fails_is_shown_and_the_others_go_on(tmp_path: Path) -> None:
    models = ["keyed/wan", "listed/wan", "keyed/gone", "animatic"]
    with rig(tmp_path, kinds=("keyed", "listed")) as made:
        made.vendors["listed"].misbehave("no=policy@submit")
        async with Studio(made.settings, options=QUICK) as studio:
            heard: set[str] = set()
            found = await studio.compare(
                "a whale",
                models=models,
                output=tmp_path / "grid.mp4",
                progress=lambda name, event: heard.add(name),
                **WISH,
            )
            again = await studio.compare("a whale", models=models, output=tmp_path / "grid.mp4", **WISH)
        bill = made.vendors["keyed"].bill()
    paid, refused, gone, free = found.rivals
    assert (paid.cost, paid.film and paid.film.made, paid.error) == (Money.usd("0.40"), 1, None)
    assert (refused.film, refused.clip) == (None, None)
    assert isinstance(refused.error, ShotwrightError)
    assert "listed" in found.as_json()["rivals"][1]["model"]
    assert gone.error is not None
    assert (free.model, free.cost, str(free.size)) == ("animatic/animatic", Money(), "128x72")
    assert {"keyed/wan", "animatic"} <= heard
    grid = probe(tmp_path / "grid.mp4")
    assert grid.frames == 96
    assert grid.size is not None
    assert grid.size.width > 1200
    assert (found.cost, again.cost, bill["charged"]) == (Money.usd("0.40"), Money(), 1)
    assert again.rivals[0].as_json()["reused"] is True


async def test_a_budget_for_all_stops_before_the_first_order(tmp_path: Path) -> None:
    with rig(tmp_path, kinds=("keyed", "listed")) as made:
        async with Studio(made.settings, options=QUICK) as studio:
            with pytest.raises(OverBudget, match=r"0\.80 USD together"):
                await studio.compare("a whale", models=["keyed/wan", "listed/wan"], budget="0.70", **WISH)
        assert [vendor.bill()["accepted"] for vendor in made.vendors.values()] == [0, 0]


async def test_what_can_not_be_compared_is_refused(tmp_path: Path) -> None:
    with rig(tmp_path, kinds=("keyed",)) as made:
        made.vendors["keyed"].misbehave("no=policy@submit")
        mine = tmp_path / "mine.mp4"
        mine.write_bytes(b"not ours")
        async with Studio(made.settings, options=QUICK) as studio:
            with pytest.raises(InvalidInput, match="two or more models"):
                await studio.compare("a whale", models=["keyed/wan"], **WISH)
            with pytest.raises(OutputExists):
                await studio.compare("a whale", models=["keyed/wan", "animatic"], output=mine, **WISH)
            with pytest.raises((ProviderError, ShotwrightError)):
                await studio.compare("a whale", models=["keyed/wan", "keyed/gone"], output=tmp_path / "g.mp4", **WISH)
        assert mine.read_bytes() == b"not ours"
        assert not (tmp_path / "g.mp4").exists()
