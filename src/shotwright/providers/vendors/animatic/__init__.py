"""The embedded default: films drawn and moved on this machine, free of charge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shotwright.providers.base import Provider
from shotwright.providers.vendor import Tools, Vendor


def _create(settings: Mapping[str, Any], tools: Tools) -> Provider:
    from shotwright.providers.vendors.animatic.adapter import AnimaticProvider

    return AnimaticProvider(tools, renders=int(settings.get("renders", tools.renders)))


VENDOR = Vendor(name="animatic", title="Animatic", create=_create)
