from __future__ import annotations

import pytest

from shotwright.media.animatic.scene.reading import read


@pytest.mark.parametrize(
    ("prompt", "time", "place", "weather"),
    [
        ("misty mountains at dawn", "dawn", "mountain", "fog"),
        ("city skyline at night in the rain", "night", "city", "rain"),
        ("sea at sunset", "sunset", "sea", None),
        ("pine forest in the fog", "overcast", "forest", "fog"),
        ("desert dunes, golden afternoon", "golden", "desert", None),
        ("snowy mountains, winter", "overcast", "mountain", "snow"),
        ("a quiet room, morning", "dawn", "interior", None),
        ("storm over the ocean", "storm", "sea", "rain"),
        ("planet in deep space", None, "space", None),
        ("underwater reef", None, "underwater", None),
        ("harbour at dawn, slow push in", "dawn", "sea", None),
        ("the market fills, pan right", None, "city", None),
        ("boats on the lake at dawn", "dawn", "lake", None),
        ("a boat at dawn", "dawn", "sea", None),
        ("lanterns at night, pull out", "night", "city", None),
        ("a feeling of hope", None, "abstract", None),
        ("Sonnenuntergang über dem Meer", "sunset", "sea", None),
        ("Schnee im Wald bei Nacht", "night", "forest", "snow"),
        ("une forêt sous la pluie, le matin", "dawn", "forest", "rain"),
        ("el desierto al amanecer", "dawn", "desert", None),
        ("MOUNTAINS AT NIGHT", "night", "mountain", None),
    ],
)
def test_words_name_time_place_and_weather(prompt: str, time: str | None, place: str, weather: str | None) -> None:
    found = read(prompt, 5)
    assert found.place == place
    assert found.weather == weather
    if time is not None:
        assert found.time == time


@pytest.mark.parametrize(
    ("prompt", "people", "boats"),
    [
        ("mountains at dawn", 0, False),
        ("a woman on the beach", 1, False),
        ("two hikers on a ridge", 2, False),
        ("She waits at the rail while the last ferry turns back", 1, True),
        ("a sailboat on the lake", 0, True),
        ("of all kinds", 0, False),
    ],
)
def test_people_and_boats_only_when_named(prompt: str, people: int, boats: bool) -> None:
    found = read(prompt, 5)
    assert (found.people, found.boats) == (people, boats)


def test_an_unsaid_time_comes_from_the_seed() -> None:
    assert {read("a forest", seed).time for seed in range(12)} == {"day", "golden", "dusk"}


def test_weather_without_a_place_gets_one() -> None:
    assert "abstract" not in {read("rain, tilt up", seed).place for seed in range(12)}


def test_a_weak_word_yields_to_a_strong_one() -> None:
    assert read("a dark forest at noon", 1).time == "day"
    assert read("the blue hour over warm hills at sunset", 1).time == "sunset"


def test_english_words_that_are_german_ones_too_mislead_nobody() -> None:
    assert read("we see a kind face", 3).place == "abstract"


def test_no_words_at_all() -> None:
    assert read("", 4).place == "abstract"
    assert read("霧の中", 4).place == "abstract"
