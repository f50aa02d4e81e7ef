"""The course of a film: what follows from a take's ending, without any clock, chance or database."""

from __future__ import annotations

from typing import Any

from shotwright.domain.order import Order
from shotwright.domain.take import TakeState
from shotwright.domain.units import Money, Size
from shotwright.engine.films import Course
from shotwright.engine.request import Candidate, FilmRequest, RequestShot, frame_input
from shotwright.engine.rows import Ending
from tests.engine.ledgers import film_request, order


def course(*shots: RequestShot, only: tuple[int, ...] = ()) -> Course:
    base = film_request()
    return Course(FilmRequest(base.project, base.title, base.size, base.fps, shots, only=only))


def shot(*orders: Order, continues: bool = False) -> RequestShot:
    return RequestShot(tuple(Candidate(one, Money.usd("1.00")) for one in orders), continues=continues)


def ask(one: Course) -> list[Any]:
    return [one.asked(index) for index in one.next_batch(50)]


def ending(key: str, state: TakeState, *, cost: int = 0, reason: dict[str, Any] | None = None) -> Ending:
    return Ending(key, state, f"clip of {key}" if state is TakeState.STORED else None, reason, cost)


def test_a_shot_that_continues_waits_for_the_clip_before_and_starts_on_its_last_frame() -> None:
    film = course(shot(order("one")), shot(order("two"), continues=True))
    [first] = ask(film)
    film.wanted([first], [ending(first.key, TakeState.STORED)])
    film.frames[1] = frame_input("f" * 64, Size(1280, 720))
    [second] = ask(film)
    assert second.shot == 1
    assert second.want["order"]["inputs"][0]["digest"] == "f" * 64


def test_two_shots_with_one_order_share_one_take() -> None:
    film = course(shot(order("same")), shot(order("same")))
    batch = ask(film)
    assert batch[0].key == batch[1].key
    film.wanted(batch, [ending(batch[0].key, TakeState.WANTED)])
    assert film.watched == {batch[0].key: [0, 1]}
    film.ended([ending(batch[0].key, TakeState.STORED)])
    assert set(film.clips) == {0, 1}


def test_a_failure_that_cost_nothing_is_tried_once_more_and_one_that_was_charged_never() -> None:
    free = course(shot(order("one")))
    [asked] = ask(free)
    free.wanted([asked], [ending(asked.key, TakeState.SUBMITTED)])
    free.ended([ending(asked.key, TakeState.FAILED)])
    [again] = ask(free)
    assert again.want["number"] == 2
    assert again.key != asked.key
    free.wanted([again], [ending(again.key, TakeState.SUBMITTED)])
    free.ended([ending(again.key, TakeState.FAILED)])
    assert 0 in free.errors

    paid = course(shot(order("one")))
    [asked] = ask(paid)
    paid.wanted([asked], [ending(asked.key, TakeState.SUBMITTED)])
    paid.ended([ending(asked.key, TakeState.FAILED, cost=1_000_000)])
    assert paid.ready == []
    assert paid.errors[0]["state"] == "failed"


def test_failures_found_from_earlier_runs_are_passed_over() -> None:
    film = course(shot(order("one")))
    for number in (1, 2, 3):
        [asked] = ask(film)
        assert asked.want["number"] == number
        film.wanted([asked], [ending(asked.key, TakeState.FAILED, cost=1_000_000)])
    assert film.errors == {}


def test_the_next_model_is_used_where_one_refuses_for_quota_but_never_after_an_unclear_submit() -> None:
    two = shot(order("one"), Order(**{**vars(order("one")), "model": "other"}))
    film = course(two)
    [asked] = ask(film)
    film.wanted([asked], [ending(asked.key, TakeState.REFUSED, reason={"reason": "quota"})])
    [fallback] = ask(film)
    assert fallback.want["order"]["model"] == "other"

    unclear = course(two)
    [asked] = ask(unclear)
    unclear.wanted([asked], [ending(asked.key, TakeState.UNCLEAR, reason={"charged": "unknown"})])
    assert (unclear.ready, unclear.errors[0]["charged"]) == ([], "unknown")

    policy = course(two)
    [asked] = ask(policy)
    policy.wanted([asked], [ending(asked.key, TakeState.REFUSED, reason={"reason": "policy"})])
    assert policy.ready == []


def test_only_some_shots_are_asked_for() -> None:
    film = course(shot(order("one")), shot(order("two")), shot(order("three")), only=(1,))
    assert [asked.shot for asked in ask(film)] == [1]


def test_a_late_take_ends_the_waiting_as_paid_not_fetched() -> None:
    film = course(shot(order("one")))
    [asked] = ask(film)
    film.wanted([asked], [ending(asked.key, TakeState.SUBMITTED)])
    film.ended([ending(asked.key, TakeState.SUBMITTED, reason={"code": "late", "charged": "yes"})])
    assert film.errors[0]["code"] == "late"
