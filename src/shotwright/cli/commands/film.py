"""`shotwright plan` and `shotwright render`: the film that a film.yaml describes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from shotwright.cli.making import Making, make_film, show_plan
from shotwright.cli.options import AS_USUAL, Budget, Draft, Force, Json, Out, Shown, Verbose
from shotwright.cli.running import with_studio
from shotwright.errors import InvalidInput

if TYPE_CHECKING:
    from shotwright.studio import Studio

Board = Annotated[Path, Parameter(help="The storyboard.", metavar="FILE")]
Only = Annotated[str | None, Parameter(metavar="N,N", help="These shots alone, counted from 1: 3,5 or 2-4.")]
Take = Annotated[Literal["new"] | None, Parameter(help="Make another take instead of reusing the stored one.")]


def plan(
    board: Board = Path("film.yaml"),
    /,
    *,
    only: Only = None,
    take: Take = None,
    draft: Draft = False,
    max_cost: Budget = None,
    json: Json = False,
    verbose: Verbose = False,
) -> int:
    """Say what rendering would make, reuse and pay, and why. Makes and spends nothing."""
    making = Making(budget=max_cost, draft=draft, only=shot_numbers(only), new_take=take == "new")

    async def work(studio: Studio) -> int:
        return await show_plan(studio, board, making, Shown(json=json))

    return with_studio(work, verbose=verbose)


def render(
    board: Board = Path("film.yaml"),
    /,
    *,
    output: Annotated[Out, Parameter(help="The film; without it, beside the storyboard.")] = None,
    only: Only = None,
    take: Take = None,
    draft: Draft = False,
    max_cost: Budget = None,
    force: Force = False,
    shown: Shown = AS_USUAL,
) -> int:
    """Make the film of a film.yaml. Only what changed since the last time is made; the rest is reused."""
    making = Making(
        output=output or beside(board, draft=draft),
        budget=max_cost,
        draft=draft,
        only=shot_numbers(only),
        new_take=take == "new",
    )

    async def work(studio: Studio) -> int:
        return await make_film(
            studio,
            board,
            making,
            shown,
            lambda reporter: studio.render(
                board,
                making.output,
                budget=making.budget,
                progress=reporter,
                draft=making.draft,
                only=making.only,
                new_take=making.new_take,
                force=force,
            ),
        )

    return with_studio(work, verbose=shown.verbose, film=True)


def beside(board: Path, *, draft: bool) -> Path:
    """Where the film of a storyboard goes by default: beside it, under its name."""
    return board.with_name(f"{board.stem}{'-draft' if draft else ''}.mp4")


def shot_numbers(text: str | None) -> tuple[int, ...]:
    """ "3,5" or "2-4" as shot numbers from 1. Raises InvalidInput."""
    if text is None:
        return ()
    found: list[int] = []
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        if not first.isdecimal() or (dash and not last.isdecimal()) or int(first) < 1:
            raise InvalidInput(
                f"--only: {text!r} are not shot numbers", field="only", value=text, hint="write 3,5 or 2-4"
            )
        found += range(int(first), int(last or first) + 1)
    return tuple(dict.fromkeys(found))
