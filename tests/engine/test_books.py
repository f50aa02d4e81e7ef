"""The books, read: spent, at risk, and by what."""

from __future__ import annotations

from datetime import UTC, datetime

from shotwright.domain.take import TakeState, Ticket
from shotwright.domain.units import Money
from shotwright.engine.books import Books
from tests.engine.ledgers import Desk


def test_spent_and_at_risk_stand_side_by_side(database_url: str) -> None:
    desk = Desk(database_url)
    job = desk.running_job()
    stored, flying, unclear = (desk.want(job, name, price="0.50") for name in ("a", "b", "c"))
    for key in (stored, flying, unclear):
        desk.ledger.claim(key, 1, "t")
    for key in (stored, flying):
        desk.ledger.placed(key, f"{key}.1", Ticket("paid", f"v-{key}"))
    desk.ledger.end(stored, 1, TakeState.STORED, cost=Money.usd("0.45"), clip="c" * 64)
    desk.ledger.unclear(unclear, 1, "t", {"message": "may have been charged"})
    books = Books(desk.database)
    [line] = books.costs("model")
    assert (line.group, line.takes, line.spent, line.at_risk) == (
        "paid/model",
        3,
        Money.usd("0.45"),
        Money.usd("1.00"),
    )
    assert [line.group for line in books.costs("job")] == [f"{job} T"]
    assert [line.group for line in books.costs("day")] == [datetime.now(UTC).date().isoformat()]
    assert [line.group for line in books.costs("project")] == ["p"]
    assert [(line.name, line.held, line.spent) for line in books.budgets()] == [
        ("film b", Money.usd("1.00"), Money.usd("0.45"))
    ]
    assert books.totals() == (Money.usd("0.45"), Money.usd("1.00"))
    desk.database.close()


def test_an_unclear_take_is_resolved_in_one_of_three_ways(database_url: str) -> None:
    desk = Desk(database_url)
    job = desk.running_job()
    keys = {name: desk.want(job, name) for name in ("adopt", "resubmit", "give up")}
    for key in keys.values():
        desk.ledger.claim(key, 1, "t")
        desk.ledger.unclear(key, 1, "t", {"message": "may have been charged"})
    assert {take.key for take in desk.ledger.unclear_takes()} == set(keys.values())
    starts = desk.starts
    assert desk.ledger.resolve(starts, keys["adopt"], "adopt", ticket=Ticket("paid", "v-9"))
    assert desk.ledger.resolve(starts, keys["resubmit"], "resubmit", charged=Money.usd("1.00"))
    assert desk.ledger.resolve(starts, keys["give up"], "give up")
    assert not desk.ledger.resolve(starts, keys["give up"], "resubmit")
    states = {name: take.state for name, key in keys.items() if (take := desk.ledger.take(key))}
    assert states == {
        "adopt": TakeState.SUBMITTED,
        "resubmit": TakeState.WANTED,
        "give up": TakeState.FAILED,
    }
    assert desk.ledger.claim(keys["resubmit"], 2, "u").ref == f"{keys['resubmit']}.2"
    assert desk.ledger.purse.budget("film b") == (None, Money.usd("2.00"), Money.usd("1.00"))
    desk.database.close()
