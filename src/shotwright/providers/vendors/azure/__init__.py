"""Azure's `/openai/v1/videos` (legacy: its Sora deployments are retired). A preset of the OpenAI-compatible adapter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shotwright.providers.base import Provider
from shotwright.providers.vendor import Key, Tools, Vendor

KEYS = (
    Key(
        "base_url",
        ("AZURE_OPENAI_ENDPOINT", "AZURE_API_BASE"),
        required=True,
        about="the resource's endpoint, https://RESOURCE.openai.azure.com",
    ),
    Key("api_key", ("AZURE_OPENAI_API_KEY", "AZURE_API_KEY"), secret=True, about="the resource's key"),
    Key("ad_token", ("AZURE_OPENAI_AD_TOKEN",), secret=True, about="an Entra access token"),
    Key("tenant_id", ("AZURE_TENANT_ID",), about="the service principal's tenant"),
    Key("client_id", ("AZURE_CLIENT_ID",), about="the service principal"),
    Key("client_secret", ("AZURE_CLIENT_SECRET",), secret=True, about="the service principal's secret"),
    Key("api_version", ("OPENAI_API_VERSION",), about="only where an old resource asks for it"),
)


def _missing(settings: Mapping[str, Any]) -> tuple[str, ...]:
    principal = all(settings.get(name) for name in ("tenant_id", "client_id", "client_secret"))
    if settings.get("api_key") or settings.get("ad_token") or principal:
        return ()
    return ("a key or an Entra token: set AZURE_OPENAI_API_KEY or AZURE_OPENAI_AD_TOKEN",)


def _create(settings: Mapping[str, Any], tools: Tools) -> Provider:
    from shotwright.providers.vendors.azure.adapter import create

    return create(settings, tools)


VENDOR = Vendor(
    name="azure", title="Azure OpenAI (legacy)", create=_create, keys=KEYS, legacy=True, per_minute=2, missing=_missing
)
