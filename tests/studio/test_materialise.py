"""Every way of giving a picture becomes the same file."""

from __future__ import annotations

import asyncio
import base64
import textwrap
from pathlib import Path
from urllib.parse import quote

import pytest

from shotwright.domain.storyboard import Source
from shotwright.errors import EnvironmentProblem, InvalidInput, PictureError
from shotwright.studio.materialise import materialise

CONTENT = b"\xff\xd8\xff\xe0" + bytes(range(256)) + b"\xfb\xef\xbe\xff\xff"


class Server:
    """One file over real HTTP on loopback, and a fetcher for it."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    async def __aenter__(self) -> Server:
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self.link = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/a.jpg"
        return self

    async def __aexit__(self, *problem: object) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.0 200 OK\r\n\r\n" + self._content)
        await writer.drain()
        writer.close()

    async def fetch(self, link: str, to: Path) -> None:
        host, port = link.split("/")[2].split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"GET /a.jpg HTTP/1.0\r\n\r\n")
        _, _, body = (await reader.read()).partition(b"\r\n\r\n")
        to.write_bytes(body)
        writer.close()


async def no_fetch(link: str, to: Path) -> None:
    raise PictureError(f"{link} must not be fetched to {to}")


def plain(text: str) -> str:
    return base64.b64encode(CONTENT).decode() if text == "standard" else base64.urlsafe_b64encode(CONTENT).decode()


@pytest.mark.parametrize(
    "source",
    [
        CONTENT,
        f"data:image/jpeg;base64,{plain('standard')}",
        f"DATA:image/jpeg;charset=x;BASE64,{plain('urlsafe')}",
        f"data:image/jpeg,{quote(CONTENT)}",
        f"data:;base64,{quote(plain('standard'))}",
        plain("standard"),
        plain("urlsafe").rstrip("="),
        "\n".join(textwrap.wrap(plain("standard"), 60)) + "\n",
    ],
    ids=["bytes", "data", "data urlsafe", "data percent", "data quoted", "base64", "urlsafe", "wrapped"],
)
async def test_data_in_any_dress_is_one_file(tmp_path: Path, source: Source) -> None:
    into = tmp_path / "new" / "folder"
    file = await materialise(source, into, base=tmp_path, fetch=no_fetch)
    assert file.read_bytes() == CONTENT
    assert file.parent == into
    assert file == await materialise(CONTENT, into, base=tmp_path, fetch=no_fetch)
    assert list(into.iterdir()) == [file]


async def test_a_path_is_itself(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(CONTENT)
    for source in ("a.jpg", Path("a.jpg"), str(tmp_path / "a.jpg")):
        found = await materialise(source, tmp_path / "into", base=tmp_path, fetch=no_fetch)
        assert found == tmp_path / "a.jpg"
    assert not (tmp_path / "into").exists()


async def test_a_link_is_fetched(tmp_path: Path) -> None:
    async with Server(CONTENT) as server:
        file = await materialise(server.link, tmp_path / "into", base=tmp_path, fetch=server.fetch)
    assert file.read_bytes() == CONTENT
    assert list((tmp_path / "into").iterdir()) == [file]


async def test_a_link_without_content_or_with_too_much_leaves_nothing(tmp_path: Path) -> None:
    async with Server(b"") as server:
        with pytest.raises(PictureError, match="answered with nothing"):
            await materialise(server.link, tmp_path / "into", base=tmp_path, fetch=server.fetch)
    async with Server(bytes(100)) as server:
        with pytest.raises(PictureError, match="above the limit of 99"):
            await materialise(server.link, tmp_path / "into", base=tmp_path, fetch=server.fetch, max_bytes=99)
    with pytest.raises(PictureError, match="must not be fetched"):
        await materialise("https://example.org/a.jpg", tmp_path / "into", base=tmp_path, fetch=no_fetch)
    assert list((tmp_path / "into").iterdir()) == []


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("none.jpg", "none.jpg is not there"),
        (".", "is not a file"),
        ("empty.jpg", "is empty"),
        ("x" * 5000, "is not a path"),
        ("a\0b", "is not a path"),
        ("big.jpg", "2,000 bytes, above the limit of 1,000"),
        (bytes(2000), "2,000 bytes, above the limit of 1,000"),
        (b"", "holds no data"),
        ("data:image/png;base64,", "holds no data"),
        ("data:image/png;base64,####", "is not base64 text"),
        ("data:image/png;base64," + "A" * 4000, "above the limit of 1,000"),
        ("data:image/png;base64", "is not there"),
        ("/9j/" + "A" * 61, "is not base64 text"),
    ],
)
async def test_what_cannot_be_used_is_refused(tmp_path: Path, source: Source, words: str) -> None:
    (tmp_path / "empty.jpg").write_bytes(b"")
    (tmp_path / "big.jpg").write_bytes(bytes(2000))
    with pytest.raises(PictureError, match=words) as caught:
        await materialise(source, tmp_path / "into", base=tmp_path, fetch=no_fetch, max_bytes=1000)
    assert caught.value.field == "image"
    assert caught.value.hint
    assert not (tmp_path / "into").exists()


async def test_a_sound_is_refused_by_its_own_name(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"speech: voice\.wav is not there") as caught:
        await materialise("voice.wav", tmp_path, base=tmp_path, fetch=no_fetch, field="speech")
    assert not isinstance(caught.value, PictureError)


async def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(EnvironmentProblem):
        await materialise(CONTENT, tmp_path / "file" / "into", base=tmp_path, fetch=no_fetch)
