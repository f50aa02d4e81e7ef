"""`shotwright stitch`, `frames`, `probe` and `contact-sheet`: work on media files, without any model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from shotwright.cli import shapes, show
from shotwright.cli.making import followed
from shotwright.cli.options import AS_USUAL, Force, Json, Out, Shown, Verbose
from shotwright.cli.running import with_studio
from shotwright.cli.text import say, short_path
from shotwright.errors import InvalidInput

if TYPE_CHECKING:
    from shotwright.studio import Film, Studio

Media = Annotated[Path, Parameter(help="A video file.", metavar="CLIP")]


def stitch(
    clips: Annotated[list[Path], Parameter(help="Video files, in the order of the film.", negative="")],
    /,
    *,
    transition: Annotated[str, Parameter(metavar="T", help="Between clips: cut, or crossfade:1 (seconds).")] = "cut",
    output: Out = Path("film.mp4"),
    force: Force = False,
    shown: Shown = AS_USUAL,
) -> int:
    """Put clips in a row as one film. Clips that agree are joined without a new encode."""
    target = output or Path("film.mp4")

    async def work(studio: Studio) -> Film:
        film, _ = await followed(
            lambda reporter: studio.stitch(clips, target, transition=transition, force=force, progress=reporter),
            shown,
            [],
        )
        return film

    film = with_studio(work, verbose=shown.verbose)
    if shown.json:
        shapes.print_json(film.as_json())
    else:
        say(show.film_line(film))
    return 0


def frames(
    clip: Media,
    /,
    *,
    last: Annotated[
        bool, Parameter(negative="", show_default=False, help="The exact last frame (the default).")
    ] = False,
    at: Annotated[list[str] | None, Parameter(negative="", metavar="S", help="At these moments: 3.2 or 0:03.")] = None,
    every: Annotated[str | None, Parameter(metavar="S", help="One each so many seconds.")] = None,
    output: Annotated[Out, Parameter(help="The picture; without it, named after the clip.")] = None,
    json: Json = False,
    verbose: Verbose = False,
) -> int:
    """Take pictures out of a clip, as PNG. Several are numbered: frame.png becomes frame-001.png and so on."""
    from shotwright.domain.units import seconds

    if sum([last, bool(at), every is not None]) > 1:
        raise InvalidInput("--last, --at and --every contradict each other", field="last", hint="choose one of them")
    moments = [seconds(part, field="at") for text in at or () for part in text.split(",")]
    step = seconds(every, field="every") if every is not None else None
    only_last = not moments and step is None
    target = output or Path(f"{clip.stem}-{'last' if only_last else 'frame'}.png")

    async def work(studio: Studio) -> list[Path]:
        return await studio.frames(clip, target, at=moments, every=step, last=only_last)

    written = with_studio(work, verbose=verbose)
    if json:
        shapes.print_json({"pictures": [str(path) for path in written]})
    else:
        say(*(short_path(path) for path in written))
    return 0


def probe(
    files: Annotated[list[Path], Parameter(help="Media files.", negative="")],
    /,
    *,
    json: Json = False,
    verbose: Verbose = False,
) -> int:
    """Say what a media file is: size, frame rate, exact length, sound."""

    async def work(studio: Studio) -> int:
        found = [(path, await studio.probe(path)) for path in files]
        if json:
            documents = [{"file": str(path), **item.as_json()} for path, item in found]
            shapes.print_json(documents[0] if len(documents) == 1 else documents)
        else:
            say(*(line for path, item in found for line in show.probe_lines(short_path(path), item)))
        return 0

    return with_studio(work, verbose=verbose)


def contact_sheet(
    film: Media,
    /,
    *,
    output: Annotated[Out, Parameter(help="The picture; without it, named after the film.")] = None,
    json: Json = False,
    verbose: Verbose = False,
) -> int:
    """Make one picture with stills of a whole film."""
    target = output or Path(f"{film.stem}.png")

    async def work(studio: Studio) -> Path:
        return await studio.contact_sheet(film, target)

    written = with_studio(work, verbose=verbose)
    if json:
        shapes.print_json({"picture": str(written)})
    else:
        say(f"stills {short_path(written)}")
    return 0
