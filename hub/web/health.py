"""Whether the process lives, whether it can work, and its figures."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hub.web.access import Routes
from hub.web.pages import hub_of

FRESH = {"Cache-Control": "no-store"}


def add_routes(routes: Routes) -> None:
    """Add what watches the hub."""
    routes.add("/healthz", show_life, access="public", machines=True)
    routes.add("/readyz", show_readiness, access="public", machines=True)
    routes.add("/metrics", show_figures, access="admin", machines=True)


async def show_life(_request: Request) -> Response:
    """The process answers."""
    return JSONResponse({"status": "ok"}, headers=FRESH)


async def show_readiness(request: Request) -> Response:
    """200 where everything works; 503 with the parts that do not."""
    problems = hub_of(request).ready()
    if problems:
        return JSONResponse({"status": "not ready", "problems": problems}, 503, FRESH)
    return JSONResponse({"status": "ready"}, headers=FRESH)


async def show_figures(request: Request) -> Response:
    """Counters and gauges as Prometheus reads them."""
    body, media_type = await run_in_threadpool(hub_of(request).metrics.render)
    return Response(body, headers=FRESH | {"Content-Type": media_type})
