"""Deeds on many reports: the ticked ones or all that match the filter; tried out, done, undone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.pipeline.bulk import MOST, UNDO, BulkDeed, Hand, Plan
from hub.pipeline.desk import NotAllowed
from hub.store import bulk_deeds, claims, reports, templates
from hub.store.keys import random_key
from hub.store.views_queue import found_keys
from hub.web.access import Routes
from hub.web.forms import read_key, typed
from hub.web.language import language_of, mark
from hub.web.pages import hub_of, page, words_for
from hub.web.queue import work_list
from hub.web.queue_filter import filter_of, lane_of
from hub.web.report import LOOKS_ONLY
from hub.web.visitors import visitor_of
from normalizer.report import REASONS, STATUSES
from normalizer.taxonomy import CATEGORIES

REFUSALS = (
    mark("choose what is to be done"),
    mark("done is said report by report: with an answer, and a photo or the reason for none"),
    mark("it is so already"),
    mark("it is too late to undo this"),
    mark("what was sent on cannot be taken back"),
)
"""What the desk says, for the catalogs."""
NOTHING = mark("tick the reports that you mean")
LONGEST = 2000


def add_routes(routes: Routes) -> None:
    """Add the deed, what came of it, and its undoing."""
    here = "/antrean/{unit}/massal"
    routes.add(here, act, access="staff", methods=["POST"])
    routes.add(here + "/{bulk}", show, access="staff")
    routes.add(here + "/{bulk}/urungkan", undo, access="staff", methods=["POST"])


async def act(request: Request) -> Response:
    """Ask for what is missing, try it out, or do it: whatever the form's step says."""
    _check_may_act(request)
    form, hub, visitor = await request.form(), hub_of(request), visitor_of(request)
    chosen = await _chosen(request, form)
    deed = await _deed(request, form)
    problem = NOTHING if not chosen else deed.problem()
    if not problem and deed.kind == "assign":
        problem = await _no_colleague(request, deed.owner)
    step = typed(form, "step", 8) or ("check" if deed.kind == "forward" else "")
    if problem or step not in ("check", "do"):
        shown = problem if step or not chosen else ""
        return await _page(request, form, chosen, deed, problem=shown, status=422 if shown else 200)
    if step == "check":
        plan = await hub.bulk.plan(deed, chosen, visitor.sight)
        return await _page(request, form, chosen, deed, plan=plan)
    name = typed(form, "bulk", 32)
    if len(name) != 32 or not name.isalnum():
        raise HTTPException(400)
    try:
        await hub.bulk.do(name, request.path_params["unit"], Hand(visitor.staff.name, visitor.sight), deed, chosen)
    except NotAllowed:
        raise HTTPException(404) from None
    return RedirectResponse(f"/antrean/{request.path_params['unit']}/massal/{name}", 303)


def _check_may_act(request: Request) -> None:
    work_list(request)
    if visitor_of(request).staff.role in LOOKS_ONLY:
        raise HTTPException(403)


async def _chosen(request: Request, form: FormData) -> list[tuple[str, int]]:
    """Read the ticks, or find all that the filter of the address lets through."""
    if form.get("semua_saring") != "1":
        ticks = [str(tick).rpartition(".") for tick in form.getlist("pilih")][:MOST]
        return list({number[:40]: read_key(version) for number, _, version in ticks}.items())
    hub, work = hub_of(request), work_list(request)
    asked, lane = filter_of(request.query_params, hub.region).chosen, lane_of(request.query_params)

    def find(connection: Connection) -> list[tuple[str, int]]:
        states = reports.load_reports(connection, found_keys(connection, work, lane, asked, MOST))
        return [(state.number, state.version) for state in states.values()]

    return await hub.store.read(find)


async def _deed(request: Request, form: FormData) -> BulkDeed:
    """Read what is to be done; the text of a template comes from the store."""
    kind, key = typed(form, "deed", 12), read_key(typed(form, "template", 12))
    unit, text = request.path_params["unit"], typed(form, "text", LONGEST)
    if kind == "reply" and key and not text:
        row = await hub_of(request).store.read(lambda c: templates.find_template(c, key, unit))
        text = row.text if row is not None else ""
    status = typed(form, "status", 12) if kind == "status" else ""
    return BulkDeed(
        kind,
        owner=typed(form, "owner", 80) if kind == "assign" else "",
        status=status,
        reason=typed(form, "reason", 24) if status == "ditolak" else "",
        category=typed(form, "category", 40) if kind == "category" else "",
        text=text if kind in ("status", "reply") else "",
    )


async def _no_colleague(request: Request, name: str) -> str:
    account = visitor_of(request).staff
    if name == account.name:
        return ""
    known = await hub_of(request).store.read(lambda c: claims.colleagues(c, account))
    return "" if account.role in claims.LEADERS and name in known else REFUSALS[0]


async def _page(
    request: Request,
    form: FormData,
    chosen: Sequence[tuple[str, int]],
    deed: BulkDeed,
    *,
    plan: Plan | None = None,
    problem: str = "",
    status: int = 200,
) -> Response:
    """Show the step: what is missing, or what would happen."""
    account, unit, words = visitor_of(request).staff, request.path_params["unit"], words_for(request)

    def read(connection: Connection) -> dict[str, Any]:
        leads = account.role in claims.LEADERS
        return {
            "colleagues": sorted({account.name, *(claims.colleagues(connection, account) if leads else ())}),
            "templates": [row for row in templates.all_templates(connection, unit) if deed.kind == "reply"],
        }

    found = await hub_of(request).store.read(read)
    return page(
        request,
        "bulk.html",
        status,
        unit=unit,
        question=f"?{request.url.query}" if request.url.query else "",
        chosen=chosen,
        deed=deed,
        plan=plan,
        bulk=random_key(),
        problem=language_of(request).gettext(problem) if problem else "",
        most=MOST,
        statuses=[status for status in STATUSES if status != "selesai"],
        reasons=REASONS,
        categories=sorted(CATEGORIES, key=lambda kind: words.category(kind.code)),
        picked=typed(form, "template", 12),
        channels=sorted(Counter(plan.channels).items()) if plan is not None else [],
        wait=hub_of(request).house.replies.undo,
        **found,
    )


async def show(request: Request) -> Response:
    """Show what came of a deed."""
    return await _result(request, await _own(request))


async def undo(request: Request) -> Response:
    """Undo a deed wherever nobody has gone on since."""
    _check_may_act(request)
    bulk, visitor = await _own(request), visitor_of(request)
    try:
        await hub_of(request).bulk.undo(bulk.id, Hand(visitor.staff.name, visitor.sight))
    except NotAllowed as error:
        return await _result(request, bulk, language_of(request).gettext(str(error)))
    return RedirectResponse(f"/antrean/{bulk.unit}/massal/{bulk.id}", 303)


async def _own(request: Request) -> Row[Any]:
    """Give a deed of this list that is the reader's own, or that who leads the unit may see. 404 otherwise."""
    work_list(request)
    account, name = visitor_of(request).staff, request.path_params["bulk"]
    bulk = await hub_of(request).store.read(lambda connection: bulk_deeds.find_bulk(connection, name))
    mine = bulk is not None and (bulk.by == account.name or account.role in claims.LEADERS)
    if bulk is None or not mine or bulk.unit != request.path_params["unit"]:
        raise HTTPException(404)
    return bulk


async def _result(request: Request, bulk: Row[Any], problem: str = "") -> Response:
    hub, sight = hub_of(request), visitor_of(request).sight
    items = await hub.store.read(lambda connection: bulk_deeds.items_of(connection, bulk.id, sight))
    done = [item for item in items if not item.problem]
    now = hub.store.now()
    return page(
        request,
        "bulk_result.html",
        422 if problem else 200,
        bulk=bulk,
        done=done,
        failed=[item for item in items if item.problem],
        kept=[item for item in done if item.undone not in ("", "yes")],
        undone=[item for item in done if item.undone == "yes"],
        until=bulk.at + UNDO,
        may_undo=bool(done) and not bulk.undone_at and bulk.kind != "forward" and now < bulk.at + UNDO,
        problem=problem,
    )
