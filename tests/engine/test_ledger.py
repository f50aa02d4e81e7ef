"""The ledger's transactions, on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from shotwright.domain.job import JobState
from shotwright.domain.take import TakeState, Ticket
from shotwright.domain.units import Money
from tests.engine.ledgers import Desk, wish


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    one = Desk(database_url)
    yield one
    one.database.close()


def test_the_same_order_from_two_jobs_is_one_take_with_one_workflow(desk: Desk) -> None:
    first, second = desk.running_job("a"), desk.running_job("b")
    assert desk.want(first, "whale") == desk.want(second, "whale")
    assert len(desk.starts.takes) == 1


def test_only_one_of_many_claims_may_call(desk: Desk) -> None:
    key = desk.want(desk.running_job(), "whale")
    kinds: list[str] = []
    threads = [
        threading.Thread(target=lambda name=str(n): kinds.append(desk.ledger.claim(key, 1, name).kind))
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(kinds) == ["call", *["wait"] * 7]


def test_the_price_is_held_with_the_intent_and_booked_with_the_ending(desk: Desk) -> None:
    key = desk.want(desk.running_job(), "whale", price="0.60")
    desk.ledger.claim(key, 1, "t")
    assert desk.ledger.purse.budget("film b") == (None, Money.usd("0.60"), Money())
    desk.ledger.placed(key, f"{key}.1", Ticket("paid", "v-1"))
    ending = desk.ledger.end(key, 1, TakeState.STORED, cost=Money.usd("0.55"), clip="c" * 64)
    assert ending.state is TakeState.STORED
    assert desk.ledger.purse.budget("film b") == (None, Money(), Money.usd("0.55"))


def test_an_ending_counts_once(desk: Desk) -> None:
    key = desk.want(desk.running_job(), "whale")
    desk.ledger.claim(key, 1, "t")
    desk.ledger.placed(key, f"{key}.1", Ticket("paid", "v-1"))
    for _ in range(3):
        desk.ledger.end(key, 1, TakeState.STORED, cost=Money.usd("1.00"), clip="c" * 64)
    desk.ledger.end(key, 1, TakeState.FAILED, cost=Money.usd("1.00"))
    assert desk.ledger.purse.budget("film b") == (None, Money(), Money.usd("1.00"))


def test_a_budget_stops_the_take_that_would_pass_it_before_its_intent(desk: Desk) -> None:
    desk.ledger.purse.set_cap("film b", Money.usd("1.50"))
    job = desk.running_job()
    first, second = desk.want(job, "one"), desk.want(job, "two")
    assert desk.ledger.claim(first, 1, "t").kind == "call"
    assert desk.ledger.claim(second, 1, "t").kind == "ended"
    take = desk.ledger.take(second)
    assert take is not None
    assert take.state is TakeState.OVER
    assert desk.ledger.purse.budget("film b") == (Money.usd("1.50"), Money.usd("1.00"), Money())


def test_a_take_over_one_of_its_budgets_holds_nothing_under_the_others(desk: Desk) -> None:
    desk.ledger.purse.set_cap("z small", Money.usd("0.10"))
    budgets = ("a large", "z small")
    key = desk.want(desk.running_job(budgets=budgets), "one", budgets=budgets)
    assert desk.ledger.claim(key, 1, "t").kind == "ended"
    assert desk.ledger.purse.budget("a large") == (None, Money(), Money())


def test_a_free_ending_lets_the_same_key_run_again(desk: Desk) -> None:
    job = desk.running_job()
    key = desk.want(job, "one")
    desk.ledger.claim(key, 1, "t")
    desk.ledger.end(key, 1, TakeState.REFUSED, token="t", reason={"message": "no credit"})
    assert desk.want(job, "one") == key
    assert desk.starts.takes == [(key, 1), (key, 2)]
    claim = desk.ledger.claim(key, 2, "u")
    assert (claim.kind, claim.ref) == ("call", f"{key}.2")


def test_a_proven_refusal_before_acceptance_gives_the_hold_back_and_a_new_ref_is_not_needed(desk: Desk) -> None:
    key = desk.want(desk.running_job(), "one")
    desk.ledger.claim(key, 1, "t")
    desk.ledger.withdraw(key, "t")
    assert desk.ledger.purse.budget("film b") == (None, Money(), Money())
    assert desk.ledger.claim(key, 1, "u").kind == "call"


def test_a_late_ticket_is_still_the_answer_also_to_an_unclear_take(desk: Desk) -> None:
    key = desk.want(desk.running_job(), "one")
    desk.ledger.claim(key, 1, "t")
    desk.ledger.unclear(key, 1, "t", {"message": "may have been charged"})
    assert desk.ledger.placed(key, f"{key}.1", Ticket("paid", "v-1")).id == "v-1"
    take = desk.ledger.take(key)
    assert take is not None
    assert take.state is TakeState.SUBMITTED


def test_a_second_ticket_is_kept_among_the_strays(desk: Desk) -> None:
    import sqlalchemy as sa

    from shotwright.storage.tables import strays

    key = desk.want(desk.running_job(), "one")
    desk.ledger.claim(key, 1, "t")
    desk.ledger.placed(key, f"{key}.1", Ticket("paid", "v-1"))
    assert desk.ledger.placed(key, f"{key}.1", Ticket("paid", "v-2")).id == "v-1"
    with desk.database.begin() as connection:
        kept = connection.execute(sa.select(strays.c.ticket, strays.c.key)).all()
    assert [("v-2" in row.ticket, row.key) for row in kept] == [(True, key)]


def test_a_claim_whose_window_is_over_must_ask_before_it_calls(database_url: str) -> None:
    desk = Desk(database_url, window=0.0)
    key = desk.want(desk.running_job(), "one")
    assert desk.ledger.claim(key, 1, "t").kind == "call"
    asked = desk.ledger.claim(key, 1, "u")
    assert (asked.kind, asked.ref) == ("ask", f"{key}.1")
    assert not desk.ledger.renew(key, "t")
    assert desk.ledger.renew(key, "u")
    desk.database.close()


def test_cancelling_one_of_two_sharers_leaves_the_take_alone(desk: Desk) -> None:
    first, second = desk.running_job("a"), desk.running_job("b")
    key = desk.want(first, "whale")
    desk.want(second, "whale")
    desk.jobs.cancel(first)
    assert desk.ledger.to_be_stopped() == set()
    desk.jobs.cancel(second)
    assert desk.ledger.to_be_stopped() == {key}


def test_stopping_a_job_keeps_what_is_ordered_and_drops_what_is_not(desk: Desk) -> None:
    job = desk.running_job()
    sent, unsent = desk.want(job, "sent"), desk.want(job, "unsent")
    desk.ledger.claim(sent, 1, "t")
    desk.ledger.placed(sent, f"{sent}.1", Ticket("paid", "v-1"))
    assert desk.jobs.stop(job) == 1
    assert desk.ledger.to_be_stopped() == {unsent}
    assert [take.key for take in desk.ledger.in_flight(job)] == [sent]
    assert desk.ledger.claim(unsent, 1, "t").kind == "ended"


def test_a_job_that_moved_on_wants_nothing(desk: Desk) -> None:
    job = desk.running_job()
    desk.jobs.cancel(job)
    assert desk.ledger.want(desk.starts, job, 1, [wish("late")]) is None


def test_resuming_makes_the_next_run_and_its_workflow(desk: Desk) -> None:
    job = desk.running_job()
    desk.jobs.stop(job)
    assert desk.jobs.again(desk.starts, job, attendant="me") == 2
    assert desk.starts.films[-1] == (job, 2)
    assert desk.jobs.again(desk.starts, job, attendant="me") is None
    assert desk.jobs.load(job, 1) is None
    assert desk.jobs.load(job, 2) is not None
    assert desk.jobs.finish(job, 2, JobState.DONE, result={"cost": 0}, error=None)
    assert not desk.jobs.finish(job, 2, JobState.FAILED, result=None, error=None)


def test_a_late_take_stops_the_waiting_but_not_the_take(desk: Desk) -> None:
    job = desk.running_job()
    key = desk.want(job, "one")
    desk.ledger.claim(key, 1, "t")
    desk.ledger.placed(key, f"{key}.1", Ticket("paid", "v-1"))
    assert desk.ledger.endings([key]) == []
    desk.ledger.late(key, 1, {"message": "not here in time"})
    assert [ending.state for ending in desk.ledger.endings([key])] == [TakeState.SUBMITTED]
    desk.want(job, "one")
    assert desk.ledger.endings([key]) == []
    assert desk.ledger.end(key, 1, TakeState.STORED, clip="c" * 64).state is TakeState.STORED
