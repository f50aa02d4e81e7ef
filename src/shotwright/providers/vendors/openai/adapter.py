"""An OpenAI-compatible server by its base URL, which includes the `/v1`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shotwright.providers.http import Http
from shotwright.providers.openai_videos import wire
from shotwright.providers.openai_videos.adapter import Habits, OpenAIVideos, connect
from shotwright.providers.openai_videos.dialects import dialect_named
from shotwright.providers.vendor import Tools

NAME = "openai"


def create(settings: Mapping[str, Any], tools: Tools) -> OpenAIVideos:
    """Raises SettingsError for an unknown dialect, and for times that are no numbers."""
    key = str(settings.get("api_key") or "")

    async def auth() -> Mapping[str, str]:
        return {"authorization": f"Bearer {key}"} if key else {}

    http = Http(
        NAME,
        str(settings["base_url"]),
        auth=auth,
        secrets=[key],
        allow_private=tools.allow_private,
        read_refusal=wire.read_refusal,
    )
    dialect = dialect_named(str(settings.get("dialect") or "openai"))
    return connect(NAME, http, dialect, tools.inputs, Habits.of(settings))
