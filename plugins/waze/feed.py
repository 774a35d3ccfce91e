"""One poll of one feed. The address is the only secret, so no error that leaves here knows it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx2

from hub.answers import retry_after
from hub.plugin import PluginError, Throttled, TryAgain, Unauthorized
from plugins.waze.alert import number_of

MEMBERS = frozenset({"alerts", "jams", "irregularities", "startTimeMillis", "endTimeMillis"})


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a feed holds at one moment."""

    alerts: list[Any]
    end: int | None
    """End of the feed's window, milliseconds since 1970, UTC; not every relay keeps it."""


async def poll(http: httpx2.AsyncClient, url: str, now: datetime) -> Snapshot:
    """Ask once. Raises TryAgain, Throttled (429) or Unauthorized (401, 403), none of them with the address."""
    try:
        response = await http.get(url, headers={"accept": "application/json"})
    except httpx2.TimeoutException:
        problem: PluginError = TryAgain("timed out")
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        problem = TryAgain(f"no answer ({type(error).__name__})")
    else:
        return snapshot(accepted(response, now))
    # Raised out here, the error carries no context: a client's exception holds the request and its address.
    raise problem


def accepted(response: httpx2.Response, now: datetime) -> bytes:
    """Give the body of a 200, raise for anything else."""
    status = response.status_code
    if status == httpx2.codes.OK:
        return response.content
    rest = retry_after(response.headers.get("retry-after", ""), now)
    if status in (401, 403):
        raise Unauthorized(f"refused ({status}): the address has expired or was withdrawn")
    if status == 429:
        raise Throttled(None if rest is None else now + rest, "asks for a rest (429)")
    raise TryAgain(f"answered {status}", rest)


def snapshot(body: bytes) -> Snapshot:
    """Read a feed document; lists may be missing. Raises TryAgain for whatever is none."""
    document = _json(body)
    if not isinstance(document, dict) or not MEMBERS & document.keys():
        raise TryAgain("answered something that is no feed")
    alerts = document.get("alerts") or []
    if not isinstance(alerts, list):
        raise TryAgain("answered alerts that are no list")
    end = number_of(document.get("endTimeMillis"))
    return Snapshot(alerts, int(end) if end else None)


def sum_up(failures: Mapping[int, PluginError], feeds: int, every: timedelta) -> PluginError:
    """Make one error of those of several feeds, by their number.

    While some feeds answer, the channel goes on at its pace, whatever the others said.
    """
    text = "; ".join(f"feed {number}: {problem}" for number, problem in failures.items())
    problems = list(failures.values())
    if len(problems) < feeds:
        return TryAgain(text, every)
    if all(isinstance(problem, Unauthorized) for problem in problems):
        return Unauthorized(text)
    if throttled := [problem.until for problem in problems if isinstance(problem, Throttled)]:
        return Throttled(min(filter(None, throttled), default=None), text)
    return TryAgain(text, max((p.after for p in problems if isinstance(p, TryAgain) and p.after), default=None))


def _json(body: bytes) -> Any:
    """Parse JSON; None for anything else."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
