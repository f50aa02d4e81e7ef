"""Google's authorization server: a consent page that agrees at once, and tokens for the three kinds of grants."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_JWT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_ISSUED = "ya29.emulated-"


@dataclass
class Logins:
    """What was given out. `lifetime` in seconds; `denied` says no on the consent page."""

    clock: Callable[[], float]
    lifetime: float = 3600.0
    denied: bool = False
    issued: dict[str, float] = field(default_factory=dict)
    refresh: set[str] = field(default_factory=set)
    _codes: dict[str, Mapping[str, str]] = field(default_factory=dict)
    _keys: dict[str, Any] = field(default_factory=dict)

    def takes(self, token: str, static: str) -> bool:
        """Whether a bearer token is good: one of ours that lives, or the static one (empty: any other)."""
        if token.startswith(_ISSUED):
            return self.clock() < self.issued.get(token, 0.0)
        return bool(token) and static in ("", token)

    def revoke(self) -> None:
        """Every token and login is over, as after a password change."""
        self.issued.clear()
        self.refresh.clear()

    def service_account(self, url: str, project: str = "demo") -> dict[str, str]:
        """The key file of a new service account whose token address is this server at `url`. Needs cryptography."""
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import rsa

        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        email = f"film-{len(self._keys)}@{project}.iam.gserviceaccount.com"
        self._keys[email] = key.public_key()
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return {
            "type": "service_account",
            "project_id": project,
            "private_key_id": secrets.token_hex(20),
            "private_key": pem.decode(),
            "client_email": email,
            "client_id": "1",
            "token_uri": f"{url}/token",
        }

    async def authorize(self, request: Request) -> Response:
        """The consent page: goes back to the loopback address with a code, or with `access_denied`."""
        asked = request.query_params
        back = asked.get("redirect_uri", "")
        if urlsplit(back).hostname not in ("127.0.0.1", "localhost", "::1"):
            return PlainTextResponse("Error 400: redirect_uri_mismatch", 400)
        if asked.get("response_type") != "code" or asked.get("code_challenge_method") != "S256":
            return PlainTextResponse("Error 400: invalid_request", 400)
        if self.denied:
            return RedirectResponse(f"{back}?{urlencode({'error': 'access_denied', 'state': asked.get('state', '')})}")
        code = f"4/{secrets.token_urlsafe(24)}"
        self._codes[code] = {name: asked.get(name, "") for name in ("client_id", "redirect_uri", "code_challenge")}
        return RedirectResponse(f"{back}?{urlencode({'code': code, 'state': asked.get('state', '')})}")

    async def token(self, request: Request) -> Response:
        async with request.form() as form:
            given = {name: value for name, value in form.items() if isinstance(value, str)}
        match given.get("grant_type"):
            case "authorization_code":
                return self._by_code(given)
            case "refresh_token":
                known = given.get("refresh_token") in self.refresh and bool(given.get("client_id"))
                return self._issue() if known else _no("invalid_grant", "Token has been expired or revoked.")
            case kind if kind == _JWT:
                return self._issue() if self._signed(given.get("assertion", "")) else _no("invalid_grant", "Bad JWT.")
            case _:
                return _no("unsupported_grant_type", "Invalid grant_type")

    def _by_code(self, given: Mapping[str, str]) -> Response:
        asked = self._codes.pop(given.get("code", ""), None)
        digest = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        if asked is None or base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
            return _no("invalid_grant", "Malformed auth code or code verifier.")
        if any(given.get(name) != asked[name] for name in ("client_id", "redirect_uri")):
            return _no("invalid_grant", "Bad client or redirect_uri.")
        refresh = f"1//{secrets.token_urlsafe(24)}"
        self.refresh.add(refresh)
        return self._issue(refresh_token=refresh)

    def _issue(self, **more: str) -> Response:
        token = _ISSUED + secrets.token_urlsafe(24)
        self.issued[token] = self.clock() + self.lifetime
        body = {"access_token": token, "expires_in": int(self.lifetime), "token_type": "Bearer", "scope": SCOPE}
        return JSONResponse({**body, **more})

    def _signed(self, assertion: str) -> bool:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.hashes import SHA256

        try:
            head, claims, signature = assertion.split(".")
            found = json.loads(_plain(claims))
            self._keys[found["iss"]].verify(_plain(signature), f"{head}.{claims}".encode(), PKCS1v15(), SHA256())
            in_time = found["iat"] - 60 <= time.time() <= found["exp"] <= found["iat"] + 3600
            return bool(in_time and SCOPE in found["scope"] and found["aud"].endswith("/token"))
        except (ValueError, KeyError, TypeError, InvalidSignature):
            return False


def _no(code: str, words: str) -> Response:
    return JSONResponse({"error": code, "error_description": words}, 400)


def _plain(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
