"""Templates of replies: a page on which those who lead a unit keep them, and what offers them beside the composer."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.store import templates
from hub.store.claims import LEADERS
from hub.web.access import Routes
from hub.web.forms import read_key, typed
from hub.web.language import language_of, mark
from hub.web.pages import hub_of, page, words_for
from hub.web.visitors import visitor_of
from normalizer.taxonomy import BY_CODE, CATEGORIES

NEEDED = mark("A template needs a name and a text.")
STRANGER = mark("{%(name)s} is nothing that the hub can fill in.")
LONGEST = 2000
"""Characters of a template."""


def add_routes(routes: Routes) -> None:
    """Add the page and what it does."""
    routes.add("/templat", show_templates, access="staff")
    routes.add("/templat", save, access="staff", methods=["POST"])
    routes.add("/templat/{key}", save, access="staff", methods=["POST"])
    routes.add("/templat/{key}/hapus", throw_away, access="staff", methods=["POST"])


async def show_templates(request: Request) -> Response:
    """Show the templates that the reader's unit uses."""
    return await _page(request)


async def _page(request: Request, status: int = 200, typed_: FormData | None = None, problem: str = "") -> Response:
    account = visitor_of(request).staff
    rows = await hub_of(request).store.read(lambda c: templates.all_templates(c, _unit_of(request)))
    words = words_for(request)
    return page(
        request,
        "templates.html",
        status,
        rows=rows,
        own=account.area,
        may_edit=account.role in LEADERS,
        everybodys=account.role == "admin",
        placeholders=templates.PLACEHOLDERS,
        categories=sorted(CATEGORIES, key=lambda kind: words.category(kind.code)),
        typed=typed_ or {},
        problem=problem,
    )


def _unit_of(request: Request) -> str | None:
    account = visitor_of(request).staff
    return None if account.role == "admin" else account.area


async def save(request: Request) -> Response:
    """Add a template of the reader's own unit, or change one; an admin's are everybody's."""
    account, hub, form = visitor_of(request).staff, hub_of(request), await request.form()
    if account.role not in LEADERS:
        raise HTTPException(403)
    key = await _own(request) if "key" in request.path_params else None
    kind = typed(form, "category", 40)
    name, text = typed(form, "name", 80), typed(form, "text", LONGEST)
    if problem := _problem(request, name, text):
        return await _page(request, 422, form, problem)
    values: dict[str, Any] = {"category": kind if kind in BY_CODE else "", "name": name, "text": text}
    values |= {"by": account.name, "at": hub.store.now()}
    unit = {} if key is not None else {"unit": account.area}
    await hub.store.write(lambda c: templates.save_template(c, key, **values, **unit))
    return RedirectResponse("/templat", 303)


def _problem(request: Request, name: str, text: str) -> str:
    _ = language_of(request).gettext
    if not name or not text:
        return _(NEEDED)
    unknown = templates.strangers(text)
    return _(STRANGER) % {"name": unknown[0]} if unknown else ""


async def throw_away(request: Request) -> Response:
    """Delete a template of the reader's own unit."""
    key = await _own(request)
    await hub_of(request).store.write(lambda c: templates.delete_template(c, key))
    return RedirectResponse("/templat", 303)


async def _own(request: Request) -> int:
    """Give the template that a path means. 404 where the reader's unit uses none such, 403 where it is another's."""
    account, key = visitor_of(request).staff, read_key(request.path_params["key"])
    found = await hub_of(request).store.read(lambda c: templates.find_template(c, key, _unit_of(request)))
    if found is None:
        raise HTTPException(404)
    if account.role not in LEADERS or (account.role != "admin" and found.unit != account.area):
        raise HTTPException(403)
    return key
