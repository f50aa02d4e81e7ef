"""`shotwright demo`: the first minute. A film from words alone, what it would cost elsewhere, and how to go on."""

from __future__ import annotations

from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from shotwright.cli import shapes
from shotwright.cli.making import Making, film_lines, followed, planned
from shotwright.cli.options import AS_USUAL, Shown
from shotwright.cli.running import with_studio
from shotwright.cli.text import say, short_path, width_of, wrapped
from shotwright.errors import EnvironmentProblem, ShotwrightError

if TYPE_CHECKING:
    from shotwright.studio import Studio

COMPARED = ("google", "runway", "kling")
"""Providers whose default models the example is priced at."""
NOW_YOURS = """Now yours:  shotwright generate "slow push in" -i 'photos/*.jpg' -o my-film.mp4"""


def demo(
    *,
    output: Annotated[Path, Parameter(name=["--output", "-o"], metavar="FOLDER", help="Where the film goes.")] = Path(
        "demo"
    ),
    shown: Shown = AS_USUAL,
) -> int:
    """Make an example film of four shots, free and without any key, and say what it would cost elsewhere."""
    board = storyboard_in(output)
    film_path, stills = output / "harbour.mp4", output / "harbour.png"

    async def work(studio: Studio) -> int:
        plan = await planned(studio, board, Making())
        film, seen = await followed(
            lambda reporter: studio.render(board, film_path, progress=reporter),
            shown,
            [shot.prompt for shot in plan.shots],
        )
        await studio.contact_sheet(film_path, stills)
        elsewhere = await prices(studio, board)
        if shown.json:
            shapes.print_json(film.as_json() | {"stills": str(stills), "elsewhere": elsewhere})
            return 0
        say(*film_lines(film, plan, seen), f"stills {short_path(stills)}    (contact sheet)")
        say(*price_lines(elsewhere), NOW_YOURS)
        return 0

    return with_studio(work, verbose=shown.verbose, film=True)


def storyboard_in(folder: Path) -> Path:
    """The example's storyboard in the folder: put there the first time, and left as it is when it was changed."""
    path = folder / "harbour.yaml"
    text = resources.files("shotwright.cli").joinpath("demo.yaml").read_text(encoding="utf-8")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise EnvironmentProblem(
            f"{path} can't be written: {error.strerror}", hint="name another folder with -o, or change to one of yours"
        ) from error
    return path


async def prices(studio: Studio, board: Path) -> list[dict[str, Any]]:
    """What the same storyboard would cost at the default models of three paid providers, from their price lists."""
    from shotwright.story.boardfile import read_storyboard

    written = read_storyboard(board)
    found: list[dict[str, Any]] = []
    for provider in COMPARED:
        spec = next((spec for spec in studio.models(provider=provider, alive=True) if spec.default), None)
        if spec is None:
            continue
        shots = tuple(replace(shot, model=()) for shot in written.shots)
        try:
            plan = await studio.plan(replace(written, shots=shots, model=(spec.full_name,)))
        except ShotwrightError:
            continue
        found.append({"model": spec.full_name, "cost_usd": str(plan.total.amount), "prices_read": plan.prices_read})
    return found


def price_lines(elsewhere: list[dict[str, Any]]) -> list[str]:
    """The same film by a would cost about 1.89 USD, by b 2.16 USD (prices read 2026-11-21)."""
    import sys

    from shotwright.domain.units import Money

    if not elsewhere:
        return []
    costs = [(item["model"], str(Money.usd(item["cost_usd"]))) for item in elsewhere]
    first, *rest = costs
    text = f"The same film by {first[0]} would cost about {first[1]}"
    text += "".join(f", by {name} {cost}" for name, cost in rest)
    read = min(str(item["prices_read"]) for item in elsewhere)
    return wrapped(f"{text} (prices read {read}).", width_of(sys.stdout))
