"""A citizen asks at a desk where it stands ("minta update"): the officials are asked, and their next word answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from hub.pipeline.house import House
from hub.pipeline.outbox import write_notices
from hub.store import reports
from hub.store.reports import ReportState
from hub.store.store import Store
from hub.store.tables import nudges

CAUSE = "nudge"
"""Cause of the notice: it goes out although nothing else has changed."""
REST = timedelta(hours=24)
"""Who asks again within this time is noted, and the officials are not asked twice."""


class NoNudge(ValueError):
    """There is nothing to ask about, for the reason given."""


@dataclass(frozen=True)
class Nudger:
    """Asks the officials for news of a report."""

    store: Store
    house: House
    after: Callable[[], None] = field(default=lambda: None)
    """Called after each question: there may be something to deliver."""

    async def nudge(self, number: str, by: str) -> bool:
        """Note that somebody asks; True where the officials are told now, False where they were a short while ago.

        A merged number means its survivor. Raises NoNudge.
        """
        told = await self.store.write(lambda connection: nudge(connection, self.house, number, by, self.store.now()))
        self.after()
        return told


def nudge(connection: Connection, house: House, number: str, by: str, now: datetime) -> bool:
    """Do what `Nudger.nudge` says, as a unit of work."""
    key = reports.find_report(connection, number)
    report = reports.load_reports(connection, [key], lock=True).get(key) if key is not None else None
    if report is None:
        raise NoNudge("there is no such report")
    if report.is_closed:
        raise NoNudge("this report is closed: there is nothing to ask for")
    told = report.nudged_at is None or report.nudged_at + REST <= now
    connection.execute(insert(nudges).values(report=report.id, by=by[:80], at=now))
    reports.write_history(connection, [_note(report, by, now, told=told)])
    if told:
        report.nudged_at = now
        report.touch(CAUSE, now)
        reports.save_reports(connection, [report])
        write_notices(connection, [report], house, now, except_for={})
    return told


def _note(report: ReportState, by: str, now: datetime, *, told: bool) -> dict[str, object]:
    return {"report": report.id, "at": now, "kind": "nudged", "actor": by, "data": {"told": told}}


def answer_nudges(connection: Connection, report: ReportState, now: datetime) -> None:
    """The officials have said something: whoever asked has their answer. The caller saves the report."""
    if report.nudged_at is None:
        return
    report.nudged_at = None
    waiting = (nudges.c.report == report.id, nudges.c.answered_at.is_(None))
    connection.execute(update(nudges).where(*waiting).values(answered_at=now))


def hand_on_nudges(connection: Connection, source: ReportState, target: ReportState) -> None:
    """A report was merged into another: its open questions are answered by the other's news. The caller saves both."""
    if source.nudged_at is None:
        return
    waiting = (nudges.c.report == source.id, nudges.c.answered_at.is_(None))
    connection.execute(update(nudges).where(*waiting).values(report=target.id))
    target.nudged_at, source.nudged_at = max(source.nudged_at, target.nudged_at or source.nudged_at), None


def nudges_of(connection: Connection, report: int) -> list[tuple[datetime, str, datetime | None]]:
    """Give when somebody asked, at whose desk, and when it was answered: newest first."""
    rows = connection.execute(
        select(nudges.c.at, nudges.c.by, nudges.c.answered_at)
        .where(nudges.c.report == report)
        .order_by(nudges.c.id.desc())
        .limit(20)
    )
    return [(row.at, row.by, row.answered_at) for row in rows]
