"""Fetching from addresses that strangers wrote: a photo's URL must not lead the hub into its own network.

Names are resolved here, every address is checked, and the connection goes to the very address that was checked: a
second look-up could give another one.
"""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

import anyio
import httpx2

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolve = Callable[[str, int], Awaitable[Sequence[Address]]]

MAX_BYTES = 20 * 1024 * 1024
MAX_REDIRECTS = 3
MAX_TRIES = 4
"""Addresses of one name that are tried in turn."""
REDIRECTS = {301, 302, 303, 307, 308}
PASSING = {408, 425, 429}
"""Refusals that may be gone later."""
UNICAST = IPv6Network("2000::/3")
"""All that is given out for hosts on the internet (IANA IPv6 address space)."""
NAT64 = IPv6Network("64:ff9b::/96")


class FetchError(Exception):
    """Nothing was fetched. The reason holds no part of the URL; `permanent` where trying again is no use."""

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent


@dataclass(frozen=True, slots=True)
class Fetched:
    """What stands behind a URL."""

    body: bytes = field(repr=False)
    media_type: str
    """By the server's account, in lower case, without parameters."""


async def resolve(host: str, port: int) -> list[Address]:
    """Give a name's addresses, as the system orders them. Raises OSError."""
    found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [ip_address(address[0]) for *_, address in found]


async def fetch(
    client: httpx2.AsyncClient,
    url: str,
    *,
    networks: Iterable[Network] = (),
    max_bytes: int = MAX_BYTES,
    timeout: float = 30,  # noqa: ASYNC109 - one limit over look-up, redirects and reading
    resolve: Resolve = resolve,
) -> Fetched:
    """GET a URL within limits of bytes and seconds; `networks` are the private ones it may lead to.

    Follows at most three redirects, each checked alike. Nothing of the client's headers, cookies or credentials is
    sent. Raises FetchError.
    """
    guarded = _Guarded(client, tuple(networks), max_bytes, resolve)
    try:
        with anyio.fail_after(timeout):
            return await guarded.get(url)
    except TimeoutError:
        raise FetchError(f"took longer than {timeout:g} seconds", permanent=False) from None


def is_allowed(address: Address, networks: Iterable[Network] = ()) -> bool:
    """Say whether the hub may connect there: a public address, or one inside these networks."""
    meant = _meant(address)
    if any(meant in network for network in networks):
        return True
    unicast = not (meant.is_multicast or meant.is_reserved) if isinstance(meant, IPv4Address) else meant in UNICAST
    return meant.is_global and unicast


def _meant(address: Address) -> Address:
    """Give the IPv4 address that an IPv6 one leads to: mapped, 6to4 or NAT64."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address


@dataclass(frozen=True, slots=True)
class _Guarded:
    client: httpx2.AsyncClient
    networks: tuple[Network, ...]
    max_bytes: int
    resolve: Resolve

    async def get(self, url: str) -> Fetched:
        target = _parsed(url)
        for _ in range(MAX_REDIRECTS + 1):
            answer = await self._answer(target)
            try:
                if answer.status_code not in REDIRECTS:
                    return await self._read(answer)
                target = _parsed(answer.headers.get("location", ""), target)
            finally:
                await answer.aclose()
        raise FetchError(f"was redirected more than {MAX_REDIRECTS} times", permanent=True)

    async def _answer(self, url: httpx2.URL) -> httpx2.Response:
        """Connect to the first checked address that answers."""
        problem = "has no address"
        for address in (await self._addresses(url))[:MAX_TRIES]:
            try:
                return await self.client.send(_request(url, address), stream=True, auth=None, follow_redirects=False)
            except (httpx2.ConnectError, httpx2.ConnectTimeout):
                problem = "could not be reached"
            except httpx2.HTTPError as error:
                raise _broken(error) from None
        raise FetchError(problem, permanent=False)

    async def _addresses(self, url: httpx2.URL) -> Sequence[Address]:
        try:
            found = await self.resolve(url.host, url.port or {"http": 80, "https": 443}[url.scheme])
        except (OSError, UnicodeError):
            raise FetchError("has a name that cannot be resolved", permanent=False) from None
        if not all(is_allowed(address, self.networks) for address in found):
            raise FetchError("leads into a private network", permanent=True)
        return found

    async def _read(self, answer: httpx2.Response) -> Fetched:
        _check_answer(answer)
        body = bytearray()
        try:
            self._check_size(int(answer.headers.get("content-length", "0")))
            async for part in answer.aiter_raw():
                body += part
                self._check_size(len(body))
        except (httpx2.HTTPError, ValueError) as error:
            raise _broken(error) from None
        media_type = answer.headers.get("content-type", "application/octet-stream").partition(";")[0]
        return Fetched(bytes(body), media_type.strip().lower())

    def _check_size(self, size: int) -> None:
        if size > self.max_bytes:
            raise FetchError(f"is larger than {self.max_bytes} bytes", permanent=True)


def _parsed(url: str, base: httpx2.URL | None = None) -> httpx2.URL:
    try:
        parsed = base.join(url) if base and url else httpx2.URL(url)
    except (httpx2.InvalidURL, ValueError):
        raise FetchError("is no URL", permanent=True) from None
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        raise FetchError("is no http or https URL", permanent=True)
    if parsed.userinfo:
        raise FetchError("carries a user name", permanent=True)
    return parsed


def _request(url: httpx2.URL, address: Address) -> httpx2.Request:
    """Ask the address in the name of the host, whose certificate must match. Compressed answers could burst."""
    return httpx2.Request(
        "GET",
        url.copy_with(host=str(address), fragment=None),
        headers={
            "Host": url.netloc.decode("ascii"),
            "Accept": "image/*,*/*;q=0.5",
            "Accept-Encoding": "identity",
            "User-Agent": "aduan-hub",
            "Connection": "close",
        },
        extensions={"sni_hostname": url.raw_host.decode("ascii")},
    )


def _check_answer(answer: httpx2.Response) -> None:
    status = answer.status_code
    if status != httpx2.codes.OK:
        raise FetchError(f"was answered with {status}", permanent=status < 500 and status not in PASSING)
    if answer.headers.get("content-encoding", "identity") != "identity":
        raise FetchError("was answered compressed", permanent=True)


def _broken(error: Exception) -> FetchError:
    return FetchError(f"broke off: {type(error).__name__}", permanent=False)
