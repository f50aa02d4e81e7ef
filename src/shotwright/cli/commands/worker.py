"""`shotwright worker`: carries out what other processes asked the shared database for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shotwright.cli.options import Verbose
from shotwright.cli.running import with_studio
from shotwright.cli.text import say
from shotwright.errors import JobStopped

if TYPE_CHECKING:
    from shotwright.studio import Studio


def worker(*, verbose: Verbose = False) -> int:
    """Carry out what the database holds, until Ctrl+C or SIGTERM. What dead workers left goes on here."""

    async def work(studio: Studio) -> int:
        say(*serving(studio))
        await studio.work()
        return 0

    try:
        return with_studio(work, verbose=verbose, film=True)
    except JobStopped:  # before it had begun
        return 0


def serving(studio: Studio) -> list[str]:
    """Which database, whose models, and how to stop."""
    providers = {spec.provider for spec in studio.models()}
    ready = [item.name for item in studio.doctor() if item.ok and item.name in providers]
    place = studio.settings.database_url.split("@")[-1].removeprefix("sqlite:///")
    return [f"worker  {place}", f"models  {', '.join(ready)}", "Ctrl+C stops it; what is ordered goes on elsewhere."]
