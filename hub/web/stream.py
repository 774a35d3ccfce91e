"""News of the work lists as they happen: one event stream for each browser, numbers and counts only."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime, timedelta

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from hub.web.access import Routes
from hub.web.listeners import FULL, OVER, Listener, Listeners, read_moment
from hub.web.pages import hub_of
from hub.web.queue import find_work_list
from hub.web.visitors import visitor_of

MOST_LISTS = 12
AGAIN = timedelta(hours=1)
"""Who was away for longer loads the page anew."""
BREATH = 20.0
"""Seconds after which an idle stream says that it still lives: proxies close what is silent."""
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def add_routes(routes: Routes) -> None:
    """Add the stream."""
    routes.add("/arus", show_news, access="staff")


async def show_news(request: Request) -> Response:
    """Tell what changes in the lists that were asked for, as long as the session lasts. 404 for a list not theirs."""
    units = list(dict.fromkeys(request.query_params.getlist("antrean")))[:MOST_LISTS]
    if not units:
        raise HTTPException(404)
    lists = [(unit, find_work_list(request, unit)) for unit in units]
    listeners: Listeners = request.app.state.listeners
    listener = await listeners.join(visitor_of(request).token, lists, _since(request))
    return StreamingResponse(_tell(listeners, listener), media_type="text/event-stream", headers=HEADERS)


def _since(request: Request) -> datetime | None:
    """Read where an earlier stream ended."""
    asked = request.headers.get("last-event-id") or request.query_params.get("sejak", "")
    since = read_moment(asked)
    return None if since is None else max(since, hub_of(request).store.now() - AGAIN)


async def _tell(listeners: Listeners, listener: Listener) -> AsyncIterator[str]:
    """Give messages until the session ends or the browser goes."""
    message = "retry: 3000\n\n"
    try:
        while True:
            yield message
            if message in {OVER, FULL}:
                return
            message = ":\n\n"
            with suppress(TimeoutError):
                message = await asyncio.wait_for(listener.inbox.get(), BREATH)
    finally:
        listeners.leave(listener)
