"""Pauses grow with a job's age, the vendor's own word goes first, and a crowd takes turns."""

from __future__ import annotations

import pytest

from shotwright.engine.pauses import GrowingPause, Pace, Patience, Turns


@pytest.mark.parametrize(("age", "pause"), [(0, 2), (30, 2), (60, 3), (200, 10), (3000, 15)])
def test_a_running_job_is_looked_at_after_a_twentieth_of_its_age(age: float, pause: float) -> None:
    assert Pace(2.0).after_answer(age) == pytest.approx(pause, rel=0.1)


@pytest.mark.parametrize(
    ("age", "fraction", "pause"),
    [
        (30, 0.5, 2),
        (36, 0.92, 3.5),
        (37, 0.925, 3.37),
        (38, 0.95, 2.38),
        (39.9, 0.9975, 0.5),
        (200, 0.95, 12.5),
        (200, 1.0, 10),
    ],
)
def test_a_look_falls_on_the_likely_end_of_a_job_that_tells_how_far_it_is(
    age: float, fraction: float, pause: float
) -> None:
    assert Pace(2.0).after_answer(age, fraction) == pytest.approx(pause, rel=0.1)


def test_a_provider_that_wants_to_be_asked_rarely_is_asked_rarely() -> None:
    assert Pace(30.0).after_answer(1000) == pytest.approx(30, rel=0.1)


def test_the_vendors_own_word_goes_first() -> None:
    assert Pace(2.0).after_answer(3000, told=4.0) == pytest.approx(4, rel=0.1)
    assert Pace(2.0).without_answer(40.0) == pytest.approx(40, rel=0.1)


def test_without_an_answer_pauses_grow_and_an_answer_ends_that() -> None:
    pace = Pace(2.0)
    assert [pace.without_answer(None) for _ in range(7)] == pytest.approx([2, 3, 4.5, 6.75, 10.1, 15, 15], rel=0.1)
    pace.after_answer(1)
    assert pace.without_answer(None) == pytest.approx(2, rel=0.1)


def test_a_backoff_stops_at_its_longest() -> None:
    backoff = GrowingPause(1.0, 2.0)
    assert [backoff.next(None) for _ in range(4)] == pytest.approx([1, 1.5, 2, 2], rel=0.1)


def test_patience_ends() -> None:
    patience = Patience(5.0)
    waits = [patience.pause(None) for _ in range(4)]
    assert sum(waits) == pytest.approx(5.0, abs=0.06)
    assert patience.left <= 0


def test_a_crowd_takes_turns_evenly_and_the_first_needn_t_wait() -> None:
    turns = Turns(100.0)
    waits = [turns.wait() for _ in range(101)]
    assert waits[0] == 0
    assert 0 < waits[100] <= 1.0
    assert waits[100] > waits[50]
