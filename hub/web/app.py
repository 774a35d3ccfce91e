"""The web application: every route through one door, every answer with the same headers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from hub.settings.secret_key import secret_key
from hub.web import (
    account,
    api,
    audit,
    blur,
    board,
    brake,
    bulk,
    channels,
    counter,
    deeds,
    design,
    handover,
    health,
    hooks,
    login,
    offer,
    photos,
    preview,
    public,
    queue,
    report,
    sso,
    stream,
    taking,
    templates_page,
    tracking,
    users,
    views,
)
from hub.web.access import Routes
from hub.web.headers import SecurityHeaders
from hub.web.listeners import Listeners
from hub.web.pages import STATIC
from hub.web.problems import HANDLERS
from hub.web.queue_map import tile_host
from hub.web.visitors import Doorkeeper

if TYPE_CHECKING:
    from hub.host import Hub

NOUNS = (
    login,
    sso,
    account,
    users,
    audit,
    queue,
    report,
    deeds,
    taking,
    handover,
    bulk,
    templates_page,
    preview,
    counter,
    channels,
    brake,
    board,
    photos,
    blur,
    tracking,
    design,
    public,
    api,
    hooks,
    health,
    stream,
    views,
)


def make_app(hub: Hub, *, lifespan: Any = None) -> Starlette:
    """Build the application around a hub; `lifespan` starts and ends what works beside it."""
    routes = Routes()
    for noun in NOUNS:
        noun.add_routes(routes)
    for route in hub.registry.routes():
        routes.add(route.path, route.endpoint, route.access, methods=route.methods, max_body=route.max_body)
    secure = hub.settings.web.public_url.startswith("https://")
    app = Starlette(
        routes=[Mount("/static", StaticFiles(directory=STATIC)), *routes.routes],
        middleware=[
            Middleware(SecurityHeaders, secure=secure, pictures=tile_host(hub.settings.web.tiles)),
            Middleware(GZipMiddleware, compresslevel=6),
        ],
        exception_handlers=HANDLERS,
        lifespan=lifespan,
    )
    app.state.hub = hub
    app.state.secret = secret_key(hub.settings)
    app.state.door = Doorkeeper(hub, app.state.secret)
    app.state.offer = offer
    app.state.listeners = Listeners(hub)
    app.state.rules = routes.rules
    return app
