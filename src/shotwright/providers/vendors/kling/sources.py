"""How pictures and clips reach Kling: pictures as bare base64, clips by link, since it takes no uploads."""

from __future__ import annotations

import asyncio
import base64
from fractions import Fraction

from shotwright.domain.order import Input, Order, Role
from shotwright.providers.base import Inputs
from shotwright.providers.vendors.kling.wire import Sources, refused

LARGEST = 20 << 20
LARGEST_LEGACY = 10 << 20
"""Bytes of a picture before it is encoded."""
_SIDE = 300
_FLATTEST = Fraction(5, 2)
_KINDS = frozenset({"image/jpeg", "image/png"})


def check_pictures(order: Order) -> None:
    """Raises Refused (`invalid`) for kinds, sizes and shapes that Kling doesn't take."""
    for item in order.inputs:
        if item.role in (Role.VIDEO, Role.AUDIO, Role.SPEECH):
            continue
        if item.media_type not in _KINDS:
            raise refused(f"pictures must be JPEG or PNG, not {item.media_type}")
        if min(item.width, item.height) < _SIDE:
            raise refused(f"pictures need {_SIDE} pixels a side, not {item.width}x{item.height}")
        if not 1 / _FLATTEST <= Fraction(item.width, item.height) <= _FLATTEST:
            raise refused(f"pictures must be within 1:2.5 and 2.5:1, not {item.width}x{item.height}")


async def load(order: Order, inputs: Inputs, media_url: str, largest: int) -> Sources:
    """Raises Refused (`invalid`) for clips where there is no `media_url`, and pictures of too many bytes."""
    return {item.digest: await _source(item, inputs, media_url, largest) for item in order.inputs}


async def _source(item: Input, inputs: Inputs, media_url: str, largest: int) -> str:
    if item.role is Role.VIDEO:
        if not media_url:
            raise refused(
                "clips are taken by https link alone: set SHOTWRIGHT_KLING_MEDIA_URL to where assets are served"
            )
        return f"{media_url.rstrip('/')}/{item.digest}"
    path = await inputs.path(item.digest)
    try:
        data = await asyncio.to_thread(path.read_bytes)
    except OSError as error:
        raise refused(f"a picture can't be read: {error}") from error
    if len(data) > largest:
        raise refused(f"a picture of {len(data)} bytes is too large, {largest} at most")
    return base64.b64encode(data).decode()
