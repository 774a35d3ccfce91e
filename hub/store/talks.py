"""What citizens and staff ask and dispute."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from hub.store.tables import Instant, complaints, disputes, followups, questions

CHUNK = 500


def ask(connection: Connection, **row: Any) -> None:
    """Note a question to a citizen: `id report complaint kind text by at due_at`."""
    connection.execute(insert(questions).values(state="open", **row))


def tell(connection: Connection, at: datetime, **row: Any) -> None:
    """Note words to one citizen that ask nothing: `id report complaint text by at`."""
    connection.execute(insert(questions).values(kind="tell", state="told", at=at, due_at=at, settled_at=at, **row))


def is_said(connection: Connection, name: str) -> bool:
    """Say whether a question, or words to one citizen, of this id were noted."""
    return connection.execute(select(questions.c.id).where(questions.c.id == name)).one_or_none() is not None


def report_of_follow_up(connection: Connection, channel: str, native_id: str) -> int | None:
    """Give the report that a follow-up was filed under; None where there is no such follow-up."""
    which = followups.c.channel == channel, followups.c.native_id == native_id
    return connection.execute(select(followups.c.report).where(*which)).scalar_one_or_none()


def open_questions(connection: Connection, *, report: int | None = None, complaint: int | None = None) -> list[Any]:
    """List what is still to be answered, of a report or of one complaint."""
    column, value = (questions.c.report, report) if report is not None else (questions.c.complaint, complaint)
    return list(connection.execute(select(questions).where(column == value, questions.c.state == "open")))


def expired_questions(connection: Connection, now: datetime, limit: int = 100) -> list[Any]:
    """List questions whose time is over."""
    late = questions.c.state == "open", questions.c.due_at <= now
    return list(connection.execute(select(questions).where(*late).order_by(questions.c.due_at).limit(limit)))


def load_question(connection: Connection, name: str) -> Any:
    """Give an open question as it stands now; None where it is settled."""
    which = questions.c.id == name, questions.c.state == "open"
    return connection.execute(select(questions).where(*which)).one_or_none()


def settle_questions(connection: Connection, ids: Sequence[str], state: str, now: datetime) -> None:
    """Mark open questions as answered or expired."""
    which = questions.c.id.in_(ids), questions.c.state == "open"
    if ids:
        connection.execute(update(questions).where(*which).values(state=state, settled_at=now))


def postpone_question(connection: Connection, name: str, due_at: datetime) -> None:
    """Give a citizen more time: they have not been asked yet."""
    connection.execute(update(questions).where(questions.c.id == name).values(due_at=due_at))


def move_talk(connection: Connection, complaints_: Sequence[int], report: int) -> None:
    """What was asked of these complaints' citizens, and what they dispute, follows them to another report."""
    for start in range(0, len(complaints_), CHUNK):
        some = complaints_[start : start + CHUNK]
        asked = questions.c.complaint.in_(some), questions.c.state == "open"
        connection.execute(update(questions).where(*asked).values(report=report))
        disputed = disputes.c.complaint.in_(some), disputes.c.decision == ""
        connection.execute(update(disputes).where(*disputed).values(report=report))


def clocks_of(connection: Connection, report: int) -> tuple[datetime | None, datetime | None]:
    """Give since when a report's clock stands still, and since when it is disputed; None for neither."""
    asked = select(func.min(questions.c.at, type_=Instant)).where(
        questions.c.report == report, questions.c.state == "open"
    )
    disputed = select(func.min(disputes.c.at, type_=Instant)).where(
        disputes.c.report == report, disputes.c.decision == ""
    )
    return connection.execute(asked).scalar(), connection.execute(disputed).scalar()


def pauses_of(connection: Connection, reports: Sequence[int]) -> dict[int, list[tuple[datetime, datetime]]]:
    """Give when the clocks of these reports stood still: from each question to its end, those still open left out."""
    found: dict[int, list[tuple[datetime, datetime]]] = {}
    ended = questions.c.settled_at.is_not(None)
    for start in range(0, len(reports), CHUNK):
        which = questions.c.report.in_(reports[start : start + CHUNK]), ended
        for row in connection.execute(select(*questions.c["report", "at", "settled_at"]).where(*which)):
            found.setdefault(row.report, []).append((row.at, row.settled_at))
    return found


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


def dispute_again(connection: Connection, report: int, decided_at: datetime) -> None:
    """What was decided then is open again: the deed that decided it was undone."""
    which = disputes.c.report == report, disputes.c.decided_at == decided_at, disputes.c.decision == "reopened"
    connection.execute(update(disputes).where(*which).values(decision="", by="", decided_at=None, reason=""))


def decide_disputes(
    connection: Connection, report: int, decision: str, *, by: str, now: datetime, reason: str = ""
) -> int:
    """Decide all open disputes of a report at once; give how many there were."""
    values = {"decision": decision, "by": by, "decided_at": now, "reason": reason}
    which = disputes.c.report == report, disputes.c.decision == ""
    return connection.execute(update(disputes).where(*which).values(values)).rowcount
