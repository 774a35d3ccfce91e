"""Where every request to X leaves and every answer comes in: the address, the limits, the refusals.

An aiohttp middleware, because tweepy knows no other address than X's, and loses the status of an answer whose body is
no JSON (tweepy 4.17: HTML gives ContentTypeError, an empty 503 AttributeError).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus

import aiohttp
from aiohttp import ClientHandlerType, ClientRequest, ClientResponse
from yarl import URL

from plugins.twitter.refusals import refusal

# Their debug lines show the bearer token (tweepy 4.17), the account's keys and every signature (oauthlib 3.3).
for _name in ("tweepy", "oauthlib"):
    logging.getLogger(_name).setLevel(logging.INFO)


@dataclass(frozen=True, slots=True)
class Limit:
    """A rate window as X last told it."""

    limit: int
    remaining: int
    resets_at: datetime


class Gate:
    """The middleware. `limits` holds the last known window by path, ids left out."""

    def __init__(self, api_url: str, clock: Callable[[], datetime]) -> None:
        self._base = URL(api_url) if api_url else None
        self._clock = clock
        self.limits: dict[str, Limit] = {}

    async def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        """Send a request on its way. Raises the contract's errors for any answer that is no success."""
        path = request.url.path
        if self._base is not None:
            request.url = _moved(request.url, self._base)
        response = await handler(request)
        self._note(path, response)
        if not HTTPStatus(200) <= response.status < HTTPStatus(300):
            body = await response.read()
            headers = {name.lower(): value for name, value in response.headers.items()}
            raise refusal(response.status, headers, body, self._clock(), posting=request.method == "POST")
        return response

    def _note(self, path: str, response: ClientResponse) -> None:
        told = [response.headers.get(f"x-rate-limit-{name}", "") for name in ("limit", "remaining", "reset")]
        if all(text.isascii() and text.isdigit() and len(text) < 12 for text in told):
            limit, remaining, reset = map(int, told)
            name = "/".join(part for part in path.split("/") if part and not part.isdigit())
            self.limits[name] = Limit(limit, remaining, datetime.fromtimestamp(reset, UTC))


def _moved(url: URL, base: URL) -> URL:
    """Give the same path and query at another origin, below its path; what is encoded stays as it is."""
    path = base.raw_path.rstrip("/") + url.raw_path
    query = f"?{url.raw_query_string}" if url.raw_query_string else ""
    return URL(f"{base.origin()}{path}{query}", encoded=True)


def make_session(gate: Gate, timeout: float, *, proxied: bool) -> aiohttp.ClientSession:
    """Open a session whose requests pass the gate. It keeps no cookies: X sets some that identify the caller."""
    return aiohttp.ClientSession(
        middlewares=(gate,),
        timeout=aiohttp.ClientTimeout(total=timeout),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=proxied,
    )
