"""The work list of a unit: lanes with counts, pages that keep their place, fresh every few seconds."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.pipeline.desk import Conflict, NotAllowed
from hub.store.views_queue import LANES, PAGE, Lane, Position, WorkList, lane_counts, oldest_open, queue_page
from hub.store.views_report import find_visible
from hub.web.access import Routes
from hub.web.dialogue import LONGEST
from hub.web.forms import read_key, typed
from hub.web.language import mark
from hub.web.login import home_of
from hub.web.pages import attributions, hub_of, page
from hub.web.report import LOOKS_ONLY
from hub.web.visitors import visitor_of
from normalizer.number import make_number, read_number
from normalizer.region import Region

OVERSEEN = ("kecamatan", "triage", "outside", "agency", "police", "private", "kota")
"""Kinds of units whose lists an account without an area is offered."""
NOTHING: Mapping[str, str] = MappingProxyType({})
UNKNOWN = mark("there is no such report in your area")
CHANGED = mark("somebody else changed it meanwhile")


def add_routes(routes: Routes) -> None:
    """Add the work lists."""
    routes.add("/antrean", show_units, access="staff")
    routes.add("/antrean/{unit}", show_queue, access="staff")
    routes.add("/antrean/{unit}/validasi", validate_many, access="staff", methods=["POST"])


async def show_units(request: Request) -> Response:
    """Offer the lists of all units to accounts without an area of their own."""
    sight, region = visitor_of(request).sight, hub_of(request).region
    if sight.area or sight.sealed:
        return RedirectResponse(home_of(request), 303)
    kinds = {kind: [unit for unit in region.units if unit.kind == kind] for kind in OVERSEEN}
    return page(request, "units.html", kinds=kinds)


async def show_queue(request: Request) -> Response:
    """Show a lane; the list alone where the page refreshes itself."""
    return await render_queue(request, _lane(request))


async def render_queue(
    request: Request, lane: Lane, status: int = 200, sent: FormData | None = None, failed: Mapping[str, str] = NOTHING
) -> Response:
    """Show a lane, with what was typed and the numbers that something stood against."""
    work = work_list(request)
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
    everything = request.query_params.get("semua") == "1"
    ticked = {row.number for row in found.rows} if everything else {number for number, _ in _chosen(sent)}
    rest = _spell(found.after, hub.region) if found.after else ""
    fragment = request.headers.get("hx-request") == "true"
    return page(
        request,
        "queue_list.html" if fragment else "queue.html",
        status,
        unit=request.path_params["unit"],
        area=work.queue,
        lane=lane,
        lanes=LANES,
        after=request.query_params.get("sesudah", ""),
        rest=rest,
        may_act=visitor_of(request).staff.role not in LOOKS_ONLY,
        typed=sent or {},
        failed=failed,
        ticked=ticked,
        triage=work.queue == hub.region.triage_unit,
        attributions=attributions(request, {name for row in found.rows for name in row.channel_counts}),
        **context,
    )


async def validate_many(request: Request) -> Response:
    """Accept or strike the ticked reports by heads of RT and RW, each as it was when it was ticked."""
    work_list(request)
    form, staff = await request.form(), visitor_of(request).staff
    if staff.role in LOOKS_ONLY:
        raise HTTPException(403)
    chosen, failed = _chosen(form), {}
    decision, reason = typed(form, "decision", 8), typed(form, "decision_reason", LONGEST)
    for number, version in chosen:
        if problem := await _validate(request, number, version, decision, reason):
            failed[number] = problem
    if failed or not chosen:
        nothing = {} if chosen else {"": mark("tick the reports that you mean")}
        return await render_queue(request, "rt-rw", 409 if failed else 422, form, failed or nothing)
    return RedirectResponse(f"/antrean/{request.path_params['unit']}?lajur=rt-rw", 303)


async def _validate(request: Request, number: str, version: int, decision: str, reason: str) -> str:
    """Decide one report; give what stands against it."""
    hub, visitor = hub_of(request), visitor_of(request)
    sight, unit = visitor.sight, visitor.staff.area
    if await hub.store.read(lambda connection: find_visible(connection, number, sight)) is None:
        return UNKNOWN
    try:
        await hub.desk.validate(number, version, visitor.staff.name, unit=unit, decision=decision, reason=reason)
    except Conflict:
        return CHANGED
    except NotAllowed as error:
        return str(error)
    return ""


def _chosen(form: FormData | None) -> list[tuple[str, int]]:
    """Read the ticks: a number, a dot, the version it was shown with."""
    ticks = [str(tick).rpartition(".") for tick in form.getlist("pilih")] if form is not None else []
    return [(number[:40], read_key(version)) for number, _, version in ticks[:PAGE]]


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
