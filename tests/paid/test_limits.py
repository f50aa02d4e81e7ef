"""No money without a limit, and prices that are the catalogue's."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from shotwright import Money, Shot, Storyboard, Studio
from shotwright.config import load_settings
from shotwright.errors import JobFailed, Refused
from shotwright.providers.catalogue import Catalogue
from tests.paid.rig import QUICK, Rig, board, rig

MIXED = (
    ("runway/gen4.5", 5, "0.60"),
    ("runway/gen4.5", 10, "1.20"),
    ("runway/veo3.1", 8, "3.20"),
    ("kling/kling-2.5-turbo", 5, "0.21"),
    ("kling/kling-2.5-turbo", 10, "0.42"),
    ("runway/gen4.5", 5, "0.60"),
    ("animatic/animatic", 5, "0"),
    ("runway/veo3.1", 4, "1.60"),
    ("animatic/animatic", 7, "0"),
    ("runway/gen4.5", 2, "0.24"),
)
"""Model, seconds, and USD worked out by hand from the vendors' price pages as the cards quote them."""


@pytest.fixture
def paid(tmp_path: Path) -> Iterator[Rig]:
    with rig(tmp_path, kinds=("keyed",)) as made:
        yield made


async def test_the_plan_of_a_mixed_film_prints_the_prices_of_the_catalogue(tmp_path: Path) -> None:
    shots = [Shot(f"shot {n}", model=model, seconds=length) for n, (model, length, _) in enumerate(MIXED)]
    settings = load_settings(cwd=tmp_path, overrides={"home": str(tmp_path / "home")}, environment={})
    async with Studio(settings) as studio:
        plan = await studio.plan(Storyboard(shots, size="1280x720"))
        assert await studio.jobs() == []
    assert [shot.cost for shot in plan.shots] == [Money.usd(usd) for _, _, usd in MIXED]
    assert plan.total == Money.usd("8.07")
    reads = {spec.price.read for model, _, _ in MIXED if (spec := Catalogue.load().find(model)).price}
    assert plan.prices_read == max(reads).isoformat()


async def test_a_budget_stops_the_take_that_would_pass_it_before_its_request(paid: Rig, tmp_path: Path) -> None:
    wish = board("one", "two", "three", model="keyed/wan")
    async with Studio(paid.settings, options=QUICK) as studio:
        with pytest.raises(JobFailed) as failed:
            await studio.render(wish, tmp_path / "film.mp4", budget="1.00 USD")
        assert [cause["state"] for cause in failed.value.causes] == ["over"]
        assert "limit" in failed.value.message
        assert paid.vendors["keyed"].bill()["accepted"] == 2
        assert paid.charged() == Money.usd("0.80")
        film = await studio.render(wish, tmp_path / "film.mp4", budget="1.20 USD")
        assert film.cost == Money.usd("1.20")
    assert paid.charged() == Money.usd("1.20")


async def test_a_day_has_a_limit_of_its_own(tmp_path: Path) -> None:
    with rig(tmp_path, kinds=("keyed",), budget_per_day="0.50") as made:
        async with Studio(made.settings, options=QUICK) as studio:
            await studio.render(board("one", model="keyed/wan"), tmp_path / "one.mp4")
            with pytest.raises(JobFailed, match="day"):
                await studio.render(board("two", model="keyed/wan"), tmp_path / "two.mp4")
        assert made.charged() == Money.usd("0.40")


async def test_a_prompt_refused_by_policy_costs_nothing_and_the_other_shots_are_made(paid: Rig, tmp_path: Path) -> None:
    paid.misbehave("keyed", "no=policy@submit*1")
    async with Studio(paid.settings, options=QUICK) as studio:
        with pytest.raises(JobFailed) as failed:
            await studio.render(board("one", "two", model="keyed/wan"), tmp_path / "film.mp4")
        assert (failed.value.charged, failed.value.causes[0]["reason"]) == ("no", "policy")
        assert paid.vendors["keyed"].bill()["charged"] == 1


async def test_a_busy_provider_is_asked_again_and_nothing_fails(paid: Rig, tmp_path: Path) -> None:
    paid.misbehave("keyed", "429=1@submit*2")
    said: list[str] = []
    async with Studio(paid.settings, options=QUICK) as studio:
        film = await studio.render(
            board("one", model="keyed/wan"), tmp_path / "film.mp4", progress=lambda event: said.append(event.message)
        )
    assert film.cost == Money.usd("0.40")
    assert any("busy; again in" in message for message in said)


async def test_the_second_model_is_used_where_the_first_has_no_credit(tmp_path: Path) -> None:
    with rig(tmp_path, kinds=("keyed", "listed")) as made:
        made.misbehave("keyed", "no=quota@submit")
        wish = Storyboard(
            [Shot("one", model=("keyed/wan", "listed/wan"), seconds=Fraction(4))], size="128x72", fps=24, sound=False
        )
        async with Studio(made.settings, options=QUICK) as studio:
            film = await studio.render(wish, tmp_path / "film.mp4")
        assert film.model == "listed/wan"
        assert (made.charged("keyed"), made.charged("listed")) == (Money(), Money.usd("0.40"))


async def test_a_retired_model_is_refused_with_its_successor_before_any_request(tmp_path: Path) -> None:
    settings = load_settings(cwd=tmp_path, overrides={"home": str(tmp_path / "home")}, environment={})
    async with Studio(settings) as studio:
        with pytest.raises(Refused) as refused:
            await studio.render(Storyboard([Shot("one", model="openai/sora-2", seconds=4)], size="1280x720"), "f.mp4")
        assert (refused.value.reason, "google/gemini-omni" in str(refused.value.hint)) == ("retired", True)
        assert await studio.jobs() == []
