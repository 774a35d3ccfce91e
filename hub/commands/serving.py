"""`aduan serve`: the hub and its pages in one process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import uvicorn
from starlette.applications import Starlette

from hub.commands.screen import say
from hub.host import Hub
from hub.settings import Settings
from hub.web.app import make_app

MAX_REQUESTS = 500
GRACE = 5
"""Seconds that open requests have when the hub stops."""
Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]


async def serve(settings: Settings) -> None:
    """Serve until a signal says stop. Raises what keeps the hub from starting."""
    hub = Hub(settings, processes=1)
    try:
        await hub.open()
        await hub.start()
    except BaseException:
        await hub.close()
        raise
    say(f"Aduan Hub is at {settings.web.public_url}")
    await make_server(hub, closing(hub)).serve()


def closing(hub: Hub) -> Lifespan:
    """Let the hub go as the server stops: it raises its signal again at the end, so nothing after it would run."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await hub.close()

    return lifespan


def make_server(hub: Hub, lifespan: Lifespan) -> uvicorn.Server:
    """Build the web server; its log goes through ours."""
    web = hub.settings.web
    config = uvicorn.Config(
        make_app(hub, lifespan=lifespan),
        host=web.host,
        port=web.port,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="on",
        limit_concurrency=MAX_REQUESTS,
        timeout_graceful_shutdown=GRACE,
        proxy_headers=bool(web.trusted_proxies),
        forwarded_allow_ips=[str(network) for network in web.trusted_proxies],
    )
    return uvicorn.Server(config)
