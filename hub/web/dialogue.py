"""What staff do with citizens' words: ask back, settle doubts and disputes, validate duty reports, call a deed back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request

from hub.pipeline import preview
from hub.pipeline.desk import NotAllowed
from hub.store import reports, views_dialogue
from hub.store import views_report as views
from hub.web.forms import actor, form_key, key, typed, version
from hub.web.language import mark
from hub.web.pages import hub_of
from hub.web.visitors import visitor_of

REFUSALS = (
    mark("there is no such question"),
    mark("write what you want to ask"),
    mark("a closed report asks nobody"),
    mark("nobody disputes this report"),
    mark("a citizen who is refused is told why: write a reason"),
    mark("the unit complained about does not decide this"),
    mark("only reports by heads of RT or RW are validated"),
    mark("there is no such decision"),
    mark("this citizen cannot be asked on their channel"),
    mark("there is nothing left to call back"),
)
"""What the desk says, for the catalogs."""
LONGEST = 1000
"""Characters of a question or a reason."""


async def ask(request: Request, report: Row[Any], form: FormData) -> str:
    """Ask one citizen back. Whoever cannot be told anything is not asked: the clock would stand still for nothing."""
    hub, complaint = hub_of(request), await own_complaint(request, report, form)
    kind, text = typed(form, "kind", 8), typed(form, "text", LONGEST)

    def problem(connection: Connection) -> str:
        state = reports.load_reports(connection, [report.id])[report.id]
        answer = preview.question(state, complaint, hub.house, kind=kind, text=text)
        return next((way.problem for way in preview.ways(connection, answer, hub.house, hub.store.now())), "")

    if why := await hub.store.read(problem):
        raise NotAllowed(why)
    await hub.desk.ask(
        report.number, version(form), actor(request), complaint=complaint, kind=kind, text=text, form=form_key(form)
    )
    return str(report.number)


async def confirm(request: Request, report: Row[Any], form: FormData) -> str:
    """Say that a doubted complaint belongs here."""
    complaint = await own_complaint(request, report, form)
    await hub_of(request).desk.confirm(report.number, version(form), actor(request), complaint=complaint)
    return str(report.number)


async def decide(request: Request, report: Row[Any], form: FormData) -> str:
    """Open a disputed report again, or keep it finished with a reason."""
    await hub_of(request).desk.decide_dispute(
        report.number,
        version(form),
        actor(request),
        unit=visitor_of(request).staff.area,
        reopen=form.get("reopen") == "1",
        reason=typed(form, "decision_reason", LONGEST),
    )
    return str(report.number)


async def validate(request: Request, report: Row[Any], form: FormData) -> str:
    """Accept or strike a report of a head of RT or RW."""
    await hub_of(request).desk.validate(
        report.number,
        version(form),
        actor(request),
        unit=visitor_of(request).staff.area,
        decision=typed(form, "decision", 8),
        reason=typed(form, "decision_reason", LONGEST),
    )
    return str(report.number)


async def call_back(request: Request, report: Row[Any], form: FormData) -> str:
    """Undo a deed of this report whose replies have not gone out."""
    act = typed(form, "act", 40)
    acts = await hub_of(request).store.read(lambda c: views_dialogue.acts_under_way(c, report.id))
    if act not in {row.act for row in acts}:
        raise NotAllowed(REFUSALS[-1])
    await hub_of(request).desk.call_back(report.number, actor(request), act=act)
    return str(report.number)


async def own_complaint(request: Request, report: Row[Any], form: FormData, name: str = "complaint") -> int:
    """Give the complaint that a form means. 404 unless it stands in this report."""
    complaint = key(form, name)
    if not await hub_of(request).store.read(lambda c: views.has_complaint(c, report.id, complaint)):
        raise HTTPException(404)
    return complaint


DEEDS = {"tanya": ask, "memang-sama": confirm, "banding": decide, "validasi": validate, "batal": call_back}
