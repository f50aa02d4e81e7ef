"""Kling's own API, in both of its standards: the new one with a static key, the legacy one with a key or a key pair."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shotwright.providers.base import Provider
from shotwright.providers.vendor import Key, Tools, Vendor

KEYS = (
    Key("api_key", ("KLING_API_KEY", "KLINGAI_API_KEY"), secret=True, about="the API key, for all models"),
    Key("access_key", ("KLING_ACCESS_KEY", "KLINGAI_ACCESS_KEY"), secret=True, about="access key of an older account"),
    Key(
        "secret_key", ("KLING_SECRET_KEY", "KLINGAI_SECRET_KEY"), secret=True, about="the secret beside the access key"
    ),
    Key("base_url", ("KLING_BASE_URL", "KLINGAI_BASE_URL"), about="another address; keys and tasks are regional"),
    Key("media_url", ("SHOTWRIGHT_KLING_MEDIA_URL",), about="the https address under which clips are served by digest"),
)


def _missing(settings: Mapping[str, Any]) -> tuple[str, ...]:
    if settings.get("api_key") or (settings.get("access_key") and settings.get("secret_key")):
        return ()
    if settings.get("access_key") or settings.get("secret_key"):
        return ("the other half of the key pair: set both KLING_ACCESS_KEY and KLING_SECRET_KEY",)
    return ("a key: set KLING_API_KEY, or KLING_ACCESS_KEY and KLING_SECRET_KEY",)


def _create(settings: Mapping[str, Any], tools: Tools) -> Provider:
    from shotwright.providers.vendors.kling.adapter import create

    return create(settings, tools)


VENDOR = Vendor(name="kling", title="Kling", create=_create, keys=KEYS, missing=_missing, at_once=3)
