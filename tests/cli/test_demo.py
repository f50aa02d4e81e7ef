"""The first minute: the example film, what it would cost elsewhere, and how to go on."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib import resources

from PIL import Image

from shotwright.cli.elsewhere import COMPARED, price_lines, prices
from shotwright.domain.storyboard import Storyboard
from shotwright.domain.units import Money, Size
from shotwright.providers.catalogue import Catalogue
from shotwright.story.boardfile import parse_storyboard
from tests.cli.person import Person


def the_board() -> tuple[str, Storyboard]:
    text = resources.files("shotwright.cli").joinpath("demo.yaml").read_text(encoding="utf-8")
    return text, parse_storyboard(text)


def test_the_example_is_what_the_first_page_promises() -> None:
    _, board = the_board()
    assert (board.size, str(board.fps), board.sound) == (Size(1920, 1080), "30", True)
    assert [shot.prompt for shot in board.shots] == [
        "harbour at dawn, slow push in",
        "the market fills, pan right",
        "rain, tilt up",
        "lanterns at night, pull out",
    ]
    assert all(str(board.transition_into(at)) == "crossfade 0.5" for at in (1, 2, 3))
    assert sum(board.seconds_of(at) for at in range(4)) == 18


def test_prices_elsewhere_are_those_of_the_catalogue() -> None:
    _, board = the_board()
    specs = list(Catalogue.load())
    found = {item["model"].partition("/")[0]: item for item in prices(board, specs)}
    assert list(found) == list(COMPARED)
    runway = next(spec for spec in specs if spec.full_name == found["runway"]["model"])
    assert runway.price is not None
    per_second = runway.price.rules[0]
    assert per_second.per == "second"
    assert Money.usd(found["runway"]["cost_usd"]) == per_second.usd * 18
    assert found["runway"]["prices_read"] == runway.price.read.isoformat()


def test_a_model_that_cannot_make_the_film_is_left_out() -> None:
    _, board = the_board()
    specs = [replace(spec, price=None) for spec in Catalogue.load()]
    assert prices(board, specs) == []
    assert price_lines([], 80) == []


def test_the_first_minute(person: Person) -> None:
    text, _ = the_board()
    folder = person.folder / "demo"
    folder.mkdir()
    (folder / "harbour.yaml").write_text(re.sub("seconds: [45]", "seconds: 1", text.replace("1920x1080", "320x180")))
    done = person.run("demo")
    assert done.status == 0, done.err
    lines = done.out.splitlines()
    assert lines[0] == "A film in 4 shots · 320x180 · 30 fps · animatic (free, nothing leaves this machine)"
    assert lines[1] == "  1  harbour at dawn, slow push in            1.0 s   made"
    assert lines[5].startswith("film   demo/harbour.mp4    2.5 s   ")
    assert lines[6] == "stills demo/harbour.png    (contact sheet)"
    assert lines[7].startswith("The same film by google/")
    assert "(prices read 20" in " ".join(lines[7:10])
    assert lines[-1].startswith("Now yours:  shotwright generate ")
    with Image.open(folder / "harbour.png") as sheet:
        assert sheet.width > 800


def test_a_folder_that_cannot_be_made(person: Person) -> None:
    (person.folder / "mine").write_text("a file in the way")
    done = person.run("demo", "-o", "mine")
    assert done.status == 9
    assert "another folder" in done.err
