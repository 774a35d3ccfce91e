"""Hand-overs between units: offer a report, accept or return what is offered, and the list of what is on its way."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from hub.pipeline.handover import covers, may_give
from hub.store import handovers
from hub.store import views_report as views
from hub.web.access import Routes
from hub.web.forms import actor, typed, version
from hub.web.language import mark
from hub.web.pages import hub_of, page
from hub.web.queue import work_list
from hub.web.report import LOOKS_ONLY
from hub.web.visitors import visitor_of

REFUSALS = (
    mark("a sealed report is handed over by nobody: the integrity unit opens it first"),
    mark("a closed report is not handed over"),
    mark("this unit has the report already"),
    mark("the report is offered to a unit already"),
    mark("who returns a report says why"),
    mark("nobody offers this report any more"),
)
"""What the desk says, for the catalogs."""
LONGEST = 1000
"""Characters of a reason."""


def add_routes(routes: Routes) -> None:
    """Add the list; the deeds stand among the report's others."""
    routes.add("/antrean/{unit}/serah-terima", show_handovers, access="staff")


async def show_handovers(request: Request) -> Response:
    """Show what is offered to a unit and what it has offered."""
    work_list(request)
    unit, sight = request.path_params["unit"], visitor_of(request).sight

    def read(connection: Connection) -> dict[str, Any]:
        return {
            "coming": handovers.offers_to(connection, unit, sight),
            "going": handovers.offers_from(connection, unit, sight),
        }

    found = await hub_of(request).store.read(read)
    may_act = visitor_of(request).staff.role not in LOOKS_ONLY
    return page(request, "handovers.html", unit=unit, may_act=may_act, **found)


async def offer(request: Request, report: Row[Any], form: FormData) -> str:
    """Offer a report to another unit."""
    _check_giver(request, report)
    to, reason = typed(form, "to_unit", 40), typed(form, "handover_reason", LONGEST)
    await hub_of(request).desk.hand_over(report.number, version(form), actor(request), to=to, reason=reason)
    return str(report.number)


async def accept(request: Request, report: Row[Any], form: FormData) -> str:
    """Take over what was offered to the reader's unit."""
    await _check_receiver(request, report)
    await hub_of(request).desk.accept(report.number, version(form), actor(request))
    return await _next(request, report)


async def give_back(request: Request, report: Row[Any], form: FormData) -> str:
    """Return what was offered to the reader's unit, with a reason."""
    await _check_receiver(request, report)
    reason = typed(form, "return_reason", LONGEST)
    await hub_of(request).desk.return_offer(report.number, version(form), actor(request), reason=reason)
    return await _next(request, report)


async def withdraw(request: Request, report: Row[Any], form: FormData) -> str:
    """Take an offer of the reader's unit back."""
    _check_giver(request, report)
    await hub_of(request).desk.withdraw(report.number, version(form), actor(request))
    return str(report.number)


def _check_giver(request: Request, report: Row[Any]) -> None:
    if not may_give(visitor_of(request).staff.area, report, hub_of(request).region):
        raise HTTPException(403)


async def _check_receiver(request: Request, report: Row[Any]) -> None:
    """The page of a report whose offer was answered meanwhile says so; who never had a say is refused."""
    rows = await hub_of(request).store.read(lambda connection: handovers.handovers_of(connection, report.id, 1))
    if not rows or not covers(visitor_of(request).staff.area, rows[0].to_unit):
        raise HTTPException(403)


async def _next(request: Request, report: Row[Any]) -> str:
    """What was returned has left the reader's sight: then back to the start."""
    sight = visitor_of(request).sight
    still = await hub_of(request).store.read(lambda c: views.find_visible(c, report.number, sight))
    return "" if still is None else str(report.number)


DEEDS = {"serahkan": offer, "terima": accept, "kembalikan": give_back, "tarik": withdraw}
