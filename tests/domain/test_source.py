"""Which way a picture was given, by its form alone."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from shotwright.domain.source import SourceKind, source_kind
from shotwright.domain.storyboard import Source

CONTENT = bytes(range(256))


def packed(start: bytes) -> str:
    return base64.b64encode(start + CONTENT).decode()


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("photos/a.jpg", "path"),
        (Path("photos/a.jpg"), "path"),
        (CONTENT, "bytes"),
        ("https://example.org/a.jpg", "link"),
        (" HTTP://example.org/a.jpg", "link"),
        ("httpd/a.jpg", "path"),
        ("data:image/png;base64,AAAA", "data"),
        ("data:,hello", "data"),
        ("data:folder", "path"),
        ("data/a.jpg", "path"),
        (packed(b"\xff\xd8\xff\xe0"), "base64"),
        (packed(b"\x89PNG\r\n\x1a\n"), "base64"),
        (base64.urlsafe_b64encode(b"\xff\xd8\xff\xe0" + CONTENT).decode(), "base64"),
        (packed(b"RIFF"), "base64"),
        ("/9j/4AAQ", "path"),
        ("/" + "long-folder-name/" * 8 + "picture", "path"),
        ("/9j/" + "x" * 100 + ".jpg", "path"),
        ("", "path"),
    ],
)
def test_the_form_tells(source: Source, kind: SourceKind) -> None:
    assert source_kind(source) == kind


def test_a_long_text_is_told_by_its_beginning() -> None:
    assert source_kind(packed(b"\xff\xd8\xff\xe0" + bytes(100_000))) == "base64"
