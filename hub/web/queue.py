"""The work list of a unit: lanes with counts, a filter in the address, pages that keep their place, a map beside it."""

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
from hub.store.views_queue import PAGE, Lane, WorkList, queue_page, tally
from hub.store.views_report import find_visible
from hub.store.views_saved import SavedView, views_of
from hub.web.access import Routes
from hub.web.brought import brought_before
from hub.web.dialogue import LONGEST
from hub.web.forms import read_key, typed
from hub.web.language import mark
from hub.web.listeners import spell_moment
from hub.web.login import home_of
from hub.web.pages import attributions, hub_of, page, words_for
from hub.web.queue_chips import SORTS, chips
from hub.web.queue_filter import ReadFilter, filter_of, lane_of, position_of, spell, spell_position
from hub.web.queue_map import bounds, outlined
from hub.web.queue_rail import LETTERS, lane_groups
from hub.web.report import LOOKS_ONLY
from hub.web.visitors import visitor_of
from normalizer.complaint import URGENCIES
from normalizer.region import Region
from normalizer.report import CLOSED, STATUSES
from normalizer.taxonomy import CATEGORIES

OVERSEEN = (
    (mark("For the city"), ("triage", "outside", "kota")),
    (mark("Kecamatan"), ("kecamatan",)),
    (mark("Agencies"), ("agency",)),
    (mark("Police"), ("police",)),
    (mark("Companies"), ("private",)),
)
"""Kinds of units whose lists an account without an area is offered."""
NOTHING: Mapping[str, str] = MappingProxyType({})
HEADS = frozenset({"camat", "lurah", "admin"})
"""Who may take away a shared view that somebody else made."""
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
    units = sorted(region.units, key=lambda unit: unit.name)
    groups = [{"title": title, "units": [unit for unit in units if unit.kind in kinds]} for title, kinds in OVERSEEN]
    return page(request, "units.html", groups=[group for group in groups if group["units"]])


async def show_queue(request: Request) -> Response:
    """Show a lane; the list alone where the page refreshes itself."""
    return await render_queue(request, lane_of(request.query_params))


async def render_queue(
    request: Request, lane: Lane, status: int = 200, sent: FormData | None = None, failed: Mapping[str, str] = NOTHING
) -> Response:
    """Show a lane, with what was typed and the numbers that something stood against."""
    work, hub, account = work_list(request), hub_of(request), visitor_of(request).staff
    asked = filter_of(request.query_params, hub.region)
    after = position_of(request.query_params, asked.chosen.sort)
    unit = request.path_params["unit"]

    def read(connection: Connection) -> dict[str, Any]:
        counted = tally(connection, work)
        found = queue_page(connection, work, lane, after, chosen=asked.chosen)
        kept = views_of(connection, unit, account.id)
        late = brought_before(request, connection, unit)
        return {"found": found, "counts": counted.counts, "oldest": counted.oldest, "kept": kept, "brought": late}

    context = await hub.store.read(read)
    found, kept = context["found"], context.pop("kept")
    everything = request.query_params.get("semua") == "1"
    fragment = request.headers.get("hx-request") == "true"
    return page(
        request,
        "queue_list.html" if fragment else "queue.html",
        status,
        unit=unit,
        lane=lane,
        narrowed=asked.chosen.narrows,
        closed=CLOSED,
        since=spell_moment(work.now),
        may_act=account.role not in LOOKS_ONLY,
        typed=sent or {},
        failed=failed,
        ticked={row.number for row in found.rows} if everything else {number for number, _ in _chosen(sent)},
        triage=work.queue == hub.region.triage_unit,
        attributions=attributions(request, {name for row in found.rows for name in row.channel_counts}),
        **_links(request, spell_position(found.after, hub.region.letters) if found.after else ""),
        **({} if fragment else _around(request, work, lane, asked, rows=found.rows, kept=kept)),
        **context,
    )


def _links(request: Request, rest: str) -> dict[str, Any]:
    """Give the addresses of this list, of its first page and of the next one."""
    after = request.query_params.get("sesudah", "")
    return {
        "after": after,
        "again": address(request, sesudah=after),
        "first": address(request),
        "rest": address(request, sesudah=rest) if rest else "",
        "question": _question(request),
    }


def _around(
    request: Request, work: WorkList, lane: Lane, asked: ReadFilter, *, rows: Sequence[Any], kept: Sequence[SavedView]
) -> dict[str, Any]:
    """Give what stands around the list: lanes, the form of the filter, chips, saved views, the map."""
    hub, words, chosen = hub_of(request), words_for(request), asked.chosen
    here = f"/antrean/{request.path_params['unit']}"
    spelled = spell(chosen)
    named = [(_at(here, lane, spell(chip.without)), chip) for chip in chips(chosen, words)]
    at = _at(here, lane, spelled)
    saved = [(view, _at(here, view.lane, view.query), _at(here, view.lane, view.query) == at) for view in kept]
    areas = [(area.code, area.name) for area in hub.region.areas if area.kecamatan == work.queue]
    return {
        "groups": lane_groups(),
        "letters": LETTERS,
        "filter": spelled,
        "filter_problems": asked.problems,
        "chosen": chosen,
        "chips": [(chip, link) for link, chip in named],
        "more_chosen": sum(chip.more for _, chip in named),
        "saved": saved,
        "heads": HEADS,
        "sorts": SORTS,
        "urgencies": URGENCIES,
        "statuses": STATUSES,
        "channels_here": sorted(hub.channels),
        "categories": sorted(((one.code, words.category(one.code)) for one in CATEGORIES), key=lambda pair: pair[1]),
        "kelurahan_here": [] if work.kelurahan else sorted(areas, key=lambda pair: pair[1]),
        "map_of": _map_of(request, work, rows),
    }


def address(request: Request, **more: str) -> str:
    """Give the address of this list as it was asked for, without the place of the page."""
    question = _question(request)
    extra = urlencode({name: value for name, value in more.items() if value})
    joined = "&".join(part for part in (question[1:], extra) if part)
    return f"/antrean/{request.path_params['unit']}{'?' if joined else ''}{joined}"


def _question(request: Request) -> str:
    """Spell lane and filter as an address does; what was not understood is gone."""
    params = request.query_params
    return _at("", lane_of(params), spell(filter_of(params, hub_of(request).region).chosen))


def _at(here: str, lane: str, spelled: str) -> str:
    question = "&".join(part for part in ("" if lane == "semua" else f"lajur={lane}", spelled) if part)
    return f"{here}{'?' if question else ''}{question}"


def _map_of(request: Request, work: WorkList, rows: Sequence[Any]) -> dict[str, str]:
    """Say what the map shows at first: outlines, the box around them, tiles where there are any."""
    region, web = hub_of(request).region, hub_of(request).settings.web
    codes = outlined(region, work.queue, (row.place.get("kecamatan", "") for row in rows))
    around = bounds(region, [work.kelurahan] if work.kelurahan else codes)
    shown = {"areas": " ".join(codes), "bounds": ",".join(map(str, around))}
    return shown | {"tiles": web.tiles, "attribution": web.tiles_attribution}


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
    return find_work_list(request, request.path_params["unit"])


def find_work_list(request: Request, unit: str) -> WorkList:
    """Find the list of a unit, as this reader sees it. 404 as above."""
    region, sight = hub_of(request).region, visitor_of(request).sight
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


def _codes(region: Region) -> set[str]:
    special = {region.integrity_unit, region.triage_unit, region.outside_unit}
    areas = {code for area in region.areas for code in (area.code, area.kecamatan)}
    return special | areas | {unit.code for unit in region.units}
