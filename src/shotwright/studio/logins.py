"""Logins by the browser: asked for once, kept in the home for this person alone, used by the provider from then on."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from shotwright.config import Settings
from shotwright.config.secret import Secret
from shotwright.errors import EnvironmentProblem

DEADLINE = 300.0
"""Seconds that a person has for the browser."""


def login_file(home: Path, provider: str) -> Path:
    return home / "logins" / f"{provider}.json"


def keep_login(home: Path, provider: str, login: Mapping[str, str]) -> Path:
    """Writes a login that only this person can read (mode 0600). Raises EnvironmentProblem."""
    file = login_file(home, provider)
    aside = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        aside.unlink(missing_ok=True)
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump(dict(login), out)
        aside.replace(file)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise EnvironmentProblem(f"{file} can't be written: {error}", hint="choose another SHOTWRIGHT_HOME") from error
    return file


def kept_login(home: Path, provider: str) -> str | None:
    """The login as it was kept, None where there is none."""
    try:
        return login_file(home, provider).read_text(encoding="utf-8") or None
    except OSError:
        return None


async def log_in_to_google(settings: Settings, show: Callable[[str], object], *, deadline: float = DEADLINE) -> Path:
    """Asks in the browser (`show` gets the link), keeps the login in the home, and gives its file.

    Raises SettingsError without an OAuth client, Refused where Google or the person says no, Unavailable where nobody
    answers in time.
    """
    from shotwright.providers.vendors.google.credentials import OAUTH_SERVER
    from shotwright.providers.vendors.google.login import CONSENT_PAGE, Client, log_in

    table: Mapping[str, Any] = settings.providers.get("google", {})

    def setting(name: str, variable: str) -> str:
        value = table.get(name) or settings.vendors.get(variable) or ""
        return value.reveal() if isinstance(value, Secret) else str(value)

    client = Client(
        setting("client_id", "GOOGLE_OAUTH_CLIENT_ID"),
        setting("client_secret", "GOOGLE_OAUTH_CLIENT_SECRET"),
        str(table.get("consent_page") or CONSENT_PAGE),
        str(table.get("token_server") or OAUTH_SERVER),
    )
    kept: list[Path] = []
    await log_in(
        client,
        show=show,
        store=lambda login: kept.append(keep_login(settings.home, "google", login)),
        quota_project=setting("project", "GOOGLE_CLOUD_PROJECT"),
        deadline=deadline,
    )
    return kept[0]
