"""The desk's one screen, the reports that match while somebody types, and what lets it work without a network."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hub.web.access import Routes
from hub.web.counter.clerk import clerk_of, counter_of, lookup_of, office_of, promises
from hub.web.language import LANGUAGES
from hub.web.pages import STATIC, hub_of, page, static_url
from hub.web.visitors import visitor_of
from normalizer.taxonomy import CATEGORIES

FRESH = {"Cache-Control": "no-store"}
ASSETS = (
    "tokens.css",
    "base.css",
    "staff.css",
    "map.css",
    "hub.js",
    "theme.js",
    "keys.js",
    "icon.svg",
    "map.js",
    "counter.css",
    "counter-store.js",
    "counter-sync.js",
    "counter-print.js",
    "counter.js",
    "vendor/leaflet/leaflet.css",
    "vendor/leaflet/leaflet.js",
)
FONTS = tuple(
    f"/static/vendor/plus-jakarta-sans/plus-jakarta-sans-{part}-wght-normal.woff2" for part in ("latin", "latin-ext")
)
WORKER = "counter-worker.js"


class Draft(BaseModel):
    """What stands in the form so far."""

    model_config = ConfigDict(extra="ignore")

    text: str = Field(default="", max_length=20_000)
    address: str = Field(default="", max_length=500)
    kelurahan: str = Field(default="", max_length=16)
    category: str = Field(default="", max_length=40)
    lat: float | None = Field(default=None, ge=-90, le=90)
    lon: float | None = Field(default=None, ge=-180, le=180)
    hidden: bool = False
    """A citizen looks at the screen: nobody else's words."""


def add_routes(routes: Routes) -> None:
    """Add the desk."""
    routes.add("/loket", show_desk, access="staff")
    routes.add("/loket/bekal", give_provisions, access="staff")
    routes.add("/loket/cocok", show_matches, access="staff", methods=["POST"])
    routes.add("/loket/pekerja.js", give_worker, access="public")


async def show_desk(request: Request) -> Response:
    """Show the screen; nothing in it belongs to a citizen, so that the browser may keep it for bad times."""
    account, region = clerk_of(request), hub_of(request).region
    counter_of(request)
    near = account.area[:8]
    areas = sorted(region.areas, key=lambda area: (area.kecamatan != near, area.name))
    return page(request, "counter.html", areas=areas, categories=CATEGORIES, office=office_of(request))


async def give_provisions(request: Request) -> Response:
    """Give what a desk needs before it can be alone: the form's token, the true time, the promised dates."""
    account, hub = clerk_of(request), hub_of(request)
    now = hub.store.now()
    offset = now.astimezone(ZoneInfo(hub.region.zone)).utcoffset()
    body = {
        "csrf": visitor_of(request).form_token,
        "account": account.name,
        "now": now.isoformat(),
        "offset": int(offset.total_seconds() // 60) if offset else 0,
        "promises": promises(now, hub.region),
    }
    return JSONResponse(body, headers=FRESH)


async def show_matches(request: Request) -> Response:
    """Show the open reports that these words may mean, as a part of the page."""
    clerk_of(request)
    draft = await _draft(request)
    matches = await lookup_of(request).match(
        draft.text,
        visitor_of(request).sight,
        lat=draft.lat,
        lon=draft.lon,
        address=draft.address,
        kelurahan=draft.kelurahan,
        kind=draft.category,
    )
    return page(request, "counter_matches.html", matches=matches, hidden=draft.hidden)


async def _draft(request: Request) -> Draft:
    try:
        return Draft.model_validate_json(await request.body())
    except ValidationError:
        raise HTTPException(400) from None


async def give_worker(_request: Request) -> Response:
    """Give the service worker, with the list of what it keeps in front of it."""
    headers = {"Service-Worker-Allowed": "/loket", "Cache-Control": "no-cache"}
    return Response(_worker(), media_type="text/javascript", headers=headers)


@cache
def _worker() -> str:
    kept: list[Any] = [*(static_url(name) for name in ASSETS), *FONTS]
    code = (STATIC / WORKER).read_text(encoding="utf-8")
    version = hashlib.sha256("".join([code, *kept, *LANGUAGES]).encode()).hexdigest()[:10]
    return f'const CACHE = "loket-{version}";\nconst ASSETS = {json.dumps(kept, indent=1)};\n{code}'
