"""Who may see a photo."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, false, func, or_, select

from hub.store.publishing import is_public
from hub.store.tables import blurs, complaints, followups, photos, reports
from hub.store.views_sight import Sight


def find_photo(connection: Connection, name: str, sight: Sight | None, *, signed: bool) -> Row[Any] | None:
    """Give a photo that may be shown to this reader; documents never.

    With a signed link: unless sealed. Staff: of the reports that they see. Everybody: of public reports, where it did
    not come in private, once staff have looked at it. `copy` is the file that everybody gets where parts of it were
    made unreadable; whoever may see the whole photo has none.
    """
    looked_at = blurs.c.state.in_(("shown", "blurred"))
    allowed = and_(reports.c.public, looked_at, or_(photos.c.complaint.is_(None), is_public()))
    gone = and_(photos.c.state == "erased", complaints.c.audience == "public", reports.c.handling == "open")
    whole: ColumnElement[bool] = reports.c.handling == "open" if signed else false()
    if sight is not None and not signed:
        whole = sight.clause()
    copy = case((whole, ""), else_=func.coalesce(blurs.c.content, "")).label("copy")
    return connection.execute(
        select(photos, copy)
        .outerjoin(complaints, complaints.c.id == photos.c.complaint)
        .outerjoin(followups, followups.c.id == photos.c.followup)
        .join(reports, reports.c.id == func.coalesce(complaints.c.report, followups.c.report))
        .outerjoin(blurs, blurs.c.photo == photos.c.id)
        .where(photos.c.id == name, photos.c.kind != "document", whole if signed else or_(allowed, gone, whole))
    ).one_or_none()
