"""`shotwright doctor`: what works on this machine, what is missing, and how to get it."""

from __future__ import annotations

from shotwright.cli import shapes, show
from shotwright.cli.options import Json, Verbose
from shotwright.cli.running import settings_for_work
from shotwright.cli.text import say


def doctor(*, json: Json = False, verbose: Verbose = False) -> int:
    """Say what works on this machine, what is missing, and how to get it. Spends nothing."""
    from shotwright.studio import Studio

    checks = Studio(settings_for_work(verbose=verbose)).doctor()
    if json:
        shapes.print_json([shapes.check(item) for item in checks])
    else:
        say(*show.check_lines(checks))
    return 0
