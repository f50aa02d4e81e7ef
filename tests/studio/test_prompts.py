"""Which prompt goes with which picture."""

from __future__ import annotations

import pytest

from shotwright.errors import InvalidInput
from shotwright.studio.prompts import pair_prompts, read_prompts

THREE: list[tuple[str, str | None]] = [("a.jpg", None), ("b.jpg", None), ("c.jpg", None)]


def test_one_prompt_is_for_all() -> None:
    assert pair_prompts(THREE, ["pan left"]) == [("a.jpg", "pan left"), ("b.jpg", "pan left"), ("c.jpg", "pan left")]


def test_as_many_prompts_as_pictures_go_in_order() -> None:
    assert pair_prompts(THREE, ["one", "two", "three"])[1] == ("b.jpg", "two")


def test_a_pictures_own_prompt_wins() -> None:
    items = [("a.jpg", "pan left"), ("b.jpg", None), ("c.jpg", "push in")]
    assert pair_prompts(items, ["tilt up"]) == [("a.jpg", "pan left"), ("b.jpg", "tilt up"), ("c.jpg", "push in")]
    items = [("a.jpg", "pan left"), ("b.jpg", None), ("c.jpg", "")]
    assert pair_prompts(items, ["x", "y"]) == [("a.jpg", "pan left"), ("b.jpg", "x"), ("c.jpg", "y")]


def test_numbered_prompts_find_their_picture() -> None:
    text = "2: push in\n\n 1. pan left\n"
    assert pair_prompts(THREE, read_prompts(text)) == [("a.jpg", "pan left"), ("b.jpg", "push in"), ("c.jpg", "")]


def test_a_number_that_is_part_of_the_words_is_no_number() -> None:
    assert pair_prompts(THREE[:1], ["16:9 view of 3 birds"]) == [("a.jpg", "16:9 view of 3 birds")]
    assert pair_prompts(THREE[:1], ["3 birds fly"]) == [("a.jpg", "3 birds fly")]


def test_without_pictures_each_prompt_is_a_shot() -> None:
    assert pair_prompts([], ["2: b", "1: a"]) == [(None, "a"), (None, "b")]
    assert pair_prompts([], ["b", " ", "a"]) == [(None, "b"), (None, "a")]
    assert pair_prompts(THREE[:2], []) == [("a.jpg", ""), ("b.jpg", "")]


@pytest.mark.parametrize(
    ("prompts", "words"),
    [
        (["a", "b"], "2 prompts don't fit 3 pictures"),
        (["a", "b", "c", "d"], "4 prompts don't fit 3 pictures"),
        (["4: a"], "there is no picture 4, only 1 to 3"),
        (["0: a"], "there is no picture 0"),
        (["1: a", "1: b"], "prompt 1 is given twice"),
    ],
)
def test_counts_and_numbers_that_do_not_fit(prompts: list[str], words: str) -> None:
    with pytest.raises(InvalidInput, match=words) as caught:
        pair_prompts(THREE, prompts)
    assert caught.value.field == "prompt"
    assert caught.value.hint
