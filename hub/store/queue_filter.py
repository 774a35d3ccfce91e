"""What a clerk narrows a work list down to, and the order they want it in: plain data, and its SQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Literal, get_args

from sqlalchemy import ColumnElement, and_, or_

from hub.store.tables import queue_rows

Sort = Literal["terbaru", "terlama", "diubah", "terbanyak", "tenggat"]
SORTS: tuple[Sort, ...] = get_args(Sort)
Value = datetime | int | None


@dataclass(frozen=True, slots=True)
class Filter:
    """What all rows shown have in common. Empty members let everything through."""

    categories: tuple[str, ...] = ()
    kelurahan: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    urgencies: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    """The last day, whole."""
    photo: bool | None = None
    owner: str = ""
    text: str = ""
    sort: Sort = "terbaru"

    @property
    def narrows(self) -> bool:
        """Leaves anything out; an order alone does not."""
        return self != Filter(sort=self.sort)

    def clauses(self, now: datetime, zone: tzinfo) -> Iterator[ColumnElement[bool]]:
        """Give the conditions on `queue_rows`, but for the text."""
        rows = queue_rows.c
        chosen = (
            (rows.category, self.categories),
            (rows.kelurahan, self.kelurahan),
            (rows.status, self.statuses),
            (rows.urgency, self.urgencies),
        )
        for column, codes in chosen:
            if codes:
                yield column.in_(codes)
        if self.channels:
            yield or_(*(rows.channels.contains(f'"{name}":', autoescape=True) for name in self.channels))
        if self.since is not None:
            yield rows.created_at >= datetime.combine(self.since, time(), zone)
        if self.until is not None:
            yield rows.created_at < datetime.combine(self.until + timedelta(days=1), time(), zone)
        if self.photo is not None:
            yield rows.photo == self.photo
        if self.owner:
            yield and_(rows.owner == self.owner, held(now))


def held(now: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    """Say that somebody works on it: a claim that has expired is nobody's."""
    rows = queue_rows.c
    return and_(rows.owner != "", or_(rows.owner_until.is_(None), rows.owner_until > now))


def column_of(sort: Sort) -> ColumnElement[Value] | None:
    """Give what rows are ordered by, before their keys; none where the keys alone do."""
    rows = queue_rows.c
    columns: dict[str, ColumnElement[Value]] = {
        "diubah": rows.updated_at,
        "terbanyak": rows.complaints,
        "tenggat": rows.due_at,
    }
    return columns.get(sort)


def order_of(sort: Sort) -> tuple[ColumnElement[Value], ...]:
    """Give the order within the emergencies, and within the rest."""
    column, key = column_of(sort), queue_rows.c.report
    if column is None:
        return (key.asc() if sort == "terlama" else key.desc(),)
    return (column.asc().nulls_last() if sort == "tenggat" else column.desc(), key.desc())


def behind(sort: Sort, value: Value, report: int) -> ColumnElement[bool]:
    """Say that a row comes after this one in the order."""
    column, key = column_of(sort), queue_rows.c.report
    if column is None:
        return key > report if sort == "terlama" else key < report
    if sort != "tenggat":
        return or_(column < value, and_(column == value, key < report))
    if value is None:
        return and_(column.is_(None), key < report)
    return or_(column > value, and_(column == value, key < report), column.is_(None))
