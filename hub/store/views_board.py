"""How well citizens are answered, complaint by complaint, as programs read it; duty reports by neighbourhood."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Float, Function, case, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from hub.store.tables import complaints, reports, understandings
from hub.store.views_sight import Sight

GROUPS: Mapping[str, Any] = {"unit": reports.c.lead, "category": reports.c.category, "channel": complaints.c.channel}


class seconds_between(Function[float]):  # noqa: N801 - reads as the SQL function that it is
    """Seconds from one instant to another, on either engine."""

    inherit_cache = True
    type = Float()

    def __init__(self, start: Any, end: Any) -> None:
        super().__init__("seconds_between", start, end)


@compiles(seconds_between, "sqlite")
def _on_sqlite(element: seconds_between, compiler: SQLCompiler, **kw: Any) -> str:
    start, end = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"((julianday({end}) - julianday({start})) * 86400.0)"


@compiles(seconds_between, "postgresql")
def _on_postgresql(element: seconds_between, compiler: SQLCompiler, **kw: Any) -> str:
    start, end = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"EXTRACT(EPOCH FROM ({end} - {start}))::float"


@dataclass(frozen=True, slots=True)
class Figures:
    """One line of the board. What ended by itself is neither followed up nor ignored: it counts in `ended` alone."""

    complaints: int = 0
    followed_up: int = 0
    coordinating: int = 0
    refused: int = 0
    ended: int = 0
    first_answer: timedelta | None = None
    """Median from the complaint's arrival to the first word about what is done."""
    done: timedelta | None = None
    """Median from the complaint's arrival to `selesai`."""

    @property
    def share(self) -> float | None:
        """Give the share of complaints that were followed up to the end, 0 to 1; None where there are none."""
        counted = self.complaints - self.ended
        return self.followed_up / counted if counted else None


@dataclass(frozen=True, slots=True)
class Board:
    """The whole page."""

    total: Figures = field(default_factory=Figures)
    groups: Mapping[str, Mapping[str, Figures]] = field(default_factory=dict)
    """Figures by `unit`, `category` and `channel`, then by code."""


def read_board(connection: Connection, sight: Sight, since: datetime, until: datetime | None = None) -> Board:
    """Work out the board over complaints that arrived since then, as far as this account may see them."""
    which = [
        sight.clause(),
        reports.c.merged_into.is_(None),
        complaints.c.received_at >= since,
        complaints.c.state != "erased",
    ]
    if until is not None:
        which.append(complaints.c.received_at < until)
    groups = {name: _figures(connection, column, which) for name, column in GROUPS.items()}
    total = _figures(connection, None, which)
    return Board(total.get("", Figures()), groups)


def _figures(connection: Connection, column: Any, which: list[ColumnElement[bool]]) -> dict[str, Figures]:
    counts = _counts(connection, column, which)
    answered = _medians(connection, column, reports.c.answered_at, which)
    finished = _medians(connection, column, reports.c.closed_at, [*which, reports.c.status == "selesai"])
    return {
        row.code: Figures(
            row.complaints,
            row.followed_up,
            row.coordinating,
            row.refused,
            row.ended,
            answered.get(row.code),
            finished.get(row.code),
        )
        for row in counts
    }


def _counts(connection: Connection, column: Any, which: list[ColumnElement[bool]]) -> list[Any]:
    code = (column if column is not None else func.lower("")).label("code")
    statuses = {"followed_up": "selesai", "coordinating": "koordinasi", "refused": "ditolak", "ended": "berakhir"}
    tallies = [
        func.coalesce(func.sum(case((reports.c.status == status, 1), else_=0)), 0).label(name)
        for name, status in statuses.items()
    ]
    statement = (
        select(code, func.count().label("complaints"), *tallies)
        .select_from(complaints.join(reports, reports.c.id == complaints.c.report))
        .where(*which)
    )
    return list(connection.execute(statement.group_by(column) if column is not None else statement))


def _medians(connection: Connection, column: Any, end: Any, which: list[ColumnElement[bool]]) -> dict[str, timedelta]:
    """Give the median wait by group: the middle one of the ordered rows, or the mean of the middle two."""
    code = (column if column is not None else func.lower("")).label("code")
    wait = seconds_between(complaints.c.received_at, end).label("wait")
    place = func.row_number().over(partition_by=code.element, order_by=wait.element).label("place")
    size = func.count().over(partition_by=code.element).label("size")
    ranked = (
        select(code, wait, place, size)
        .select_from(complaints.join(reports, reports.c.id == complaints.c.report))
        .where(*which, end.is_not(None), end >= complaints.c.received_at)
        .subquery()
    )
    middle = ranked.c.place.in_(((ranked.c.size + 1) // 2, (ranked.c.size + 2) // 2))
    rows = connection.execute(select(ranked.c.code, func.avg(ranked.c.wait)).where(middle).group_by(ranked.c.code))
    return {row[0]: timedelta(seconds=float(row[1])) for row in rows}


def duty_counts(
    connection: Connection, sight: Sight, since: datetime, until: datetime
) -> list[tuple[str, str, str, int]]:
    """Count duty reports of heads of RT and RW: kelurahan, `RT 005`/`RW 07`, role, complaints; most first."""
    rows = connection.execute(
        select(complaints.c.role, understandings.c.place)
        .join(reports, reports.c.id == complaints.c.report)
        .join(understandings, understandings.c.id == complaints.c.understanding)
        .where(
            sight.clause(),
            complaints.c.role != "",
            complaints.c.state != "erased",
            complaints.c.received_at >= since,
            complaints.c.received_at < until,
        )
    )
    counted = Counter((row.place.get("kelurahan", ""), _neighbourhood(row.place), row.role) for row in rows)
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return [(*key, count) for key, count in ordered]


def _neighbourhood(place: Mapping[str, Any]) -> str:
    rt, rw = place.get("rt") or (), place.get("rw") or ()
    named = [f"RT {rt[0]:03}"] if rt else []
    return "/".join([*named, *([f"RW {rw[0]:02}"] if rw else [])])
