"""What an HTTP answer asks of whoever gets it. For every plugin that speaks HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx2

from hub.errors import PluginError, Rejected, Throttled, TryAgain, Unauthorized

PASSING = frozenset({401, 403, 408, 409, 425, 429})
"""Codes below 500 after which the same request may succeed later."""
LONGEST_REST = timedelta(days=1)
"""No answer silences a channel for longer."""


def retry_after(header: str, now: datetime) -> timedelta | None:
    """Read a Retry-After header, seconds or an HTTP date (RFC 9110); None where it says nothing usable."""
    text = header.strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), LONGEST_REST)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(timedelta(), min(until - now, LONGEST_REST))


async def send(http: httpx2.AsyncClient, request: httpx2.Request) -> httpx2.Response:
    """Send; a time-out or a lost connection is TryAgain, uncertain unless nothing can have arrived."""
    try:
        return await http.send(request)
    except httpx2.ConnectError:
        problem = TryAgain("no connection")
    except httpx2.TimeoutException:
        problem = TryAgain("timed out", uncertain=True)
    except httpx2.HTTPError as error:
        problem = TryAgain(f"no answer ({type(error).__name__})", uncertain=True)
    # Raised out here, the error carries no context: a client's exception holds the request and its token.
    raise problem


def refusal(response: httpx2.Response, now: datetime) -> PluginError:
    """Translate an answer that is not a success to something asked for."""
    status = response.status_code
    rest = retry_after(response.headers.get("retry-after", ""), now)
    if status in (401, 403):
        return Unauthorized(f"refused ({status})")
    if status == 429:
        return Throttled(None if rest is None else now + rest, "asks for a rest (429)")
    return TryAgain(f"answered {status}", rest, uncertain=status >= 500)


def undelivered(response: httpx2.Response, now: datetime) -> PluginError:
    """Translate an answer that is not a success to something sent: what is its own fault is final."""
    status = response.status_code
    if 400 <= status < 500 and status not in PASSING:
        return Rejected(f"answered {status}")
    return refusal(response, now)
