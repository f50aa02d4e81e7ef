from datetime import date
from fractions import Fraction

import pytest

from shotwright.domain.model import Mode
from shotwright.domain.order import Order
from shotwright.domain.units import FrameRate, Money, Size
from shotwright.errors import SettingsError, UnknownModel
from shotwright.providers.catalogue import UNLISTED, Catalogue, read_card

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load()


def test_every_successor_is_alive_and_every_price_has_its_source(catalogue: Catalogue) -> None:
    for spec in catalogue:
        if spec.lifecycle.successor:
            assert catalogue.find(spec.lifecycle.successor).lifecycle.alive(TODAY), spec.full_name
        if spec.price:
            assert spec.price.source, spec.full_name
            assert spec.price.read == TODAY, spec.full_name


def test_one_default_a_provider_and_it_is_alive(catalogue: Catalogue) -> None:
    for provider in catalogue.providers():
        defaults = [spec for spec in catalogue.list(provider) if spec.default]
        assert len(defaults) <= 1, provider
        assert all(spec.lifecycle.alive(TODAY) for spec in defaults), provider


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("animatic", "animatic/animatic"),
        ("runway", "runway/gen4.5"),
        ("runway/gen4_turbo", "runway/gen4_turbo"),
        ("gen4_turbo", "runway/gen4_turbo"),
        ("kling/kling-v2-5-turbo", "kling/kling-2.5-turbo"),
        ("kling-v2-5-turbo", "kling/kling-2.5-turbo"),
        ("wavespeed/alibaba/wan-2.5/image-to-video", "wavespeed/alibaba/wan-2.5/image-to-video"),
    ],
)
def test_find(catalogue: Catalogue, name: str, full: str) -> None:
    assert catalogue.find(name).full_name == full


def test_unknown_names_get_the_nearest(catalogue: Catalogue) -> None:
    with pytest.raises(UnknownModel) as caught:
        catalogue.find("runway/gen45")
    assert "runway/gen4.5" in (caught.value.hint or "")


def test_a_bare_name_of_two_providers_is_not_guessed(catalogue: Catalogue) -> None:
    with pytest.raises(UnknownModel) as caught:
        catalogue.find("sora-2")
    assert "openai/sora-2" in (caught.value.hint or "")
    assert "azure/sora-2" in (caught.value.hint or "")


def test_a_server_of_ones_own_may_have_any_model(catalogue: Catalogue) -> None:
    spec = catalogue.find("openai/wan-t2v")
    assert (spec.provider, spec.name, spec.origin) == ("openai", "wan-t2v", UNLISTED)
    with pytest.raises(UnknownModel, match="no default"):
        catalogue.find("openai")


def test_alive_and_retired(catalogue: Catalogue) -> None:
    assert "sora-2" not in {spec.name for spec in catalogue.list("openai", alive=True, today=TODAY)}
    assert {"sora-2", "sora-2-pro"} == {spec.name for spec in catalogue.list("openai", alive=False, today=TODAY)}
    assert "sora-2" in {spec.name for spec in catalogue.list("openai", alive=True, today=date(2026, 9, 23))}


def test_settings_override_and_add() -> None:
    catalogue = Catalogue.load(
        {
            "runway/gen4.5": {"price": [{"usd": "0.10", "per": "second"}]},
            "mine/painter": {"modes": ["text"], "seconds": [3], "default": True},
        }
    )
    changed = catalogue.find("runway/gen4.5")
    assert changed.origin == "settings"
    assert changed.price is not None
    assert changed.price.rules[0].usd == Money.usd("0.10")
    assert changed.capabilities.prompt_max == 1000
    assert catalogue.find("mine").capabilities.modes == {Mode.TEXT}


def test_estimates_follow_resolution_and_sound(catalogue: Catalogue) -> None:
    def price(model: str, size: str, seconds: int, audio: bool = False) -> Money | None:
        spec = catalogue.find(model)
        assert spec.price
        order = Order(
            spec.provider, spec.name, "x", Fraction(seconds), Size.parse(size), FrameRate(Fraction(24)), audio=audio
        )
        return spec.price.estimate(order)

    assert price("animatic", "1920x1080", 5) == Money()
    assert price("runway/gen4.5", "1280x720", 5) == Money.usd("0.60")
    assert price("kling/kling-2.6", "1920x1080", 5, audio=True) == Money.usd("0.70")
    assert price("kling/kling-2.6", "1280x720", 5, audio=True) is None
    assert price("google/gemini-omni-1.2-flash", "3840x2160", 10) == Money.usd("2.10")
    assert price("minimax/MiniMax-Hailuo-2.3", "1366x768", 10) == Money.usd("0.56")


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("x = [", "card.toml"),
        ('provider = "p"\nread = 2026-01-01', "source"),
        ('provider = "p"\nsource = "s"\nread = 2026-01-01\nmodel = 1', "model"),
    ],
)
def test_a_broken_card_names_the_file(text: str, field: str) -> None:
    with pytest.raises(SettingsError, match=r"card\.toml") as caught:
        read_card(text, "card.toml")
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"colour": 1}, "colour"),
        ({"seconds": "long"}, "seconds"),
        ({"seconds": ["x"]}, "seconds"),
        ({"modes": ["telepathy"]}, "modes"),
        ({"audio": "loud"}, "audio"),
        ({"seed": "yes"}, "seed"),
        ({"price": [{"usd": "cheap", "per": "second"}]}, "price"),
        ({"price": [{"usd": "1", "per": "year"}]}, "price"),
        ({"retired": "soon"}, "retired"),
        ({"sizes": ["big"]}, "sizes"),
        ({"options": {"a": 1}}, "options"),
        ({"limits": [{"when": {}}]}, "limits"),
        ({"prompt_max": -1}, "prompt_max"),
    ],
)
def test_a_wrong_field_is_named_with_its_entry(changes: dict[str, object], field: str) -> None:
    with pytest.raises(SettingsError, match=r"runway/gen4\.5") as caught:
        Catalogue.load({"runway/gen4.5": changes})
    assert caught.value.field == field


def test_settings_must_name_provider_and_model() -> None:
    with pytest.raises(SettingsError, match="provider/model"):
        Catalogue.load({"gen4.5": {}})
