import asyncio
import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shotwright.errors import InvalidInput, Unavailable
from shotwright.providers.guard import Guard
from shotwright.providers.links import fetch_url

OPEN = Guard(allow_private=True)
Answer = Callable[..., bytes]


async def test_a_link_becomes_a_file(raw: Any, answer: Answer, tmp_path: Path) -> None:
    raw.answers["/a.jpg"] = answer("200 OK", b"picture", "content-type: image/jpeg; q=1")
    fetched = await fetch_url(f"{raw.url}/a.jpg", tmp_path / "a.jpg", limit=100, guard=OPEN)
    assert (fetched.media_type, fetched.bytes) == ("image/jpeg", 7)
    assert (tmp_path / "a.jpg").read_bytes() == b"picture"
    assert len(list(tmp_path.iterdir())) == 1


async def test_a_private_address_is_not_asked(raw: Any, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="not followed"):
        await fetch_url(f"{raw.url}/a.jpg", tmp_path / "a.jpg")
    assert raw.requests == []


async def test_every_redirect_is_checked_anew(raw: Any, other: Any, answer: Answer, tmp_path: Path) -> None:
    raw.answers["/go"] = answer("302 Found", b"", f"location: {other.url}/secret")
    other.answers["/secret"] = answer("200 OK", b"secret")
    guard = Guard(trusted=frozenset({raw.url}))
    with pytest.raises(InvalidInput, match="not followed"):
        await fetch_url(f"{raw.url}/go", tmp_path / "x", guard=guard)
    assert other.requests == []
    await fetch_url(f"{raw.url}/go", tmp_path / "x", guard=OPEN)
    assert (tmp_path / "x").read_bytes() == b"secret"


async def test_redirects_end(raw: Any, answer: Answer, tmp_path: Path) -> None:
    raw.answers["/a"] = answer("302 Found", b"", "location: /a")
    with pytest.raises(InvalidInput, match="redirect"):
        await fetch_url(f"{raw.url}/a", tmp_path / "x", guard=OPEN)
    assert len(raw.requests) == 6


@pytest.mark.parametrize("status", ["404 Not Found", "403 Forbidden", "204 No Content"])
async def test_a_link_to_nothing(raw: Any, answer: Answer, tmp_path: Path, status: str) -> None:
    raw.answers["/a"] = answer(status, b"")
    with pytest.raises(InvalidInput, match="HTTP"):
        await fetch_url(f"{raw.url}/a", tmp_path / "x", guard=OPEN)
    assert list(tmp_path.iterdir()) == []


async def test_too_large_whatever_the_headers_say(raw: Any, answer: Answer, tmp_path: Path) -> None:
    raw.answers["/huge"] = answer("200 OK", b"x" * 5000)
    raw.answers["/bomb"] = answer("200 OK", gzip.compress(b"\0" * (64 << 20)), "content-encoding: gzip")
    for path in ("/huge", "/bomb"):
        with pytest.raises(InvalidInput, match="larger than 1000 bytes"):
            await fetch_url(raw.url + path, tmp_path / "x", limit=1000, guard=OPEN)
    assert list(tmp_path.iterdir()) == []


async def test_a_slow_drip_meets_the_deadline(raw: Any, tmp_path: Path) -> None:
    async def drip(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)

    raw.answers["/drip"] = drip
    with pytest.raises(Unavailable, match="longer than"):
        await fetch_url(f"{raw.url}/drip", tmp_path / "x", guard=OPEN, deadline=0.3)
    assert list(tmp_path.iterdir()) == []


async def test_a_truncated_answer_is_not_a_file(raw: Any, tmp_path: Path) -> None:
    raw.answers["/cut"] = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf"
    with pytest.raises(Unavailable):
        await fetch_url(f"{raw.url}/cut", tmp_path / "x", guard=OPEN)
    assert list(tmp_path.iterdir()) == []
