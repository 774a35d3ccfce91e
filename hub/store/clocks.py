"""Deadlines as the store knows them: which run out, who has taken note, and by which calendar they were worked out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, func, literal_column, select, update
from sqlalchemy.dialects import postgresql, sqlite

from hub.store.tables import disputes, facts, reports
from hub.store.views_sight import Sight

Mark = Literal["warned_at", "escalated_at"]
HORIZON = timedelta(days=1)
"""Nobody is warned earlier."""
FACT = "clocks"
COUNTED = 1000
"""Further than this nobody counts what is late."""
MOST = 20
"""More at once would wake nobody better."""
_DUE = reports.c[
    "id", "due_kind", "clock_from", "due_at", "warned_at", "escalated_at", "handling", "kecamatan", "queue"
]

_BROUGHT = reports.c[
    "number", "category", "place", "lead", "asked_at", "clock_from", "due_kind", "due_at", "legal_due_at"
]


def running_out(connection: Connection, now: datetime) -> list[Any]:
    """List what is late, or may soon be, and has not been escalated; the earliest deadline first."""
    soon = reports.c.due_at <= now + HORIZON, reports.c.due_at.is_not(None), reports.c.escalated_at.is_(None)
    return list(connection.execute(select(*_DUE).where(*soon).order_by(reports.c.due_at)))


def claim(connection: Connection, ids: Sequence[int], mark: Mark, now: datetime) -> list[Any]:
    """Give those of these that nobody has marked yet, as they stand now; what another process works on is left out."""
    which = reports.c.id.in_(ids), reports.c[mark].is_(None), reports.c.due_at <= now + HORIZON
    return list(
        connection.execute(select(*_DUE).where(*which).order_by(reports.c.id).with_for_update(skip_locked=True))
    )


def set_mark(connection: Connection, ids: Sequence[int], mark: Mark, now: datetime) -> None:
    """Mark claimed ones. Their version stays: nobody who is writing is disturbed."""
    if ids:
        connection.execute(update(reports).where(reports.c.id.in_(ids)).values({mark: now}))


def brought_before(connection: Connection, sight: Sight, kecamatan: str, limit: int) -> tuple[int, list[Any]]:
    """Count what was escalated to the head of a kecamatan and is still open, and give those that are longest late."""
    which = reports.c.kecamatan == kecamatan, reports.c.escalated_at.is_not(None), sight.clause()
    some = select(reports.c.id).where(*which).limit(COUNTED).subquery()
    count = connection.execute(select(func.count()).select_from(some)).scalar_one()
    rows = connection.execute(select(*_BROUGHT).where(*which).order_by(reports.c.due_at).limit(limit)) if count else ()
    return count, list(rows)


def open_reports(connection: Connection, after: int, limit: int) -> list[int]:
    """List open reports behind a key, in the order of their keys."""
    which = reports.c.id > after, reports.c.closed_at.is_(None)
    return list(connection.execute(select(reports.c.id).where(*which).order_by(reports.c.id).limit(limit)).scalars())


def version_in_use(connection: Connection) -> str:
    """Give the version of rules and calendar by which all open reports were worked out; empty for none."""
    return connection.execute(select(facts.c.value).where(facts.c.name == FACT)).scalar() or ""


def keep_version(connection: Connection, version: str) -> None:
    """Note that all open reports were worked out by this version."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(facts).values(name=FACT, value=version)
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": version}))


def unopened(connection: Connection, now: datetime) -> list[Any]:
    """List emergencies that nobody has opened in time, the oldest first: `number`, `created_at`."""
    # Spelled so that the partial index is found.
    waits = reports.c.due_kind == literal_column("'open'"), reports.c.due_at <= now
    statement = select(reports.c.number, reports.c.created_at).where(*waits).order_by(reports.c.due_at).limit(MOST)
    return list(connection.execute(statement))


def undecided(connection: Connection, now: datetime) -> list[str]:
    """List the numbers of reports whose dispute should have been decided, the oldest first."""
    late = disputes.c.decision == "", disputes.c.due_at <= now
    rows = connection.execute(
        select(reports.c.number)
        .join(disputes, disputes.c.report == reports.c.id)
        .where(*late)
        .order_by(disputes.c.due_at)
        .limit(MOST)
    )
    return list(dict.fromkeys(rows.scalars()))
