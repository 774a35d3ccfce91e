"""The lanes of a work list: what stands in each, and how many, read from narrow rows (`queue_rows`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any, Literal, get_args

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    exists,
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
_rows = queue_rows.c
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

    @property
    def shape(self) -> Shape:
        """What the conditions look like, whatever values they are asked with."""
        sight = self.sight
        everything = sight.sealed or (not sight.area and sight.role in EVERYWHERE)
        whole = not self.kelurahan and sight.area == self.queue
        mine = everything or bool(sight.area and sight.area in {self.queue, self.kelurahan})
        return Shape(sight, bool(self.kelurahan), mine, everything, whole, self.territorial, self.officials)

    @property
    def values(self) -> dict[str, Any]:
        """Give what the conditions are asked with."""
        return {
            "queue": self.queue,
            "share": self.kelurahan,
            "reader": self.reader,
            "now": self.now,
            "soon": self.now + NEARLY,
        }


@dataclass(frozen=True, slots=True)
class Shape:
    """A work list without its values: what makes one statement differ from another, so that few are ever built."""

    sight: Sight
    share: bool
    mine: bool
    """All of the list is the reader's to see, and nothing needs looking up for that; nearly always so."""
    everything: bool
    """The reader sees every report, or every sealed one."""
    whole: bool
    """The reader sees every report of this list's queue."""
    territorial: bool
    officials: frozenset[str]

    def clause(self) -> ColumnElement[bool]:
        """Give the condition on `queue_rows` that holds in every lane."""
        parts = [_rows.queue == bindparam("queue"), _rows.handling == ("sealed" if self.sight.sealed else "open")]
        if self.share:
            parts.append(_rows.kelurahan == bindparam("share"))
        if not self.mine:
            parts.append(exists().where(reports.c.id == _rows.report, self.sight.clause()).correlate(queue_rows))
        return and_(*parts)


Condition = Callable[[Shape], ColumnElement[bool]]
NOW, SOON = bindparam("now", type_=Instant), bindparam("soon", type_=Instant)


def _fixed(condition: ColumnElement[bool]) -> Condition:
    return lambda _shape: condition


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


def _perhaps_same(shape: Shape) -> ColumnElement[bool]:
    """Say that there is another report that lives and that the reader may see, which is perhaps the same."""
    if shape.everything:
        return _rows.perhaps > 0
    exact = and_(_rows.perhaps > 0, _partner(shape.sight))
    return or_(_rows.perhaps > 1, exact) if shape.whole else exact


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


def _told(shape: Shape) -> ColumnElement[bool]:
    """Told to officials elsewhere, and nobody has followed up yet."""
    heard = (_rows.told.contains(f" {name} ", autoescape=True) for name in sorted(shape.officials))
    return and_(not_(_rows.followed), or_(_NEVER, *heard))


def _handed_over(_shape: Shape) -> ColumnElement[bool]:
    """Handed over, and not yet accepted."""
    return _rows.report.in_(select(handovers.c.report).where(handovers.c.state == "offered"))


def _elsewhere(shape: Shape) -> ColumnElement[bool]:
    away = and_(_rows.kecamatan != "", _rows.kecamatan != _rows.queue)
    return or_(_rows.outside, away) if shape.territorial else _rows.outside


CONDITIONS: Mapping[Lane, Condition] = {
    "semua": _fixed(true()),
    "darurat": _fixed(_rows.urgent),
    # By heads of RT or RW has a lane of its own; what is an emergency by its words stays among the emergencies.
    "baru": _fixed(and_(_rows.status == OPEN[0], or_(_rows.urgent, not_(_rows.duty)))),
    "punya-saya": _fixed(and_(_rows.owner == bindparam("reader"), held(NOW))),
    "tanpa-petugas": _fixed(not_(held(NOW))),
    "hampir-lewat": _fixed(_rows.due_at.between(NOW, SOON)),
    "lewat": _fixed(_rows.due_at < NOW),
    "perlu-lokasi": _fixed(_rows.kelurahan == ""),
    "perlu-kategori": _fixed(not_(_rows.sure)),
    "mungkin-duplikat": lambda shape: or_(_UNSURE, _perhaps_same(shape)),
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
    open_, closed = _counting(work.shape)
    found = connection.execute(open_, work.values).mappings().one()
    counts: dict[Lane, int] = {lane: found[lane] for lane in CONDITIONS}
    for lane, statement in closed.items():
        counts[lane] += connection.execute(statement, work.values).scalar_one()
    return Tally(counts, found["oldest"])


@lru_cache(maxsize=1024)
def _counting(shape: Shape) -> tuple[Select[Any], dict[Lane, Select[Any]]]:
    """Build what counts the open rows, and what counts the closed ones of lanes that have some."""
    counters = [func.count().filter(condition(shape)).label(lane) for lane, condition in CONDITIONS.items()]
    oldest = func.min(_rows.created_at, type_=Instant).label("oldest")
    mine = shape.clause()
    closed: dict[Lane, Select[Any]] = {
        lane: select(func.count()).where(mine, not_(_rows.open), which)
        for lane, which in CLOSED_TOO.items()
        if lane in CONDITIONS
    }
    open_: Any = select(*counters, oldest).where(mine, _LIVE)
    return open_, closed


def lane_counts(connection: Connection, work: WorkList) -> dict[Lane, int]:
    """Count the open lanes."""
    return dict(tally(connection, work).counts)


@lru_cache(maxsize=8192)
def standing_in(shape: Shape, lane: Lane) -> tuple[ColumnElement[bool], ...]:
    """Give the conditions on `queue_rows` that make up a lane: of its open rows, and of its closed ones."""
    arms = []
    if lane in CONDITIONS:
        arms.append(and_(shape.clause(), _LIVE, CONDITIONS[lane](shape)))
    if lane in CLOSED_TOO:
        arms.append(and_(shape.clause(), not_(_rows.open), CLOSED_TOO[lane]))
    return tuple(arms)
