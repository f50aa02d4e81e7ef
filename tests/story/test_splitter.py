"""Scripts, lists, Markdown and sentences become shots, without any model."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shotwright.errors import StoryboardError
from shotwright.story.boardfile import dump_storyboard, parse_storyboard
from shotwright.story.sentences import joined, reading_seconds, sentences
from shotwright.story.splitter import split

SCREENPLAY = """\
FADE IN:

EXT. HARBOUR - DAWN

Boats rock in the mist. Camera pans left.

KEEPER
(quietly)
Nobody believed me.

CUT TO:

INT. LIGHTHOUSE - NIGHT

The lamp turns.

FADE OUT.
"""


def prompts(text: str) -> list[str]:
    return [shot.prompt for shot in split(text).shots]


def test_one_sentence_is_one_shot_with_its_camera_words() -> None:
    board = split("A whale breathes in the bay, slow push in")
    assert [shot.prompt for shot in board.shots] == ["A whale breathes in the bay, slow push in"]
    assert board.title == "A whale breathes in the bay"
    assert board.shots[0].seconds == Fraction(9, 2)


def test_one_paragraph_gives_a_shot_for_each_sentence() -> None:
    assert prompts("Harbour at dawn, slow push in. The market fills, pan right. Rain. Lanterns, pull out slowly.") == [
        "Harbour at dawn, slow push in.",
        "The market fills, pan right.",
        "Rain. Lanterns, pull out slowly.",
    ]


def test_paragraphs_are_shots_and_long_ones_several() -> None:
    long = " ".join(["The old man walks slowly to the shore and looks out at the grey sea."] * 4)
    found = prompts(f"A boat. A gull.\n\n{long}\n\nThe\nend.")
    assert found[0] == "A boat. A gull."
    assert found[-1] == "The end."
    assert len(found) == 6
    assert all(reading_seconds(prompt) < 10 for prompt in found)


@pytest.mark.parametrize("mark", ["-", "*", "•", "1.", "2)", "(3)", "Shot 4:", "SCENE 2 -"])
def test_list_items_are_shots(mark: str) -> None:
    text = f"{mark} harbour at dawn,\n   slow push in\n{mark} the market. It fills.\n\n{mark} rain"
    assert prompts(text) == ["harbour at dawn, slow push in", "the market. It fills.", "rain"]


def test_markdown_is_read_for_its_words() -> None:
    text = (
        "---\ntitle: ignored by nobody\n---\n<!-- a note -->\n1. Harbour at **dawn**, _slow_ push in (4 s)\n"
        "2. ![the face](photos/face.jpg) Close on [her](https://example.org)\n> 3. a `quoted` shot [2.5s]\n"
    )
    board = split(text)
    assert board.title == "ignored by nobody"
    assert [shot.prompt for shot in board.shots] == [
        "Harbour at dawn, slow push in",
        "the face Close on her",
        "a quoted shot",
    ]
    assert board.shots[1].image == "photos/face.jpg"
    assert [board.shots[0].seconds, board.shots[2].seconds] == [Fraction(4), Fraction(5, 2)]


def test_titles() -> None:
    assert split("# The whale #\n\nA bay.").title == "The whale"
    assert split("The whale\n=========\n\nA bay.").title == "The whale"
    assert split("Title: The whale\n\nA bay.").title == "The whale"
    assert split("Shots for a film:\n- a bay\n- a whale").title == "Shots for a film"
    assert split("a bay", title="Mine").title == "Mine"
    assert split("slow push in on a very old harbour at dawn").title == "Slow push in on a very"
    assert prompts("## Dawn\n\n## Noon") == ["Dawn", "Noon"]


def test_a_screenplay_gives_a_shot_for_each_scene() -> None:
    board = split(SCREENPLAY)
    assert board.title == "Harbour"
    assert [shot.prompt for shot in board.shots] == [
        "Exterior, harbour, dawn. Boats rock in the mist. Camera pans left. Keeper says: “Nobody believed me.”",
        "Interior, lighthouse, night. The lamp turns.",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "清晨的港口，镜头推进。市场热闹起来了！「下雨了。」夜晚？",
            ["清晨的港口，镜头推进。", "市场热闹起来了！", "「下雨了。」", "夜晚？"],
        ),
        ("هل جاء المطر؟ نعم، جاء المطر۔ انتهى.", ["هل جاء المطر؟", "نعم، جاء المطر۔", "انتهى."]),
        ("नाव चलती है। पानी शांत है।", ["नाव चलती है।", "पानी शांत है।"]),
        (
            "Mr. Smith waits at 3.5 m. He left, e.g. at 8 a.m. on foot. Who? “Me!” said J. Doe.",
            [
                "Mr. Smith waits at 3.5 m.",
                "He left, e.g. at 8 a.m. on foot.",
                "Who?",
                "“Me!”",
                "said J. Doe.",
            ],
        ),
        ("Wait... what?! No", ["Wait... what?!", "No"]),
        ("... !", []),
    ],
)
def test_sentences_end_as_their_script_ends_them(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_chinese_is_joined_without_spaces_and_timed_by_signs() -> None:
    assert joined(["港口。", "市场。", "rain.", "x"]) == "港口。市场。rain. x"
    assert reading_seconds("清晨的港口镜头推进了") == 2.0
    assert reading_seconds("five words take two seconds") == 2.0


def test_too_many_beats_are_merged_in_balance() -> None:
    text = "\n\n".join(f"Paragraph {number} has some words in it" for number in range(11))
    board = split(text, max_shots=4)
    counts = [shot.prompt.count("Paragraph") for shot in board.shots]
    assert sum(counts) == 11
    assert sorted(counts) == [2, 3, 3, 3]
    assert board.shots[0].prompt.startswith("Paragraph 0 has some words in it. Paragraph 1")


def test_merged_pictures_are_kept() -> None:
    shot = split("- ![](a.jpg) one\n- ![](b.jpg) two", max_shots=1).shots[0]
    assert (shot.image, shot.references, shot.prompt) == ("a.jpg", ("b.jpg",), "one. two")


def test_a_total_length_is_met_exactly() -> None:
    text = "\n\n".join(["short", "a paragraph that is a good deal longer than the others are", "short too"])
    for total, count in ((20, 3), (7, 2), ("0:12.3", 3), (2, 1), (45, 3)):
        board = split(text, seconds=total)
        lengths = [shot.seconds for shot in board.shots if shot.seconds]
        assert sum(lengths) == (Fraction(123, 10) if total == "0:12.3" else total)
        assert len(board.shots) == count
    lengths = [shot.seconds or Fraction(0) for shot in split(text, seconds=20).shots]
    assert lengths[1] > lengths[0] >= 3
    assert max(lengths) <= 10


@pytest.mark.parametrize(
    ("text", "options", "field"),
    [
        ("", {}, "text"),
        (" \n---\n***\n", {}, "text"),
        ("<!-- nothing -->", {}, "text"),
        ("!!! ... ???", {}, "text"),
        ("x" * 500_000, {}, "text"),
        ("a", {"max_shots": 0}, "max_shots"),
        ("a", {"seconds": 0}, "seconds"),
    ],
)
def test_what_makes_no_film_is_refused(text: str, options: dict[str, int], field: str) -> None:
    with pytest.raises(StoryboardError) as caught:
        split(text, max_shots=options.get("max_shots"), seconds=options.get("seconds"))
    assert caught.value.field == field
    assert caught.value.hint


@pytest.mark.parametrize(
    "piece",
    [
        "*",
        "* ",
        ".",
        ". a",
        "!",
        "![",
        "[",
        "(",
        "#",
        "# ",
        "- ",
        "<!--",
        " ",
        "a. ",
        "\n- a",
        "`x",
        "A ",
        "1.",
        "=",
        "。",
    ],
)
def test_hostile_repetition_ends(piece: str) -> None:
    text = piece * (200_000 // len(piece)) + " end"
    board = split(text)
    assert 1 <= len(board.shots) <= 500


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.text(st.sampled_from('aB .\n-*#1:!?。（)[]~>"é清\tINT'), max_size=40), max_size=12).map("\n\n".join),
    st.none() | st.integers(1, 5),
    st.none() | st.fractions(min_value=1, max_value=90, max_denominator=10),
)
def test_any_text_makes_whole_shots_or_is_refused(text: str, max_shots: int | None, total: Fraction | None) -> None:
    try:
        board = split(text, max_shots=max_shots, seconds=total)
    except StoryboardError as found:
        assert found.field == "text"
        return
    lengths = [shot.seconds or Fraction(0) for shot in board.shots]
    assert len(board.shots) <= (max_shots or len(board.shots))
    assert all(shot.prompt.strip() or shot.image for shot in board.shots)
    assert min(lengths) > 0
    if total is not None:
        assert sum(lengths) == total
        assert max(lengths) <= max(Fraction(10), total / len(lengths) + Fraction(1, 2))
    else:
        assert all(3 <= length <= 10 for length in lengths)
    assert parse_storyboard(dump_storyboard(board), base=Path()) == board
