"""`shotwright models`, for the spellings that the quick answer leaves to the parser."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from shotwright.cli.catalogue import list_models
from shotwright.cli.options import Json


def models(
    *,
    provider: Annotated[str | None, Parameter(metavar="P", help="Only the models of this provider.")] = None,
    alive: Annotated[
        bool, Parameter(negative="", show_default=False, help="Leave out models that are retired.")
    ] = False,
    json: Json = False,
) -> int:
    """List models: what they take, how long their clips are, and what they cost."""
    return list_models(provider=provider, alive=alive, as_json=json)
