"""Settings from flags, environment, `.env`, and TOML files, in that order. Standard library only, since every command
pays for this import.

| where | what |
| --- | --- |
| flags | what a command was given |
| environment | `SHOTWRIGHT_*`, and vendors' own names (`OPENAI_API_KEY`, ...) |
| `.env` | the same names, in the working folder; never copied into the environment |
| `shotwright.toml` | in the working folder |
| user file | `config.toml` in the platform's configuration folder |
| defaults | below |
"""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from shotwright.config.secret import Secret
from shotwright.domain.units import Money
from shotwright.errors import EnvironmentProblem, SettingsError

PROJECT_FILE = "shotwright.toml"

SETTING_KEYS = {
    "home": "Folder for the database, assets and logs",
    "database_url": "sqlite:///file.db or postgresql://user@host/name",
    "store_url": "Where assets lie (a folder, for now)",
    "budget_per_day": "Most USD that may be ordered on one day (UTC)",
    "budget_per_month": "Most USD that may be ordered in one month (UTC)",
    "budget_per_project": "Most USD that may ever be ordered in the project",
    "project": "Name under which takes are shared and counted",
    "model": "Model used where a shot names none",
    "unclear": '"ask" a person about unclear payments, or "resubmit" at the risk of paying twice',
    "takes_at_once": "How many takes the free renderer makes at once",
    "allow_private": "Whether links may lead to loopback and private addresses: for emulators and servers of one's own",
    "api_key": "First key of a server that starts without a person",
}
_TABLES = ("models", "providers")

VENDOR_VARIABLES = (
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
    "SHOTWRIGHT_OPENAI_VIDEO_API_KEY",
    "SHOTWRIGHT_OPENAI_VIDEO_BASE_URL",
    "SHOTWRIGHT_OPENAI_VIDEO_DIALECT",
    "OPENAI_API_VERSION",
    "AZURE_OPENAI_API_KEY",
    "AZURE_OPENAI_ENDPOINT",
    "AZURE_OPENAI_AD_TOKEN",
    "AZURE_API_BASE",
    "AZURE_API_KEY",
    "AZURE_TENANT_ID",
    "AZURE_CLIENT_ID",
    "AZURE_CLIENT_SECRET",
    "GOOGLE_API_KEY",
    "GEMINI_API_KEY",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "GOOGLE_CLOUD_PROJECT",
    "GOOGLE_CLOUD_LOCATION",
    "GOOGLE_GENAI_USE_VERTEXAI",
    "GOOGLE_GENAI_USE_ENTERPRISE",
    "GOOGLE_GENAI_API_VERSION",
    "GOOGLE_GEMINI_BASE_URL",
    "GOOGLE_VERTEX_BASE_URL",
    "GOOGLE_OAUTH_CLIENT_ID",
    "GOOGLE_OAUTH_CLIENT_SECRET",
    "GOOGLE_OAUTH_ACCESS_TOKEN",
    "SHOTWRIGHT_GOOGLE_LOGIN",
    "SHOTWRIGHT_GOOGLE_STORAGE",
    "STORAGE_EMULATOR_HOST",
    "RUNWAYML_API_SECRET",
    "RUNWAYML_BASE_URL",
    "SHOTWRIGHT_RUNWAY_VERSION",
    "SHOTWRIGHT_RUNWAY_ON_BEHALF_OF",
    "SHOTWRIGHT_RUNWAY_MEDIA",
    "SHOTWRIGHT_RUNWAY_MEDIA_URL",
    "KLING_API_KEY",
    "KLINGAI_API_KEY",
    "KLING_ACCESS_KEY",
    "KLINGAI_ACCESS_KEY",
    "KLING_SECRET_KEY",
    "KLINGAI_SECRET_KEY",
    "KLING_BASE_URL",
    "KLINGAI_BASE_URL",
    "SHOTWRIGHT_KLING_MEDIA_URL",
    "MINIMAX_API_KEY",
    "MINIMAX_GROUP_ID",
    "REPLICATE_API_TOKEN",
    "WAVESPEED_API_KEY",
    "ANTHROPIC_API_KEY",
)
"""Names that vendors' own tools use, and ours for what those lack."""

_SECRET_SUFFIXES = ("_KEY", "_SECRET", "_TOKEN", "_LOGIN")


@dataclass(frozen=True)
class Settings:
    """Everything that can be set. `vendors` holds keys and addresses by variable name; secrets print as `***`.

    `models` adds to or overrides the catalogue; `providers` holds tables of options by provider name;
    `environment` is for the variables that plug-ins name.
    """

    home: Path
    database_url: str
    project: str = "default"
    model: str | None = None
    budget_per_day: Money | None = None
    budget_per_month: Money | None = None
    budget_per_project: Money | None = None
    unclear: str = "ask"
    takes_at_once: int = 2
    allow_private: bool = False
    api_key: Secret | None = None
    vendors: Mapping[str, Secret | str] = field(default_factory=dict)
    models: Mapping[str, Any] = field(default_factory=dict)
    providers: Mapping[str, Any] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def log_dir(self) -> Path:
        return self.home / "logs"

    @property
    def assets_dir(self) -> Path:
        return self.home / "assets"

    def secrets(self) -> tuple[str, ...]:
        """All secret texts, for the filters that keep them out of logs and errors."""
        values = [value for value in self.vendors.values() if isinstance(value, Secret)]
        if self.api_key is not None:
            values.append(self.api_key)
        in_tables = (
            str(value)
            for table in self.providers.values()
            for name, value in table.items()
            if f"_{name}".upper().endswith(_SECRET_SUFFIXES)
        )
        return (*(value.reveal() for value in values), *in_tables)


def load_settings(
    *,
    cwd: Path | None = None,
    overrides: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Settings:
    """Reads all sources. Raises SettingsError naming file, key and remedy."""
    here = cwd or Path.cwd()
    surroundings = dict(_dotenv(here / ".env")) | dict(os.environ if environment is None else environment)
    layers: list[tuple[str, Mapping[str, Any]]] = []
    files = [file for file in (user_file(surroundings), here / PROJECT_FILE) if file.is_file()]
    layers += [(str(file), _toml(file)) for file in files]
    layers.append(("the environment", _from_environment(surroundings)))
    layers.append(("a flag", {key: value for key, value in (overrides or {}).items() if value is not None}))
    merged: dict[str, Any] = {}
    for source, layer in layers:
        _check_keys(layer, source)
        for key, value in layer.items():
            merged[key] = {**merged.get(key, {}), **value} if key in _TABLES else value
    return _settings(merged, surroundings, here, tuple(source for source, layer in layers if layer))


def _settings(
    merged: Mapping[str, Any], surroundings: Mapping[str, str], here: Path, sources: tuple[str, ...]
) -> Settings:
    home = Path(merged.get("home") or _default_home(surroundings)).expanduser()
    home = home if home.is_absolute() else here / home
    database_url = str(merged.get("database_url") or f"sqlite:///{home / 'shotwright.db'}")
    unclear = str(merged.get("unclear", "ask"))
    if unclear not in ("ask", "resubmit"):
        raise SettingsError(
            f"unclear: {unclear!r} is not known", field="unclear", value=unclear, hint="ask or resubmit"
        )
    api_key = merged.get("api_key")
    return Settings(
        home=home,
        database_url=database_url,
        project=str(merged.get("project", "default")),
        model=str(merged["model"]) if merged.get("model") else None,
        budget_per_day=_money(merged, "budget_per_day"),
        budget_per_month=_money(merged, "budget_per_month"),
        budget_per_project=_money(merged, "budget_per_project"),
        unclear=unclear,
        takes_at_once=_count(merged, "takes_at_once", os.cpu_count() or 2),
        allow_private=str(merged.get("allow_private", "")).lower() in ("1", "true", "yes", "on"),
        api_key=Secret(str(api_key)) if api_key else None,
        vendors=_vendors(surroundings),
        models=merged.get("models", {}),
        providers=merged.get("providers", {}),
        sources=sources,
        environment=surroundings,
    )


def _money(merged: Mapping[str, Any], key: str) -> Money | None:
    return Money.parse(merged[key], field=key) if merged.get(key) not in (None, "") else None


def _count(merged: Mapping[str, Any], key: str, default: int) -> int:
    value = merged.get(key, default)
    if not str(value).isdigit() or not 1 <= int(value) <= 64:
        raise SettingsError(f"{key}: {value!r} is not a count", field=key, value=value, hint="a number from 1 to 64")
    return int(value)


def _vendors(surroundings: Mapping[str, str]) -> dict[str, Secret | str]:
    return {
        name: Secret(value) if name.endswith(_SECRET_SUFFIXES) else value
        for name in VENDOR_VARIABLES
        if (value := surroundings.get(name, "").strip())
    }


def _from_environment(surroundings: Mapping[str, str]) -> dict[str, Any]:
    found = {}
    for key in SETTING_KEYS:
        value = surroundings.get(f"SHOTWRIGHT_{key.upper()}", "").strip()
        if value:
            found[key] = value
    return found


def _check_keys(layer: Mapping[str, Any], source: str) -> None:
    for key in layer:
        if key not in SETTING_KEYS and key not in _TABLES:
            near = get_close_matches(key, [*SETTING_KEYS, *_TABLES], 1)
            raise SettingsError(
                f"{source}: {key!r} is not a setting",
                field=key,
                value=layer[key],
                hint=f"did you mean {near[0]!r}?" if near else f"known: {', '.join([*SETTING_KEYS, *_TABLES])}",
            )


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: {error}", field=str(file), hint="mend the file, or move it away") from error
    except OSError as error:
        raise EnvironmentProblem(f"{file} can't be read: {error}", hint="check its permissions") from error


def _dotenv(file: Path) -> dict[str, str]:
    if not file.is_file():
        return {}
    from dotenv import dotenv_values

    return {key: value for key, value in dotenv_values(file).items() if value is not None}


def user_file(surroundings: Mapping[str, str]) -> Path:
    """`config.toml` in the platform's configuration folder, or `SHOTWRIGHT_CONFIG`."""
    named = surroundings.get("SHOTWRIGHT_CONFIG")
    if named:
        return Path(named).expanduser()
    if sys.platform.startswith("linux"):  # the same answer as platformdirs gives, without 35 ms of imports
        base = surroundings.get("XDG_CONFIG_HOME") or Path(surroundings.get("HOME", "~")).expanduser() / ".config"
        return Path(base) / "shotwright" / "config.toml"
    from platformdirs import user_config_path

    return user_config_path("shotwright", appauthor=False) / "config.toml"


def _default_home(surroundings: Mapping[str, str]) -> Path:
    if sys.platform.startswith("linux"):
        base = surroundings.get("XDG_DATA_HOME") or Path(surroundings.get("HOME", "~")).expanduser() / ".local/share"
        return Path(base) / "shotwright"
    from platformdirs import user_data_path

    return user_data_path("shotwright", appauthor=False)
