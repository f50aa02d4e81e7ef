"""What Azure does its own way: the base URL, the `api-key` header or an Entra token, and its errors."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from shotwright.errors import Refused, Unclear
from shotwright.providers.http import Call, Http
from shotwright.providers.openai_videos import wire
from shotwright.providers.openai_videos.adapter import Habits, OpenAIVideos, connect
from shotwright.providers.openai_videos.dialects import dialect_named
from shotwright.providers.replies import Refusal, Reply
from shotwright.providers.vendor import Tools

NAME = "azure"
SCOPE = "https://cognitiveservices.azure.com/.default"
LOGIN = "https://login.microsoftonline.com"
_RENEW = 300.0
_RETIRED = "Azure has retired Sora 2: use google, runway, or a server of your own with the provider openai"


def create(settings: Mapping[str, Any], tools: Tools) -> OpenAIVideos:
    tokens = _Tokens(settings, allow_private=tools.allow_private)
    http = Http(
        NAME,
        base_url(str(settings["base_url"])),
        auth=tokens.headers,
        secrets=tokens.secrets,
        allow_private=tools.allow_private,
        read_refusal=_read_refusal,
    )
    version = settings.get("api_version")
    params = {"api-version": str(version)} if version else {}
    return connect(NAME, http, dialect_named("azure"), tools.inputs, Habits.of(settings, params))


def base_url(given: str) -> str:
    """The v1 address out of what people paste: with and without /openai, /v1 and slashes."""
    root = given.strip().rstrip("/").removesuffix("/v1").removesuffix("/openai")
    return f"{root}/openai/v1"


class _Tokens:
    """The headers with the credential: a key, a token as it is, or one of a service principal, renewed in time."""

    def __init__(self, settings: Mapping[str, Any], *, allow_private: bool) -> None:
        self._settings = settings
        self._allow_private = allow_private
        self._token = str(settings.get("ad_token") or "")
        self._ends = float("inf") if self._token else 0.0
        self._lock = asyncio.Lock()
        self.secrets = [str(settings.get(name) or "") for name in ("api_key", "ad_token", "client_secret")]

    async def headers(self) -> Mapping[str, str]:
        key = self._settings.get("api_key")
        if key:
            return {"api-key": str(key)}
        async with self._lock:
            if time.time() > self._ends - _RENEW:
                await self._renew()
        return {"authorization": f"Bearer {self._token}"}

    async def _renew(self) -> None:
        given = self._settings
        form = {
            "grant_type": "client_credentials",
            "client_id": str(given["client_id"]),
            "client_secret": str(given["client_secret"]),
            "scope": str(given.get("scope") or SCOPE),
        }
        login = Http(NAME, str(given.get("login_url") or LOGIN), secrets=self.secrets)
        try:
            reply = await login.submit(
                Call("POST", f"/{quote(str(given['tenant_id']), safe='')}/oauth2/v2.0/token", data=form), deadline=15.0
            )
        except Unclear as error:
            raise Refused(f"{NAME}: no token: {error.message}", reason="busy", provider=NAME) from None
        finally:
            await login.aclose()
        body = reply.table()
        if not isinstance(body.get("access_token"), str):
            raise Refused(f"{NAME}: the login gave no token", reason="credentials", provider=NAME)
        self._token = body["access_token"]
        self.secrets.append(self._token)
        lives = body.get("expires_in")
        self._ends = time.time() + (float(lives) if isinstance(lives, int | float | str) else 3600.0)


def _read_refusal(reply: Reply) -> Refusal | None:
    """Azure's own: a missing deployment is most likely a retired one."""
    found = wire.read_refusal(reply)
    if reply.status in (404, 410):
        return Refusal(
            "retired" if reply.status == 410 else "invalid", found.message if found else "not found", _RETIRED
        )
    return found
