"""The guard: which addresses a link from outside may lead to.

A name is resolved once, every answer is checked, and the connection goes to an address that was checked, so that a
second, different answer can't slip in between. The operator's own servers are trusted by exact origin.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx2

from shotwright.errors import InvalidInput
from shotwright.providers.redaction import redact

_PORTS = frozenset({80, 443})
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_SIX_TO_FOUR = ipaddress.IPv6Network("2002::/16")
_NUMERIC_LABEL = re.compile(r"^(?:0x[0-9a-f]*|\d+)$", re.IGNORECASE)
_LONGEST_URL = 8192

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True)
class Target:
    """A checked link. `address` is where to connect; None for a trusted origin, which resolves as it likes."""

    url: httpx2.URL
    address: str | None


@dataclass(frozen=True)
class Guard:
    """`trusted`: origins like "https://video.example:8443" that are the operator's own.

    `allow_private` also lets links lead to loopback and private networks, on any port.
    """

    trusted: frozenset[str] = frozenset()
    allow_private: bool = False

    async def check(self, link: str) -> Target:
        """Raises InvalidInput for a link that may not be followed; asks the resolver, nobody else."""
        url = self._parse(link)
        if origin(url) in self.trusted:
            return Target(url, None)
        port = url.port or (443 if url.scheme == "https" else 80)
        if port not in _PORTS and not self.allow_private:
            raise _refused(link, f"port {port} is not open to links")
        addresses = await _resolve(_host(url), port, link)
        for address in addresses:
            if not self.allow_private and not is_public(address):
                raise _refused(link, f"{url.host} is an address of a private network")
        return Target(url, str(addresses[0]))

    def _parse(self, link: str) -> httpx2.URL:
        if len(link) > _LONGEST_URL:
            raise _refused(link[:80], "it is too long")
        if any(ord(letter) <= 32 or letter == "\\" for letter in link):
            raise _refused(link, "it has spaces or backslashes in it")
        try:
            url = httpx2.URL(link)
            plain = urlsplit(link)
            other = (plain.hostname or "").lower()
        except (httpx2.InvalidURL, ValueError, UnicodeError) as error:
            raise _refused(link, "it can't be read") from error
        if url.scheme not in ("http", "https"):
            raise _refused(link, "only http and https links are followed")
        if url.userinfo or "@" in plain.netloc:
            raise _refused(link, "it has a user name in it")
        if not url.host or (other.isascii() and other != _host(url).lower()):
            raise _refused(link, "its host can't be read")
        if _is_disguised(_host(url)):
            raise _refused(link, "its host is a number in disguise")
        return url


def _host(url: httpx2.URL) -> str:
    """The host as it is connected to: ASCII, international names encoded, without the brackets of IPv6."""
    return url.raw_host.decode("ascii").strip("[]")


def origin(url: httpx2.URL | str) -> str:
    """ "https://host:port", the port always written."""
    parsed = httpx2.URL(url)
    return f"{parsed.scheme}://{parsed.host}:{parsed.port or (443 if parsed.scheme == 'https' else 80)}"


def is_public(address: Address) -> bool:
    """Whether an address belongs to the open internet, seen through mapped, 6to4 and NAT64 forms of IPv4."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = _inner(address)
        if inner is not None:
            return is_public(inner)
        if address.scope_id or address.teredo or address.is_site_local:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _inner(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _SIX_TO_FOUR:
        return address.sixtofour
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def _is_disguised(host: str) -> bool:
    """Decimal, octal, hexadecimal and short spellings of IPv4: 2130706433, 0177.0.0.1, 0x7f.1, 127.1."""
    labels = host.rstrip(".").split(".")
    if ":" in host or not _NUMERIC_LABEL.match(labels[-1]):
        return False
    try:
        return str(ipaddress.IPv4Address(host)) != host
    except ValueError:
        return True


async def _resolve(host: str, port: int, link: str) -> list[Address]:
    try:
        return [ipaddress.ip_address(host)]
    except ValueError:
        pass
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise _refused(link, f"{host} is not known to the resolver") from error
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    if not addresses:
        raise _refused(link, f"{host} is not known to the resolver")
    return addresses


def _refused(link: str, why: str) -> InvalidInput:
    shown = redact(link)
    return InvalidInput(f"the link {shown[:200]!r} is not followed: {why}", field="url", value=shown)
