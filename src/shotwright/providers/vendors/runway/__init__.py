"""Runway's developer API: its own models, and those of other makers that it resells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shotwright.providers.base import Provider
from shotwright.providers.vendor import Key, Tools, Vendor

KEYS = (
    Key("api_key", ("RUNWAYML_API_SECRET",), secret=True, required=True, about="the API secret of Runway"),
    Key("base_url", ("RUNWAYML_BASE_URL",), about="another address than https://api.dev.runwayml.com"),
    Key("version", ("SHOTWRIGHT_RUNWAY_VERSION",), about="the X-Runway-Version to ask for"),
    Key(
        "on_behalf_of",
        ("SHOTWRIGHT_RUNWAY_ON_BEHALF_OF",),
        about="the end user's id, which platform accounts must send",
    ),
    Key("media", ("SHOTWRIGHT_RUNWAY_MEDIA",), about="how pictures and clips are sent: auto, data, upload or link"),
    Key(
        "media_url",
        ("SHOTWRIGHT_RUNWAY_MEDIA_URL",),
        about="for link: the https address under which digests are served",
    ),
)


def _missing(settings: Mapping[str, Any]) -> tuple[str, ...]:
    if settings.get("media") == "link" and not settings.get("media_url"):
        return ("media is link: set SHOTWRIGHT_RUNWAY_MEDIA_URL to where assets can be fetched by their digest",)
    return ()


def _create(settings: Mapping[str, Any], tools: Tools) -> Provider:
    from shotwright.providers.vendors.runway.adapter import create

    return create(settings, tools)


VENDOR = Vendor(name="runway", title="Runway", create=_create, keys=KEYS, missing=_missing)
