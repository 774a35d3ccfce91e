"""Where channels push things in. The channel itself checks who pushes; nothing is answered before it is stored."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from hub.plugin import NoReceive, PluginError, Rejected, Throttled, TryAgain, Unauthorized
from hub.plugin import Request as Push
from hub.web.access import Routes
from hub.web.pages import hub_of
from hub.web.problems import problem

MAX_BODY = 8 * 1024 * 1024
"""Bytes: a mail gateway may push a message with photos."""
LATER = {"Retry-After": "30"}


def add_routes(routes: Routes) -> None:
    """Add the way in."""
    methods = ["GET", "POST", "PUT"]
    routes.add("/hooks/{channel}", receive, access="public", machines=True, methods=methods, max_body=MAX_BODY)


async def receive(request: Request) -> Response:
    """Hand the raw body to the channel and give its answer. 404 for an unknown channel or one that takes no pushes."""
    push = Push(request.method, dict(request.headers), dict(request.query_params), await request.body())
    try:
        received = await hub_of(request).receive(request.path_params["channel"], push)
    except (KeyError, NoReceive):
        raise HTTPException(404) from None
    except PluginError as error:
        return _refusal(error)
    return Response(received.body, received.status, dict(received.headers), received.media_type)


def _refusal(error: PluginError) -> Response:
    if isinstance(error, Unauthorized):
        return problem(401, "The signature or credential is wrong")
    if isinstance(error, Rejected):
        return problem(422, "This cannot be taken", detail=str(error))
    if isinstance(error, TryAgain | Throttled):
        return problem(503, "Come back later", LATER)
    return problem(500, "The channel is not set up to take this")
