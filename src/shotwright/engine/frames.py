"""The last frame of a stored clip, stored too: what a shot that continues starts on."""

from __future__ import annotations

import uuid
from typing import Any

from shotwright.domain.asset import AssetKind
from shotwright.engine.context import MediaRunner
from shotwright.storage.library import Library

LAST_FRAME = "last frame"


async def last_frame_of(context: Any, clip: str) -> dict[str, Any]:
    """Digest, width and height of the picture. Made once a clip, since a chained order's key depends on its bytes."""
    library: Library = context.library
    media: MediaRunner = context.media
    digest = await context.db(library.recall, clip, LAST_FRAME)
    if digest is None:
        path = await context.db(library.path, clip)
        aside = context.temp / f"{uuid.uuid4().hex}.png"
        aside.parent.mkdir(parents=True, exist_ok=True)
        try:
            await media.run("last_frame", {"clip": str(path), "output": str(aside)}, timeout=300.0)
            facts = await _size_of(context, clip)
            asset = await context.db(
                library.put, aside, AssetKind.PICTURE, "image/png", origin=clip, facts=facts, move=True
            )
        finally:
            aside.unlink(missing_ok=True)
        digest = await context.db(library.remember, clip, LAST_FRAME, asset.digest)
    kept = await context.db(library.get, digest)
    return {"digest": digest, "width": kept.facts["width"], "height": kept.facts["height"]}


async def _size_of(context: Any, clip: str) -> dict[str, Any]:
    asset = await context.db(context.library.get, clip)
    probe = asset.facts["probe"]
    return {"width": probe["width"], "height": probe["height"]}
