"""The rows of a unit's work list: a page at a time, by what one narrow index holds, in a store of any size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, not_, null, select, union_all

from hub.store.queue_filter import Filter, Sort, Value, behind, column_of, order_of
from hub.store.search import finding
from hub.store.tables import complaints, photos, queue_rows, reports
from hub.store.views_lanes import ARCHIVE, LANES, OPEN, Lane, Tally, WorkList, lane_counts, standing_in, tally

__all__ = [
    "ARCHIVE",
    "LANES",
    "OPEN",
    "PAGE",
    "Lane",
    "Position",
    "QueuePage",
    "Tally",
    "WorkList",
    "count_found",
    "found_keys",
    "lane_counts",
    "oldest_open",
    "queue_page",
    "tally",
]
PAGE = 50
EVERYTHING = Filter()
Conditions = list[ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page ends: rows are ordered darurat first, then by what the filter sorts by, then by their keys."""

    urgent: bool
    report: int
    value: Value = None


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Rows of `reports`, newest photo by report id, and where to go on."""

    rows: Sequence[Row[Any]]
    photos: dict[int, str] = field(default_factory=dict)
    after: Position | None = None


_ROW = reports.c[
    "id",
    "number",
    "version",
    "status",
    "category",
    "category_sure",
    "urgency",
    "place",
    "kelurahan",
    "lat",
    "lon",
    "title",
    "complaint_count",
    "channel_counts",
    "first_at",
    "last_at",
    "created_at",
    "updated_at",
    "opened_at",
    "asked_at",
    "clock_from",
    "due_kind",
    "due_at",
    "legal_due_at",
    "escalated_at",
    "disputed_at",
    "duty",
    "validated",
    "owner",
    "owner_until",
    "lead",
]


def queue_page(
    connection: Connection,
    work: WorkList,
    lane: Lane,
    after: Position | None = None,
    limit: int = PAGE,
    *,
    chosen: Filter = EVERYTHING,
) -> QueuePage:
    """Give a page of a lane, behind a position."""
    found = _find(connection, work, _arms(connection, work, lane, chosen), _Span(chosen.sort, after, limit + 1))
    shown, last = found[:limit], found[limit - 1] if len(found) > limit else None
    rows = _load(connection, work, [row.report for row in shown])
    position = None if last is None else Position(last.urgent, last.report, last.value)
    return QueuePage(rows, _thumbnails(connection, [row.id for row in rows]), position)


def found_keys(
    connection: Connection, work: WorkList, lane: Lane, chosen: Filter = EVERYTHING, limit: int = 1000
) -> list[int]:
    """Give the keys of what a filter lets through, in its order: what is exported, or changed in bulk."""
    found = _find(connection, work, _arms(connection, work, lane, chosen), _Span(chosen.sort, None, limit))
    return [row.report for row in found]


def count_found(connection: Connection, work: WorkList, lane: Lane, chosen: Filter = EVERYTHING) -> int:
    """Count what a filter lets through."""
    counting = select(func.count()).select_from(queue_rows)
    return sum(
        connection.execute(counting.where(*arm), work.values).scalar_one()
        for arm in _arms(connection, work, lane, chosen)
    )


def _arms(connection: Connection, work: WorkList, lane: Lane, chosen: Filter) -> list[Conditions]:
    """Give the conditions of a lane's open rows, and of its closed ones, narrowed to what was chosen."""
    narrow = [*chosen.clauses(work.now, work.zone), *finding(connection, work.queue, chosen)]
    return [[standing, *narrow] for standing in standing_in(work.shape, lane)]


@dataclass(frozen=True, slots=True)
class _Span:
    """What part of the rows is asked for."""

    sort: Sort
    after: Position | None
    limit: int


def _find(connection: Connection, work: WorkList, arms: Sequence[Conditions], span: _Span) -> list[Row[Any]]:
    """Give the first keys behind a position: those of emergencies first."""
    rows, after, found = queue_rows.c, span.after, list[Row[Any]]()
    for urgent in (True, False) if after is None or after.urgent else (False,):
        here = [rows.urgent if urgent else not_(rows.urgent)]
        if after is not None and after.urgent == urgent:
            here.append(behind(span.sort, after.value, after.report))
        if len(found) < span.limit:
            statement = _in_order([[*arm, *here] for arm in arms], span.sort, span.limit - len(found))
            found += connection.execute(statement, work.values).all()
    return found


def _in_order(arms: Sequence[Conditions], sort: Sort, limit: int) -> Select[Any]:
    """Each arm's first rows, then the first of them all."""
    rows, value = queue_rows.c, column_of(sort)
    shown = (rows.report, rows.urgent, (null() if value is None else value).label("value"))
    parts = [select(*shown).where(*arm).order_by(*order_of(sort)).limit(limit) for arm in arms]
    if len(parts) == 1:
        return parts[0]
    keys = union_all(*(select(part.subquery().c.report) for part in parts))
    return select(*shown).where(rows.report.in_(keys)).order_by(*order_of(sort)).limit(limit)


def _load(connection: Connection, work: WorkList, keys: Sequence[int]) -> list[Row[Any]]:
    """Give the reports behind the keys, in their order. What the reader may see is asked once more, of the reports."""
    statement = select(*_ROW).where(reports.c.id.in_(keys), work.sight.clause())
    by_key = {row.id: row for row in connection.execute(statement)}
    return [by_key[key] for key in keys if key in by_key]


def oldest_open(connection: Connection, work: WorkList) -> datetime | None:
    """Give when the longest waiting report was made."""
    return tally(connection, work).oldest


def _thumbnails(connection: Connection, ids: Sequence[int]) -> dict[int, str]:
    """Give one photo of each report, where it has one that may be shown."""
    rows = connection.execute(
        select(complaints.c.report, photos.c.id)
        .join(photos, photos.c.complaint == complaints.c.id)
        .where(complaints.c.report.in_(ids), photos.c.kind == "photo", photos.c.state == "ready")
        .order_by(photos.c.complaint.desc(), photos.c.position.desc())
    )
    return {row.report: row.id for row in rows}
