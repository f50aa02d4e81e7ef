"""Answers that arrive wrong: slowly, in part, or not at all."""

from __future__ import annotations

import asyncio
import socket
import threading
from types import FrameType
from typing import cast

import uvicorn
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

_DRIPS = 20
_Peer = tuple[int, int]
_transports: dict[_Peer, asyncio.Transport] = {}


class BreakableProtocol(H11Protocol):
    """HTTP/1.1 whose connections can be broken off from inside a handler."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        opened = cast(asyncio.Transport, transport)
        super().connection_made(opened)
        self._peer = _ports(opened)
        _transports[self._peer] = opened

    def connection_lost(self, exc: Exception | None) -> None:
        _transports.pop(self._peer, None)
        super().connection_lost(exc)


class BriefServer(uvicorn.Server):
    """Stops within milliseconds: what is still being answered is broken off."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.stopped = threading.Event()

    def stop(self) -> None:
        """From any thread."""
        self.should_exit = True
        self.stopped.set()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        self.stopped.set()

    async def main_loop(self) -> None:
        while not self.should_exit:
            await self.on_tick(0)
            await asyncio.to_thread(self.stopped.wait, 1.0)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for task in tuple(self.server_state.tasks):
            task.cancel()
        for connection in tuple(self.server_state.connections):
            connection.shutdown()
        await asyncio.gather(*self.server_state.tasks, return_exceptions=True)


def _ports(transport: asyncio.Transport) -> _Peer:
    return transport.get_extra_info("sockname")[1], transport.get_extra_info("peername")[1]


def break_off(scope: Scope) -> None:
    """Closes the connection of this request at once, without another byte."""
    transport = _transports.get((scope["server"][1], scope["client"][1]))
    if transport is not None:
        transport.abort()


class NoAnswer(Response):
    """The connection ends where the answer should begin."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        break_off(scope)


class Broken(Response):
    """Another answer, dripping for `drip` seconds, or cut off in the middle of its body."""

    def __init__(self, whole: Response, *, drip: float = 0.0, cut: bool = False) -> None:
        super().__init__(bytes(whole.body), whole.status_code)
        self.raw_headers = whole.raw_headers
        self._drip = drip
        self._cut = cut

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        body = cast(bytes, self.body)
        end = len(body) // 2 if self._cut else len(body)
        step = max(1, -(-end // _DRIPS)) if self._drip else max(1, end)
        for start in range(0, end, step):
            await send({"type": "http.response.body", "body": body[start : min(start + step, end)], "more_body": True})
            await asyncio.sleep(self._drip / _DRIPS)
        if self._cut:
            await asyncio.sleep(0.02)
            break_off(scope)
        else:
            await send({"type": "http.response.body", "body": b""})
