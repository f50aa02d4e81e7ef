"""Flags that several commands share, and the words that their help says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Group, Parameter

OUTPUT = Group("Output", sort_key=90)

Json = Annotated[
    bool, Parameter(name="--json", negative="", show_default=False, group=OUTPUT, help="One JSON document on stdout.")
]
Quiet = Annotated[
    bool, Parameter(name=["--quiet", "-q"], negative="", show_default=False, group=OUTPUT, help="No progress.")
]
Plain = Annotated[
    bool, Parameter(name="--plain", negative="", show_default=False, group=OUTPUT, help="Progress as plain lines.")
]
Verbose = Annotated[
    bool,
    Parameter(
        name=["--verbose", "-v"], negative="", show_default=False, group=OUTPUT, help="The whole log on the console."
    ),
]
Force = Annotated[
    bool,
    Parameter(
        name="--force", negative="", show_default=False, help="Replace an output file that Shotwright did not make."
    ),
]
Draft = Annotated[
    bool,
    Parameter(
        name="--draft", negative="", show_default=False, help="A free preview: every shot by the animatic renderer."
    ),
]
Out = Annotated[Path | None, Parameter(name=["--output", "-o"], help="The file to write.", metavar="FILE")]
Budget = Annotated[
    str | None,
    Parameter(name=["--max-cost", "--budget"], metavar="USD", help="Stop before the take that would pass this sum."),
]


@Parameter(name="*")
@dataclass(frozen=True)
class Shown:
    """How a command that works reports: `json` for one document, `quiet`, `plain` and `verbose` for its progress."""

    json: Json = False
    quiet: Quiet = False
    plain: Plain = False
    verbose: Verbose = False


Stdin = Annotated[bool, Parameter(name="--stdin", negative="", show=False)]

AS_USUAL = Shown()

Fit = Literal["auto", "crop", "pad", "fit"]
