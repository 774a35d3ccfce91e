"""A page for each kelurahan, kecamatan and kota: what is complained of there, what was done; one for a report."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.store import views_public as views
from hub.store.views_tracking import living_report
from hub.web.access import Routes
from hub.web.pages import hub_of
from hub.web.public.wishes import Filters, area_names, public_page, read_filters, read_position, spell_position, wish_of
from normalizer.region import Region

STEPS = ("menunggu", "disposisi", "proses", "selesai")
FINISHED = 6
"""Reports with what was done, on an area's page."""


def add_routes(routes: Routes) -> None:
    """Add the pages; what is no area is no page."""
    routes.add("/peta/laporan/{number}", show_report, access="public")
    routes.add("/peta/{code}", show_area, access="public")


async def show_area(request: Request) -> Response:
    """Show an area's public reports and figures."""
    hub, code = hub_of(request), request.path_params["code"]
    if code not in area_names(hub.region):
        raise HTTPException(404)
    asked = read_filters(request.query_params, hub.region)
    filters = Filters(asked.kategori, asked.status, code, asked.periode)
    after = read_position(request.query_params.get("sesudah", ""))
    wish = wish_of(request, filters)
    of_all = wish_of(request, Filters(wilayah=code, periode=filters.periode, status="semua"))
    done = wish_of(request, Filters(wilayah=code, status="selesai", periode="365"))

    def read(connection: Connection) -> dict[str, Any]:
        finished = views.list_reports(connection, done, limit=FINISHED).rows
        return {
            "found": views.list_reports(connection, wish, after),
            "figures": views.figures(connection, of_all),
            "finished": [(one, _last_word(views.deeds_of(connection, one))) for one in finished],
        }

    found = await hub.store.read(read)
    rest = spell_position(found["found"].after, hub.region)
    about = {"code": code, "above": _above(hub.region, code), "below": _below(hub.region, code)}
    return public_page(
        request, "public_area.html", filters=filters, after=after is not None, rest=rest, **about, **found
    )


def _last_word(deeds: list[views.Said]) -> views.Said | None:
    return next((deed for deed in deeds if deed.words), None)


def _above(region: Region, code: str) -> list[str]:
    """Give the areas that this one lies in, largest first."""
    parts = code.split(".")
    outer = [".".join(parts[:count]) for count in range(2, len(parts))]
    return [area for area in outer if area in area_names(region)]


def _below(region: Region, code: str) -> list[str]:
    """Give the areas just inside this one, by name."""
    names, dots = area_names(region), code.count(".") + 1
    inner = (area for area in names if area.startswith(f"{code}.") and area.count(".") == dots)
    return sorted(inner, key=lambda area: names[area])


async def show_report(request: Request) -> Response:
    """Show a report to everybody; a number that was joined to another leads there."""
    hub, number = hub_of(request), request.path_params["number"][:40]

    def read(connection: Connection) -> dict[str, Any]:
        living = living_report(connection, number)
        found = views.find_public(connection, living.number, hub.settings.public.guarded) if living else None
        if found is None:
            return {"found": None}
        return {
            "found": found,
            "said": views.words_of(connection, found),
            "deeds": views.deeds_of(connection, found),
        }

    context = await hub.store.read(read)
    found = context["found"]
    if found is None:
        raise HTTPException(404)
    if found.number != number:
        return RedirectResponse(f"/peta/laporan/{found.number}", 302)
    return public_page(request, "public_report.html", steps=STEPS, step=_step(found.status), **context)


def _step(status: str) -> int:
    known = {"koordinasi": "disposisi"}.get(status, status)
    return STEPS.index(known) if known in STEPS else -1
