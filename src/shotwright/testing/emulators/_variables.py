"""What to set so that Shotwright, or a vendor's own SDK, calls an emulator instead of the vendor."""

from __future__ import annotations

from collections.abc import Mapping

ANY_KEY = "emulated"
_NAMES: Mapping[str, tuple[str, str, str]] = {
    "openai": ("OPENAI_BASE_URL", "/v1", "OPENAI_API_KEY"),
    "azure": ("AZURE_OPENAI_ENDPOINT", "", "AZURE_OPENAI_API_KEY"),
    "google": ("GOOGLE_GEMINI_BASE_URL", "", "GEMINI_API_KEY"),
    "runway": ("RUNWAYML_BASE_URL", "", "RUNWAYML_API_SECRET"),
}
"""Emulator: the variable of its address, what follows the host there, and the variable of its key."""


def variables(name: str, url: str, key: str = "") -> dict[str, str]:
    """Environment variables by name for an emulator at `url`; empty for one without variables of its own.

    `key` is the only one that it takes; "" where it takes any.
    """
    if name not in _NAMES:
        return {}
    address, path, secret = _NAMES[name]
    return {address: url + path, secret: key or ANY_KEY}
