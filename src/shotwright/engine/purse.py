"""Budgets: what may be spent, what is held for takes under way, what was spent; always in the take's transaction."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from shotwright.domain.units import Money
from shotwright.storage.database import Database
from shotwright.storage.tables import budgets


class Purse:
    """The `budgets` table. A cap of None only counts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def set_cap(self, budget: str, cap: Money | None) -> None:
        with self._database.begin() as connection:
            self.ensure(connection, budget, cap)
            connection.execute(
                budgets.update().where(budgets.c.id == budget).values(cap=cap.micros if cap is not None else None)
            )

    def ensure(self, connection: sa.Connection, budget: str, cap: Money | None = None) -> None:
        connection.execute(
            self._database.insert_or_nothing(
                budgets, id=budget, cap=cap.micros if cap is not None else None, held=0, spent=0
            )
        )

    def budget(self, budget: str) -> tuple[Money | None, Money, Money] | None:
        """Cap, held and spent, or None where there is no such budget."""
        with self._database.begin() as connection:
            row = connection.execute(sa.select(budgets).where(budgets.c.id == budget)).first()
        if row is None:
            return None
        return (Money(row.cap) if row.cap is not None else None, Money(row.held), Money(row.spent))

    def hold(self, connection: sa.Connection, row: sa.Row[Any]) -> str | None:
        """Reserves the price under every budget of the take; the name of the one that is too small, or None."""
        names = sorted(json.loads(row.budgets))
        for name in names:
            self.ensure(connection, name)
        for done, name in enumerate(names):
            held = connection.execute(
                budgets.update()
                .where(
                    budgets.c.id == name,
                    sa.or_(budgets.c.cap.is_(None), budgets.c.held + budgets.c.spent + row.price <= budgets.c.cap),
                )
                .values(held=budgets.c.held + row.price)
                .returning(budgets.c.id)
            ).first()
            if held is None:
                for earlier in names[:done]:
                    self._move(connection, earlier, held=-row.price, spent=0)
                return str(name)
        return None

    @staticmethod
    def _move(connection: sa.Connection, budget: str, *, held: int, spent: int) -> None:
        connection.execute(
            budgets.update()
            .where(budgets.c.id == budget)
            .values(held=budgets.c.held + held, spent=budgets.c.spent + spent)
        )

    def settle(self, connection: sa.Connection, row: sa.Row[Any], cost: int) -> None:
        """Lets go of what is held for the take and books what it cost."""
        if row.held or cost:
            for name in sorted(json.loads(row.budgets)):
                self._move(connection, name, held=-row.held, spent=cost)
