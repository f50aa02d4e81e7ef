"""Pictures made from stored ones, stored too: a clip's last frame, and frames in the size that a model wants."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

from shotwright.domain.asset import AssetKind
from shotwright.domain.order import Input, Role
from shotwright.domain.storyboard import Fit
from shotwright.domain.units import Size
from shotwright.engine.context import MediaRunner
from shotwright.errors import NotFound
from shotwright.storage.library import Library

T = TypeVar("T")

LAST_FRAME = "last frame"
_MOVES_BY_ITSELF = frozenset({"animatic"})
"""Providers that frame pictures themselves, better than a fixed crop could."""


class House(Protocol):
    """What is needed to make and keep a picture: an engine's context, or a studio without an engine."""

    @property
    def library(self) -> Library: ...

    @property
    def media(self) -> MediaRunner: ...

    @property
    def temp(self) -> Path: ...

    async def db(self, function: Callable[..., T], *args: Any, **kwargs: Any) -> T: ...


async def frame_to_go_on_from(house: House, clip: str, provider: str, size: Size) -> Input:
    """The first frame of a shot that continues a stored clip, in the size that it is ordered in."""
    return await fitted(house, await last_frame_of(house, clip), provider, size, "crop")


async def last_frame_of(house: House, clip: str) -> Input:
    """Made once a clip, since a chained order's key depends on its bytes."""
    digest = await house.db(house.library.recall, clip, LAST_FRAME)
    if digest is None:
        probe = (await _asset(house, clip)).facts["probe"]
        facts = {"width": probe["width"], "height": probe["height"]}
        path = await house.db(house.library.path, clip)
        digest = await _made(house, "last_frame", {"clip": str(path)}, clip, LAST_FRAME, facts)
    return _input(Role.FIRST, await _asset(house, digest))


async def fitted(house: House, picture: Input, provider: str, size: Size, fit: Fit) -> Input:
    """The picture in the size asked for; itself where it has that size, or the provider frames it."""
    if provider in _MOVES_BY_ITSELF or size == Size(picture.width, picture.height):
        return picture
    what = f"fitted {size} {fit}"
    digest = await house.db(house.library.recall, picture.digest, what)
    if digest is None:
        path = await house.db(house.library.path, picture.digest)
        facts = {"width": size.width, "height": size.height}
        args = {"source": str(path), "size": str(size), "fit": fit}
        digest = await _made(house, "fit_picture", args, picture.digest, what, facts)
    return _input(picture.role, await _asset(house, digest))


async def _made(house: House, task: str, args: dict[str, Any], source: str, what: str, facts: dict[str, Any]) -> str:
    house.temp.mkdir(parents=True, exist_ok=True)
    aside = house.temp / f"{uuid.uuid4().hex}.png"
    try:
        await house.media.run(task, args | {"output": str(aside)}, timeout=300.0)
        asset = await house.db(
            house.library.put, aside, AssetKind.PICTURE, "image/png", origin=source, facts=facts, move=True
        )
    finally:
        aside.unlink(missing_ok=True)
    return await house.db(house.library.remember, source, what, asset.digest)


async def _asset(house: House, digest: str) -> Any:
    asset = await house.db(house.library.get, digest)
    if asset is None:
        raise NotFound(f"{digest[:12]} is not in the library any more", hint="render again to make it anew")
    return asset


def _input(role: Role, asset: Any) -> Input:
    return Input(role, asset.digest, asset.media_type, asset.facts["width"], asset.facts["height"])
