"""Reports in the order in which they changed, for those who catch up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, or_, select

from hub.store.tables import reports
from hub.store.views_sight import Sight

Cursor = tuple[datetime, int]
"""When the last report changed, and its key."""


def changed_after(
    connection: Connection, sight: Sight, after: Cursor | None, limit: int
) -> Sequence[tuple[datetime, int]]:
    """Give changes behind a cursor, oldest first."""
    statement = select(reports.c.updated_at, reports.c.id).where(sight.clause())
    if after is not None:
        at, key = after
        # The plain lower bound lets both engines seek in the index; the pair alone does not.
        statement = statement.where(
            reports.c.updated_at >= at,
            or_(reports.c.updated_at > at, and_(reports.c.updated_at == at, reports.c.id > key)),
        )
    rows = connection.execute(statement.order_by(reports.c.updated_at, reports.c.id).limit(limit))
    return [(row.updated_at, row.id) for row in rows]
