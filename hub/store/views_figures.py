"""What became of reports: counts and waits by unit, category, channel and area. Reports count, not complaints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, case, func, literal, select

from hub.store.cut import MARKS, WORKED_ON, Cut
from hub.store.tables import complaints, reports
from hub.store.views_board import seconds_between
from hub.store.views_sight import Sight

Grouping = Literal["unit", "category", "channel", "kelurahan", "kecamatan"]
APART: tuple[str, ...] = ("dialihkan", "dibuka-lagi", "dibantah")
"""What is counted beside the outcomes, never among them."""
ENDS = ("dijawab", "tuntas")
"""What is waited for."""


@dataclass(frozen=True, slots=True)
class Waits:
    """How long it took, over those that got there."""

    reports: int = 0
    median: timedelta | None = None
    late: timedelta | None = None
    """The 90th percentile: nine of ten took no longer."""


@dataclass(frozen=True, slots=True)
class Tally:
    """One line of the board. Every report stands in exactly one of done, open, coordinating, refused and ended."""

    reports: int = 0
    complaints: int = 0
    done: int = 0
    open: int = 0
    coordinating: int = 0
    refused: int = 0
    ended: int = 0
    first: Waits = field(default_factory=Waits)
    """From the report's making to the first word about what is done."""
    finish: Waits = field(default_factory=Waits)
    """From the report's making to `selesai`."""

    @property
    def share(self) -> float | None:
        """Give the share that was followed up to the end, 0 to 1, of those that did not end by themselves."""
        counted = self.reports - self.ended
        return self.done / counted if counted else None


def read_tallies(connection: Connection, sight: Sight, cut: Cut, grouping: Grouping | None = None) -> dict[str, Tally]:
    """Count by group, most reports first; without a grouping one line under the empty code, if there is any."""
    code = _code(grouping)
    rows = connection.execute(_counts(code, _from(grouping), cut.clause(sight))).all()
    first, finish = (read_waits(connection, cut.clause(sight), grouping, mark) for mark in ENDS)
    return {
        row.code: replace(Tally(*row[1:]), first=first.get(row.code, Waits()), finish=finish.get(row.code, Waits()))
        for row in sorted(rows, key=lambda row: (-row.reports, row.code))
        if row.reports
    }


def _code(grouping: Grouping | None) -> ColumnElement[Any]:
    columns: Mapping[str | None, ColumnElement[Any]] = {
        None: literal(""),
        "unit": reports.c.lead,
        "category": reports.c.category,
        "kelurahan": reports.c.kelurahan,
        "kecamatan": reports.c.kecamatan,
    }
    return _SPOKEN.c.channel if grouping == "channel" else columns[grouping]


_SPOKEN = select(complaints.c.report, complaints.c.channel).distinct().subquery("spoken")
"""A report counts once for each channel that it came over."""


def _from(grouping: Grouping | None) -> Any:
    return reports.join(_SPOKEN, _SPOKEN.c.report == reports.c.id) if grouping == "channel" else reports


def _counts(code: ColumnElement[Any], source: Any, which: ColumnElement[bool]) -> Any:
    statuses = (("selesai",), WORKED_ON, ("koordinasi",), ("ditolak",), ("berakhir",))
    tallies = [func.coalesce(func.sum(case((reports.c.status.in_(some), 1), else_=0)), 0) for some in statuses]
    said = func.coalesce(func.sum(reports.c.complaint_count), 0)
    statement = select(code.label("code"), func.count().label("reports"), said, *tallies).select_from(source)
    return statement.where(which).group_by(code)


def read_waits(
    connection: Connection, which: ColumnElement[bool], grouping: Grouping | None, mark: str
) -> dict[str, Waits]:
    """Rank the waits of each group: the middle one, or the mean of the middle two, and the one at nine tenths."""
    code, wait = (
        _code(grouping),
        seconds_between(reports.c.created_at, reports.c.answered_at if mark == "dijawab" else reports.c.closed_at),
    )
    ranked = (
        select(
            code.label("code"),
            wait.label("wait"),
            func.row_number().over(partition_by=code, order_by=wait).label("place"),
            func.count().over(partition_by=code).label("size"),
        )
        .select_from(_from(grouping))
        .where(which, MARKS[mark])
        .subquery()
    )
    middle = ranked.c.place.in_(((ranked.c.size + 1) // 2, (ranked.c.size + 2) // 2))
    late = ranked.c.place == (ranked.c.size * 9 + 9) // 10
    rows = connection.execute(
        select(
            ranked.c.code,
            func.max(ranked.c.size),
            func.avg(case((middle, ranked.c.wait))),
            func.max(case((late, ranked.c.wait))),
        ).group_by(ranked.c.code)
    )
    return {row[0]: Waits(row[1], timedelta(seconds=row[2]), timedelta(seconds=row[3])) for row in rows}


def count_apart(connection: Connection, sight: Sight, cut: Cut) -> dict[str, int]:
    """Count what is shown beside the outcomes: handed over, reopened, disputed."""
    tallies = [func.coalesce(func.sum(case((MARKS[mark], 1), else_=0)), 0).label(mark) for mark in APART]
    return dict(connection.execute(select(*tallies).where(cut.clause(sight))).mappings().one())


def count_reasons(connection: Connection, sight: Sight, cut: Cut) -> dict[str, int]:
    """Count refusals by their reason, most first."""
    rows = connection.execute(
        select(reports.c.reason, func.count())
        .where(cut.clause(sight), reports.c.status == "ditolak")
        .group_by(reports.c.reason)
        .order_by(func.count().desc(), reports.c.reason)
    )
    return {row[0]: row[1] for row in rows}


def count_reports(connection: Connection, sight: Sight, cut: Cut) -> int:
    """Count the reports of a cut."""
    return connection.execute(select(func.count()).select_from(reports).where(cut.clause(sight))).scalar_one()


LISTED = reports.c[
    "id",
    "number",
    "status",
    "reason",
    "category",
    "urgency",
    "place",
    "lead",
    "complaint_count",
    "created_at",
    "answered_at",
    "closed_at",
]


def list_reports(
    connection: Connection, sight: Sight, cut: Cut, after: int | None = None, limit: int = 50
) -> Sequence[Any]:
    """Give the reports of a cut, newest first, behind a key."""
    statement = select(*LISTED).where(cut.clause(sight))
    if after is not None:
        statement = statement.where(reports.c.id < after)
    return connection.execute(statement.order_by(reports.c.id.desc()).limit(limit)).all()
