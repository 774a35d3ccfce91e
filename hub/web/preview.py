"""Shows what a deed would tell citizens, channel by channel, before it is done."""

from __future__ import annotations

from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from hub.pipeline import preview
from hub.pipeline.replying import Answer
from hub.store import reports
from hub.store.reports import ReportState
from hub.uploads import FORM_BYTES
from hub.web.access import Routes
from hub.web.composer import LONGEST as LONGEST_ANSWER
from hub.web.dialogue import LONGEST, own_complaint
from hub.web.forms import typed
from hub.web.pages import hub_of, page
from hub.web.report import LOOKS_ONLY, visible_report
from hub.web.visitors import visitor_of
from normalizer.report import REASONS, STATUSES

KEPT = (
    *("version", "seen", "dari", "kunci", "lanjut", "warga", "no_photo", "was_status"),
    *("status", "reason", "note", "note_internal", "complaint", "kind", "text"),
)
"""Fields that the page without scripts hands on."""


def add_routes(routes: Routes) -> None:
    """Add the preview; a form's other button leads there."""
    routes.add("/laporan/{number}/pratinjau", show_preview, access="staff", methods=["POST"], max_body=FORM_BYTES)


async def show_preview(request: Request) -> Response:
    """Show the texts: a piece of the report's page, or a page of its own where scripts are off."""
    report, form, hub = await visible_report(request), await request.form(), hub_of(request)
    if visitor_of(request).staff.role in LOOKS_ONLY:
        raise HTTPException(403)
    asks = await own_complaint(request, report, form) if "complaint" in form else 0
    alone = await own_complaint(request, report, form, "warga") if form.get("warga") and not asks else 0
    now = hub.store.now()

    def answer(state: ReportState) -> Answer:
        if asks:
            kind, text = typed(form, "kind", 8), typed(form, "text", LONGEST)
            return preview.question(state, asks, hub.house, kind=kind, text=text)
        if alone:
            return preview.words_to_one(state, alone, typed(form, "note", LONGEST_ANSWER))
        status, reason = typed(form, "status", 20), typed(form, "reason", 24)
        status = status if status in STATUSES and status != state.status else ""
        reason = reason if status == "ditolak" and reason in REASONS else ""
        return preview.follow_up(state, now, status=status, reason=reason, note=typed(form, "note", LONGEST_ANSWER))

    def read(connection: Connection) -> list[preview.Sort]:
        state = reports.load_reports(connection, [report.id])[report.id]
        return preview.rehearse(connection, answer(state), hub.house, now)

    sorts = await hub.store.read(read)
    fragment = request.headers.get("hx-request") == "true"
    return page(
        request,
        "report_preview.html" if fragment else "report_preview_page.html",
        report=report,
        sorts=sorts,
        reached=sum(sort.count for sort in sorts if not sort.problem),
        typed=form,
        kept=[name for name in KEPT if name in form],
        photos_left=any(getattr(one, "filename", "") for one in form.getlist("foto")),
        action="tanya" if asks else "tindak-lanjut",
    )
