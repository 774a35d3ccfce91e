"""Who works on a report: take it, give it back, give it to a colleague; and who else has it open."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, Row
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from hub.pipeline.desk import NotAllowed
from hub.pipeline.taking import Taken
from hub.store import claims
from hub.store.engine import StoreBusy
from hub.web.access import Routes
from hub.web.forms import actor, typed, version
from hub.web.language import language_of, mark
from hub.web.pages import hub_of, page
from hub.web.report import LOOKS_ONLY, visible_report
from hub.web.visitors import visitor_of

REFUSALS = (
    mark("a closed report needs nobody who works on it"),
    mark("nobody works on this report"),
)
"""What the desk says, for the catalogs."""
TAKEN = mark("%(owner)s works on this report already")
NO_COLLEAGUE = mark("choose a colleague of your unit who sees this report")


def add_routes(routes: Routes) -> None:
    """Add what a page says while it is open; the deeds stand among the report's others."""
    routes.add("/laporan/{number}/melihat", look, access="staff", methods=["POST"])


async def look(request: Request) -> Response:
    """Note that this account has the report open, and say who else has."""
    report, hub, name = await visible_report(request), hub_of(request), visitor_of(request).staff.name
    now = hub.store.now()
    if visitor_of(request).staff.role not in LOOKS_ONLY:
        with suppress(StoreBusy):  # in a flood complaints go first; the page says it again in a minute
            await hub.store.write(lambda connection: claims.look(connection, report.id, name, now))
    looking = await hub.store.read(lambda connection: claims.lookers(connection, report.id, name, now))
    return page(request, "report_looking.html", looking=looking)


async def take(request: Request, report: Row[Any], _form: FormData) -> str:
    """Take a report to work on; whoever comes second is told who has it."""
    try:
        await hub_of(request).desk.take(report.number, actor(request))
    except Taken as taken:
        raise _refusal(request, taken) from None
    return str(report.number)


async def give_back(request: Request, report: Row[Any], _form: FormData) -> str:
    """Let a report go."""
    leads = visitor_of(request).staff.role in claims.LEADERS
    try:
        await hub_of(request).desk.give_back(report.number, actor(request), leads=leads)
    except Taken as taken:
        raise _refusal(request, taken) from None
    return str(report.number)


async def assign(request: Request, report: Row[Any], form: FormData) -> str:
    """Give a report to a colleague; who leads nobody gives it to themselves only."""
    account, to = visitor_of(request).staff, typed(form, "to", 80)
    if to == account.name:
        return await take(request, report, form)
    if account.role not in claims.LEADERS:
        raise HTTPException(403)

    def known(connection: Connection) -> bool:
        return claims.colleague(connection, account, to, [report.number]) is not None

    if not await hub_of(request).store.read(known):
        raise NotAllowed(NO_COLLEAGUE)
    await hub_of(request).desk.assign(report.number, version(form), account.name, to=to)
    return str(report.number)


def _refusal(request: Request, taken: Taken) -> NotAllowed:
    return NotAllowed(language_of(request).gettext(TAKEN) % {"owner": taken.owner})


DEEDS = {"ambil": take, "lepas-tugas": give_back, "tugaskan": assign}
