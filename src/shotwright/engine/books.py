"""The books, read: what was spent, on what, when, and what is at risk. Amounts in USD."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import sqlalchemy as sa

from shotwright.domain.take import TakeState
from shotwright.domain.units import Money
from shotwright.storage.database import Database
from shotwright.storage.tables import budgets, job_takes, jobs, submissions

GroupBy = Literal["model", "job", "day", "project"]
GROUPS: tuple[GroupBy, ...] = ("model", "job", "day", "project")

_AT_RISK = (TakeState.INTENT.value, TakeState.SUBMITTED.value, TakeState.UNCLEAR.value)


@dataclass(frozen=True)
class CostLine:
    """One group. `spent` was charged; `at_risk` is held for takes that are under way, late, or unclear."""

    group: str
    takes: int
    spent: Money
    at_risk: Money
    seconds: float

    def as_json(self) -> dict[str, Any]:
        return {
            "group": self.group,
            "takes": self.takes,
            "spent_usd": str(self.spent.amount),
            "at_risk_usd": str(self.at_risk.amount),
            "seconds": self.seconds,
        }


@dataclass(frozen=True)
class BudgetLine:
    name: str
    cap: Money | None
    held: Money
    spent: Money

    def as_json(self) -> dict[str, Any]:
        return {
            "budget": self.name,
            "cap_usd": str(self.cap.amount) if self.cap is not None else None,
            "held_usd": str(self.held.amount),
            "spent_usd": str(self.spent.amount),
        }


class Books:
    def __init__(self, database: Database) -> None:
        self._database = database

    def costs(self, by: GroupBy = "model", *, since: float = 0.0, project: str | None = None) -> list[CostLine]:
        """Takes and their money, grouped; dearest first, days in their order. `since` in Unix seconds."""
        query = sa.select(submissions).where(submissions.c.created >= since).order_by(submissions.c.created)
        if project:
            query = query.where(submissions.c.project == project)
        with self._database.begin() as connection:
            rows = connection.execute(query).all()
            titles = self._titles(connection) if by == "job" else {}
        name: dict[GroupBy, Callable[[Any], str]] = {
            "model": lambda row: f"{row.provider}/{row.model}",
            "job": lambda row: titles.get(row.key, "no job"),
            "day": lambda row: datetime.fromtimestamp(row.created, UTC).date().isoformat(),
            "project": lambda row: str(row.project),
        }
        lines = _grouped(rows, name[by])
        return lines if by == "day" else sorted(lines, key=lambda line: (-line.spent.micros, line.group))

    @staticmethod
    def _titles(connection: sa.Connection) -> dict[str, str]:
        """The first job that wanted each take: it is the one that paid."""
        query = (
            sa.select(job_takes.c.key, jobs.c.id, jobs.c.title)
            .join(jobs, jobs.c.id == job_takes.c.job)
            .order_by(jobs.c.created.desc())
        )
        return {row.key: f"{row.id} {row.title}" for row in connection.execute(query)}

    def budgets(self) -> list[BudgetLine]:
        """Every limit that was ever counted against."""
        with self._database.begin() as connection:
            rows = connection.execute(sa.select(budgets).order_by(budgets.c.id)).all()
        return [
            BudgetLine(row.id, Money(row.cap) if row.cap is not None else None, Money(row.held), Money(row.spent))
            for row in rows
        ]

    def totals(self) -> tuple[Money, Money]:
        """Spent and at risk, over all."""
        lines = self.costs("project")
        return (
            Money(sum(line.spent.micros for line in lines)),
            Money(sum(line.at_risk.micros for line in lines)),
        )


def _grouped(rows: Any, name: Callable[[Any], str]) -> list[CostLine]:
    groups: dict[str, list[Any]] = {}
    for row in rows:
        groups.setdefault(name(row), []).append(row)
    return [
        CostLine(
            group=group,
            takes=len(members),
            spent=Money(sum(row.cost for row in members)),
            at_risk=Money(sum(row.held for row in members if row.state in _AT_RISK)),
            seconds=round(sum(_made_seconds(row) for row in members), 3),
        )
        for group, members in groups.items()
    ]


def _made_seconds(row: Any) -> float:
    from fractions import Fraction

    return float(Fraction(json.loads(row.probe)["seconds"])) if row.probe else 0.0
