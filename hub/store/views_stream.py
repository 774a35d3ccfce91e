"""What changed in the work lists since a moment: read once for all who listen."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, exists, select

from hub.store.tables import queue_entries, queue_rows, reports
from hub.store.views_queue import WorkList

MOST = 2000
"""Changes looked at in one go; more than these are told as counts."""
TOLD = 50
"""Reports named in one message."""


@dataclass(frozen=True, slots=True)
class Change:
    """A report at a version, and whose list it stands in. For the hub itself, never for a reader as it is."""

    report: int
    version: int
    queue: str
    placed: bool
    """The posko has been given it."""
    at: datetime


def changes_since(connection: Connection, since: datetime) -> list[Change]:
    """Give what changed at or after a moment, oldest first; by the index on the time of change."""
    placed = exists().where(queue_entries.c.report == reports.c.id)
    columns = reports.c["id", "version", "queue", "updated_at", "merged_into"]
    statement = select(*columns, placed.label("placed")).where(reports.c.updated_at >= since)
    rows = connection.execute(statement.order_by(reports.c.updated_at, reports.c.id).limit(MOST))
    return [Change(row.id, row.version, row.queue, row.placed or bool(row.merged_into), row.updated_at) for row in rows]


def placed_since(connection: Connection, waiting: Collection[int]) -> set[int]:
    """Give those that have been placed meanwhile."""
    statement = select(queue_entries.c.report).where(queue_entries.c.report.in_(waiting))
    return set(connection.execute(statement).scalars())


def rows_of(connection: Connection, work: WorkList, ids: Collection[int]) -> Sequence[Any]:
    """Give number, version and urgency of those that the reader of a list may see in it, newest first."""
    columns = reports.c["number", "version", "urgency", "status", "opened_at"]
    statement = (
        select(*columns)
        .join(queue_rows, queue_rows.c.report == reports.c.id)
        .where(reports.c.id.in_(list(ids)), work.shape.clause(), work.sight.clause(), queue_rows.c.placed)
        .order_by(reports.c.id.desc())
        .limit(TOLD)
    )
    return connection.execute(statement, work.values).all()
