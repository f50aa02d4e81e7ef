"""Where the calls go: the Gemini API by key, Vertex AI and Cloud Storage by token, by the model and the settings."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from shotwright.errors import ProviderError, Refused, SettingsError
from shotwright.providers.http import Http
from shotwright.providers.uploads import Uploads
from shotwright.providers.vendor import Tools
from shotwright.providers.vendors.google import is_true
from shotwright.providers.vendors.google.bucket import Bucket
from shotwright.providers.vendors.google.credentials import Tokens, need_library
from shotwright.providers.vendors.google.omni import HOST, file_of
from shotwright.providers.vendors.google.veo import REGION
from shotwright.providers.vendors.google.wire import LOG_IN, NAME, NO_PATH, read_refusal, refuse

GEMINI, VERTEX, VEO, STORAGE = "gemini", "vertex", "veo", "storage"
_VERTEX_HOST = "aiplatform.googleapis.com"
_INLINE_LIMIT = 64 << 20
"""Bytes of an answer that may hold a whole clip in base64."""


class Places:
    """The servers of one account, each connected when it is first needed."""

    def __init__(self, settings: Mapping[str, Any], tools: Tools) -> None:
        self._settings = settings
        self._tools = tools
        self._key = str(settings.get("api_key") or "")
        self._on_vertex = is_true(settings.get("vertex")) or not self._key
        self._version = str(settings.get("api_version") or "")
        self._found_version = "v1beta"
        self._servers: dict[str, Http] = {}
        self.tokens = Tokens(settings)
        self.storage = str(settings.get("storage") or "").rstrip("/")
        self.uploads = Uploads(tools.spool, _account(self._key))
        self.objects = Uploads(tools.spool, _account(self.storage))
        self.bucket = Bucket(self)
        location = str(settings.get("location") or REGION)
        self.region = REGION if location == "global" else location
        if self.storage and not self.storage.startswith("gs://"):
            raise SettingsError(
                f"{NAME}: {self.storage!r} is no bucket",
                field="google.storage",
                value=self.storage,
                hint="write SHOTWRIGHT_GOOGLE_STORAGE as gs://bucket/folder",
            )
        if self._on_vertex and self.tokens.renewable:
            need_library()

    def via(self, model: str) -> str:
        """Which server makes this model. Raises Refused (`invalid`) for Veo without a project on Vertex AI."""
        if not model.startswith("veo-"):
            return VERTEX if self._on_vertex else GEMINI
        given = self._settings
        if self._on_vertex or any(given.get(name) for name in ("project", "credentials", "login", "access_token")):
            return VEO
        raise refuse("Veo is on Vertex AI only", "set GOOGLE_CLOUD_PROJECT, or use google/gemini-omni-1.2-flash")

    async def project(self) -> str:
        """Raises Refused (`credentials`) where none is set."""
        return await self.tokens.project()

    async def interactions(self, via: str) -> str:
        """The path of the interactions."""
        if via == VERTEX:
            version = self._version or "v1beta1"
            return f"/{version}/projects/{await self.project()}/locations/global/interactions"
        return f"/{self.version}/interactions"

    @property
    def version(self) -> str:
        """Of the Gemini API: as set, or the one that was found to answer."""
        return self._version or self._found_version

    def http(self, via: str, region: str = "") -> Http:
        """The client of one server, with its credentials."""
        name = f"{via} {region}" if via == VEO else via
        if name not in self._servers:
            self._servers[name] = self._connect(via, region or self.region)
        return self._servers[name]

    def of_link(self, link: str) -> Http:
        """Whose link it is: the Files API takes the key, Cloud Storage the token."""
        return self.http(GEMINI if self._key and file_of(link) else STORAGE)

    def _connect(self, via: str, region: str) -> Http:
        by_key = via == GEMINI
        return Http(
            NAME,
            self._address(via, region),
            auth=self._key_header if by_key else self.tokens.headers,
            secrets=[self._key] if by_key else self.tokens.secrets,
            allow_private=self._tools.allow_private,
            read_refusal=read_refusal,
            limit=_INLINE_LIMIT,
        )

    def _address(self, via: str, region: str) -> str:
        given = self._settings
        match via:
            case "gemini":
                return str(given.get("base_url") or f"https://{HOST}")
            case "storage":
                return str(given.get("storage_url") or "https://storage.googleapis.com")
            case "veo" if region != "global":
                return str(given.get("vertex_url") or f"https://{region}-{_VERTEX_HOST}")
            case _:
                return str(given.get("vertex_url") or f"https://{_VERTEX_HOST}")

    async def _key_header(self) -> Mapping[str, str]:
        return {"x-goog-api-key": self._key}

    def judge(self, error: Refused, via: str, began: float) -> Refused:
        """A refusal that another try will cure becomes `busy`: a token that ended early, an API version that is gone.

        `began` is when the refused request began, in Unix seconds.
        """
        cure = ""
        if via == GEMINI and error.hint == NO_PATH and not self._version and self._found_version == "v1beta":
            self._found_version = "v1"
            cure = "the API version v1beta is gone, v1 comes next"
        elif self.renew_token(error, via, began):
            cure = "the token was refused, another one comes next"
        if not cure:
            return error
        return Refused(
            f"{error.message} ({cure})", reason="busy", provider=NAME, request_id=error.request_id, retry_after=0.0
        )

    def renew_token(self, error: ProviderError, via: str, began: float) -> bool:
        """Whether the next call gets another token: this one was refused though it should live, and isn't new."""
        refused = via != GEMINI and error.hint == LOG_IN and self.tokens.lives and self.tokens.renewed < began
        if refused:
            self.tokens.drop()
        return refused

    async def aclose(self) -> None:
        for server in self._servers.values():
            await server.aclose()


def _account(name: str) -> str:
    """A folder's name for an account, which tells nothing of its key."""
    return f"{NAME}-{hashlib.sha256(name.encode()).hexdigest()[:12]}"
