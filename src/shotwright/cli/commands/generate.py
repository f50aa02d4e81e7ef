"""`shotwright generate`: a film from words and pictures in one line."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Group, Parameter

from shotwright.cli.making import Making, make_film, show_plan
from shotwright.cli.options import AS_USUAL, Budget, Draft, Fit, Force, Out, Shown, Stdin
from shotwright.cli.running import with_studio
from shotwright.errors import InvalidInput

if TYPE_CHECKING:
    from shotwright.domain.units import Size
    from shotwright.studio import Studio

WANTED = Group("The film", sort_key=10)
MODEL = Group("The model", sort_key=20)
MONEY = Group("Money and files", sort_key=30)


def generate(
    prompt: Annotated[str, Parameter(show_default=False, help="What is to be seen; - reads it from stdin.")] = "",
    /,
    *,
    image: Annotated[
        list[str] | None,
        Parameter(
            name=["--image", "-i"],
            metavar="PICTURE [PROMPT]",
            negative="",
            group=WANTED,
            help="A picture, folder, link, data URI, comma list or quoted wildcard; words after it are its own prompt.",
        ),
    ] = None,
    stdin: Stdin = False,
    image_words: Annotated[list[str] | None, Parameter(show=False, negative="")] = None,
    reference_image: Annotated[
        list[str] | None,
        Parameter(
            name=["--reference", "--reference-image"],
            metavar="PICTURE",
            negative="",
            group=WANTED,
            help="How things look, for models that take references.",
        ),
    ] = None,
    seconds: Annotated[str | None, Parameter(metavar="S", group=WANTED, help="Length of each shot.")] = None,
    size: Annotated[str | None, Parameter(metavar="WxH", group=WANTED, help="In pixels: 1920x1080.")] = None,
    resolution: Annotated[
        str | None, Parameter(metavar="R", group=WANTED, help="The shorter side: 480p, 720p, 1080p, 4k.")
    ] = None,
    aspect: Annotated[str | None, Parameter(metavar="W:H", group=WANTED, help="16:9, 9:16, 1:1, 4:3, 21:9.")] = None,
    fps: Annotated[str | None, Parameter(metavar="N", group=WANTED, help="Frames per second.")] = None,
    fit: Annotated[
        Fit | None, Parameter(group=WANTED, help="How a picture meets another aspect ratio.", show_choices=True)
    ] = None,
    audio: Annotated[str | None, Parameter(metavar="FILE", group=WANTED, help="Sound for the film.")] = None,
    transition: Annotated[
        str | None, Parameter(metavar="T", group=WANTED, help="Between shots: cut, or crossfade:0.5.")
    ] = None,
    stitch: Annotated[
        bool,
        Parameter(
            negative="",
            show_default=False,
            group=WANTED,
            help="Each clip goes on from the last frame of the one before; a line -- begins another chain.",
        ),
    ] = False,
    stitch_every: Annotated[
        int | None, Parameter(metavar="N", group=WANTED, help="Chains of N clips, joined by the transition.")
    ] = None,
    provider: Annotated[
        str | None, Parameter(metavar="P", group=MODEL, help="Who makes it; alone: with the default model.")
    ] = None,
    model: Annotated[
        list[str] | None,
        Parameter(metavar="P/M", negative="", group=MODEL, help="The model; several are tried in this order."),
    ] = None,
    seed: Annotated[int | None, Parameter(metavar="N", group=MODEL, help="The same seed, the same film.")] = None,
    negative: Annotated[
        str | None, Parameter(name=["--negative", "--negative-prompt"], metavar="TEXT", group=MODEL, help="Not this.")
    ] = None,
    max_cost: Annotated[Budget, Parameter(group=MONEY)] = None,
    dry_run: Annotated[
        bool,
        Parameter(
            negative="", show_default=False, group=MONEY, help="Show the plan and its prices; make and spend nothing."
        ),
    ] = False,
    draft: Annotated[Draft, Parameter(group=MONEY)] = False,
    output: Annotated[Out, Parameter(group=MONEY, help="The film; without it, named after the prompt.")] = None,
    force: Annotated[Force, Parameter(group=MONEY)] = False,
    shown: Shown = AS_USUAL,
) -> int:
    """Make a film from words and pictures. Each picture becomes a shot; the same command again reuses what is made."""
    images, prompts = shots_wanted(prompts_of(prompt, stdin=stdin), image or (), image_words or ())
    wish: dict[str, Any] = {
        "images": images,
        "prompts": prompts,
        "model": models(provider, model or ()),
        "seconds": seconds,
        "size": chosen_size(size, resolution, aspect),
        "fps": fps,
        "seed": seed,
        "negative": negative,
        "audio": audio,
        "transition": transition,
        "stitch": stitch,
        "stitch_every": stitch_every,
        "references": tuple(reference_image or ()),
    }
    wish |= {"fit": fit} if fit else {}
    making = Making(output=output or default_output(" ".join(prompts)), budget=max_cost, draft=draft)

    async def work(studio: Studio) -> int:
        board = studio.board_for(**wish)
        if dry_run:
            return await show_plan(studio, board, making, shown)
        return await make_film(
            studio,
            board,
            making,
            shown,
            lambda reporter: studio.generate(
                **wish, output=making.output, budget=making.budget, progress=reporter, force=force, draft=draft
            ),
        )

    return with_studio(work, verbose=shown.verbose, film=not dry_run)


def shots_wanted(prompts: Sequence[str], given: Sequence[str], words: Sequence[str]) -> tuple[list[Any], list[str]]:
    """The picture and the prompt of each shot, in order; no pictures where the prompts stand alone.

    `prompts` are for all pictures, `words` hold each given picture's own ("" for none).
    """
    from shotwright.studio.groups import is_separator
    from shotwright.studio.inputs import expand_pictures, pair_prompts

    items = [
        (found, own or None)
        for source, own in zip_longest(given, words[: len(given)], fillvalue="")
        for found in expand_pictures([source], cwd=Path.cwd())
    ]
    if any(map(is_separator, prompts)):
        return grouped(items, prompts)
    pairs = pair_prompts(items, prompts)
    return [picture for picture, _ in pairs if picture is not None], [text for _, text in pairs]


def grouped(items: Sequence[tuple[Any, str | None]], prompts: Sequence[str]) -> tuple[list[Any], list[str]]:
    """Pictures beside prompts in groups: which belongs to which shot is the studio's to say."""
    if any(own for _, own in items):
        raise InvalidInput(
            "prompts in groups and words beside pictures contradict each other",
            field="image",
            hint="write all prompts in the groups",
        )
    return [picture for picture, _ in items], list(prompts)


def prompts_of(prompt: str, *, stdin: bool) -> list[str]:
    """The prompt itself, or its lines where some of them separate groups, or those on stdin, one a line."""
    from shotwright.studio.groups import is_separator
    from shotwright.studio.inputs import read_prompts

    lines = read_prompts(sys.stdin.read() if stdin else prompt)
    return lines if stdin or any(map(is_separator, lines)) else [prompt]


def models(provider: str | None, named: Sequence[str]) -> tuple[str, ...]:
    """Model names as the studio takes them: `--provider` fills in the names that have none; alone it is a name."""
    if provider is None:
        return tuple(named)
    return tuple(name if "/" in name else f"{provider}/{name}" for name in named) or (provider,)


def chosen_size(size: str | None, resolution: str | None, aspect: str | None) -> Size | None:
    from shotwright.domain.units import Size

    if size is None:
        return Size.of(resolution or "1080p", aspect or "16:9") if resolution or aspect else None
    if resolution or aspect:
        raise InvalidInput(
            "--size and --resolution or --aspect contradict each other",
            field="size",
            value=size,
            hint="give --size alone, or --resolution with --aspect",
        )
    return Size.parse(size)


def default_output(words: str) -> Path:
    """A name for the film in the current folder, from its first words."""
    letters = "".join(letter.lower() if letter.isalnum() else " " for letter in words).split()
    return Path(f"{'-'.join(letters[:6])[:60] or 'film'}.mp4")
