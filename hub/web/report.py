"""One report: what citizens said, why it was joined, what happened, and the forms by which staff act."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from sqlalchemy import Connection, Row
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from hub.pipeline import preview
from hub.store import reports, views_dialogue
from hub.store import views_report as views
from hub.store.audit import write_audit
from hub.store.engine import StoreBusy
from hub.store.keys import random_key
from hub.web import candidates, conflict, story, timeline, whereabouts
from hub.web.access import Routes
from hub.web.forms import read_key
from hub.web.lane_way import came_from, neighbours, onward
from hub.web.pages import attributions, hub_of, page, words_for
from hub.web.visitors import visitor_of
from hub.web.words import Words
from hub.web.work_parts import read_work
from normalizer.complaint import URGENCIES
from normalizer.report import NO_PHOTO, REASONS, STATUSES
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
    routes.add("/laporan/{number}/sekitar", show_nearby, access="staff")
    routes.add("/laporan/{number}/masih", say_alive, access="staff")


async def find_report(request: Request) -> Response:
    """Go to the report whose number was typed."""
    number = request.query_params.get("nomor", "").strip()[:40]
    report = await _find(request, number)
    return RedirectResponse(f"/laporan/{report.number}", 303)


async def show_report(request: Request) -> Response:
    """Show a report; a merged number leads to the one that lives on."""
    report = await visible_report(request)
    if report.number != request.path_params["number"]:
        return RedirectResponse(onward(report.number, came_from(request)), 303)
    await _note_look(request, report)
    return await render_report(request, report)


async def show_nearby(request: Request) -> Response:
    """Show open reports around this one: a piece of its page, or a page of its own where scripts are off."""
    report, sight = await visible_report(request), visitor_of(request).sight
    nearby = await hub_of(request).store.read(lambda connection: candidates.read_nearby(connection, report, sight))
    fragment = request.headers.get("hx-request") == "true"
    return page(request, "report_nearby.html" if fragment else "report_nearby_page.html", report=report, nearby=nearby)


async def say_alive(request: Request) -> Response:
    """Tell a page that is about to send something whose session this is, and what its forms must carry."""
    await visible_report(request)
    visitor = visitor_of(request)
    return JSONResponse({"name": visitor.staff.name, "csrf": visitor.form_token}, headers={"Cache-Control": "no-store"})


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


async def render_report(  # noqa: PLR0917 - a page, and all that a refused change leaves on it
    request: Request,
    report: Row[Any],
    status: int = 200,
    typed: FormData | None = None,
    problem: str = "",
    deed: str = "",
) -> Response:
    """Show the page; with what was typed and what stood against it after a refused change."""
    words, hub, dari = words_for(request), hub_of(request), came_from(request, typed)
    shown = await hub.store.read(lambda connection: _read(connection, request, report, dari))
    return page(
        request,
        "report.html",
        status,
        report=report,
        typed=typed or ({"note": shown["chosen"]["text"]} if shown["chosen"] else {}),
        kept=partial(_kept, typed),
        problem=problem,
        conflict=status == 409,
        **(_conflict(words, report, typed, shown, deed) if typed is not None and deed else {}),
        **_words_of_codes(words, visitor_of(request).held),
        **_choices(request, report, words),
        because=_reasons(report, shown["complaints"]),
        witnesses=whereabouts.witnesses(words, report.place),
        attributions=attributions(request, report.channel_counts),
        dari=dari,
        onward=onward,
        here=partial(_here, request, report, dari),
        saring=_one_of(request, "saring", timeline.WHO),
        oldest_first=request.query_params.get("urut") == "lama",
        one_citizen=str((typed or request.query_params).get("warga", "")),
        form_key=random_key(),
        **shown,
    )


def _words_of_codes(words: Words, held: Any) -> dict[str, Any]:
    return {
        "evidence": partial(story.evidence, words),
        "joined": partial(story.joined, words),
        "happened": partial(story.happened, words),
        "stands": partial(story.stands, words, held),
        "told_of": partial(story.told_of, words),
        "named": story.named,
    }


def _choices(request: Request, report: Row[Any], words: Words) -> dict[str, Any]:
    return {
        "may_act": visitor_of(request).staff.role not in LOOKS_ONLY,
        "statuses": STATUSES,
        "reasons": REASONS,
        "no_photos": NO_PHOTO,
        "urgencies": URGENCIES,
        "categories": sorted(CATEGORIES, key=lambda category: words.category(category.code)),
        "areas": _areas(request, report),
        "units": _units(request),
    }


def _conflict(words: Words, report: Row[Any], typed: FormData, shown: dict[str, Any], deed: str) -> dict[str, Any]:
    """Say what changed since the form was shown, and how the reader's own words go on top of it."""
    seen = read_key(str(typed.get("seen", "")))
    changed = [entry for entry in shown["history"] if entry.id > seen]
    since = min((entry.at for entry in changed), default=None)
    said = [row for row in shown["followups"] if since is not None and row.received_at >= since]
    return {
        "changed": changed,
        "differences": conflict.differences(words, report, typed, said),
        "again": conflict.again(deed, typed),
    }


def _here(request: Request, report: Row[Any], dari: str, **changes: Any) -> str:
    """Spell the page's own address with changes; empty values are left out."""
    kept = {name: value for name, value in request.query_params.items() if name in {"saring", "urut", "sebelum"}}
    names = {name: value for name, value in (kept | {"dari": dari} | changes).items() if value}
    return f"/laporan/{report.number}?{urlencode(names)}" if names else f"/laporan/{report.number}"


def _one_of(request: Request, name: str, known: Sequence[str]) -> str:
    asked = request.query_params.get(name, "")
    return asked if asked in known else ""


def _read(connection: Connection, request: Request, report: Row[Any], dari: str) -> dict[str, Any]:
    """Read all that the page shows."""
    hub, visitor = hub_of(request), visitor_of(request)
    before = read_key(request.query_params.get("sebelum", "")) or None
    shown = read_report(connection, report, visitor.sight, before)
    came_before, comes_after = neighbours(connection, request, dari, report.id)
    return {
        **shown,
        **_read_dialogue(connection, report, hub),
        "moments": timeline.read_timeline(connection, report, shown),
        "candidates": candidates.read_candidates(connection, report, shown["suggestions"]),
        "apart": views.taken_out_of(connection, report.id, request.query_params.get("dipisah", "")[:40], visitor.sight),
        **read_work(connection, request, report),
        "before": came_before,
        "after": comes_after,
    }


def read_report(connection: Connection, report: Row[Any], sight: Any, before: int | None) -> dict[str, Any]:
    """Read what the page shows of citizens and officials."""
    complaints = views.complaints_of(connection, report.id, before)
    ids = [complaint.id for complaint in complaints]
    followups = views.followups_of(connection, report.id)
    return {
        "complaints": complaints,
        "more": complaints[-1].id if len(complaints) == views.PAGE else None,
        "additions": views.additions_of(connection, ids),
        "photos": views.photos_of(connection, ids),
        "pictures": _pictures(connection, report.id),
        "history": views.history_of(connection, report.id, sight),
        "recurrences": views.recurrences_of(connection, report.id, sight),
        "followups": followups,
        "results": views_dialogue.officials_photos(connection, [row.id for row in followups]),
        "sendings": views_dialogue.replies_to(connection, ids),
        "deliveries": views.deliveries_of(connection, report.id),
        "suggestions": views.suggestions_of(connection, report.id, sight),
        "merges": views.merges_into(connection, report.id),
    }


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo of the strip: its name, when and by which channel it came."""

    id: str
    at: datetime
    channel: str
    official: bool


def _pictures(connection: Connection, report: int) -> list[Picture]:
    """List all photos, citizens' first, each newest first."""
    theirs = views_dialogue.citizens_photos(connection, report)
    ours = views_dialogue.result_photos(connection, report)
    return [
        Picture(row.id, row.at, row.channel, official)
        for rows, official in ((theirs, False), (ours, True))
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Reach:
    """Citizens of one channel who can be told."""

    channel: str
    count: int
    limit: int
    """Longest text that the channel takes; 0 = any."""


def _read_dialogue(connection: Connection, report: Row[Any], hub: Hub) -> dict[str, Any]:
    """Read what waits for an answer, and whom a word to the citizens would reach."""
    now = hub.store.now()
    state = reports.load_reports(connection, [report.id])[report.id]
    ways = preview.ways(connection, preview.follow_up(state, now, status="", reason="", note=""), hub.house, now)
    open_ways = [way for way in ways if not way.problem]
    counts = Counter((way.channel, way.limit) for way in open_ways)
    return {
        "questions": views_dialogue.questions_of(connection, report.id),
        "disputes": views_dialogue.disputes_of(connection, report.id) if report.disputed_at else [],
        "acts": views_dialogue.acts_under_way(connection, report.id),
        "barred": {way.complaint: way.problem for way in ways},
        "reached": [way.channel for way in open_ways],
        "reach": [Reach(channel, count, limit) for (channel, limit), count in counts.most_common()],
        "unreached": len(ways) - len(open_ways),
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
