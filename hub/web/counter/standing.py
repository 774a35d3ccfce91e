"""A citizen brings a number and asks for news ("minta update"): where it stands, and a question to the officials."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.pipeline.nudging import NoNudge, Nudger
from hub.web.access import Routes
from hub.web.counter.clerk import clerk_of, lookup_of
from hub.web.language import language_of, mark
from hub.web.pages import hub_of, page
from hub.web.visitors import visitor_of
from normalizer.report import CLOSED

REFUSALS = (mark("there is no such report"), mark("this report is closed: there is nothing to ask for"))
"""What stands against a question, for the catalogs."""


def add_routes(routes: Routes) -> None:
    """Add the page."""
    routes.add("/loket/cari", show_standing, access="staff")
    routes.add("/loket/cari", ask_for_news, access="staff", methods=["POST"])


async def show_standing(request: Request) -> Response:
    """Show where the report behind a number stands; without one, ask for it."""
    return await _show(request, request.query_params.get("nomor", "").strip()[:60])


async def ask_for_news(request: Request) -> Response:
    """Ask the officials, and show that they were asked."""
    account, form = clerk_of(request), await request.form()
    typed, number = str(form.get("nomor", "")).strip()[:60], str(form.get("report", ""))
    hub, found = hub_of(request), await lookup_of(request).find(number, visitor_of(request).sight)
    if not found.standings:
        raise HTTPException(404)
    try:
        await Nudger(hub.store, hub.house, hub.ring_dispatchers).nudge(found.standings[0].report.number, account.name)
    except NoNudge as reason:
        return await _show(request, typed, 409, language_of(request).gettext(str(reason)))
    return RedirectResponse(f"/loket/cari?{urlencode({'nomor': typed})}", 303)


async def _show(request: Request, typed: str, status: int = 200, problem: str = "") -> Response:
    clerk_of(request)
    found = await lookup_of(request).find(typed, visitor_of(request).sight) if typed else None
    return page(request, "counter_find.html", status, typed=typed, found=found, problem=problem, closed=CLOSED)
