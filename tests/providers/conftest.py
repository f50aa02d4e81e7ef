"""A raw HTTP server on loopback that answers with exactly the bytes a test says."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

Answer = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class RawServer:
    """`requests` holds the head of every request; `answers` maps paths to handlers that write the answer."""

    answers: dict[str, Answer | bytes] = field(default_factory=dict)
    requests: list[bytes] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            self.requests.append(head)
            for line in head.split(b"\r\n"):
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    await reader.readexactly(int(value))
            path = head.split(b" ")[1].partition(b"?")[0].decode()
            answer = self.answers.get(path, b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n")
            if isinstance(answer, bytes):
                writer.write(answer)
            else:
                await answer(head, writer)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def serve() -> AsyncIterator[RawServer]:
    raw = RawServer()
    server = await asyncio.start_server(raw.handle, "127.0.0.1", 0)
    raw.port = server.sockets[0].getsockname()[1]
    try:
        yield raw
    finally:
        server.close()


@pytest.fixture
async def raw() -> AsyncIterator[RawServer]:
    async with serve() as server:
        yield server


@pytest.fixture
async def other() -> AsyncIterator[RawServer]:
    async with serve() as server:
        yield server


class Bytes:
    """A sink in memory."""

    def __init__(self) -> None:
        self.data = b"stale"

    async def write(self, data: bytes) -> None:
        self.data += data

    async def restart(self) -> None:
        self.data = b""


@pytest.fixture
def sink() -> Bytes:
    return Bytes()


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    return tmp_path / "spool"


def reply(status: str, body: bytes, *headers: str) -> bytes:
    """A whole answer."""
    lines = [f"HTTP/1.1 {status}", *headers, f"content-length: {len(body)}", "connection: close"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@pytest.fixture
def answer() -> Callable[..., bytes]:
    return reply
