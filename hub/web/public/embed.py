"""A map for other sites' pages: the one page that may stand in a frame, where `[public] frames` names the site."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from hub.web.access import Routes
from hub.web.headers import POLICY
from hub.web.pages import hub_of, page
from hub.web.public.wishes import KEPT, choices, public_page, read_filters

NOBODY = "frame-ancestors 'none'"


def add_routes(routes: Routes) -> None:
    """Add the framed map, and the page that gives the code for it."""
    routes.add("/sematkan", show_code, access="public")
    routes.add("/peta/sematkan", show_framed, access="public")


async def show_code(request: Request) -> Response:
    """Offer the lines of HTML for another site."""
    hub = hub_of(request)
    filters = read_filters(request.query_params, hub.region)
    address = f"{hub.settings.web.public_url}/peta/sematkan?{filters.query(kotak='')}".rstrip("?")
    frames = hub.settings.public.frames
    return public_page(request, "public_embed_code.html", filters=filters, address=address, frames=frames)


async def show_framed(request: Request) -> Response:
    """Show the map and nothing else: no form, no cookie, no name of who is signed in."""
    hub = hub_of(request)
    filters = read_filters(request.query_params, hub.region)
    shown = page(request, "public_embed.html", filters=filters, home=hub.settings.web.public_url, **choices(request))
    sites = " ".join(hub.settings.public.frames)
    shown.headers["Cache-Control"] = KEPT
    shown.headers["Vary"] = "Cookie"  # the language
    if sites:
        shown.headers["Content-Security-Policy"] = POLICY.replace(NOBODY, f"frame-ancestors {sites}")
        shown.headers["X-Frame-Options"] = ""
    return shown
