"""Hand-overs of reports between units: what is offered to whom, what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, insert, or_, select, update

from hub.store.tables import handovers, reports
from hub.store.views_sight import Sight, offered_to
from normalizer.report import CLOSED

ENDED = "machine"
"""Who withdraws the offer of a report that nobody can take over any more."""


def offer(connection: Connection, **row: Any) -> None:
    """Note an offer: `report from_unit to_unit by at reason`."""
    connection.execute(insert(handovers).values(state="offered", **row))


def place(connection: Connection, *, by: str, at: datetime, **row: Any) -> None:
    """Note that a unit has a report without being asked: `report from_unit to_unit reason`."""
    settled = {"state": "accepted", "answered_by": by, "answered_at": at}
    connection.execute(insert(handovers).values(by=by, at=at, **settled, **row))


def open_offer(connection: Connection, report: int) -> Row[Any] | None:
    """Give the offer of a report that nobody has answered."""
    which = handovers.c.report == report, handovers.c.state == "offered"
    return connection.execute(select(handovers).where(*which).order_by(handovers.c.id).limit(1)).one_or_none()


def settle(connection: Connection, key: int, state: str, *, by: str, now: datetime, reason: str = "") -> None:
    """Say what came of an offer."""
    values = {"state": state, "answered_by": by, "answered_at": now, "answer_reason": reason}
    connection.execute(update(handovers).where(handovers.c.id == key).values(values))


def returns_of(connection: Connection, report: int) -> int:
    """Count how often a report came back since a unit last took it over."""
    accepted = select(func.coalesce(func.max(handovers.c.id), 0)).where(
        handovers.c.report == report, handovers.c.state == "accepted"
    )
    returned = handovers.c.report == report, handovers.c.state == "returned"
    statement = select(func.count()).where(*returned, handovers.c.id > accepted.scalar_subquery())
    return int(connection.execute(statement).scalar_one())


def handovers_of(connection: Connection, report: int, limit: int = 50) -> list[Row[Any]]:
    """Give the hand-overs of a report, newest first."""
    chosen = select(handovers).where(handovers.c.report == report)
    return list(connection.execute(chosen.order_by(handovers.c.id.desc()).limit(limit)))


def end_idle(connection: Connection, now: datetime) -> int:
    """Withdraw offers of reports that are closed, joined to another or sealed by now. Gives how many."""
    idle = select(reports.c.id).where(
        or_(reports.c.status.in_(CLOSED), reports.c.merged_into.is_not(None), reports.c.handling != "open")
    )
    which = handovers.c.state == "offered", handovers.c.report.in_(idle)
    values = {"state": "withdrawn", "answered_by": ENDED, "answered_at": now}
    return connection.execute(update(handovers).where(*which).values(values)).rowcount


def offers_to(connection: Connection, unit: str, sight: Sight, limit: int = 100) -> list[Row[Any]]:
    """Give what is offered to a unit or to one below it, longest waiting first."""
    return list(connection.execute(_offers(offered_to(unit), sight).limit(limit)))


def offers_from(connection: Connection, unit: str, sight: Sight, limit: int = 100) -> list[Row[Any]]:
    """Give what a unit or one below it has offered and nobody has answered, longest waiting first."""
    below = handovers.c.from_unit.startswith(f"{unit}.", autoescape=True)
    return list(connection.execute(_offers(or_(handovers.c.from_unit == unit, below), sight).limit(limit)))


def count_offers_to(connection: Connection, unit: str, sight: Sight) -> int:
    """Count what is offered to a unit."""
    found = _offers(offered_to(unit), sight).subquery()
    return int(connection.execute(select(func.count()).select_from(found)).scalar_one())


def _offers(which: ColumnElement[bool], sight: Sight) -> Select[Any]:
    columns = reports.c["number", "version", "title", "category", "urgency", "status", "place", "due_at"]
    return (
        select(*handovers.c["id", "from_unit", "to_unit", "by", "at", "reason"], *columns)
        .join(reports, reports.c.id == handovers.c.report)
        .where(handovers.c.state == "offered", which, sight.clause())
        .order_by(handovers.c.id)
    )
