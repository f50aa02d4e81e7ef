"""The books as `shotwright costs` and `jobs resolve` show them: tables, bars and unclear takes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from shotwright.cli.text import Column, cells, cut_to, labelled, padded, styled, table, width_of
from shotwright.domain.units import Money

if TYPE_CHECKING:
    from shotwright.domain.take import Take
    from shotwright.engine.books import BudgetLine, CostLine

BAR = "█"
RISK = "░"
SHOWN_KEY = 12
"""Digits of a take's key on screen; any beginning that only it has is taken."""


def document(by: str, lines: Sequence[CostLine], budgets: Sequence[BudgetLine]) -> dict[str, Any]:
    spent, at_risk = totals(lines)
    return {
        "by": by,
        "spent_usd": str(spent.amount),
        "at_risk_usd": str(at_risk.amount),
        "lines": [line.as_json() for line in lines],
        "budgets": [budget.as_json() for budget in budgets],
    }


def totals(lines: Sequence[CostLine]) -> tuple[Money, Money]:
    """Spent and at risk, over all lines."""
    return Money(sum(line.spent.micros for line in lines)), Money(sum(line.at_risk.micros for line in lines))


def cost_lines(by: str, lines: Sequence[CostLine]) -> list[str]:
    if not lines:
        return ["nothing was ordered yet"]
    columns = [
        Column(by, flex=True, least=20),
        Column("takes", right=True),
        Column("spent", right=True),
        Column("at risk", right=True),
        Column("footage", right=True),
    ]
    spent, at_risk = totals(lines)
    rows = [
        (line.group, str(line.takes), money(line.spent), money(line.at_risk), footage(line.seconds)) for line in lines
    ]
    length = footage(sum(line.seconds for line in lines))
    rows.append(("total", str(sum(line.takes for line in lines)), money(spent), money(at_risk), length))
    return table(columns, rows, width_of(sys.stdout))


def money(sum_of: Money) -> str:
    return str(sum_of) if sum_of else "-"


def footage(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds else "-"


def chart_lines(lines: Sequence[CostLine]) -> list[str]:
    """A bar for each line: full for what was spent, light for what is at risk, all on one scale."""
    width = width_of(sys.stdout)
    names = min(max(cells(line.group) for line in lines), width // 3)
    amounts = max(cells(str(line.spent + line.at_risk)) for line in lines)
    room = width - names - amounts - 4
    most = max((line.spent + line.at_risk).micros for line in lines)
    return [f"{padded(cut_to(line.group, names), names)}  {bar(line, most, room, amounts)}" for line in lines]


def bar(line: CostLine, most: int, room: int, amounts: int) -> str:
    both = (line.spent + line.at_risk).micros
    full = round(room * line.spent.micros / most) if most else 0
    light = (round(room * both / most) if most else 0) - full
    drawn = styled(BAR * full, "green", sys.stdout) + styled(RISK * light, "yellow", sys.stdout)
    return f"{drawn}{' ' * (room - full - light)}  {padded(str(Money(both)), amounts, right=True)}"


def budget_lines(budgets: Sequence[BudgetLine]) -> list[str]:
    """Budgets with a cap, and what was counted for days, months and projects without one."""
    shown = [
        one for one in budgets if one.cap is not None or (one.spent + one.held and not one.name.startswith("film "))
    ]
    if not shown:
        return []
    columns = [Column("budget", flex=True, least=20)]
    columns += [Column(name, right=True) for name in ("cap", "spent", "held", "left")]
    rows = [
        (one.name, str(one.cap) if one.cap is not None else "none", money(one.spent), money(one.held), left(one))
        for one in shown
    ]
    return ["", *table(columns, rows, width_of(sys.stdout))]


def left(budget: BudgetLine) -> str:
    if budget.cap is None:
        return "-"
    return str(max(Money(), budget.cap - budget.spent - budget.held))


WAYS = """Look in the provider's own list of jobs whether it was accepted, then say which it is (KEY is the take above):
shotwright jobs resolve KEY --adopt ID    It was accepted. ID is its name at the provider: the clip is fetched,
                                          and paid for once.
shotwright jobs resolve KEY --resubmit    It was not, or you accept to pay twice: it is ordered again.
shotwright jobs resolve KEY --give-up     Leave it: the shot has no clip, and nothing more is ordered for it.
Add --charged 0.50 to --resubmit or --give-up where the first call is on the bill with that sum.""".splitlines()


def unclear_lines(takes: Sequence[Take], jobs: dict[str, list[str]]) -> list[str]:
    """Takes that wait for a person, with what is known of them; `jobs` names those that want each."""
    lines: list[str] = []
    for take in takes:
        lines += [*unclear_facts(take, jobs.get(take.key, [])), ""]
    return [*lines, *WAYS]


def unclear_facts(take: Take, jobs: Sequence[str]) -> list[str]:
    width, order = width_of(sys.stdout), take.order
    lines = labelled("take", f"{take.key[:SHOWN_KEY]} · {order.full_model} · {float(order.seconds):g} s", width)
    if order.prompt:
        lines += labelled("", order.prompt, width)
    lines += labelled("risk", f"{take.held or take.price}: it may or may not have been accepted", width)
    if take.reason:
        lines += labelled("why", take.reason, width)
    return lines + (labelled("job", ", ".join(jobs), width) if jobs else [])
