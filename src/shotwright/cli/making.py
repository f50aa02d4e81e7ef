"""Making a film from a command: the plan first, progress while it is made, then the result."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from shotwright.cli import shapes, show
from shotwright.cli.progress import Reporter, manner, reporter
from shotwright.cli.text import note, say

if TYPE_CHECKING:
    from shotwright.cli.options import Shown
    from shotwright.domain.job import Plan
    from shotwright.domain.storyboard import Storyboard
    from shotwright.studio import Film, Studio


@dataclass(frozen=True)
class Making:
    """What the flags say about a render: where the film goes, its budget as written, and which shots are meant."""

    output: Path | None = None
    budget: str | None = None
    draft: bool = False
    only: tuple[int, ...] = ()
    new_take: bool = False


async def planned(studio: Studio, board: Storyboard | Path, making: Making) -> Plan:
    from shotwright.domain.units import Money

    return await studio.plan(
        board,
        draft=making.draft,
        only=making.only,
        new_take=making.new_take,
        budget=Money.parse(making.budget, field="--max-cost") if making.budget is not None else None,
    )


async def show_plan(studio: Studio, board: Storyboard | Path, making: Making, shown: Shown) -> int:
    plan = await planned(studio, board, making)
    if shown.json:
        shapes.print_json(plan.as_json())
    else:
        say(*show.plan_lines(plan))
    return 0


async def make_film(
    studio: Studio,
    board: Storyboard | Path,
    making: Making,
    shown: Shown,
    start: Callable[[Reporter], Awaitable[Film]],
) -> int:
    """Plan, then `start` the film with a reporter of its progress, then print its shots and where it is."""
    plan = await planned(studio, board, making)
    for warning in plan.warnings:
        note(f"note   {warning}")
    film, seen = await followed(start, shown, [shot.prompt for shot in plan.shots])
    if shown.json:
        shapes.print_json(film.as_json())
    else:
        say(*film_lines(film, plan, seen))
    return 0


async def followed(
    start: Callable[[Reporter], Awaitable[Film]], shown: Shown, prompts: list[str]
) -> tuple[Film, Reporter]:
    """Await a film with its progress shown as the flags and the terminal say."""
    with reporter(manner(quiet=shown.quiet, plain=shown.plain), prompts) as seen:
        film = await start(seen)
    return film, seen


def film_lines(film: Film, plan: Plan, seen: Reporter) -> list[str]:
    reused = seen.reused | {shot.shot for shot in plan.shots if shot.action == "reuse"}
    head = show.headline(len(plan.shots), film.size, film.fps, (shot.model for shot in plan.shots))
    return [*show.headline_lines(head), *show.film_shots(plan, reused), show.film_line(film)]
