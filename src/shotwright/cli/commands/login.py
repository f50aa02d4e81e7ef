"""`shotwright login`: a provider's account by the browser, once."""

from __future__ import annotations

import asyncio
import webbrowser
from typing import Annotated, Literal

from cyclopts import Parameter

from shotwright.cli import shapes
from shotwright.cli.options import Json, Verbose
from shotwright.cli.running import settings_for_work
from shotwright.cli.text import note, say, short_path


def login(
    provider: Annotated[Literal["google"], Parameter(help="Whose account.", metavar="PROVIDER")],
    /,
    *,
    no_browser: Annotated[
        bool, Parameter(negative="", show_default=False, help="Only print the link, to open it oneself.")
    ] = False,
    json: Json = False,
    verbose: Verbose = False,
) -> int:
    """Log in by the browser. The login is kept in the home, readable by you alone."""
    from shotwright.studio.logins import log_in_to_google

    def show(link: str) -> None:
        note(f"Say yes to this page in a browser on this machine:\n{link}")
        if not no_browser:
            webbrowser.open(link)

    file = asyncio.run(log_in_to_google(settings_for_work(verbose=verbose), show))
    if json:
        shapes.print_json({"provider": provider, "file": str(file)})
    else:
        say(f"logged in to {provider}; kept in {short_path(file)}")
    return 0
