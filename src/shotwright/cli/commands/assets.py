"""`shotwright assets`: what is stored, by the digest of its content."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from shotwright.cli import shapes, show
from shotwright.cli.options import Json, Verbose
from shotwright.cli.running import with_studio
from shotwright.cli.text import say

if TYPE_CHECKING:
    from shotwright.domain.asset import Asset
    from shotwright.studio import Studio


def list_assets(
    *,
    kind: Annotated[str | None, Parameter(help="Only these: picture, sound, clip, film, document.")] = None,
    limit: Annotated[int, Parameter(metavar="N", help="How many at most.")] = 100,
    json: Json = False,
    verbose: Verbose = False,
) -> int:
    """List stored media, newest first."""

    async def work(studio: Studio) -> list[Asset]:
        return await studio.assets(kind=kind, limit=limit)

    found = with_studio(work, verbose=verbose)
    if json:
        shapes.print_json([shapes.asset(item) for item in found])
    else:
        say(*(show.asset_lines(found) if found else ["nothing is stored yet"]))
    return 0


def path(
    digest: Annotated[str, Parameter(help="An asset's digest, or how it begins.", metavar="ASSET")],
    /,
    *,
    json: Json = False,
    verbose: Verbose = False,
) -> int:
    """Print where a stored file is."""

    async def work(studio: Studio) -> Path:
        return await studio.asset_path(digest)

    found = with_studio(work, verbose=verbose)
    if json:
        shapes.print_json({"path": str(found)})
    else:
        say(str(found))
    return 0
