"""`shotwright compare`: the same shot on several models, side by side."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from shotwright.cli import shapes
from shotwright.cli.options import AS_USUAL, Budget, Force, Out, Shown
from shotwright.cli.progress import Reporter, manner, reporter
from shotwright.cli.running import with_studio
from shotwright.cli.text import Column, duration, labelled, megabytes, say, short_path, table, width_of

if TYPE_CHECKING:
    from shotwright.domain.job import Event
    from shotwright.studio import Studio
    from shotwright.studio.compare import Comparison, Rival


def compare(
    prompt: Annotated[str, Parameter(show_default=False, help="What is to be seen.")] = "",
    /,
    *,
    models: Annotated[str, Parameter(metavar="P/M,P/M", help="Two or more models, separated by commas.")],
    image: Annotated[str | None, Parameter(name=["--image", "-i"], metavar="PICTURE", help="The first frame.")] = None,
    seconds: Annotated[str | None, Parameter(metavar="S", help="Length of the shot.")] = None,
    size: Annotated[str | None, Parameter(metavar="WxH", help="In pixels: 1280x720.")] = None,
    seed: Annotated[int | None, Parameter(metavar="N", help="For models that take one.")] = None,
    negative: Annotated[str | None, Parameter(metavar="TEXT", help="Not this.")] = None,
    max_cost: Annotated[Budget, Parameter(help="For all of them together; nothing is ordered beyond it.")] = None,
    output: Annotated[Out, Parameter(help="The film of all side by side.")] = Path("grid.mp4"),
    force: Force = False,
    shown: Shown = AS_USUAL,
) -> int:
    """Make the same shot on several models: a film of all side by side, and what each cost and how long it took."""
    names = [name.strip() for name in models.split(",") if name.strip()]
    wishes: dict[str, Any] = {"seconds": seconds, "size": size, "seed": seed, "negative": negative}

    async def work(studio: Studio) -> Comparison:
        with reporter(manner(quiet=shown.quiet, plain=shown.plain), names) as seen:
            return await studio.compare(
                prompt,
                _pictures(image),
                models=names,
                output=output,
                budget=max_cost,
                progress=lambda name, event: _tell(seen, names.index(name) + 1, event),
                force=force,
                **wishes,
            )

    found = with_studio(work, verbose=shown.verbose, film=True)
    if shown.json:
        shapes.print_json(found.as_json())
    else:
        say(*comparison_lines(found, width_of(sys.stdout)))
    return 0


def _pictures(image: str | None) -> list[str]:
    from shotwright.studio.inputs import expand_pictures

    return expand_pictures([image], cwd=Path.cwd()) if image else []


def _tell(seen: Reporter, number: int, event: Event) -> None:
    """Each model's only shot as one line of the whole."""
    from dataclasses import replace

    if event.shot is not None:
        seen(replace(event, shot=number))


def comparison_lines(found: Comparison, width: int) -> list[str]:
    columns = [
        Column("model", flex=True, least=20),
        Column("cost", right=True),
        Column("time", right=True),
        Column("size"),
        Column("file", right=True),
    ]
    lines = table(columns, [_row(rival) for rival in found.rivals], width)
    for rival in found.rivals:
        if rival.error:
            lines += labelled("failed", f"{rival.model}: {rival.error}", width)
    return lines + ([f"film   {short_path(found.path)}"] if found.path else [])


def _row(rival: Rival) -> tuple[str, ...]:
    if rival.film is None:
        return rival.model, "-", "-", "failed", "-"
    taken = duration(max(1, rival.film.seconds_taken)) if rival.film.made else "before"
    return rival.model, str(rival.cost) if rival.cost else "free", taken, str(rival.size), megabytes(rival.bytes)
