"""Bearer tokens for Vertex AI and Cloud Storage, renewed before they end, by the library google-auth.

In this order: a token as it is; a stored login; a key file; what the machine has (`gcloud auth application-default
login`, or the service account that it runs as).
"""

from __future__ import annotations

import asyncio
import importlib
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx2

from shotwright.errors import EnvironmentProblem, Refused
from shotwright.providers.vendors.google.wire import LOG_IN, NAME

SCOPE = "https://www.googleapis.com/auth/cloud-platform"
OAUTH_SERVER = "https://oauth2.googleapis.com/token"
_PATIENCE = 15.0


class Tokens:
    """The credential of one account. `secrets` grows with every token, for the filters of messages.

    `renewed` is the Unix time of the newest token, 0 before the first.
    """

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._settings = settings
        self._static = str(settings.get("access_token") or "")
        self._credentials: Any = None
        self._project = str(settings.get("project") or "")
        self._lock = asyncio.Lock()
        self.renewed = 0.0
        self.secrets = [self._static]

    @property
    def renewable(self) -> bool:
        return not self._static

    @property
    def lives(self) -> bool:
        """Whether there is a token that should still be good, and that could be renewed."""
        return self._credentials is not None and bool(self._credentials.valid)

    async def headers(self) -> Mapping[str, str]:
        """Raises Refused: `credentials` where there are none or they are over, `busy` where nobody answers."""
        if self._static:
            return {"authorization": f"Bearer {self._static}"}
        async with self._lock:
            return await asyncio.to_thread(self._fresh)

    async def project(self) -> str:
        """The project that pays: from the settings, else from the key file. Raises Refused."""
        if not self._project and self.renewable:
            async with self._lock:
                await asyncio.to_thread(self._load)
        if not self._project:
            raise _no("no project is set", "set GOOGLE_CLOUD_PROJECT")
        return self._project

    def drop(self) -> None:
        """The newest token was refused: the next request gets another one."""
        if self._credentials is not None:
            self._credentials.token = None

    def _fresh(self) -> Mapping[str, str]:
        self._load()
        credentials = self._credentials
        if not credentials.valid:
            self._renew(credentials)
        found = {"authorization": f"Bearer {credentials.token}"}
        quota = getattr(credentials, "quota_project_id", None)
        return {**found, "x-goog-user-project": str(quota)} if quota else found

    def _renew(self, credentials: Any) -> None:
        failures = importlib.import_module("google.auth.exceptions")
        try:
            credentials.refresh(_transport)
        except failures.RefreshError as error:
            if getattr(error, "retryable", False):
                raise Refused(f"{NAME}: no token: {_words(error)}", reason="busy", provider=NAME) from None
            raise _no(f"the login is over: {_words(error)}", LOG_IN) from None
        except failures.GoogleAuthError as error:
            raise Refused(f"{NAME}: no token: {_words(error)}", reason="busy", provider=NAME) from None
        self.secrets.append(str(credentials.token))
        self.renewed = time.time()

    def _load(self) -> None:
        if self._credentials is not None:
            return
        need_library()
        info = _given(self._settings)
        self._credentials, project = _of_info(info) if info else _of_machine()
        self._project = self._project or project


def need_library() -> None:
    """Raises EnvironmentProblem without the extra `google`."""
    try:
        importlib.import_module("google.auth.credentials")
    except ImportError as error:
        raise EnvironmentProblem(
            f"Vertex AI needs {error.name}", hint="pip install 'shotwright[google]', or use a key of the Gemini API"
        ) from None


def _given(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a stored login or a key file holds; empty where neither is set."""
    login = settings.get("login")
    if isinstance(login, Mapping):
        return login
    if login:
        return _table(str(login), "the stored login")
    path = settings.get("credentials")
    if not path:
        return {}
    try:
        return _table(Path(str(path)).expanduser().read_text(encoding="utf-8"), f"the key file {path}")
    except (OSError, UnicodeDecodeError) as error:
        raise _no(f"the key file {path} can't be read ({error})", "check GOOGLE_APPLICATION_CREDENTIALS") from None


def _table(text: str, what: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise _no(f"{what} is no JSON object", LOG_IN)
    return found


def _of_info(info: Mapping[str, Any]) -> tuple[Any, str]:
    try:
        match info.get("type"):
            case "service_account":
                module = importlib.import_module("google.oauth2.service_account")
                made = module.Credentials.from_service_account_info(dict(info), scopes=[SCOPE])
                return made, str(info.get("project_id") or "")
            case "authorized_user":
                return _of_user(info), str(info.get("quota_project_id") or "")
            case _:
                auth = importlib.import_module("google.auth")
                made, project = auth.load_credentials_from_dict(dict(info), scopes=[SCOPE])
                return made, str(project or "")
    except (ValueError, KeyError, importlib.import_module("google.auth.exceptions").GoogleAuthError) as error:
        raise _no(f"the credentials can't be used: {_words(error)}", LOG_IN) from None


def _of_user(info: Mapping[str, Any]) -> Any:
    module = importlib.import_module("google.oauth2.credentials")
    return module.Credentials(
        None,
        refresh_token=info["refresh_token"],
        client_id=info["client_id"],
        client_secret=info.get("client_secret", ""),
        token_uri=info.get("token_uri") or OAUTH_SERVER,
        quota_project_id=info.get("quota_project_id"),
    )


def _of_machine() -> tuple[Any, str]:
    auth = importlib.import_module("google.auth")
    try:
        made, project = auth.default(scopes=[SCOPE], request=_transport)
    except importlib.import_module("google.auth.exceptions").GoogleAuthError as error:
        raise _no(f"this machine has no Google login: {_words(error)}", LOG_IN) from None
    return made, str(project or "")


class _Answer:
    """What google-auth reads of an HTTP answer."""

    def __init__(self, response: httpx2.Response) -> None:
        self.status = response.status_code
        self.headers = response.headers
        self.data = response.content


def _transport(
    url: str,
    method: str = "GET",
    body: bytes | str | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
    **more: Any,
) -> _Answer:
    """One request for google-auth. Raises its TransportError."""
    try:
        with httpx2.Client(trust_env=False, timeout=timeout or _PATIENCE, follow_redirects=False) as client:
            return _Answer(client.request(method, url, content=body, headers=dict(headers or {})))
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        failures = importlib.import_module("google.auth.exceptions")
        raise failures.TransportError(f"{type(error).__name__}: {error}") from error


def _words(error: BaseException) -> str:
    """google-auth puts whole error bodies into its errors: the first words are enough."""
    return " ".join(str(error.args[0] if error.args else error).split())[:200]


def _no(what: str, hint: str) -> Refused:
    return Refused(f"{NAME}: {what}", reason="credentials", provider=NAME, hint=hint)
