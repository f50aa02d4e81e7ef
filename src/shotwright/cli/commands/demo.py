"""`shotwright demo`: the first minute. A film from words alone, what it would cost elsewhere, and how to go on."""

from __future__ import annotations

import sys
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from shotwright.cli import shapes
from shotwright.cli.elsewhere import price_lines, prices
from shotwright.cli.making import Making, film_lines, followed, planned
from shotwright.cli.options import AS_USUAL, Shown
from shotwright.cli.running import with_studio
from shotwright.cli.text import say, short_path, width_of
from shotwright.errors import EnvironmentProblem

if TYPE_CHECKING:
    from shotwright.studio import Studio

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
        from shotwright.story.boardfile import read_storyboard

        plan = await planned(studio, board, Making())
        film, seen = await followed(
            lambda reporter: studio.render(board, film_path, progress=reporter),
            shown,
            [shot.prompt for shot in plan.shots],
        )
        await studio.contact_sheet(film_path, stills)
        elsewhere = prices(read_storyboard(board), studio.models(alive=True))
        if shown.json:
            shapes.print_json(film.as_json() | {"stills": str(stills), "elsewhere": elsewhere})
            return 0
        say(*film_lines(film, plan, seen), f"stills {short_path(stills)}    (contact sheet)")
        say(*price_lines(elsewhere, width_of(sys.stdout)), NOW_YOURS)
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
