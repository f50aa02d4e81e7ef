from __future__ import annotations

import pytest

from shotwright import Storyboard
from shotwright.config import Settings
from shotwright.errors import InvalidInput
from shotwright.studio import Studio
from shotwright.studio.groups import Link, chains, grouped_prompts


def test_prompts_between_separators_are_groups() -> None:
    assert grouped_prompts(["--", "a", "b", " --- ", "--", "c"]) == [["a", "b"], ["c"]]
    assert grouped_prompts(["a--b"]) == [["a--b"]]
    assert grouped_prompts(["---"]) == []


def test_each_group_is_a_chain_that_begins_with_its_picture() -> None:
    groups = [["a", "b"], ["c"]]
    assert chains(groups, ["1", "2"]) == [Link("a", "1"), Link("b", None, True), Link("c", "2")]
    assert chains(groups, ["1", "2", "3"]) == [Link("a", "1"), Link("b", "2", True), Link("c", "3")]
    assert chains(groups, ["1"]) == [Link("a", "1"), Link("b", None, True), Link("c")]


def test_chains_of_so_many_shots() -> None:
    links = chains([["a", "b", "c", "d", "e"]], [], 2)
    assert [link.continues for link in links] == [False, True, False, True, False]
    assert [link.prompt for link in links] == list("abcde")
    assert [link.continues for link in chains([["a", "b"], ["c"]], [], 5)] == [False, True, False]


@pytest.mark.parametrize(("pictures", "every"), [(["1", "2", "3", "4"], None), ([], 0), (["1", "2"], 3)])
def test_numbers_that_do_not_fit_are_refused(pictures: list[str], every: int | None) -> None:
    with pytest.raises(InvalidInput):
        chains([["a", "b", "c"]], pictures, every)


def transitions(board: Storyboard) -> list[str]:
    return [str(board.transition_into(index)) for index in range(len(board.shots))]


def test_chains_are_joined_by_the_transition(settings: Settings) -> None:
    studio = Studio(settings)
    board = studio.board_for(prompts=["a", "b", "--", "c", "d"], images=["1.jpg", "2.jpg"], transition="crossfade 1")
    assert [shot.continues for shot in board.shots] == [False, True, False, True]
    assert [shot.image for shot in board.shots] == ["1.jpg", None, "2.jpg", None]
    assert transitions(board) == ["cut", "cut", "crossfade 1", "cut"]
    every = studio.board_for("walk on", ["1.jpg", "2.jpg", "3.jpg", "4.jpg"], stitch_every=2)
    assert [shot.last for shot in every.shots] == [None, "2.jpg", None, "4.jpg"]
    assert transitions(every) == ["cut", "cut", "crossfade 0.5", "cut"]


def test_one_chain_is_cut_and_shots_of_their_own_crossfade(settings: Settings) -> None:
    studio = Studio(settings)
    chain = studio.board_for(prompts=["a", "b"], images=["1.jpg"], stitch=True)
    assert ([shot.continues for shot in chain.shots], transitions(chain)) == ([False, True], ["cut", "cut"])
    apart = studio.board_for(prompts=["a", "b"])
    assert ([shot.continues for shot in apart.shots], transitions(apart)) == ([False, False], ["cut", "crossfade 0.5"])
    with pytest.raises(InvalidInput, match="2 prompts for 1 pictures"):
        studio.board_for(prompts=["a", "b"], images=["1.jpg"])
    with pytest.raises(InvalidInput, match="words or pictures"):
        studio.board_for(prompts=["--"])
