"""The rows of a unit's work list: read by index seeks, so that a page costs the same in a store of any size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    case,
    exists,
    func,
    literal_column,
    not_,
    or_,
    select,
    union_all,
)

from hub.store.tables import complaints, deliveries, disputes, photos, queue_entries, reports, suggestions
from hub.store.views_sight import Sight
from normalizer.complaint import URGENCIES
from normalizer.report import CLOSED, STATUSES

Lane = Literal[
    "semua",
    "darurat",
    "baru",
    "perlu-lokasi",
    "perlu-kategori",
    "mungkin-duplikat",
    "dibantah",
    "menunggu-warga",
    "rt-rw",
    "selesai",
]
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
_DUTY = and_(reports.c.duty, reports.c.validated == "")
"""By heads of RT or RW, and nobody has validated it."""
_SET_ASIDE = and_(_DUTY, reports.c.urgency != "darurat")
"""Has a lane of its own; what is an emergency by its words stays among the emergencies."""
_DISPUTED = and_(
    reports.c.disputed_at.is_not(None),
    reports.c.id.in_(select(disputes.c.report).where(disputes.c.decision == "")),
)


def _waiting_for(whom: Literal["citizen", "clerk"]) -> Select[Any]:
    """Select the reports with replies that wait for somebody. Spelled so that the partial index is found."""
    waits = deliveries.c.waits_for
    return select(deliveries.c.report).where(
        waits != literal_column("''"), waits == whom, deliveries.c.state == "waiting"
    )


_WAITS = or_(reports.c.asked_at.is_not(None), reports.c.id.in_(_waiting_for("citizen")))
_OWN_DOUBT = (
    select(suggestions.c.report)
    .join(complaints, complaints.c.id == suggestions.c.complaint)
    .where(
        suggestions.c.report == suggestions.c.other,
        suggestions.c.answer == "",
        complaints.c.report == suggestions.c.report,
    )
)
"""Citizens say that it is not theirs."""
_UNSURE = or_(reports.c.id.in_(_OWN_DOUBT), reports.c.id.in_(_waiting_for("clerk")))
"""A clerk must look whether a complaint belongs to its report."""


def _perhaps_same(sight: Sight) -> ColumnElement[bool]:
    """Say that there is another report that lives and that the reader may see, which is perhaps the same."""
    other = reports.alias("other")
    sides = (
        (suggestions.c.report, suggestions.c.other),
        (suggestions.c.other, suggestions.c.report),
    )
    return or_(
        *(
            exists()
            .where(here == reports.c.id, suggestions.c.answer == "", there != here)
            .where(other.c.id == there, other.c.merged_into.is_(None), sight.clause(other))
            .correlate(reports)
            for here, there in sides
        )
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
    "asked_at",
    "clock_from",
    "due_kind",
    "due_at",
    "legal_due_at",
    "escalated_at",
    "disputed_at",
    "duty",
    "validated",
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
    """One seek for each status and urgency, each already in the order of the page; few closed ones by their keys."""
    if lane in _CLOSED_TOO:
        yield _closed_arm(work, _CLOSED_TOO[lane], after)
    for urgency in ("darurat",) if lane == "darurat" else URGENCIES:
        urgent = urgency == "darurat" and lane != "selesai"
        if after is not None and after.urgent < urgent:
            continue
        for status in _statuses(lane):
            arm = select(reports.c.id).where(
                work.clause(), reports.c.status == status, reports.c.urgency == urgency, *_extra(work, lane)
            )
            if after is not None and (after.urgent == urgent or lane == "selesai"):
                arm = arm.where(reports.c.id < after.report)
            yield arm.order_by(reports.c.id.desc())


def _closed_arm(work: WorkList, which: ColumnElement[bool], after: Position | None) -> Select[Any]:
    arm = select(reports.c.id).where(work.clause(), reports.c.status.in_(ARCHIVE), which)
    urgent = reports.c.urgency == "darurat"
    if after is not None:
        further = and_(urgent if after.urgent else not_(urgent), reports.c.id < after.report)
        arm = arm.where(or_(further, not_(urgent)) if after.urgent else further)
    return arm.order_by(case((urgent, 0), else_=1), reports.c.id.desc())


_CLOSED_TOO: dict[str, ColumnElement[bool]] = {"dibantah": _DISPUTED, "mungkin-duplikat": _UNSURE}
"""Lanes in which closed reports stand too: somebody must still look at them."""


def _statuses(lane: Lane) -> Sequence[str]:
    if lane == "dibantah":
        return ()
    return ARCHIVE if lane == "selesai" else OPEN[:1] if lane == "baru" else OPEN


def _extra(work: WorkList, lane: Lane) -> Sequence[ColumnElement[bool]]:
    extra: dict[str, Sequence[ColumnElement[bool]]] = {
        "selesai": (),
        "baru": (_PLACED, not_(_SET_ASIDE)),
        "perlu-lokasi": (_PLACED, reports.c.kelurahan == ""),
        "perlu-kategori": (_PLACED, not_(reports.c.category_sure)),
        "mungkin-duplikat": (_PLACED, or_(_UNSURE, _perhaps_same(work.sight))),
        "menunggu-warga": (_PLACED, _WAITS),
        "rt-rw": (_PLACED, _DUTY),
    }
    return extra.get(lane, (_PLACED,))


def lane_counts(connection: Connection, work: WorkList) -> dict[Lane, int]:
    """Count the open lanes; the archive is not counted, it only grows."""
    rows = connection.execute(
        select(
            func.count().label("semua"),
            _count_if(reports.c.urgency == "darurat").label("darurat"),
            _count_if(and_(reports.c.status == OPEN[0], not_(_SET_ASIDE))).label("baru"),
            _count_if(reports.c.kelurahan == "").label("perlu-lokasi"),
            _count_if(not_(reports.c.category_sure)).label("perlu-kategori"),
            _count_if(or_(_UNSURE, _perhaps_same(work.sight))).label("mungkin-duplikat"),
            _count_if(_WAITS).label("menunggu-warga"),
            _count_if(_DUTY).label("rt-rw"),
        ).where(work.clause(), reports.c.status.in_(OPEN), _PLACED)
    )
    counts = {lane: count or 0 for lane, count in rows.mappings().one().items() if lane in LANES}
    for lane, which in _CLOSED_TOO.items():
        closed = select(func.count()).where(work.clause(), reports.c.status.in_(ARCHIVE), which)
        counts[lane] = counts.get(lane, 0) + connection.execute(closed).scalar_one()
    return {lane: counts[lane] for lane in LANES if lane in counts}


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
