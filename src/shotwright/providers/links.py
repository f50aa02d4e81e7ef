"""Links from outside: opened through the guard, each redirect checked anew, everything read with a limit."""

from __future__ import annotations

import asyncio
import logging
import secrets as random
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from shotwright.errors import InvalidInput, Unavailable
from shotwright.providers.guard import Guard, Target
from shotwright.providers.redaction import redact

STALL = 60.0
"""Seconds without a byte after which a download is given up."""
_HOPS = 5
_HEADERS = {"accept-encoding": "identity", "user-agent": "shotwright"}

# Both libraries log whole addresses, signatures included.
for _name in ("httpx2", "httpcore2"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class BrokenError(Exception):
    """No whole answer. `sent` is False where it is proven that no byte of the request left."""

    def __init__(self, message: str, *, sent: bool) -> None:
        super().__init__(message)
        self.sent = sent


@dataclass(frozen=True)
class Fetched:
    """What a link gave. `media_type` is the server's word, not to be trusted."""

    media_type: str
    bytes: int


async def fetch_url(
    url: str, into: Path, *, limit: int = 256 << 20, guard: Guard | None = None, deadline: float = 60.0
) -> Fetched:
    """Fetches a person's link into a file, written aside and renamed.

    Raises InvalidInput for a link that may not be followed, isn't there or is larger than `limit` bytes, and
    Unavailable where trying again may help.
    """
    part = into.with_name(f"{into.name}.{random.token_hex(4)}.part")
    shown = redact(url)[:200]
    try:
        async with (
            asyncio.timeout(deadline),
            new_client(httpx2.create_ssl_context(trust_env=False), keep=0) as client,
            follow(client, guard or Guard(), url, _nothing) as response,
        ):
            if response.status_code >= 500 or response.status_code in (408, 429):
                raise Unavailable(f"{shown}: HTTP {response.status_code}")
            if response.status_code != 200:
                raise InvalidInput(f"{shown}: HTTP {response.status_code}", field="url", value=shown)
            fetched = await _save(response, part, limit, shown)
        await asyncio.to_thread(part.replace, into)
    except TimeoutError:
        raise Unavailable(f"{shown}: took longer than {deadline:g} s") from None
    except (httpx2.HTTPError, BrokenError) as error:
        raise Unavailable(f"{shown}: {redact(words(error))}") from None
    finally:
        part.unlink(missing_ok=True)
    return fetched


@asynccontextmanager
async def follow(
    client: httpx2.AsyncClient,
    guard: Guard,
    link: str,
    headers: Callable[[Target], Awaitable[Mapping[str, str]]],
) -> AsyncIterator[httpx2.Response]:
    """Opens a link through the guard; each redirect is checked anew, and asked for its own headers.

    The answer's body is not read. Raises InvalidInput from the guard and for more than 5 redirects.
    """
    for _ in range(_HOPS + 1):
        target = await guard.check(link)
        response = await client.send(_pinned(client, target, await headers(target)), stream=True)
        try:
            location = response.headers.get("location")
            if response.status_code not in (301, 302, 303, 307, 308) or not location:
                yield response
                return
        finally:
            await response.aclose()
        link = str(target.url.join(location))
    raise InvalidInput("the link leads from redirect to redirect", field="url", value=redact(link))


def _pinned(client: httpx2.AsyncClient, target: Target, headers: Mapping[str, str]) -> httpx2.Request:
    """A request that connects to the checked address but asks for, and verifies, the host of the link."""
    timeout = httpx2.Timeout(STALL)
    if target.address is None:
        return client.build_request("GET", target.url, headers=dict(headers), timeout=timeout)
    return client.build_request(
        "GET",
        target.url.copy_with(host=target.address),
        headers={**headers, "host": target.url.netloc.decode("ascii")},
        timeout=timeout,
        extensions={"sni_hostname": target.url.raw_host.decode("ascii").strip("[]")},
    )


def new_client(context: ssl.SSLContext, keep: int, most: int | None = None) -> httpx2.AsyncClient:
    """A client without redirects, proxies and retries, with `most` connections of which `keep` stay open when idle."""
    return httpx2.AsyncClient(
        verify=context,
        trust_env=False,
        follow_redirects=False,
        timeout=None,
        headers=_HEADERS,
        limits=httpx2.Limits(max_connections=most, max_keepalive_connections=keep, keepalive_expiry=15.0),
    )


async def limited(response: httpx2.Response, limit: int) -> AsyncIterator[bytes]:
    """The decoded body, up to `limit` bytes whatever the headers say."""
    if "," in response.headers.get("content-encoding", ""):
        raise BrokenError("the answer is compressed several times over", sent=True)
    count = 0
    async for data in response.aiter_bytes():
        count += len(data)
        if count > limit:
            raise BrokenError(f"the answer is larger than {limit} bytes", sent=True)
        yield data


async def _save(response: httpx2.Response, part: Path, limit: int, shown: str) -> Fetched:
    count = 0
    with await asyncio.to_thread(part.open, "wb") as file:
        async for data in response.aiter_bytes():
            count += len(data)
            if count > limit:
                raise InvalidInput(f"{shown}: larger than {limit} bytes", field="url", value=shown)
            await asyncio.to_thread(file.write, data)
    return Fetched(response.headers.get("content-type", "").partition(";")[0].strip(), count)


async def _nothing(target: Target) -> Mapping[str, str]:
    return {}


def words(error: BaseException) -> str:
    """What happened to a connection, for people."""
    match error:
        case httpx2.TimeoutException():
            return "no answer in time"
        case httpx2.ConnectError():
            return f"can't be reached ({error})"
        case httpx2.DecodingError():
            return "the answer can't be unpacked"
        case BrokenError():
            return str(error)
        case _:
            return f"the connection broke ({type(error).__name__}: {error})"
