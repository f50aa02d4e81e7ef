"""`shotwright costs`: what was spent, what is at risk, and how much the budgets still leave."""

from __future__ import annotations

import csv
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from shotwright.cli import accounts, shapes
from shotwright.cli.options import OUTPUT, Json, Verbose
from shotwright.cli.running import with_studio
from shotwright.cli.text import say
from shotwright.errors import InvalidInput

if TYPE_CHECKING:
    from shotwright.engine.books import BudgetLine, CostLine
    from shotwright.studio import Studio


def costs(
    *,
    by: Annotated[Literal["model", "job", "day", "project"], Parameter(help="What the lines are.")] = "model",
    since: Annotated[str | None, Parameter(metavar="DATE", help="Takes ordered since then (UTC): 2026-11-01.")] = None,
    project: Annotated[str | None, Parameter(metavar="NAME", help="Only this project.")] = None,
    chart: Annotated[bool, Parameter(negative="", show_default=False, group=OUTPUT, help="Bars as well.")] = False,
    csv: Annotated[
        bool, Parameter(negative="", show_default=False, group=OUTPUT, help="Comma-separated lines, without budgets.")
    ] = False,
    json: Json = False,
    verbose: Verbose = False,
) -> int:
    """Say what was spent and what is at risk, and what the budgets leave."""
    if csv and (json or chart):
        raise InvalidInput("--csv goes with neither --json nor --chart", field="csv", hint="choose one of them")
    moment = moment_of(since)

    async def work(studio: Studio) -> tuple[list[CostLine], list[BudgetLine]]:
        return await studio.costs(by, since=moment, project=project), await studio.budgets()

    lines, budgets = with_studio(work, verbose=verbose)
    if csv:
        print_csv(lines)
    elif json:
        shapes.print_json(accounts.document(by, lines, budgets))
    else:
        say(*accounts.cost_lines(by, lines))
        say(*(["", *accounts.chart_lines(lines)] if chart and lines else []))
        say(*accounts.budget_lines(budgets))
    return 0


def moment_of(since: str | None) -> float:
    """A date or date and time, UTC where it says nothing else, in Unix seconds. Raises InvalidInput."""
    if since is None:
        return 0.0
    try:
        moment = datetime.fromisoformat(since)
    except ValueError:
        raise InvalidInput(f"--since: {since!r} is not a date", field="since", value=since, hint="2026-11-01") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def print_csv(lines: list[CostLine]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["group", "takes", "spent_usd", "at_risk_usd", "seconds"])
    writer.writerows(list(line.as_json().values()) for line in lines)
