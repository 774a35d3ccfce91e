"""What citizens and staff ask and dispute."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from hub.store.tables import complaints, disputes, questions


def ask(connection: Connection, **row: Any) -> None:
    """Note a question to a citizen: `id report complaint kind text by at due_at`."""
    connection.execute(insert(questions).values(state="open", **row))


def open_questions(connection: Connection, *, report: int | None = None, complaint: int | None = None) -> list[Any]:
    """List what is still to be answered, of a report or of one complaint."""
    column, value = (questions.c.report, report) if report is not None else (questions.c.complaint, complaint)
    return list(connection.execute(select(questions).where(column == value, questions.c.state == "open")))


def expired_questions(connection: Connection, now: datetime, limit: int = 100) -> list[Any]:
    """List questions whose time is over."""
    late = questions.c.state == "open", questions.c.due_at <= now
    return list(connection.execute(select(questions).where(*late).order_by(questions.c.due_at).limit(limit)))


def settle_questions(connection: Connection, ids: Sequence[str], state: str, now: datetime) -> None:
    """Mark questions as answered or expired."""
    if ids:
        connection.execute(update(questions).where(questions.c.id.in_(ids)).values(state=state, settled_at=now))


def move_questions(connection: Connection, complaints_: Sequence[int], report: int) -> None:
    """Questions follow their complaint to another report."""
    which = questions.c.complaint.in_(complaints_), questions.c.state == "open"
    connection.execute(update(questions).where(*which).values(report=report))


def dispute(connection: Connection, **row: Any) -> None:
    """Note that a citizen disputes: `report complaint at due_at photos decision by`."""
    connection.execute(insert(disputes).values(**row))


def open_disputes(connection: Connection, report: int) -> list[Any]:
    """List disputes that nobody has decided, with the key of who raised each."""
    return list(
        connection.execute(
            select(disputes, complaints.c.reporter)
            .join(complaints, complaints.c.id == disputes.c.complaint)
            .where(disputes.c.report == report, disputes.c.decision == "")
            .order_by(disputes.c.id)
        )
    )


def decide_disputes(
    connection: Connection, report: int, decision: str, *, by: str, now: datetime, reason: str = ""
) -> int:
    """Decide all open disputes of a report at once; give how many there were."""
    values = {"decision": decision, "by": by, "decided_at": now, "reason": reason}
    which = disputes.c.report == report, disputes.c.decision == ""
    return connection.execute(update(disputes).where(*which).values(values)).rowcount
