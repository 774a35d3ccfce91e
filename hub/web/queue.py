"""The work list of a unit: lanes with counts, pages that keep their place, fresh every few seconds."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.store.views_queue import LANES, Lane, Position, WorkList, lane_counts, oldest_open, queue_page
from hub.web.access import Routes
from hub.web.login import home_of
from hub.web.pages import attributions, hub_of, page
from hub.web.visitors import visitor_of
from normalizer.number import make_number, read_number
from normalizer.region import Region

OVERSEEN = ("kecamatan", "triage", "outside", "agency", "police", "private", "kota")
"""Kinds of units whose lists an account without an area is offered."""


def add_routes(routes: Routes) -> None:
    """Add the work lists."""
    routes.add("/antrean", show_units, access="staff")
    routes.add("/antrean/{unit}", show_queue, access="staff")


async def show_units(request: Request) -> Response:
    """Offer the lists of all units to accounts without an area of their own."""
    sight, region = visitor_of(request).sight, hub_of(request).region
    if sight.area or sight.sealed:
        return RedirectResponse(home_of(request), 303)
    kinds = {kind: [unit for unit in region.units if unit.kind == kind] for kind in OVERSEEN}
    return page(request, "units.html", kinds=kinds)


async def show_queue(request: Request) -> Response:
    """Show a lane; the list alone where the page refreshes itself."""
    work, lane = work_list(request), _lane(request)
    after = _position(request.query_params.get("sesudah", ""))

    def read(connection: Connection) -> dict[str, Any]:
        return {
            "found": queue_page(connection, work, lane, after),
            "counts": lane_counts(connection, work),
            "oldest": oldest_open(connection, work),
        }

    hub = hub_of(request)
    context = await hub.store.read(read)
    found = context["found"]
    rest = _spell(found.after, hub.region) if found.after else ""
    fragment = request.headers.get("hx-request") == "true"
    return page(
        request,
        "queue_list.html" if fragment else "queue.html",
        unit=request.path_params["unit"],
        area=work.queue,
        lane=lane,
        lanes=LANES,
        after=request.query_params.get("sesudah", ""),
        rest=rest,
        triage=work.queue == hub.region.triage_unit,
        attributions=attributions(request, {name for row in found.rows for name in row.channel_counts}),
        **context,
    )


def work_list(request: Request) -> WorkList:
    """Find the list a path asks for. 404 for an unknown unit and for one that is not the reader's, alike."""
    unit, region, sight = request.path_params["unit"], hub_of(request).region, visitor_of(request).sight
    if unit not in _codes(region) or not sight.may_open_queue(unit, region.integrity_unit):
        raise HTTPException(404)
    kecamatan = {area.code: area.kecamatan for area in region.areas}
    return WorkList(kecamatan.get(unit, unit), sight, unit if unit in kecamatan else "")


def _codes(region: Region) -> set[str]:
    special = {region.integrity_unit, region.triage_unit, region.outside_unit}
    areas = {code for area in region.areas for code in (area.code, area.kecamatan)}
    return special | areas | {unit.code for unit in region.units}


def _lane(request: Request) -> Lane:
    asked = request.query_params.get("lajur", "semua")
    return next((lane for lane in LANES if lane == asked), "semua")


def _position(spelled: str) -> Position | None:
    """Read where a page ends: `d` or `b`, a dash, a report's number."""
    urgent, _, number = spelled.partition("-")
    key = read_number(number) if number else None
    return None if key is None else Position(urgent == "d", key)


def _spell(position: Position, region: Region) -> str:
    return f"{'d' if position.urgent else 'b'}-{make_number(position.report, region.letters)}"
