"""Older spellings, and which words belong to which picture."""

from __future__ import annotations

from pathlib import Path

import pytest

from shotwright.cli.argv import looks_like_a_picture, normalised


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (["list-models", "--provider", "runway"], ["models", "--provider", "runway"]),
        (["--list-models"], ["models"]),
        (["list-jobs"], ["jobs", "list"]),
        (["get-job", "j-1"], ["jobs", "show", "j-1"]),
        (["jobs"], ["jobs", "list"]),
        (["jobs", "--json"], ["jobs", "list", "--json"]),
        (["jobs", "--help"], ["jobs", "--help"]),
        (["jobs", "show", "j-1"], ["jobs", "show", "j-1"]),
        (["assets"], ["assets", "list"]),
        (["render", "-i", "a.jpg"], ["render", "-i", "a.jpg"]),
        (["generate", "-", "--json"], ["generate", "--stdin", "--json"]),
        (["storyboard", "-"], ["storyboard", "--stdin"]),
        ([], []),
    ],
)
def test_older_and_short_spellings(given: list[str], meant: list[str]) -> None:
    assert normalised(given) == meant


def pairs(*arguments: str) -> list[tuple[str, str]]:
    """Pictures and their words after normalising, in order."""
    tokens = normalised(["generate", *arguments])
    found = [token.split("=", 1)[1] for token in tokens if token.startswith("--image")]
    return list(zip(found[::2], found[1::2], strict=True))


def test_each_picture_may_have_its_own_prompt() -> None:
    assert pairs("-i", "a.jpg", "pan left", "-i", "b.jpg", "push in") == [("a.jpg", "pan left"), ("b.jpg", "push in")]
    assert pairs("-i", "a.jpg", "-i", "b.jpg", "push in") == [("a.jpg", ""), ("b.jpg", "push in")]


def test_pictures_that_the_shell_expanded_stay_pictures() -> None:
    assert pairs("slow push in", "-i", "1.jpg", "2.PNG", "10.webp") == [("1.jpg", ""), ("2.PNG", ""), ("10.webp", "")]


def test_words_after_several_pictures_belong_to_the_last_one() -> None:
    assert pairs("-i", "1.jpg", "2.jpg", "pan", "left", "-o", "x.mp4") == [("1.jpg", ""), ("2.jpg", "pan left")]


def test_flags_end_the_words_of_a_picture() -> None:
    tokens = normalised(["generate", "-i", "a.jpg", "pan left", "--seconds", "4", "-o", "x.mp4"])
    assert tokens == ["generate", "--image=a.jpg", "--image-words=pan left", "--seconds", "4", "-o", "x.mp4"]


def test_a_wildcard_comes_first_and_may_have_a_prompt() -> None:
    assert pairs("-i", "photos/*.jpg", "slow push in") == [("photos/*.jpg", "slow push in")]
    assert pairs("--image=photos/*.jpg", "slow push in") == [("photos/*.jpg", "slow push in")]


def test_a_picture_flag_without_a_picture_is_left_to_the_parser() -> None:
    assert normalised(["generate", "x", "-i"]) == ["generate", "x", "-i"]
    assert normalised(["generate", "-i", "-o", "x.mp4"]) == ["generate", "-i", "-o", "x.mp4"]


def test_nothing_after_the_end_of_flags_is_read() -> None:
    assert normalised(["generate", "--", "-i", "a.jpg"]) == ["generate", "--", "-i", "a.jpg"]


@pytest.mark.parametrize(
    "token", ["a.jpg", "b.HEIC", "https://example.org/x", "data:image/png;base64,AA==", "a.png,b.png", "f.avif"]
)
def test_names_of_pictures_are_known(token: str) -> None:
    assert looks_like_a_picture(token)


@pytest.mark.parametrize("token", ["pan left", "slow push in, then rain", "rain", "x" * 5000, "a\0b"])
def test_words_are_not_pictures(token: str) -> None:
    assert not looks_like_a_picture(token)


def test_a_folder_that_is_there_is_a_picture(tmp_path: Path) -> None:
    assert looks_like_a_picture(str(tmp_path))
    assert not looks_like_a_picture(str(tmp_path / "missing"))
