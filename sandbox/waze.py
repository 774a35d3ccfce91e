"""A stand-in for Waze for Cities: partner feeds over HTTP, filled from memory as a replayed day goes on."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import anyio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

Fault = Literal["", "500", "429", "timeout", "html", "empty", "stale", "half"]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PATH = "/row-partnerhub-api/partners/{partner}/waze-feeds/{token}"


def now() -> datetime:
    """Give the time on the wall."""
    return datetime.now(UTC)


class Feed:
    """One feed: the alerts that are active at this moment."""

    def __init__(self, clock: Callable[[], datetime] = now, window: timedelta = timedelta(minutes=1)) -> None:
        self.fault: Fault = ""
        """What goes wrong from now on: `stale` repeats the last window, `half` loses half of the alerts."""
        self._clock = clock
        self._window = window
        self._alerts: dict[str, dict[str, Any]] = {}
        self._end = 0

    def show(self, alert: Mapping[str, Any]) -> None:
        """Let an alert (a partner feed's own JSON, with `uuid`) appear or change."""
        self._alerts[str(alert["uuid"])] = dict(alert)

    def hide(self, uuid: str) -> None:
        """Let it vanish, as if nobody had confirmed it any more."""
        self._alerts.pop(uuid, None)

    def document(self) -> dict[str, Any]:
        """Give the whole feed, as every poll gets it."""
        if self.fault != "stale" or not self._end:
            step = self._window // timedelta(milliseconds=1)
            self._end = int(self._clock().timestamp() * 1000) // step * step
        start = self._end - 60_000
        alerts = list(self._alerts.values())
        return {
            "alerts": alerts[: len(alerts) // 2] if self.fault == "half" else alerts,
            "startTimeMillis": start,
            "endTimeMillis": self._end,
            "startTime": _spelled(start),
            "endTime": _spelled(self._end),
            "jams": [],
            "irregularities": [],
        }


def make_app(feeds: Mapping[str, Feed], delay: float = 60) -> Starlette:
    """Serve feeds by their token at `PATH`. An unknown token is 403; a time-out lasts `delay` seconds."""

    async def serve(request: Request) -> Response:
        feed = feeds.get(request.path_params["token"])
        if feed is None:
            return Response(status_code=403)
        return await _answer(feed, delay)

    return Starlette(routes=[Route(PATH, serve)])


async def _answer(feed: Feed, delay: float) -> Response:
    match feed.fault:
        case "500":
            return Response("Internal Server Error", 500)
        case "429":
            return Response(status_code=429, headers={"retry-after": "60"})
        case "html":
            return HTMLResponse("<!doctype html><title>Waze</title>")
        case "empty":
            return Response(b"", media_type="application/json")
        case "timeout":
            await anyio.sleep(delay)
    return Response(json.dumps(feed.document()), media_type="application/json")


def _spelled(millis: int) -> str:
    """Spell a time as Waze does: a colon before the milliseconds."""
    return f"{EPOCH + timedelta(milliseconds=millis):%Y-%m-%d %H:%M:%S}:{millis % 1000:03d}"
