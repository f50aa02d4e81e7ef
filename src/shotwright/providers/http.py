"""The one HTTP client of all vendors.

Every call has one hard deadline for all of it and a limit for all that is read. Nothing is sent twice: there are no
retries here, submits take a fresh connection (a stale one would make a lost request out of a closed socket), and no
redirect is followed but for downloads. Credentials go to the configured origin alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2

from shotwright.errors import InvalidInput, LinkExpired, Refused, Unavailable, Unclear
from shotwright.providers.base import Sink
from shotwright.providers.guard import Guard, Target, origin
from shotwright.providers.links import BrokenError, follow, limited, new_client, words
from shotwright.providers.redaction import redact
from shotwright.providers.replies import ReadRefusal, Refusal, Reply, message_of, proves_refusal, refusal_by_status

SUBMIT_DEADLINE = 60.0
ASK_DEADLINE = 30.0
DOWNLOAD_DEADLINE = 900.0
ANSWER_LIMIT = 16 << 20
CLIP_LIMIT = 4 << 30
_AT_ONCE = 100
"""Free calls on the wire at a time; the others wait outside the connection pool, whose work grows with its queue."""

Auth = Callable[[], Awaitable[Mapping[str, str]]]
"""Gives the headers that carry credentials, anew for each request, since tokens end. Raises Refused."""


async def no_auth() -> Mapping[str, str]:
    return {}


@dataclass
class _Trace:
    """Learns from the connection whether the request began to leave."""

    sent: bool = False

    async def __call__(self, event: str, info: dict[str, Any]) -> None:
        if event.endswith("send_request_headers.started"):
            self.sent = True


Part = tuple[str, tuple[str | None, str | bytes, str | None]]
"""A part of a multipart form: field, then file name, content and type; a plain value has neither name nor type."""


@dataclass(frozen=True)
class Call:
    """What to send. `path` is put behind the base URL.

    `json`, or `data` as a form, or `files` as a multipart form, or `content` as it is.
    """

    method: str
    path: str
    json: Any = None
    data: Mapping[str, str] | None = None
    files: Sequence[Part] = ()
    content: bytes | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


class Http:
    """Calls to one vendor at `base_url`. `secrets` are taken out of every text that leaves this class."""

    def __init__(
        self,
        provider: str,
        base_url: str,
        *,
        auth: Auth = no_auth,
        secrets: Sequence[str] = (),
        allow_private: bool = False,
        read_refusal: ReadRefusal | None = None,
        limit: int = ANSWER_LIMIT,
    ) -> None:
        self.provider = provider
        self.base_url = base_url.rstrip("/")
        self.secrets = secrets
        self.guard = Guard(frozenset({origin(self.base_url)}), allow_private)
        self._auth = auth
        self._read_refusal = read_refusal
        self._limit = limit
        context = httpx2.create_ssl_context(trust_env=False)
        self._fresh = new_client(context, keep=0)
        self._kept = new_client(context, keep=50, most=_AT_ONCE)
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def submit(self, call: Call, *, deadline: float = SUBMIT_DEADLINE) -> Reply:
        """A paid request: one, never repeated. Gives a 2xx answer.

        Raises Refused where it is proven that nothing was accepted (no byte left, or the vendor said no), else Unclear.
        """
        try:
            reply = await self._exchange(self._fresh, call, deadline)
        except BrokenError as error:
            text = self.redacted(str(error))
            if error.sent:
                raise Unclear(f"{self.provider}: {text}", provider=self.provider) from None
            raise self._busy(text) from None
        if reply.ok:
            return reply
        if not proves_refusal(reply):
            raise self.unclear(reply)
        raise self.refused(reply)

    async def ask(self, call: Call, *, deadline: float = ASK_DEADLINE) -> Reply:
        """A free request, safe to repeat. Gives any answer that says something: 2xx, or 4xx about the thing asked for.

        Raises Unavailable for all else: no connection, 5xx, 429, time-outs, redirects, and credentials refused.
        """
        try:
            async with self._turns:
                reply = await self._exchange(self._kept, call, deadline)
        except BrokenError as error:
            raise self.unavailable(str(error)) from None
        except Refused as error:
            raise self.unavailable(error.message, hint=error.hint) from None
        if reply.status in (401, 403, 407):
            found = self._read(reply)
            raise self.unavailable(found.message, reply, hint=found.hint or "check the key and what it may do")
        if reply.status >= 500 or reply.status in (408, 425, 429) or 300 <= reply.status < 400:
            raise self.unavailable(message_of(reply), reply)
        return reply

    async def prepare(self, call: Call, *, deadline: float = ASK_DEADLINE) -> Reply:
        """A free request that a submit needs first (an upload, a price). Gives a 2xx answer.

        Raises Refused for all else: nothing was ordered yet.
        """
        try:
            reply = await self._exchange(self._kept, call, deadline)
        except BrokenError as error:
            raise self._busy(str(error)) from None
        if reply.ok:
            return reply
        if reply.status >= 500 or not proves_refusal(reply):
            raise self._busy(message_of(reply), reply)
        raise self.refused(reply)

    async def download(
        self,
        link: str,
        sink: Sink,
        *,
        limit: int = CLIP_LIMIT,
        deadline: float = DOWNLOAD_DEADLINE,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Streams a result into the sink, from its beginning.

        Raises LinkExpired (401, 403, 404, 410), Unavailable (all that may pass), and what the sink raises.
        """
        await sink.restart()
        try:
            async with asyncio.timeout(deadline), self._opened(link, headers or {}) as response:
                self._judge_download(response)
                async for data in limited(response, limit):
                    await sink.write(data)
        except TimeoutError:
            raise self.unavailable(f"the download took longer than {deadline:g} s") from None
        except (httpx2.HTTPError, httpx2.InvalidURL, BrokenError) as error:
            raise self.unavailable(f"the download broke off: {words(error)}") from None

    async def aclose(self) -> None:
        await self._fresh.aclose()
        await self._kept.aclose()

    def redacted(self, text: str) -> str:
        return redact(text, self.secrets)

    def unclear(self, reply: Reply, why: str = "") -> Unclear:
        """For an answer to a submit that proves nothing."""
        text = f"{self.provider}: {why or 'no usable answer'} (HTTP {reply.status}): {message_of(reply)}"
        return Unclear(self.redacted(text), provider=self.provider, request_id=reply.request_id)

    def refused(self, reply: Reply) -> Refused:
        """For an answer that proves refusal, in the vendor's own reading where it has one."""
        found = self._read(reply)
        return Refused(
            self.redacted(f"{self.provider}: {found.message}"),
            reason=found.reason,
            retry_after=reply.retry_after if found.reason == "busy" else None,
            provider=self.provider,
            request_id=reply.request_id,
            hint=found.hint,
        )

    def unavailable(self, why: str, reply: Reply | None = None, hint: str | None = None) -> Unavailable:
        """For a free call without a usable answer."""
        return Unavailable(
            self.redacted(f"{self.provider}: {why}"),
            provider=self.provider,
            request_id=reply.request_id if reply else None,
            retry_after=reply.retry_after if reply else None,
            hint=hint,
        )

    def _busy(self, why: str, reply: Reply | None = None) -> Refused:
        return Refused(
            self.redacted(f"{self.provider}: {why}"),
            reason="busy",
            retry_after=reply.retry_after if reply else None,
            provider=self.provider,
            request_id=reply.request_id if reply else None,
        )

    def _read(self, reply: Reply) -> Refusal:
        return (self._read_refusal(reply) if self._read_refusal else None) or refusal_by_status(reply)

    async def _exchange(self, client: httpx2.AsyncClient, call: Call, deadline: float) -> Reply:
        trace = _Trace()
        try:
            async with asyncio.timeout(deadline):
                headers = {**(await self._auth()), **call.headers}
                request = client.build_request(
                    call.method,
                    self.base_url + call.path,
                    json=call.json,
                    data=call.data,
                    files=list(call.files) or None,
                    content=call.content,
                    params=call.params or None,
                    headers=headers,
                    extensions={"trace": trace},
                )
                response = await client.send(request, stream=True)
                try:
                    body = b"".join([data async for data in limited(response, self._limit)])
                finally:
                    await response.aclose()
        except TimeoutError:
            raise BrokenError(f"no answer within {deadline:g} s", sent=trace.sent) from None
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, BrokenError) as error:
            raise BrokenError(words(error), sent=trace.sent) from None
        return Reply(response.status_code, _headers(response), body)

    @asynccontextmanager
    async def _opened(self, link: str, headers: Mapping[str, str]) -> AsyncIterator[httpx2.Response]:
        own = origin(self.base_url)
        try:
            async with follow(self._fresh, self.guard, link, self._credentials(own, headers)) as response:
                yield response
        except InvalidInput as error:
            raise self.unavailable(error.message, hint="the vendor's link can't be followed from here") from None

    def _credentials(self, own: str, headers: Mapping[str, str]) -> Callable[[Target], Awaitable[Mapping[str, str]]]:
        async def for_target(target: Target) -> Mapping[str, str]:
            return {**(await self._auth()), **headers} if origin(target.url) == own else {}

        return for_target

    def _judge_download(self, response: httpx2.Response) -> None:
        status = response.status_code
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if status in (401, 403, 404, 410):
            raise LinkExpired(
                f"{self.provider}: the link to the result is over (HTTP {status})", provider=self.provider
            )
        if not 200 <= status < 300 or status == 206:
            raise self.unavailable(f"the result can't be fetched: HTTP {status}", _reply_of(response))
        if kind in ("application/json", "text/html", "text/plain", "application/xml", "text/xml"):
            raise self.unavailable(f"the link gave {kind}, not a clip", _reply_of(response))


def _headers(response: httpx2.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


def _reply_of(response: httpx2.Response) -> Reply:
    return Reply(response.status_code, _headers(response), b"")
