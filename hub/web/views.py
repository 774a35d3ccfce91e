"""Saved views of a queue: kept, renamed, shared and forgotten by those who open it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.store.views_saved import (
    LONGEST_NAME,
    LONGEST_QUERY,
    NewView,
    TooManyViews,
    change_view,
    delete_view,
    save_view,
)
from hub.web.access import Routes
from hub.web.forms import read_key, typed
from hub.web.language import mark
from hub.web.pages import hub_of
from hub.web.queue import HEADS, address, render_queue, work_list
from hub.web.queue_filter import filter_of, lane_of, spell
from hub.web.visitors import visitor_of

NO_NAME = mark("Give the view a name.")
FULL = mark("This queue has 30 saved views already. Delete one that nobody uses.")
TOO_LONG = mark("This filter is too long to be kept.")


def add_routes(routes: Routes) -> None:
    """Add what is done with saved views."""
    routes.add("/antrean/{unit}/tampilan", keep_view, access="staff", methods=["POST"])
    routes.add("/antrean/{unit}/tampilan/{view}", touch_view, access="staff", methods=["POST"])


async def keep_view(request: Request) -> Response:
    """Keep the lane and the filter in the address under a name."""
    work_list(request)
    form, hub = await request.form(), hub_of(request)
    lane, query = lane_of(request.query_params), spell(filter_of(request.query_params, hub.region).chosen)
    name = typed(form, "name", LONGEST_NAME)
    problem = "" if name else NO_NAME
    if len(query) > LONGEST_QUERY:
        problem = TOO_LONG
    if not problem:
        account, unit, now = visitor_of(request).staff.id, request.path_params["unit"], hub.store.now()
        view = NewView(name, lane, query, shared=typed(form, "shared", 2) == "1")
        problem = await _try(request, lambda c: save_view(c, unit, account, now, view))
    if problem:
        return await render_queue(request, lane, 422, form, {"": problem})
    return RedirectResponse(address(request), 303)


async def _try(request: Request, work: Any) -> str:
    try:
        await hub_of(request).store.write(work)
    except TooManyViews:
        return FULL
    return ""


async def touch_view(request: Request) -> Response:
    """Rename, share or forget a view. 404 for one that is not theirs."""
    work_list(request)
    form = await request.form()
    if not await hub_of(request).store.write(_deed(request, form)):
        raise HTTPException(404)
    return RedirectResponse(address(request), 303)


def _deed(request: Request, form: FormData) -> Any:
    """Give the unit of work that the form asks for."""
    unit, staff = request.path_params["unit"], visitor_of(request).staff
    view, name = read_key(request.path_params["view"]), typed(form, "name", LONGEST_NAME)

    def work(connection: Connection) -> bool:
        if typed(form, "deed", 8) == "hapus":
            return delete_view(connection, unit, staff.id, view, heads=staff.role in HEADS)
        shared = typed(form, "shared", 2) == "1"
        return bool(name) and change_view(connection, unit, staff.id, view, name=name, shared=shared)

    return work
