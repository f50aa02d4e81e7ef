"""Credentials of Kling: a static key, or tokens signed with a key pair, by Kling's clock where ours is wrong.

Also Kling's table of codes, since two of them speak of the token's times.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from shotwright.errors import RefusalReason
from shotwright.providers.replies import Refusal, Reply, message_of

_LIVES = 1800
_RENEWED = 1500.0
_EARLY = 5
_SAME = 2.0
"""Seconds within which two clocks count as equal: the answer's date has whole seconds."""
_TOKEN_TIMES = frozenset({1003, 1004})
_CODES: Mapping[int, tuple[RefusalReason, str | None]] = {
    1000: ("credentials", None),
    1001: ("credentials", None),
    1002: ("credentials", "the key is wrong, of another region, or of the other kind: an API key is not a key pair"),
    1100: ("credentials", "Kling says that something is wrong with the account"),
    1101: ("quota", "the account is in arrears"),
    1102: ("quota", "no resource pack for video is left or paid for"),
    1103: ("credentials", "the account has no right to this model"),
    1200: ("invalid", None),
    1201: ("invalid", None),
    1202: ("invalid", None),
    1203: ("invalid", "`shotwright models` lists what is offered"),
    1300: ("policy", "change the prompt or the picture"),
    1301: ("policy", "change the prompt or the picture"),
    1302: ("busy", None),
    1303: ("busy", "the account's limit of running tasks is reached"),
    1304: ("credentials", "this address is not on the account's list"),
}


def sign(access_key: str, secret_key: str, now: float) -> str:
    """A token that holds from 5 s before `now` (Unix seconds) to half an hour after it."""
    claims = {"iss": access_key, "exp": int(now) + _LIVES, "nbf": int(now) - _EARLY}
    body = f"{_packed({'alg': 'HS256', 'typ': 'JWT'})}.{_packed(claims)}"
    signature = hmac.new(secret_key.encode(), body.encode(), hashlib.sha256).digest()
    return f"{body}.{_unpadded(signature)}"


def _packed(table: Mapping[str, Any]) -> str:
    return _unpadded(json.dumps(table, separators=(",", ":")).encode())


def _unpadded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Access:
    """One account. `clock` gives Unix seconds; `secrets` are what must never be shown."""

    def __init__(self, settings: Mapping[str, Any], clock: Callable[[], float] = time.time) -> None:
        self._key = str(settings.get("api_key") or "")
        self._access = str(settings.get("access_key") or "")
        self._secret = str(settings.get("secret_key") or "")
        self._clock = clock
        self._skew = 0.0
        self._token = ""
        self._signed = 0.0

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self._key, self._access, self._secret)

    @property
    def has_key(self) -> bool:
        """Whether there is a static key, which the new standard asks for."""
        return bool(self._key)

    async def headers(self) -> Mapping[str, str]:
        return {"authorization": f"Bearer {self._key or self._fresh_token()}"}

    def _fresh_token(self) -> str:
        now = self._clock() + self._skew
        if not self._token or not 0 <= now - self._signed < _RENEWED:
            self._token, self._signed = sign(self._access, self._secret, now), now
        return self._token

    def read_refusal(self, reply: Reply) -> Refusal | None:
        """Kling's code, whatever the status; None for bodies without one."""
        code = code_of(reply)
        if code in _TOKEN_TIMES:
            return self._refused_token(reply)
        known = _CODES.get(code) if code is not None else None
        if known is None:
            return None
        reason, hint = known
        words = f"{message_of(reply)} ({code})"
        if code == 1203 and "discontinued" in words:
            reason = "retired"
        return Refusal(reason, words, hint)

    def _refused_token(self, reply: Reply) -> Refusal:
        """Too early or too late: by the date of the answer the next token is right, unless it says that ours was."""
        words = f"{message_of(reply)} ({code_of(reply)})"
        theirs = _date_of(reply)
        if theirs is None:
            return Refusal("credentials", words, "check this machine's clock")
        off = self._clock() - theirs
        if abs(off + self._skew) <= _SAME:
            return Refusal("credentials", words, "check the key pair; this machine's clock agrees with Kling's")
        self._skew, self._token = -off, ""
        where = "ahead of" if off > 0 else "behind"
        clock = f"this machine's clock is about {round(abs(off), -1):.0f} s {where} Kling's"
        return Refusal("busy", f"{words}: {clock}", f"{clock}: set it right; until then tokens go by Kling's")


def code_of(reply: Reply) -> int | None:
    """The number in the body, 0 for success; None where there is none."""
    code = reply.table().get("code")
    return code if isinstance(code, int) and not isinstance(code, bool) else None


def _date_of(reply: Reply) -> float | None:
    try:
        return parsedate_to_datetime(reply.headers["date"]).timestamp()
    except (KeyError, ValueError, TypeError):
        return None
