"""Day by day what came in and what became of it, and the spots where most comes from."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Function, Integer, String, case, cast, func, literal_column, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from hub.store.cut import CELL, GRID, MARKS, Cut
from hub.store.tables import reports
from hub.store.views_sight import Sight

SPOTS = 10


class local_day(Function[str]):  # noqa: N801 - reads as the SQL function that it is
    """The day of an instant, so many seconds east of UTC, as 2026-10-31."""

    inherit_cache = True
    type = String()

    def __init__(self, at: Any, offset: int) -> None:
        super().__init__("local_day", at, literal_column(str(int(offset))))


@compiles(local_day, "sqlite")
def _on_sqlite(element: local_day, compiler: SQLCompiler, **kw: Any) -> str:
    at, offset = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"date({at}, '{offset} seconds')"


@compiles(local_day, "postgresql")
def _on_postgresql(element: local_day, compiler: SQLCompiler, **kw: Any) -> str:
    at, offset = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"to_char({at} AT TIME ZONE 'UTC' + {offset} * interval '1 second', 'YYYY-MM-DD')"


def read_days(connection: Connection, sight: Sight, cut: Cut, offset: int) -> dict[date, Counter[str]]:
    """Count reports by the local day they were made on, and by status."""
    day = local_day(reports.c.created_at, offset)
    rows = connection.execute(
        select(day, reports.c.status, func.count()).where(cut.clause(sight)).group_by(day, reports.c.status)
    )
    days: dict[date, Counter[str]] = defaultdict(Counter)
    for spelled, status, count in rows:
        days[date.fromisoformat(spelled)][status] += count
    return dict(days)


@dataclass(frozen=True, slots=True)
class Spot:
    """A cell of the grid from which several reports came."""

    cell: tuple[int, int]
    reports: int
    open: int
    kelurahan: str
    category: str
    """What comes most often from there."""
    repeats: int
    """How often that came."""

    @property
    def centre(self) -> tuple[float, float]:
        """Give its middle: latitude, longitude."""
        return self.cell[0] / GRID, self.cell[1] / GRID


def read_spots(connection: Connection, sight: Sight, cut: Cut, limit: int = SPOTS) -> list[Spot]:
    """Give the cells with the most open reports, then the most reports; one report alone is no spot."""
    row, column = (cast(edge, Integer).label(name) for edge, name in zip(CELL, ("row", "column"), strict=True))
    unsettled = func.sum(case((MARKS["belum-selesai"], 1), else_=0))
    placed = cut.clause(sight), reports.c.lat.is_not(None), reports.c.kelurahan != ""
    found = connection.execute(
        select(row, column, func.count(), unsettled)
        .where(*placed)
        .group_by(row, column)
        .having(func.count() > 1)
        .order_by(unsettled.desc(), func.count().desc(), row, column)
        .limit(limit)
    ).all()
    kinds = _kinds(connection, [cut_of(cut, (one[0], one[1])) for one in found], sight)
    return [Spot((one[0], one[1]), one[2], one[3], *kinds[one[0], one[1]]) for one in found]


def cut_of(cut: Cut, cell: tuple[int, int]) -> Cut:
    """Narrow a cut to a cell."""
    return Cut(cut.since, cut.until, area=cut.area, cell=cell)


def _kinds(
    connection: Connection, cuts: Sequence[Cut], sight: Sight
) -> dict[tuple[int, int] | None, tuple[str, str, int]]:
    """Say of each cell in which kelurahan most of it lies, and what comes from there most often."""
    kinds = {}
    for cut in cuts:
        rows = connection.execute(
            select(reports.c.kelurahan, reports.c.category, func.count())
            .where(cut.clause(sight), reports.c.kelurahan != "")
            .group_by(reports.c.kelurahan, reports.c.category)
        ).all()
        places: Counter[str] = Counter()
        categories: Counter[str] = Counter()
        for kelurahan, category, count in rows:
            places[kelurahan] += count
            categories[category] += count
        (place, _), (kind, repeats) = _most(places), _most(categories)
        kinds[cut.cell] = place, kind, repeats
    return kinds


def _most(counted: Counter[str]) -> tuple[str, int]:
    return min(counted.items(), key=lambda item: (-item[1], item[0]))
