"""Sets the clocks of reports wherever they change: what is due next, by when, and since when a clock stands still."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from hub.clocks.due import Pause, paused
from hub.clocks.keeper import Keeper
from hub.pipeline.house import House
from hub.store import reports, talks
from hub.store.reports import ReportState
from hub.store.tables import history
from normalizer.clocks import Step
from normalizer.taxonomy import category

LINE = "clock"
"""Kind of the line of history that says that a clock began anew."""


def start_clock(report: ReportState, now: datetime, house: House) -> None:
    """Let a unit's clock begin anew: it has taken the report over. Once the new lead is set."""
    step = next_step(report)
    report.clock_from, report.due_kind, report.warned_at, report.escalated_at = now, step, None, None
    report.due_at = house.keeper.due(step, report.lead, report.category, now)


def set_clocks(connection: Connection, states: Sequence[ReportState], house: House, now: datetime) -> None:
    """Work out what is due of each, before they are saved. Looks into the store only where a clock stood still."""
    asked = _pauses(connection, states)
    lines: list[dict[str, Any]] = []
    for report in states:
        if _is_reopened(report):
            start_clock(report, now, house)
            lines.append(_line(report, now, LINE, why="reopened"))
        received = _received(connection, report, lines)
        _set(report, house.keeper, received, asked.get(report.id, ()), now)
    reports.write_history(connection, lines)


def _line(report: ReportState, now: datetime, kind: str, **data: Any) -> dict[str, Any]:
    return {"report": report.id, "at": now, "kind": kind, "actor": "machine", "data": data}


def _pauses(connection: Connection, states: Sequence[ReportState]) -> dict[int, list[Pause]]:
    """Nobody was asked of a new report; of others the paused time is known, or the clock stands still."""
    perhaps = [one.id for one in states if one.paused_seconds or (one.clock_from and not one.new and not one.due_at)]
    return talks.pauses_of(connection, perhaps) if perhaps else {}


def _is_reopened(report: ReportState) -> bool:
    """A closed report is due for nothing; what was paused or merged keeps the kind of its step."""
    known = report.clock_from is not None and not report.new
    return known and not report.due_kind and not report.is_closed


def _received(connection: Connection, report: ReportState, lines: Sequence[dict[str, Any]]) -> datetime:
    """Say when the legal clock began: with the receipt, whoever has it now; anew only where it was opened again."""
    if report.clock_from is None:
        return report.created_at
    if report.clock_from <= report.created_at:
        return report.clock_from
    if lines and lines[-1]["report"] == report.id:
        return report.clock_from
    which = history.c.report == report.id, history.c.kind == LINE
    last = connection.execute(select(history.c.at).where(*which).order_by(history.c.id.desc()).limit(1)).scalar()
    return last or report.created_at


def legal_class_of(report: ReportState) -> str:
    """Give the class that a person chose, else that of its category."""
    return report.legal_class or category(report.category).legal_class


def go_on(report: ReportState) -> None:
    """What had closed a report is undone: its clock goes on as if it had never been closed."""
    report.due_kind = "" if report.is_closed else next_step(report)


def next_step(report: ReportState) -> Step:
    """Say what must be done next of an open report."""
    if report.urgency == "darurat" and report.status == "menunggu" and report.opened_at is None:
        return "open"
    return "answer" if report.answered_at is None else "done"


def _set(report: ReportState, keeper: Keeper, received: datetime, asked: Sequence[Pause], now: datetime) -> None:
    report.clock_from = report.clock_from or report.created_at
    report.paused_seconds = int(paused(report.clock_from, asked).total_seconds())
    before = report.due_kind
    report.due_kind = "" if report.is_closed else next_step(report)
    if report.is_closed or report.merged_into is not None or report.asked_at is not None:
        report.due_at = report.legal_due_at = None
    else:
        step: Step = report.due_kind  # type: ignore[assignment]  # set above, and not closed
        report.due_at = keeper.due(step, report.lead, report.category, report.clock_from, asked)
        report.legal_due_at = keeper.legal_due(legal_class_of(report), received, asked)
    # Whoever was warned of one step has not been warned of the next, nor of a deadline that was put off.
    if report.due_kind != before or report.due_at is None or report.due_at > now:
        report.warned_at = report.escalated_at = None
