"""Who may see a photo."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, and_, func, select

from hub.store.tables import complaints, followups, photos, reports
from hub.store.views_sight import Sight


def find_photo(connection: Connection, name: str, sight: Sight | None, *, signed: bool) -> Row[Any] | None:
    """Give a photo that may be shown to this reader; documents never.

    With a signed link: unless sealed. Staff: of the reports that they see. Everybody: where it came by a public channel
    and is neither rahasia nor sealed. Photos of officials: with a signed link, and staff.
    """
    allowed = and_(complaints.c.audience == "public", complaints.c.rahasia.is_(False), reports.c.handling == "open")
    if signed:
        allowed = reports.c.handling == "open"
    elif sight is not None:
        allowed = allowed | sight.clause()
    return connection.execute(
        select(photos)
        .outerjoin(complaints, complaints.c.id == photos.c.complaint)
        .outerjoin(followups, followups.c.id == photos.c.followup)
        .join(reports, reports.c.id == func.coalesce(complaints.c.report, followups.c.report))
        .where(photos.c.id == name, photos.c.kind != "document", allowed)
    ).one_or_none()
