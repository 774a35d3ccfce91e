"""What staff decided of photos: shown to everybody, shown with parts made unreadable, or kept from them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, delete, func, insert, select

from hub.store.erasure import orphan
from hub.store.tables import blurs, complaints, followups, photos, reports
from hub.store.views_sight import Sight

Choice = Literal["shown", "blurred", "kept"]
Area = tuple[int, int, int, int]
"""Left, top, width and height, in thousandths of the picture."""


def photo_of(connection: Connection, name: str, sight: Sight) -> Row[Any] | None:
    """Give a photo of a report that this account sees, with what was decided of it and where it belongs."""
    return connection.execute(
        select(*photos.c["id", "content", "media_type", "state", "width", "height"])
        .add_columns(reports.c.number, reports.c.public, complaints.c.audience, complaints.c.rahasia)
        .add_columns(blurs.c.state.label("choice"), blurs.c.areas, blurs.c.version, blurs.c.content.label("copy"))
        .add_columns(blurs.c.by, blurs.c.at)
        .outerjoin(complaints, complaints.c.id == photos.c.complaint)
        .outerjoin(followups, followups.c.id == photos.c.followup)
        .join(reports, reports.c.id == func.coalesce(complaints.c.report, followups.c.report))
        .outerjoin(blurs, blurs.c.photo == photos.c.id)
        .where(photos.c.id == name, photos.c.kind == "photo", photos.c.state == "ready", sight.clause())
    ).one_or_none()


def decide_photo(
    connection: Connection,
    name: str,
    choice: Choice,
    *,
    areas: Sequence[Area],
    content: str,
    seen: int,
    by: str,
    at: datetime,
) -> bool:
    """Record what is decided; the copy that is not needed is put down for removal.

    False where somebody else decided meanwhile, or the photo was erased.
    """
    alive = select(photos.c.id).where(photos.c.id == name, photos.c.state == "ready").with_for_update()
    before = connection.execute(select(blurs).where(blurs.c.photo == name)).one_or_none()
    if connection.execute(alive).one_or_none() is None or seen != (before.version if before is not None else 0):
        orphan(connection, [content], at)
        return False
    if before is not None and before.content != content:
        orphan(connection, [before.content], at)
    connection.execute(delete(blurs).where(blurs.c.photo == name))
    row = {"photo": name, "state": choice, "areas": [list(area) for area in areas], "content": content}
    connection.execute(insert(blurs).values(**row, version=seen + 1, by=by, at=at))
    return True
