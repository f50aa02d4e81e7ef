from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from shotwright.domain.order import Input, Order, Role
from shotwright.domain.units import FrameRate, Size
from shotwright.errors import Charged, ModelCannot, Refused
from shotwright.providers.catalogue import Catalogue
from shotwright.providers.preflight import check, snap

TODAY = date(2026, 11, 21)
CATALOGUE = Catalogue.load()


def picture(role: Role = Role.FIRST, digest: str = "a") -> Input:
    return Input(role, digest * 64, "image/png", 1280, 720)


def order(model: str, *, size: str = "1280x720", seconds: str = "5", fps: int = 24, **more: Any) -> Order:
    provider, _, name = model.partition("/")
    values = {"prompt": "a boat"} | more
    return Order(
        provider, name, seconds=Fraction(seconds), size=Size.parse(size), fps=FrameRate(Fraction(fps)), **values
    )


def warnings(made: Order, today: date = TODAY) -> tuple[str, ...]:
    return check(made, CATALOGUE.find(made.full_model), today=today)


@pytest.mark.parametrize(
    ("made", "field", "words"),
    [
        (order("runway/gen4_turbo"), "mode", "words alone"),
        (order("runway/gen4.5", inputs=(picture(), picture(Role.LAST))), "mode", "first and a last"),
        (order("runway/gen4.5", inputs=(picture(), picture(digest="b"))), "inputs", "one first frame"),
        (order("runway/gen4.5", seconds="12"), "seconds", "12 s"),
        (order("runway/gen4.5", seconds="11/2"), "seconds", "5.5 s"),
        (order("runway/gen4.5", size="1920x1080"), "size", "1920x1080"),
        (order("google/gemini-omni-1.2-flash", size="960x960"), "size", "16:9"),
        (order("google/gemini-omni-1.2-flash", size="960x540"), "size", "720p"),
        (order("runway/gen4.5", fps=30), "fps", "30"),
        (order("runway/gen4.5", audio=True), "audio", "no sound"),
        (order("kling/kling-3.0", seed=3), "seed", "seed"),
        (order("kling/kling-3.0", negative="blur"), "negative", "negative"),
        (order("runway/gen4.5", prompt="  "), "prompt", "needs a prompt"),
        (order("runway/gen4.5", prompt="x" * 1001), "prompt", "1000"),
        (order("runway/gen4.5", options={"cfg": 1}), "options.cfg", "no such option"),
        (order("runway/gen4.5", options={"public_figures": "any"}), "options.public_figures", "auto"),
        (order("animatic/animatic", options={"x": 1}), "options.x", "no such option"),
        (order("runway/gen4.5", size="960x960"), "size", "words alone"),
        (order("kling/kling-2.6", audio=True), "resolution", "sound"),
        (order("minimax/MiniMax-Hailuo-2.3", size="1920x1080", seconds="10"), "seconds", "1080p"),
        (
            order(
                "google/gemini-omni-1.2-flash", inputs=tuple(picture(Role.REFERENCE, digest) for digest in "0123456")
            ),
            "inputs",
            "at most 6",
        ),
        (order("runway/gen4.5", inputs=(picture(), picture(Role.REFERENCE))), "inputs", "no reference"),
    ],
)
def test_what_a_model_cannot_is_said_before_any_request(made: Order, field: str, words: str) -> None:
    with pytest.raises(ModelCannot) as caught:
        warnings(made)
    assert caught.value.field == field
    assert words in caught.value.message
    assert caught.value.charged is Charged.NO


def test_all_problems_are_named_at_once() -> None:
    with pytest.raises(ModelCannot) as caught:
        warnings(order("runway/gen4.5", seconds="12", fps=30, seed=None, audio=True))
    for words in ("12 s", "30 frames", "no sound"):
        assert words in caught.value.message
    assert "10 s" in (caught.value.hint or "")


@pytest.mark.parametrize(
    "made",
    [
        order("animatic/animatic", size="3840x2160", seconds="0.3", fps=60, prompt=""),
        order("runway/gen4.5", inputs=(picture(),), size="960x960", seed=1),
        order("kling/kling-2.6", size="1920x1080", audio=True),
        order("minimax/MiniMax-Hailuo-2.3", size="1366x768", seconds="10"),
        order("google/gemini-omni-1.2-flash", size="2160x3840", seconds="15", audio=True),
    ],
)
def test_a_possible_order_passes_without_a_word(made: Order) -> None:
    assert warnings(made) == ()


def test_a_retired_model_names_its_successor() -> None:
    with pytest.raises(Refused, match="2026-09-24") as caught:
        warnings(order("openai/sora-2"))
    assert caught.value.reason == "retired"
    assert "google/gemini-omni-1.2-flash" in (caught.value.hint or "")
    assert warnings(order("openai/sora-2", seconds="4", audio=True), today=date(2026, 9, 1))


def test_warnings() -> None:
    assert any("not in the catalogue" in text for text in warnings(order("openai/wan", options={"steps": 4})))
    assert any("price" in text for text in warnings(order("openai/wan")))
    assert any("always makes sound" in text for text in warnings(order("google/gemini-omni-1.2-flash")))
    assert any("deprecated" in text for text in warnings(order("kling/kling-v2-1", inputs=(picture(),))))
    assert any("2026-11-21" in text for text in warnings(order("runway/gen4.5"), today=date(2027, 6, 1)))


def test_snap_changes_what_it_may_and_says_so() -> None:
    wanted = order("runway/gen4.5", size="1920x1080", seconds="12", fps=30, audio=True, negative="blur")
    spec = CATALOGUE.find("runway/gen4.5")
    snapped, changes = snap(wanted, spec)
    assert (str(snapped.size), snapped.seconds, str(snapped.fps)) == ("1280x720", Fraction(10), "24")
    assert (snapped.audio, snapped.negative) == (False, "")
    assert len(changes) == 5
    assert "seconds: 12 s became 10 s" in changes
    assert check(snapped, spec, today=TODAY) == ()
    same, none = snap(snapped, spec)
    assert (same, none) == (snapped, ())


def test_snap_leaves_what_it_may_not_change() -> None:
    wanted = order("runway/gen4.5", size="1920x1080", seconds="12")
    snapped, changes = snap(wanted, CATALOGUE.find("runway/gen4.5"), frozenset({"size"}))
    assert snapped == replace(wanted, size=Size(1280, 720))
    assert len(changes) == 1


def test_snap_keeps_the_rules_between_settings() -> None:
    spec = CATALOGUE.find("kling/kling-2.5-turbo")
    wanted = order("kling/kling-2.5-turbo", seconds="5", inputs=(picture(), picture(Role.LAST)))
    snapped, _ = snap(wanted, spec)
    assert str(snapped.size) == "1920x1080"
    hailuo = CATALOGUE.find("minimax/MiniMax-Hailuo-2.3")
    long, _ = snap(order("minimax/MiniMax-Hailuo-2.3", size="1920x1080", seconds="9"), hailuo, frozenset({"seconds"}))
    assert long.seconds == 6


@pytest.mark.parametrize("size", ["1920x1080", "1080x1920", "1000x1000", "640x480", "3440x1440"])
def test_every_living_model_has_a_size_near_any_other(size: str) -> None:
    for spec in CATALOGUE.list(alive=True, today=TODAY):
        made = replace(order(spec.full_name, size=size), provider=spec.provider, model=spec.name)
        snapped, _ = snap(made, spec, frozenset({"size"}))
        again, changes = snap(snapped, spec, frozenset({"size"}))
        assert (again, changes) == (snapped, ()), spec.full_name
