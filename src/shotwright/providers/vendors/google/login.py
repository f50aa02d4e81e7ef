"""Logging in with a Google account in the browser: the loopback flow with PKCE, for Vertex AI without a key file.

Google gives no client to others' programs: `Client` is an OAuth client of the type "Desktop app" of one's own project.
The simpler way, which needs none, is `gcloud auth application-default login`.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import html
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

from shotwright.errors import Refused, SettingsError, Unavailable
from shotwright.providers.http import Call, Http
from shotwright.providers.replies import Reply
from shotwright.providers.vendors.google.credentials import OAUTH_SERVER, SCOPE
from shotwright.providers.vendors.google.wire import NAME

CONSENT_PAGE = "https://accounts.google.com/o/oauth2/v2/auth"
_HEAD_LIMIT = 16 << 10
_TITLE = b"<!doctype html><meta charset=utf-8><title>Shotwright</title>"

Open = Callable[[str], object]
"""Shows the consent page to the person: `webbrowser.open`, or one that prints the link."""
Store = Callable[[Mapping[str, str]], object]
"""Keeps the login: a secret, in the form of Google's own `authorized_user` files."""


@dataclass(frozen=True)
class Client:
    """An OAuth client. A desktop app's secret is none, Google says, but is asked for."""

    client_id: str
    client_secret: str = ""
    consent_page: str = CONSENT_PAGE
    token_server: str = OAUTH_SERVER


@dataclass(frozen=True)
class _Answer:
    """What came back from the consent page."""

    code: str = ""
    error: str = ""


class _Loopback:
    """A server on a free port of 127.0.0.1 that waits for one answer with the right `state`."""

    def __init__(self) -> None:
        self.state = secrets.token_urlsafe(24)
        self.answer: asyncio.Future[_Answer] = asyncio.get_running_loop().create_future()

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            status, words = self._take(head)
            page = _TITLE + f"<p>{html.escape(words)}</p>".encode()
            fields = f"content-type: text/html\r\ncontent-length: {len(page)}\r\nconnection: close\r\n\r\n"
            writer.write(f"HTTP/1.1 {status}\r\n{fields}".encode() + page)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            return
        finally:
            writer.close()

    def _take(self, head: bytes) -> tuple[str, str]:
        parts = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
        url = urlsplit(parts[1] if len(parts) > 1 else "")
        found = {name: values[0] for name, values in parse_qs(url.query).items()}
        if parts[0] != "GET" or url.path != "/" or not ("code" in found or "error" in found):
            return "404 Not Found", "Nothing is here."
        if not secrets.compare_digest(found.get("state", "").encode(), self.state.encode()):
            return "400 Bad Request", "This answer belongs to another login."
        if not self.answer.done():
            self.answer.set_result(_Answer(found.get("code", ""), found.get("error", "")))
        if found.get("error"):
            return "200 OK", "Google did not let Shotwright in. You can close this page."
        return "200 OK", "Shotwright is logged in. You can close this page."


async def log_in(
    client: Client, *, show: Open, store: Store, quota_project: str = "", deadline: float = 300.0, port: int = 0
) -> None:
    """Waits up to `deadline` seconds for the person's consent, then hands the login to `store`.

    `quota_project` is the project that pays. Raises SettingsError without a client, Refused (`credentials`) where
    consent or code is refused, and Unavailable where nobody answers in time.
    """
    if not client.client_id:
        raise SettingsError(
            f"{NAME}: a login in the browser needs an OAuth client of your own project",
            field="google.client_id",
            hint="set GOOGLE_OAUTH_CLIENT_ID and GOOGLE_OAUTH_CLIENT_SECRET, or run `gcloud auth application-default "
            "login`",
        )
    loopback = _Loopback()
    verifier = secrets.token_urlsafe(48)
    server = await asyncio.start_server(loopback.handle, "127.0.0.1", port, limit=_HEAD_LIMIT)
    async with server:
        back = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        show(consent_link(client, back, loopback.state, verifier))
        try:
            answer = await asyncio.wait_for(loopback.answer, deadline)
        except TimeoutError:
            raise Unavailable(f"{NAME}: nobody logged in within {deadline:g} s", provider=NAME) from None
    if not answer.code:
        raise Refused(f"{NAME}: Google did not let us in: {answer.error}", reason="credentials", provider=NAME)
    store(await _exchange(client, answer.code, back, verifier, quota_project))


def consent_link(client: Client, back: str, state: str, verifier: str) -> str:
    """The page that asks the person; it leads back to the address `back`."""
    digest = hashlib.sha256(verifier.encode()).digest()
    asked = {
        "client_id": client.client_id,
        "redirect_uri": back,
        "response_type": "code",
        "scope": SCOPE,
        "state": state,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
        "access_type": "offline",
        "prompt": "consent",
    }
    return f"{client.consent_page}?{urlencode(asked)}"


async def _exchange(client: Client, code: str, back: str, verifier: str, quota_project: str) -> dict[str, str]:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": client.client_id,
        "client_secret": client.client_secret,
        "redirect_uri": back,
        "code_verifier": verifier,
    }
    refresh = (await _ask(client, form)).table().get("refresh_token")
    if not isinstance(refresh, str) or not refresh:
        raise Refused(f"{NAME}: Google gave no lasting login", reason="credentials", provider=NAME)
    return {
        "type": "authorized_user",
        "client_id": client.client_id,
        "client_secret": client.client_secret,
        "refresh_token": refresh,
        "token_uri": client.token_server,
        **({"quota_project_id": quota_project} if quota_project else {}),
    }


async def _ask(client: Client, form: Mapping[str, str]) -> Reply:
    server, path = _split(client.token_server)
    http = Http(NAME, server, secrets=[client.client_secret, form["code"], form["code_verifier"]])
    try:
        return await http.prepare(Call("POST", path, data=form))
    except Refused as error:
        if error.reason == "busy":
            raise Unavailable(error.message, provider=NAME) from None
        raise Refused(error.message, reason="credentials", provider=NAME, hint="log in once more") from None
    finally:
        await http.aclose()


def _split(address: str) -> tuple[str, str]:
    """Origin and path."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}", parts.path
