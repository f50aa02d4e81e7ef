"""Google: the Omni models by the Interactions API (an API key, or Vertex AI), and Veo 3.1 on Vertex AI."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

from shotwright.providers.base import Provider
from shotwright.providers.vendor import Key, Tools, Vendor

KEYS = (
    Key("api_key", ("GOOGLE_API_KEY", "GEMINI_API_KEY"), secret=True, about="a key of the Gemini API"),
    Key(
        "vertex",
        ("GOOGLE_GENAI_USE_VERTEXAI", "GOOGLE_GENAI_USE_ENTERPRISE"),
        about="true: Omni on Vertex AI also where an API key is set",
    ),
    Key("project", ("GOOGLE_CLOUD_PROJECT",), about="the Google Cloud project that pays on Vertex AI"),
    Key("location", ("GOOGLE_CLOUD_LOCATION",), about="the region of Veo (us-central1); Omni is always global"),
    Key("credentials", ("GOOGLE_APPLICATION_CREDENTIALS",), about="path of a service account's or user's key file"),
    Key("login", ("SHOTWRIGHT_GOOGLE_LOGIN",), secret=True, about="a stored login, as JSON"),
    Key("client_id", ("GOOGLE_OAUTH_CLIENT_ID",), about="an OAuth client of your own, for `shotwright login google`"),
    Key("client_secret", ("GOOGLE_OAUTH_CLIENT_SECRET",), secret=True, about="its secret"),
    Key("access_token", ("GOOGLE_OAUTH_ACCESS_TOKEN",), secret=True, about="a token as it is; it lasts an hour"),
    Key("storage", ("SHOTWRIGHT_GOOGLE_STORAGE",), about="gs://bucket/folder where Vertex AI leaves clips"),
    Key("api_version", ("GOOGLE_GENAI_API_VERSION",), about="v1beta or v1; found out without it"),
    Key("base_url", ("GOOGLE_GEMINI_BASE_URL",), about="another address of the Gemini API"),
    Key("vertex_url", ("GOOGLE_VERTEX_BASE_URL",), about="another address of Vertex AI"),
    Key("storage_url", ("STORAGE_EMULATOR_HOST",), about="another address of Cloud Storage"),
)


NO_LIBRARY = "the library for Google's logins: pip install 'shotwright[google]'"


def _has_library() -> bool:
    try:
        return find_spec("google.auth") is not None
    except ModuleNotFoundError:
        return False


def is_true(value: object) -> bool:
    """A switch as people write it: true, 1, yes, on."""
    return value is True or str(value).strip().lower() in ("true", "1", "yes", "on")


def _missing(settings: Mapping[str, Any]) -> tuple[str, ...]:
    if settings.get("api_key") and not is_true(settings.get("vertex")):
        return ()
    if settings.get("project") or settings.get("credentials"):
        return () if settings.get("access_token") or _has_library() else (NO_LIBRARY,)
    if settings.get("login") or settings.get("access_token") or is_true(settings.get("vertex")):
        return ("the project that pays on Vertex AI: set GOOGLE_CLOUD_PROJECT",)
    return ("a key: set GOOGLE_API_KEY or GEMINI_API_KEY, or for Vertex AI set GOOGLE_CLOUD_PROJECT",)


def _create(settings: Mapping[str, Any], tools: Tools) -> Provider:
    from shotwright.providers.vendors.google.adapter import create

    return create(settings, tools)


VENDOR = Vendor(
    name="google",
    title="Google (Gemini API, Vertex AI)",
    create=_create,
    keys=KEYS,
    at_once=3,
    missing=_missing,
)
