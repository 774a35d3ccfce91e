"""The work list of a unit: lanes with counts, pages that keep their place, fresh every few seconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.pipeline.desk import Conflict, NotAllowed
from hub.plugin import Sink, Source
from hub.store.views_queue import LANES, PAGE, Lane, WorkList, queue_page, tally
from hub.store.views_report import find_visible
from hub.web.access import Routes
from hub.web.dialogue import LONGEST
from hub.web.forms import read_key, typed
from hub.web.language import mark
from hub.web.login import home_of
from hub.web.pages import attributions, hub_of, page
from hub.web.queue_filter import NAMES as FILTERS
from hub.web.queue_filter import filter_of, lane_of, position_of, spell, spell_position
from hub.web.queue_map import bounds, outlined
from hub.web.report import LOOKS_ONLY
from hub.web.visitors import visitor_of
from normalizer.region import Region

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (mark("To do"), ("semua", "darurat", "baru", "punya-saya", "tanpa-petugas")),
    (mark("Time left"), ("lewat", "hampir-lewat")),
    (mark("To look at"), ("perlu-lokasi", "perlu-kategori", "mungkin-duplikat", "dibantah", "rt-rw", "luar-wilayah")),
    (mark("Waiting for others"), ("menunggu-crop", "menunggu-warga", "diserahkan")),
)
"""Lanes as they stand in the rail; a lane that is in no group stands at its end."""
REST = mark("Others")
LETTERS = MappingProxyType(
    {
        "semua": "s",
        "darurat": "d",
        "baru": "b",
        "punya-saya": "p",
        "tanpa-petugas": "t",
        "lewat": "l",
        "hampir-lewat": "h",
        "perlu-lokasi": "o",
        "perlu-kategori": "k",
        "mungkin-duplikat": "m",
        "dibantah": "i",
        "menunggu-warga": "w",
        "menunggu-crop": "c",
        "diserahkan": "n",
        "luar-wilayah": "u",
        "rt-rw": "r",
        "selesai": "e",
    }
)
"""The key that opens a lane, after `g`."""
OVERSEEN = ("kecamatan", "triage", "outside", "agency", "police", "private", "kota")
"""Kinds of units whose lists an account without an area is offered."""
NOTHING: Mapping[str, str] = MappingProxyType({})
KEPT = ("lajur", "sesudah", *FILTERS)
"""Parameters of a list that its links carry on."""
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
    return await render_queue(request, lane_of(request.query_params))


async def render_queue(
    request: Request, lane: Lane, status: int = 200, sent: FormData | None = None, failed: Mapping[str, str] = NOTHING
) -> Response:
    """Show a lane, with what was typed and the numbers that something stood against."""
    work = work_list(request)
    read_filter = filter_of(request.query_params, hub_of(request).region)
    chosen = read_filter.chosen
    after = position_of(request.query_params, chosen.sort)

    def read(connection: Connection) -> dict[str, Any]:
        counted = tally(connection, work)
        found = queue_page(connection, work, lane, after, chosen=chosen)
        return {"found": found, "counts": counted.counts, "oldest": counted.oldest}

    hub = hub_of(request)
    context = await hub.store.read(read)
    found = context["found"]
    everything = request.query_params.get("semua") == "1"
    ticked = {row.number for row in found.rows} if everything else {number for number, _ in _chosen(sent)}
    rest = spell_position(found.after, hub.region.letters) if found.after else ""
    fragment = request.headers.get("hx-request") == "true"
    return page(
        request,
        "queue_list.html" if fragment else "queue.html",
        status,
        unit=request.path_params["unit"],
        map_of=_map_of(request, work, found.rows),
        lane=lane,
        groups=lane_groups(),
        letters=LETTERS,
        after=request.query_params.get("sesudah", ""),
        again=_address(request),
        first=_address(request, sesudah=""),
        rest=_address(request, sesudah=rest) if rest else "",
        chosen=chosen,
        filter=spell(chosen),
        filter_problems=read_filter.problems,
        may_act=visitor_of(request).staff.role not in LOOKS_ONLY,
        typed=sent or {},
        failed=failed,
        ticked=ticked,
        triage=work.queue == hub.region.triage_unit,
        attributions=attributions(request, {name for row in found.rows for name in row.channel_counts}),
        **context,
    )


def lane_groups() -> list[tuple[str, tuple[str, ...]]]:
    """Give the lanes by what they ask of a clerk."""
    named = {lane for _, lanes in GROUPS for lane in lanes}
    groups = [(title, tuple(lane for lane in lanes if lane in LANES)) for title, lanes in GROUPS]
    groups.append((REST, tuple(lane for lane in LANES if lane not in named)))
    return [(title, lanes) for title, lanes in groups if lanes]


def _map_of(request: Request, work: WorkList, rows: Sequence[Any]) -> dict[str, str]:
    """Say what the map shows at first: outlines, and the box around them."""
    region = hub_of(request).region
    codes = outlined(region, work.queue, (row.place.get("kecamatan", "") for row in rows))
    around = bounds(region, [work.kelurahan] if work.kelurahan else codes)
    return {"areas": " ".join(codes), "bounds": ",".join(map(str, around))}


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
    queue = kecamatan.get(unit, unit)
    return WorkList(
        queue,
        sight,
        hub_of(request).store.now(),
        kelurahan=unit if unit in kecamatan else "",
        reader=visitor_of(request).staff.name,
        territorial=queue in kecamatan.values(),
        officials=officials_of(request),
        zone=ZoneInfo(region.zone),
    )


def officials_of(request: Request) -> frozenset[str]:
    """Name the channels that are told of reports and answer with follow-ups: not the counter, whose list this is."""
    plugins = {name: channel.instance for name, channel in hub_of(request).channels.items()}
    return frozenset(
        name
        for name, plugin in plugins.items()
        if isinstance(plugin, Source) and isinstance(plugin, Sink) and not plugin.counter
    )


def _address(request: Request, **changed: str) -> str:
    """Give the address of this list, with some of its parameters changed; an empty one is left out."""
    here = request.query_params
    kept = {name: here.getlist(name) for name in KEPT if name in here} | {
        name: [value] for name, value in changed.items()
    }
    query = urlencode([(name, value) for name, values in kept.items() for value in values if value])
    return f"/antrean/{request.path_params['unit']}{'?' if query else ''}{query}"


def _codes(region: Region) -> set[str]:
    special = {region.integrity_unit, region.triage_unit, region.outside_unit}
    areas = {code for area in region.areas for code in (area.code, area.kecamatan)}
    return special | areas | {unit.code for unit in region.units}
