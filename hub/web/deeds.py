"""What staff do on a report's page: one form a deed, each with the version it was based on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import Row
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.pipeline.desk import Conflict, NotAllowed, UnknownReport
from hub.store import views_report as views
from hub.uploads import FORM_BYTES
from hub.web import classing, composer, dialogue, handover, taking
from hub.web.access import FORM_SIZE, Endpoint, Routes
from hub.web.forms import actor, form_key, key, typed, version
from hub.web.lane_way import came_from, next_one, onward
from hub.web.language import language_of, mark
from hub.web.pages import hub_of
from hub.web.report import LOOKS_ONLY, render_report, visible_report
from hub.web.visitors import visitor_of

Deed = Callable[[Request, Row[Any], FormData], Awaitable[str]]
"""Does it. Gives where to go on below `/laporan/`, empty: to the start. Raises Conflict, NotAllowed, UnknownReport."""

UNKNOWN = mark("there is no such report in your area")
REFUSALS = (
    mark("that is not a status"),
    mark("a refusal needs one of the reasons, and only a refusal has one"),
    mark("there is no such kelurahan here"),
    mark("there is no such category"),
    mark("there is no such urgency"),
    mark("there is no such unit"),
    mark("a report cannot be joined to itself"),
    mark("a sealed report is never joined to an open one"),
    mark("that joining is not there or already undone"),
    mark("that complaint is not in this report"),
    mark("a report keeps its last complaint"),
    mark("that question is not there or already answered"),
)
"""What the desk says, for the catalogs; see also `dialogue.REFUSALS`."""
SENT_COOKIE, SENT_SECONDS = "aduan_terkirim", 600
"""Tells the browser's own script which form has arrived; it holds nothing but the form's random key."""
NO_PLACE = mark("that is no position: click on the map, or choose a kelurahan")


def add_routes(routes: Routes) -> None:
    """Add the forms' addresses."""
    for name, deed in DEEDS.items():
        size = FORM_BYTES if name in WITH_FILES else FORM_SIZE
        routes.add(
            f"/laporan/{{number}}/{name}", _endpoint(name, deed), access="staff", methods=["POST"], max_body=size
        )


def _endpoint(name: str, deed: Deed) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        report, form = await visible_report(request), await request.form()
        if visitor_of(request).staff.role in LOOKS_ONLY:
            raise HTTPException(403)
        try:
            there = await deed(request, report, form)
        except Conflict:
            fresh = await visible_report(request)
            return await render_report(request, fresh, 409, form, deed=name)
        except (NotAllowed, UnknownReport) as error:
            reason = UNKNOWN if isinstance(error, UnknownReport) else str(error)
            return await render_report(request, report, 422, form, language_of(request).gettext(reason))
        return _go_on(request, form, there)

    return endpoint


def _go_on(request: Request, form: FormData, there: str) -> Response:
    """Show the report again, or the next one; the browser learns that it may forget what it kept of this form."""
    dari = came_from(request, form)
    leads = onward(there, dari) if there else dari or "/"
    if there and form.get("lalu"):
        leads = next_one(form, dari, hub_of(request).region)
    answer = RedirectResponse(leads, 303)
    if sent := form_key(form):
        answer.set_cookie(SENT_COOKIE, sent, max_age=SENT_SECONDS, samesite="lax", path="/")
    return answer


async def correct(request: Request, report: Row[Any], form: FormData) -> str:
    """Set right category, urgency or place: only what differs is sent to the desk."""
    changes: dict[str, Any] = {}
    for name in ("category", "urgency"):
        value = typed(form, name, 40)
        # A category that was only guessed may be confirmed: what a person said is told from what nobody looked at.
        if value and (value != getattr(report, name) or (name == "category" and _confirms(form, report))):
            changes[name] = value
    place, kelurahan = _point(form), typed(form, "kelurahan", 16)
    if place is not None:
        changes["place"] = place
    elif kelurahan and kelurahan != report.kelurahan:
        changes["kelurahan"] = kelurahan
    if not changes:
        raise NotAllowed(composer.NOTHING)
    await hub_of(request).desk.correct(report.number, version(form), actor(request), **changes)
    return await _where_next(request, report)


def _confirms(form: FormData, report: Row[Any]) -> bool:
    return "confirm" in form and not report.category_sure


async def merge(request: Request, report: Row[Any], form: FormData) -> str:
    """Join with another report that this account may see."""
    sight = visitor_of(request).sight
    number = typed(form, "into", 40)
    other = await hub_of(request).store.read(lambda connection: views.find_living(connection, number, sight))
    if other is None:
        raise UnknownReport(number)
    await hub_of(request).desk.merge(report.number, other.number, version(form), actor(request))
    return str(report.number)


async def unmerge(request: Request, report: Row[Any], form: FormData) -> str:
    """Take a joined report out again."""
    merge_id, store = key(form, "merge"), hub_of(request).store
    known = await store.read(lambda connection: [row.id for row in views.merges_into(connection, report.id)])
    if merge_id not in known:
        raise HTTPException(404)
    await hub_of(request).desk.unmerge(merge_id, actor(request))
    return str(report.number)


async def split(request: Request, report: Row[Any], form: FormData) -> str:
    """Give one complaint a report of its own, and go there."""
    complaint, hub = key(form, "complaint"), hub_of(request)
    if not await hub.store.read(lambda connection: views.has_complaint(connection, report.id, complaint)):
        raise HTTPException(404)
    fresh = await hub.desk.split(report.number, complaint, version(form), actor(request))
    return f"{report.number}?dipisah={fresh}"


async def answer(request: Request, report: Row[Any], form: FormData) -> str:
    """Say whether another report is the same."""
    hub, suggestion, sight = hub_of(request), key(form, "suggestion"), visitor_of(request).sight
    known = await hub.store.read(
        lambda connection: [row.id for row in views.suggestions_of(connection, report.id, sight)]
    )
    if suggestion not in known:
        raise HTTPException(404)
    await hub.desk.answer(suggestion, actor(request), same=form.get("same") == "1")
    return str(report.number)


async def open_sealed(request: Request, report: Row[Any], _form: FormData) -> str:
    """Let a sealed report out: it leaves the reader's own sight."""
    if not visitor_of(request).sight.sealed:
        raise HTTPException(404)
    await hub_of(request).desk.open_sealed(report.number, actor(request))
    return ""


WITH_FILES = frozenset({"tindak-lanjut", "pratinjau"})
DEEDS: dict[str, Deed] = {
    "tindak-lanjut": composer.follow_up,
    "perbaiki": correct,
    "gabung": merge,
    "lepas": unmerge,
    "pisah": split,
    "jawab": answer,
    "buka": open_sealed,
    "kelas": classing.classify,
    **dialogue.DEEDS,
    **taking.DEEDS,
    **handover.DEEDS,
}


async def _where_next(request: Request, report: Row[Any]) -> str:
    """A corrected report may have left the reader's area: then back to the start."""
    sight = visitor_of(request).sight
    still = await hub_of(request).store.read(lambda c: views.find_visible(c, report.number, sight))
    return "" if still is None else str(report.number)


def _point(form: FormData) -> tuple[float, float] | None:
    """Read the clicked position. Raises NotAllowed where something else was typed."""
    lat, lon = typed(form, "lat", 20), typed(form, "lon", 20)
    if not lat and not lon:
        return None
    try:
        point = float(lat), float(lon)
    except ValueError:
        raise NotAllowed(NO_PLACE) from None
    if not (-90 <= point[0] <= 90 and -180 <= point[1] <= 180):
        raise NotAllowed(NO_PLACE)
    return point
