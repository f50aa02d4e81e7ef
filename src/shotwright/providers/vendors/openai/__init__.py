"""Any server that speaks OpenAI's `/v1/videos`: vLLM-Omni, SGLang-Diffusion, LiteLLM, gateways. OpenAI's is gone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from shotwright.providers.base import Provider
from shotwright.providers.vendor import Key, Tools, Vendor

BASE_URL = Key(
    "base_url",
    ("SHOTWRIGHT_OPENAI_VIDEO_BASE_URL", "OPENAI_BASE_URL"),
    required=True,
    about="the address of a server that speaks /v1/videos",
)
API_KEY = Key("api_key", ("SHOTWRIGHT_OPENAI_VIDEO_API_KEY", "OPENAI_API_KEY"), secret=True, about="its key, if any")
DIALECT = Key("dialect", ("SHOTWRIGHT_OPENAI_VIDEO_DIALECT",), about="openai, vllm-omni, sglang, litellm or shotwright")


def _missing(settings: Mapping[str, Any]) -> tuple[str, ...]:
    host = urlsplit(str(settings.get("base_url") or "")).hostname or ""
    if host == "api.openai.com":
        return (
            "OpenAI closed its Videos API on 2026-09-24: set base_url to another server, or use google, runway, kling",
        )
    return ()


def _create(settings: Mapping[str, Any], tools: Tools) -> Provider:
    from shotwright.providers.vendors.openai.adapter import create

    return create(settings, tools)


VENDOR = Vendor(
    name="openai",
    title="OpenAI-compatible servers",
    create=_create,
    keys=(BASE_URL, API_KEY, DIALECT),
    missing=_missing,
)
