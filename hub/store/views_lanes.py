"""The lanes of a work list: what stands in each, and how many, read from narrow rows (`queue_rows`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Literal, get_args

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    exists,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
    true,
)

from hub.store.accounts import EVERYWHERE
from hub.store.queue_filter import held
from hub.store.tables import Instant, complaints, deliveries, disputes, handovers, queue_rows, reports, suggestions
from hub.store.views_sight import Sight
from normalizer.report import CLOSED, STATUSES

Lane = Literal[
    "semua",
    "darurat",
    "baru",
    "punya-saya",
    "tanpa-petugas",
    "hampir-lewat",
    "lewat",
    "perlu-lokasi",
    "perlu-kategori",
    "mungkin-duplikat",
    "dibantah",
    "menunggu-crop",
    "menunggu-warga",
    "diserahkan",
    "luar-wilayah",
    "rt-rw",
    "selesai",
]
LANES: tuple[Lane, ...] = get_args(Lane)
OPEN: tuple[str, ...] = tuple(status for status in STATUSES if status not in CLOSED)
ARCHIVE: tuple[str, ...] = tuple(status for status in STATUSES if status in CLOSED)
NEARLY = timedelta(hours=4)
"""What is due within this is nearly late."""


@dataclass(frozen=True, slots=True)
class WorkList:
    """Whose list, who looks at it, and when. A kelurahan's list is its share of the list of its kecamatan."""

    queue: str
    sight: Sight
    now: datetime
    """By the hub's clock, never the database's."""
    kelurahan: str = ""
    reader: str = ""
    """The account, for what is theirs."""
    territorial: bool = False
    """The queue is a kecamatan's: what lies in another is outside its area."""
    officials: frozenset[str] = frozenset()
    """Channels that are told of reports and answer with follow-ups, as CROP does."""
    zone: tzinfo = UTC
    """The region's, for the days of a filter."""

    def clause(self) -> ColumnElement[bool]:
        """Give the condition on `queue_rows` that holds in every lane."""
        rows = queue_rows.c
        handling = rows.handling == ("sealed" if self.sight.sealed else "open")
        mine = and_(rows.queue == self.queue, handling, self._area())
        return and_(mine, rows.kelurahan == self.kelurahan) if self.kelurahan else mine

    def _area(self) -> ColumnElement[bool]:
        """Nothing to look up where the list as a whole is the reader's, which it nearly always is."""
        if self.sees_all:
            return true()
        seen = exists().where(reports.c.id == queue_rows.c.report, self.sight.clause())
        return seen.correlate(queue_rows)

    @property
    def sees_all(self) -> bool:
        """The reader may see every report of this list that is of their handling."""
        sight = self.sight
        if sight.sealed or not sight.area:
            return sight.sealed or sight.role in EVERYWHERE
        return sight.area in (self.queue, self.kelurahan)


Condition = Callable[[WorkList], ColumnElement[bool]]


def _fixed(condition: ColumnElement[bool]) -> Condition:
    return lambda _work: condition


_rows = queue_rows.c
_NEVER = _rows.report.is_(None)
_LIVE = and_(_rows.open, _rows.placed)


def _waiting_for(whom: Literal["citizen", "clerk"]) -> Select[Any]:
    """Select the reports with replies that wait for somebody. Spelled so that the partial index is found."""
    waits = deliveries.c.waits_for
    return select(deliveries.c.report).where(
        waits != literal_column("''"), waits == whom, deliveries.c.state == "waiting"
    )


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
_UNSURE = or_(_rows.report.in_(_OWN_DOUBT), _rows.report.in_(_waiting_for("clerk")))
"""A clerk must look whether a complaint belongs to its report."""
_DISPUTED = and_(_rows.disputed, _rows.report.in_(select(disputes.c.report).where(disputes.c.decision == "")))


def _perhaps_same(work: WorkList) -> ColumnElement[bool]:
    """Say that there is another report that lives and that the reader may see, which is perhaps the same."""
    if work.sight.sealed or not work.sight.area:
        return _rows.perhaps > 0
    exact = and_(_rows.perhaps > 0, _partner(work.sight))
    whole = work.sight.area == work.queue and not work.kelurahan
    return or_(_rows.perhaps > 1, exact) if whole else exact


def _partner(sight: Sight) -> ColumnElement[bool]:
    other = reports.alias("other")
    sides = ((suggestions.c.report, suggestions.c.other), (suggestions.c.other, suggestions.c.report))
    return or_(
        *(
            exists()
            .where(here == _rows.report, suggestions.c.answer == "", there != here)
            .where(other.c.id == there, other.c.merged_into.is_(None), sight.clause(other))
            .correlate(queue_rows)
            for here, there in sides
        )
    )


def _mine(work: WorkList) -> ColumnElement[bool]:
    return and_(_rows.owner == work.reader, held(work.now))


def _nobodys(work: WorkList) -> ColumnElement[bool]:
    return not_(held(work.now))


def _nearly_late(work: WorkList) -> ColumnElement[bool]:
    return _rows.due_at.between(work.now, work.now + NEARLY)


def _late(work: WorkList) -> ColumnElement[bool]:
    return _rows.due_at < work.now


def _told(work: WorkList) -> ColumnElement[bool]:
    """Told to officials elsewhere, and nobody has followed up yet."""
    heard = (_rows.told.contains(f" {name} ", autoescape=True) for name in sorted(work.officials))
    return and_(not_(_rows.followed), or_(_NEVER, *heard))


def _handed_over(_work: WorkList) -> ColumnElement[bool]:
    """Handed over, and not yet accepted."""
    return _rows.report.in_(select(handovers.c.report).where(handovers.c.state == "offered"))


def _elsewhere(work: WorkList) -> ColumnElement[bool]:
    away = and_(_rows.kecamatan != "", _rows.kecamatan != work.queue) if work.territorial else false()
    return or_(_rows.outside, away)


CONDITIONS: Mapping[Lane, Condition] = {
    "semua": _fixed(true()),
    "darurat": _fixed(_rows.urgent),
    # By heads of RT or RW has a lane of its own; what is an emergency by its words stays among the emergencies.
    "baru": _fixed(and_(_rows.status == OPEN[0], or_(_rows.urgent, not_(_rows.duty)))),
    "punya-saya": _mine,
    "tanpa-petugas": _nobodys,
    "hampir-lewat": _nearly_late,
    "lewat": _late,
    "perlu-lokasi": _fixed(_rows.kelurahan == ""),
    "perlu-kategori": _fixed(not_(_rows.sure)),
    "mungkin-duplikat": lambda work: or_(_UNSURE, _perhaps_same(work)),
    "dibantah": _fixed(_DISPUTED),
    "menunggu-crop": _told,
    "menunggu-warga": _fixed(or_(_rows.asked, _rows.report.in_(_waiting_for("citizen")))),
    "diserahkan": _handed_over,
    "luar-wilayah": _elsewhere,
    "rt-rw": _fixed(_rows.duty),
}
"""What open reports stand in each lane."""
CLOSED_TOO: Mapping[Lane, ColumnElement[bool]] = {
    "dibantah": _DISPUTED,
    "mungkin-duplikat": _UNSURE,
    "selesai": true(),
}
"""What closed ones do: somebody must still look at them, or may look them up."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many stand in each lane; the archive is not counted, it only grows."""

    counts: Mapping[Lane, int]
    oldest: datetime | None
    """When the longest waiting report was made."""


def tally(connection: Connection, work: WorkList) -> Tally:
    """Count all lanes in one go over the open rows of the list."""
    counters = [func.count().filter(condition(work)).label(lane) for lane, condition in CONDITIONS.items()]
    oldest = func.min(_rows.created_at, type_=Instant).label("oldest")
    open_ = connection.execute(select(*counters, oldest).where(work.clause(), _LIVE)).mappings().one()
    counts: dict[Lane, int] = {lane: open_[lane] for lane in CONDITIONS}
    for lane, which in CLOSED_TOO.items():
        if lane in counts:
            closed = select(func.count()).where(work.clause(), not_(_rows.open), which)
            counts[lane] += connection.execute(closed).scalar_one()
    return Tally(counts, open_["oldest"])


def lane_counts(connection: Connection, work: WorkList) -> dict[Lane, int]:
    """Count the open lanes."""
    return dict(tally(connection, work).counts)


def standing_in(work: WorkList, lane: Lane) -> list[ColumnElement[bool]]:
    """Give the conditions on `queue_rows` that make up a lane: of its open rows, and of its closed ones."""
    arms = []
    if lane in CONDITIONS:
        arms.append(and_(work.clause(), _LIVE, CONDITIONS[lane](work)))
    if lane in CLOSED_TOO:
        arms.append(and_(work.clause(), not_(_rows.open), CLOSED_TOO[lane]))
    return arms
