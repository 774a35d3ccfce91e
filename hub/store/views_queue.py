"""The rows of a unit's work list: read by index seeks, so that a page costs the same in a store of any size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, exists, func, or_, select, union_all

from hub.store.tables import complaints, photos, queue_entries, reports, suggestions
from hub.store.views_sight import Sight
from normalizer.complaint import URGENCIES
from normalizer.report import CLOSED, STATUSES

Lane = Literal["semua", "darurat", "baru", "perlu-lokasi", "mungkin-duplikat", "selesai"]
LANES: tuple[Lane, ...] = get_args(Lane)
OPEN: tuple[str, ...] = tuple(status for status in STATUSES if status not in CLOSED)
ARCHIVE: tuple[str, ...] = tuple(status for status in STATUSES if status in CLOSED)
PAGE = 50


@dataclass(frozen=True, slots=True)
class WorkList:
    """Whose list, and who looks at it. A kelurahan's list is its share of the list of its kecamatan."""

    queue: str
    sight: Sight
    kelurahan: str = ""

    def clause(self) -> ColumnElement[bool]:
        """Give the condition on `reports` that holds in every lane."""
        mine = and_(reports.c.queue == self.queue, reports.c.merged_into.is_(None), self.sight.clause())
        return and_(mine, reports.c.kelurahan == self.kelurahan) if self.kelurahan else mine


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page ends: rows are ordered darurat first, then newest first."""

    urgent: bool
    report: int


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Rows of `reports`, newest photo by report id, and where to go on."""

    rows: Sequence[Row[Any]]
    photos: dict[int, str] = field(default_factory=dict)
    after: Position | None = None


_PLACED = exists().where(queue_entries.c.report == reports.c.id)
_DOUBTED = exists().where(
    or_(suggestions.c.report == reports.c.id, suggestions.c.other == reports.c.id), suggestions.c.answer == ""
)
_ROW = reports.c[
    "id",
    "number",
    "version",
    "status",
    "category",
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
    "opened_at",
]


def queue_page(
    connection: Connection, work: WorkList, lane: Lane, after: Position | None = None, limit: int = PAGE
) -> QueuePage:
    """Give a page of a lane, behind a position."""
    arms = [arm.limit(limit + 1).subquery() for arm in _arms(work, lane, after)]
    if not arms:
        return QueuePage(())
    found = union_all(*(select(arm.c.id) for arm in arms)).subquery()
    urgent = case((reports.c.urgency == "darurat", 0), else_=1)
    order = (reports.c.id.desc(),) if lane == "selesai" else (urgent, reports.c.id.desc())
    statement = select(*_ROW).join(found, found.c.id == reports.c.id).order_by(*order).limit(limit + 1)
    rows = connection.execute(statement).all()
    last = rows[limit - 1] if len(rows) > limit else None
    rows = rows[:limit]
    position = None if last is None else Position(last.urgency == "darurat", last.id)
    return QueuePage(rows, _thumbnails(connection, [row.id for row in rows]), position)


def _arms(work: WorkList, lane: Lane, after: Position | None) -> Iterator[Select[Any]]:
    """One seek for each status and urgency: each is already in the order of the page."""
    for urgency in ("darurat",) if lane == "darurat" else URGENCIES:
        urgent = urgency == "darurat" and lane != "selesai"
        if after is not None and after.urgent < urgent:
            continue
        for status in _statuses(lane):
            arm = select(reports.c.id).where(
                work.clause(), reports.c.status == status, reports.c.urgency == urgency, *_extra(lane)
            )
            if after is not None and (after.urgent == urgent or lane == "selesai"):
                arm = arm.where(reports.c.id < after.report)
            yield arm.order_by(reports.c.id.desc())


def _statuses(lane: Lane) -> Sequence[str]:
    return ARCHIVE if lane == "selesai" else OPEN[:1] if lane == "baru" else OPEN


def _extra(lane: Lane) -> Sequence[ColumnElement[bool]]:
    if lane == "selesai":
        return ()
    if lane == "perlu-lokasi":
        return _PLACED, reports.c.kelurahan == ""
    return (_PLACED, _DOUBTED) if lane == "mungkin-duplikat" else (_PLACED,)


def lane_counts(connection: Connection, work: WorkList) -> dict[Lane, int]:
    """Count the open lanes; the archive is not counted, it only grows."""
    rows = connection.execute(
        select(
            func.count().label("semua"),
            _count_if(reports.c.urgency == "darurat").label("darurat"),
            _count_if(reports.c.status == OPEN[0]).label("baru"),
            _count_if(reports.c.kelurahan == "").label("perlu-lokasi"),
            _count_if(_DOUBTED).label("mungkin-duplikat"),
        ).where(work.clause(), reports.c.status.in_(OPEN), _PLACED)
    )
    return {lane: count or 0 for lane, count in rows.mappings().one().items() if lane in LANES}


def _count_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def oldest_open(connection: Connection, work: WorkList) -> datetime | None:
    """Give when the longest waiting report was made."""
    arms = [
        select(reports.c.created_at)
        .where(work.clause(), reports.c.status == status, reports.c.urgency == urgency, _PLACED)
        .order_by(reports.c.id)
        .limit(1)
        .subquery()
        for status in OPEN
        for urgency in URGENCIES
    ]
    times = [row.created_at for row in connection.execute(union_all(*(select(arm) for arm in arms)))]
    return min(times, default=None)


def _thumbnails(connection: Connection, ids: Sequence[int]) -> dict[int, str]:
    """Give one photo of each report, where it has one that may be shown."""
    rows = connection.execute(
        select(complaints.c.report, photos.c.id)
        .join(photos, photos.c.complaint == complaints.c.id)
        .where(complaints.c.report.in_(ids), photos.c.kind == "photo", photos.c.state == "ready")
        .order_by(photos.c.complaint.desc(), photos.c.position.desc())
    )
    return {row.report: row.id for row in rows}
