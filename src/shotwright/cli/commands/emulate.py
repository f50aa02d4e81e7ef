"""`shotwright emulate`: a vendor's API on this machine, for free. The process becomes the emulator."""

from __future__ import annotations

import os
import sys
from typing import Annotated

from cyclopts import Parameter

EMULATORS = "shotwright.testing.emulators"
"""Run as a module: commands don't import what is there for testing."""


def emulate(
    provider: Annotated[
        str, Parameter(help="Whose API: openai, azure, google, runway and others.", metavar="PROVIDER")
    ],
    /,
    *,
    port: Annotated[int, Parameter(metavar="N", help="0 takes any that is free.")] = 8700,
    faults: Annotated[str, Parameter(metavar="SPEC", show_default=False, help="How it misbehaves; see below.")] = "",
    seed: Annotated[int, Parameter(metavar="N", help="The same seed, the same faults.")] = 0,
    job_seconds: Annotated[str, Parameter(metavar="S", help="How long a job takes: 5, or 2-8 to draw between.")] = "5",
    slots: Annotated[int | None, Parameter(metavar="N", help="Jobs that run at a time; the others queue.")] = None,
    per_minute: Annotated[int | None, Parameter(metavar="N", help="Orders taken in a minute, then 429.")] = None,
    price: Annotated[
        str, Parameter(metavar="USD", help="For a second of clip, where the vendor has no list.")
    ] = "0.10",
    clip_size: Annotated[str | None, Parameter(metavar="WxH", help="One size for all clips; small is quick.")] = None,
    option: Annotated[
        list[str] | None, Parameter(metavar="K=V", negative="", help="A switch of this vendor; see docs/emulators.md.")
    ] = None,
) -> int:
    """Answer like a vendor, with real clips and a bill, until Ctrl+C. Nothing is charged or leaves this machine."""
    given = {
        "--port": port,
        "--faults": faults or None,
        "--seed": seed,
        "--job-seconds": job_seconds,
        "--slots": slots,
        "--per-minute": per_minute,
        "--price": price,
        "--clip-size": clip_size,
    }
    flags = [f"{flag}={value}" for flag, value in given.items() if value is not None]
    flags += [f"--option={item}" for item in option or ()]
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-P", "-m", EMULATORS, *flags, "--", provider])  # noqa: S606 - our own module
    return 0
