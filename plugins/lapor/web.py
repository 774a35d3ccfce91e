"""Requests to LAPOR!'s servers, and what their answers mean in the contract's words."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import httpx2

from hub.answers import retry_after
from hub.plugin import PluginError, Rejected, Throttled, TryAgain, Unauthorized
from plugins.lapor.tables import find_rows


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


def rows(response: httpx2.Response, path: str, now: datetime) -> list[Any]:
    """Give the list of a 200; raise for anything else, TryAgain for what is no list.

    How LAPOR! refuses a wrong token is not known: whatever is no list leaves everything as it is.
    """
    if response.status_code != httpx2.codes.OK:
        raise refusal(response, now)
    try:
        found = find_rows(json.loads(response.content), path)
    except (ValueError, RecursionError):
        found = None
    if found is None:
        raise TryAgain("answered something that is no list")
    return found


def refusal(response: httpx2.Response, now: datetime) -> PluginError:
    """Translate an answer that is not a success."""
    status = response.status_code
    rest = retry_after(response.headers.get("retry-after", ""), now)
    if status in (401, 403):
        return Unauthorized(f"refused ({status})")
    if status == 429:
        return Throttled(None if rest is None else now + rest, "asks for a rest (429)")
    return TryAgain(f"answered {status}", rest, uncertain=status >= 500)


def undelivered(response: httpx2.Response, now: datetime) -> PluginError:
    """Translate an answer that is not a success to something sent: what is its own fault is final."""
    passing = {401, 403, 408, 409, 425, 429}
    status = response.status_code
    if 400 <= status < 500 and status not in passing:
        return Rejected(f"answered {status}")
    return refusal(response, now)
