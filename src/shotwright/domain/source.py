"""Which way a picture or sound was given: a path, a link, a data URI, base64 text or bytes. Nothing is opened here."""

from __future__ import annotations

import re
from typing import Literal

from shotwright.domain.storyboard import Source

SourceKind = Literal["path", "link", "data", "base64", "bytes"]

_LINK = re.compile(r"https?://", re.IGNORECASE)
_DATA = re.compile(r"data:[^,]{0,200},", re.IGNORECASE)
_BASE64 = re.compile(r"[A-Za-z0-9+/\s]+={0,2}")
_SHORTEST_BASE64 = 64
_SNIFFED = 4096
_STARTS = (
    "/9j/",  # JPEG
    "iVBORw0KGgo",  # PNG
    "R0lGOD",  # GIF
    "UklGR",  # WebP, WAV
    "Qk",  # BMP
    "SUkqA",  # TIFF
    "TU0AK",  # TIFF
    "AAAA",  # AVIF, HEIC, MP4
    "SUQz",  # MP3
    "//",  # MP3
    "T2dnU",  # Ogg
    "ZkxhQ",  # FLAC
)
"""How base64 text of a picture or sound begins. Without one of these, long text is a path."""


def source_kind(source: Source) -> SourceKind:
    """Tells by the form alone. Base64 text is at least 64 characters and begins as a picture or sound does."""
    if isinstance(source, bytes):
        return "bytes"
    if not isinstance(source, str):
        return "path"
    text = source.strip()
    if _LINK.match(text):
        return "link"
    if _DATA.match(text[:_SNIFFED]):
        return "data"
    packed = text[:_SNIFFED].replace("-", "+").replace("_", "/")
    if len(text) >= _SHORTEST_BASE64 and packed.startswith(_STARTS) and _BASE64.fullmatch(packed):
        return "base64"
    return "path"
