"""`shotwright storyboard`: an idea or a script becomes a film.yaml."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from shotwright.cli import shapes
from shotwright.cli.options import Force, Json, Out, Stdin, Verbose
from shotwright.cli.running import settings_for_work
from shotwright.cli.text import say, short_path
from shotwright.errors import EnvironmentProblem, InvalidInput, OutputExists

if TYPE_CHECKING:
    from shotwright.domain.storyboard import Storyboard

SCRIPT_ENDINGS = (".txt", ".md", ".fountain")


def storyboard(
    idea: Annotated[str, Parameter(help="Words, a text file, or - for stdin.", show_default=False)] = "",
    /,
    *,
    stdin: Stdin = False,
    max_shots: Annotated[int | None, Parameter(metavar="N", help="How many shots at most.")] = None,
    seconds: Annotated[str | None, Parameter(metavar="S", help="Length of the whole film.")] = None,
    title: Annotated[str | None, Parameter(metavar="TEXT", help="The film's title.")] = None,
    offline: Annotated[
        bool, Parameter(negative="", show_default=False, help="Split without a language model (the default).")
    ] = False,
    output: Out = None,
    force: Force = False,
    json: Json = False,
    verbose: Verbose = False,
) -> int:
    """Turn an idea or a script into a film.yaml, shot by shot. Without -o it is printed."""
    from shotwright.studio import Studio

    studio = Studio(settings_for_work(verbose=verbose))
    board = studio.storyboard(
        sys.stdin.read() if stdin else text_of(idea), max_shots=max_shots, seconds=seconds, title=title
    )
    return _deliver(board, output, force=force, as_json=json)


def text_of(idea: str) -> str:
    """The words themselves, or those of a file. Raises InvalidInput for a script file that is not there."""
    if "\n" not in idea and idea.lower().endswith(SCRIPT_ENDINGS):
        try:
            return Path(idea).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidInput(
                f"{idea}: can't be read as text ({getattr(error, 'strerror', None) or 'not UTF-8'})",
                field="idea",
                value=idea,
                hint="name a UTF-8 text file that is there, or write the idea itself",
            ) from error
    return idea


def _deliver(board: Storyboard, output: Path | None, *, force: bool, as_json: bool) -> int:
    from shotwright.story.boardfile import dump_storyboard

    if output is None and not as_json:
        say(dump_storyboard(board).rstrip())
        return 0
    text = dump_storyboard(board, base=output.absolute().parent if output else None)
    if output is not None:
        write_text(output, text, force=force)
    if as_json:
        shapes.print_json({"path": str(output) if output else None, "shots": len(board.shots), "storyboard": text})
    else:
        lengths = sum((board.seconds_of(index) for index in range(len(board.shots))), start=0)
        target = short_path(output) if output else ""
        say(
            f"board  {target}    {len(board.shots)} shots   {float(lengths):g} s before transitions",
            f"Look at it, change it, then:  shotwright render {quote(target)}",
        )
    return 0


def write_text(path: Path, text: str, *, force: bool) -> None:
    """Write a file aside and move it into place. Raises OutputExists for a file that is there, unless forced."""
    if path.exists() and not force:
        if path.is_file() and path.read_bytes() == text.encode():
            return
        raise OutputExists(f"{path} exists", hint="write elsewhere with -o, or replace it with --force")
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        aside.write_text(text, encoding="utf-8")
        aside.replace(path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise EnvironmentProblem(
            f"{path} can't be written: {error.strerror}", hint="name another file with -o"
        ) from error
