"""What categories are learned from: complaints whose category a person set, or saw and left as it was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, exists, or_, select

from hub.store.tables import complaints, decisions, followups, reporters, reports, understandings

LIMIT = 50_000
"""Complaints, the newest: enough to learn from, and no more than can be fitted in some minutes."""
STAFF = "posko"
"""What follow-ups of staff are filed under."""

_SET = exists().where(
    decisions.c.report == reports.c.id, decisions.c.field == "category", decisions.c.undone_at.is_(None)
)
_SEEN = exists().where(followups.c.report == reports.c.id, followups.c.channel == STAFF, followups.c.applied)
"""Staff have worked on it on its page, where its category stands."""


def training_rows(connection: Connection) -> Sequence[Any]:
    """Give them, newest first. `set_by` is `person` or `machine`.

    Never of sealed reports, not even of those that were opened, nor what was asked to be kept secret or taken back.
    """
    columns = complaints.c["id", "native_id", "report", "reporter", "created_at", "title", "text"]
    said = complaints.c["category_reported", "tags"]
    made = understandings.c.text.label("scrubbed")
    wanted = (
        select(*columns, *said, made, reports.c.category, reports.c.category_by.label("set_by"))
        .join(reports, reports.c.id == complaints.c.report)
        .join(understandings, understandings.c.id == complaints.c.understanding)
        .where(
            complaints.c.state == "open",
            complaints.c.rahasia.is_(False),
            complaints.c.category_hint == "",
            understandings.c.handling == "open",
            reports.c.handling == "open",
            reports.c.handling_by == "machine",
            or_(reports.c.category_by == "person", _SEEN),
            or_(reports.c.category_by == "machine", _SET),
        )
        .order_by(complaints.c.created_at.desc(), complaints.c.id.desc())
        .limit(LIMIT)
    )
    return connection.execute(wanted).all()


def names_of_reporters(connection: Connection) -> list[str]:
    """List what reporters are called: words that are never learned."""
    rows = connection.execute(select(reporters.c.name, reporters.c.handle))
    return sorted({name for row in rows for name in row if name})
