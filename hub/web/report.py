"""One report: what citizens said, why it was joined, what happened, and the forms by which staff act."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.pipeline import preview
from hub.store import reports, views_dialogue
from hub.store import views_report as views
from hub.store.audit import write_audit
from hub.store.engine import StoreBusy
from hub.store.keys import derive_key
from hub.web import story
from hub.web.access import Routes
from hub.web.forms import read_key
from hub.web.pages import attributions, hub_of, page, words_for
from hub.web.visitors import visitor_of
from hub.web.work_parts import read_work
from normalizer.complaint import URGENCIES
from normalizer.report import REASONS, STATUSES
from normalizer.taxonomy import CATEGORIES

if TYPE_CHECKING:
    from hub.host import Hub

REASONS_SHOWN = 4
"""Words that made a category, so many of them."""
LOOKS_ONLY = frozenset({"operator"})
"""Roles that keep the hub running and leave its reports to others."""


def add_routes(routes: Routes) -> None:
    """Add the report's page."""
    routes.add("/laporan", find_report, access="staff")
    routes.add("/laporan/{number}", show_report, access="staff")


async def find_report(request: Request) -> Response:
    """Go to the report whose number was typed."""
    number = request.query_params.get("nomor", "").strip()[:40]
    report = await _find(request, number)
    return RedirectResponse(f"/laporan/{report.number}", 303)


async def show_report(request: Request) -> Response:
    """Show a report; a merged number leads to the one that lives on."""
    report = await visible_report(request)
    if report.number != request.path_params["number"]:
        return RedirectResponse(f"/laporan/{report.number}", 303)
    await _note_look(request, report)
    return await render_report(request, report)


async def visible_report(request: Request) -> Row[Any]:
    """Give the report of this path. 404 where there is none, or none that the reader may know of."""
    return await _find(request, request.path_params["number"])


async def _find(request: Request, number: str) -> Row[Any]:
    sight = visitor_of(request).sight

    report = await hub_of(request).store.read(lambda connection: views.find_living(connection, number, sight))
    if report is None:
        raise HTTPException(404)
    return report


async def _note_look(request: Request, report: Row[Any]) -> None:
    """Staff have seen it now; whoever looks into a sealed one is written down."""
    hub, account = hub_of(request), visitor_of(request).staff
    if report.opened_at is None and account.role not in LOOKS_ONLY:
        with suppress(StoreBusy):  # in a flood complaints go first; the next look is noted
            await hub.desk.seen(report.number)
    if report.handling == "sealed":
        now = hub.store.now()
        await hub.store.write(lambda c: write_audit(c, now, account.name, "look-sealed", report.number))


async def render_report(
    request: Request, report: Row[Any], status: int = 200, typed: FormData | None = None, problem: str = ""
) -> Response:
    """Show the page; with what was typed and what stood against it after a refused change."""
    sight, words = visitor_of(request).sight, words_for(request)
    before = read_key(request.query_params.get("sebelum", "")) or None
    hub = hub_of(request)
    shown = await hub.store.read(
        lambda connection: {
            **read_report(connection, report, sight, before),
            **_read_dialogue(connection, report, hub),
            "apart": views.taken_out_of(connection, report.id, request.query_params.get("dipisah", "")[:40], sight),
            **read_work(connection, request, report),
        }
    )
    held = visitor_of(request).held
    seen = read_key(str(typed.get("seen", ""))) if typed is not None else 0
    return page(
        request,
        "report.html",
        status,
        report=report,
        typed=typed or {},
        kept=partial(_kept, typed),
        problem=problem,
        conflict=status == 409,
        changed=[entry for entry in shown["history"] if entry.id > seen] if status == 409 else [],
        because=_reasons(report, shown["complaints"]),
        evidence=partial(story.evidence, words),
        joined=partial(story.joined, words),
        happened=partial(story.happened, words),
        stands=partial(story.stands, words, held),
        told_of=partial(story.told_of, words),
        may_act=visitor_of(request).staff.role not in LOOKS_ONLY,
        statuses=STATUSES,
        reasons=REASONS,
        urgencies=URGENCIES,
        categories=sorted(CATEGORIES, key=lambda category: words.category(category.code)),
        areas=_areas(request, report),
        units=_units(request),
        attributions=attributions(request, report.channel_counts),
        **shown,
    )


def read_report(connection: Connection, report: Row[Any], sight: Any, before: int | None) -> dict[str, Any]:
    """Read what the page shows of citizens and officials."""
    complaints = views.complaints_of(connection, report.id, before)
    ids = [complaint.id for complaint in complaints]
    followups = views.followups_of(connection, report.id)
    by_act = views_dialogue.replies_by_act(connection, report.id)
    return {
        "complaints": complaints,
        "more": complaints[-1].id if len(complaints) == views.PAGE else None,
        "additions": views.additions_of(connection, ids),
        "photos": views.photos_of(connection, ids),
        "history": views.history_of(connection, report.id, sight),
        "recurrences": views.recurrences_of(connection, report.id, sight),
        "followups": followups,
        "replies": {row.id: [kind for act in _acts(report, row) for kind in by_act.get(act, ())] for row in followups},
        "results": views_dialogue.officials_photos(connection, [row.id for row in followups]),
        "sendings": views_dialogue.replies_to(connection, ids),
        "deliveries": views.deliveries_of(connection, report.id),
        "suggestions": views.suggestions_of(connection, report.id, sight),
        "merges": views.merges_into(connection, report.id),
    }


def _acts(report: Row[Any], followup: Row[Any]) -> tuple[str, ...]:
    """Give what the replies to a follow-up are filed under: those of staff, and those of other systems."""
    names = (followup.native_id, f"{followup.channel}:{followup.native_id}")
    return tuple(derive_key(report.number, f"tl:{name}") for name in names)


def _read_dialogue(connection: Connection, report: Row[Any], hub: Hub) -> dict[str, Any]:
    """Read what waits for an answer, and whom a word to the citizens would reach."""
    now = hub.store.now()
    state = reports.load_reports(connection, [report.id])[report.id]
    ways = preview.ways(connection, preview.follow_up(state, now, status="", reason="", note=""), hub.house, now)
    return {
        "questions": views_dialogue.questions_of(connection, report.id),
        "disputes": views_dialogue.disputes_of(connection, report.id) if report.disputed_at else [],
        "acts": views_dialogue.acts_under_way(connection, report.id),
        "barred": {way.complaint: way.problem for way in ways},
        "reached": [way.channel for way in ways if not way.problem],
        "unreached": sum(bool(way.problem) for way in ways),
    }


def _reasons(report: Row[Any], complaints: Sequence[Any]) -> list[str]:
    """List the words that made the category, a few, of the complaints that are about it."""
    said = [word for one in complaints if one.category == report.category for word in one.category_words]
    return list(dict.fromkeys(word.lower() for word in said))[:REASONS_SHOWN]


def _kept(form: FormData | None, name: str, current: str) -> str:
    """Give what a field shall show: a choice that was made stays, one that was not follows the report.

    Without this, a form sent again after somebody else's change would silently undo that change.
    """
    chosen, was = (str(form.get(key, "")) if form is not None else "" for key in (name, f"was_{name}"))
    return chosen if chosen and chosen != was else current


def _areas(request: Request, report: Row[Any]) -> list[Any]:
    """Offer the kelurahan of the report's kecamatan first; all of them where it has none."""
    areas = hub_of(request).region.areas
    area = visitor_of(request).staff.area
    near = report.kecamatan or (area[:8] if area[:2].isdigit() else "")
    mine = [known for known in areas if known.kecamatan == near]
    return [*mine, *(known for known in areas if known.kecamatan != near)]


def _units(request: Request) -> list[Any]:
    """Offer the units that can be put in charge: agencies and companies first, offices by place not at all."""
    kinds = ("agency", "police", "private")
    return [unit for unit in hub_of(request).region.units if unit.kind in kinds]
