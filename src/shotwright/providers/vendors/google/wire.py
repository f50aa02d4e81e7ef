"""What Omni and Veo share on the wire: the media of an order, and Google's ways to say no. Pure functions.

Read on 2026-11-21 in Google's documents, its SDK and other projects' integrations; nothing here was tried against the
live service. docs/providers/google.md says what is unverified.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shotwright.domain.order import Order, Role
from shotwright.errors import RefusalReason, Refused
from shotwright.providers.replies import Refusal, Reply, message_of
from shotwright.providers.sizes import aspect_word, resolution_word

NAME = "google"
ASPECTS = ("16:9", "9:16")
PICTURES = ("image/png", "image/jpeg", "image/webp", "image/heic", "image/heif")
LOG_IN = "log in again (`shotwright login google`, or `gcloud auth application-default login`)"
NO_PATH = "the server has no such path: check the addresses and the API version (GOOGLE_GENAI_API_VERSION)"
_SUCCESSOR = "use google/gemini-omni-1.2-flash instead"
_POLICY = (
    *("prohibited_content", "safety", "blocklist", "spii", "usage guidelines", "content policy", "responsible ai"),
    *("request blocked", "prompt was blocked", "policies", "sensitive words"),
)
_NO_REGION = ("user location is not supported", "not available in this location", "unsupported region")


@dataclass(frozen=True)
class Media:
    """A picture or clip as it is sent: its bytes, or the link under which Google already has it."""

    media_type: str
    data: bytes = b""
    uri: str = ""


@dataclass(frozen=True)
class Material:
    """The media of an order by their roles."""

    first: Media | None = None
    last: Media | None = None
    references: tuple[Media, ...] = ()
    video: Media | None = None


def refuse(what: str, hint: str | None = None) -> Refused:
    """For what can be known wrong before anything is sent."""
    return Refused(f"{NAME}: {what}", reason="invalid", provider=NAME, hint=hint)


def check_order(order: Order) -> None:
    """Raises Refused (`invalid`) for roles that neither family of models takes."""
    for role in (Role.AUDIO, Role.SPEECH):
        if order.of_role(role):
            raise refuse(f"takes no input in the role {role.value}")
    if order.first(Role.LAST) and not order.first(Role.FIRST):
        raise refuse("a last frame needs a first one")
    for item in order.inputs:
        if item.role is not Role.VIDEO and item.media_type not in PICTURES:
            raise refuse(f"a picture must be PNG, JPEG, WebP or HEIC, not {item.media_type}")


def aspect_of(order: Order) -> str:
    """Raises Refused (`invalid`) for a shape that Google doesn't make."""
    word = aspect_word(order.size, ASPECTS)
    if word is None:
        raise refuse(f"makes 16:9 and 9:16, not {order.size}")
    return word


def resolution_of(order: Order, words: tuple[str, ...]) -> str:
    """Raises Refused (`invalid`) for a size outside `words`."""
    word = resolution_word(order.size, words)
    if word is None:
        raise refuse(f"makes {', '.join(words)}, not {order.size}")
    return word


def error_of(reply: Reply) -> Mapping[str, Any]:
    """The error object of an answer: plain, or the first of a list; empty where there is none."""
    data = reply.json()
    found = data[0] if isinstance(data, list) and data else data
    error = found.get("error") if isinstance(found, Mapping) else None
    return error if isinstance(error, Mapping) else {}


def is_policy(text: str) -> bool:
    """Whether an error's code or words speak of what may not be made."""
    return any(mark in text.lower() for mark in _POLICY)


def read_refusal(reply: Reply) -> Refusal | None:
    """Google's error bodies, of the interactions (a word as code) and of its front end (a number and a status)."""
    error, words = error_of(reply), message_of(reply)
    text = f"{error.get('code', '')} {error.get('status', '')} {words}".lower()
    reasons = {str(detail.get("reason")) for detail in _details(error)}
    if "API_KEY_INVALID" in reasons or "api key not valid" in text or "api key expired" in text:
        return Refusal("credentials", words, "check GOOGLE_API_KEY or GEMINI_API_KEY")
    if "BILLING_DISABLED" in reasons:
        return Refusal("quota", words, "billing must be on: these models have no free tier")
    if any(mark in text for mark in _NO_REGION):
        hint = "Omni is served in the location global, Veo in some regions: see GOOGLE_CLOUD_LOCATION"
        return Refusal("invalid", words, hint)
    match reply.status:
        case 401:
            return Refusal("credentials", words, LOG_IN)
        case 403:
            return Refusal("credentials", words, _may_not(reasons))
        case 404:
            return _not_there(error, words)
        case 429:
            return _too_much(error, words)
        case 400 if is_policy(text):
            return Refusal("policy", words, "change the prompt or the picture")
        case _:
            return None


def _details(error: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    details = error.get("details")
    yield from (item for item in details if isinstance(item, Mapping)) if isinstance(details, list) else ()


def _may_not(reasons: set[str]) -> str:
    if "SERVICE_DISABLED" in reasons:
        return "enable aiplatform.googleapis.com (or generativelanguage.googleapis.com) in the project"
    return "check the project, the role roles/aiplatform.user, and what the key is restricted to"


def _not_there(error: Mapping[str, Any], words: str) -> Refusal:
    if not error:
        return Refusal("invalid", words, NO_PATH)
    reason: RefusalReason = "retired" if "no longer available" in words else "invalid"
    return Refusal(reason, words, _SUCCESSOR if reason == "retired" else "check the model's name and the location")


def _too_much(error: Mapping[str, Any], words: str) -> Refusal:
    """Google says the same code for "later" and "no more": only the first names a wait or a minute."""
    said = words.lower()
    waits = any("retryDelay" in detail for detail in _details(error))
    if waits or not error or any(mark in said for mark in ("per minute", "try again", "rate limit")):
        return Refusal("busy", words)
    return Refusal("quota", words, "the plan's quota is spent, or billing is off: see AI Studio or the Cloud console")
