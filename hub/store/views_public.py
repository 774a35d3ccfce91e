"""What the public map, its lists and the open data read: rows of `public_reports`, and of those only what may be shown.

Kinds of complaint that lead to somebody's home show their kelurahan: neither spot, nor street, nor words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, literal, or_, select, tuple_

from hub.store import people
from hub.store.publishing import GRAIN, is_public
from hub.store.tables import Instant, Key, blurs, complaints, followups, photos, public_reports, understandings
from normalizer.number import read_number
from normalizer.privacy import scrub

PAGE = 30
WORDS = 20
"""Complaints whose words a report's page shows."""
HANDLED = ("koordinasi", "disposisi", "proses")
GROUPS: Mapping[str, tuple[str, ...]] = {
    "menunggu": ("menunggu",),
    "ditangani": HANDLED,
    "selesai": ("selesai",),
    "ditolak": ("ditolak",),
    "berakhir": ("berakhir",),
}
"""What everybody may ask for, and the statuses that it means."""
USUAL = tuple(status for name, group in GROUPS.items() if name != "berakhir" for status in group)
"""Without what ended by itself: jams that nobody could have done anything about."""
LOOKED_OVER = 5000
"""Finished reports, the latest, that a median is taken of."""
Position = tuple[datetime, int]


@dataclass(frozen=True, slots=True)
class Box:
    """A stretch of the map, in steps of a degree as the rows have them."""

    west: int
    south: int
    east: int
    north: int

    def clause(self) -> ColumnElement[bool]:
        """Give the condition."""
        spot = public_reports.c
        return and_(spot.y.between(self.south, self.north), spot.x.between(self.west, self.east))


@dataclass(frozen=True, slots=True)
class Wish:
    """Which public reports somebody wants to see."""

    category: str = ""
    status: str = ""
    """A name of GROUPS, `semua`, or empty for the usual ones."""
    area: str = ""
    since: datetime | None = None
    box: Box | None = None
    guarded: frozenset[str] = field(default=frozenset())
    """Categories that show their kelurahan only."""

    def clauses(self) -> list[ColumnElement[bool]]:
        """Give the conditions on `public_reports`."""
        table, found = public_reports.c, []
        if self.category:
            found.append(table.category == self.category)
        if self.status != "semua":
            found.append(table.status.in_(GROUPS.get(self.status, USUAL)))
        if self.area:
            found.append(_inside(self.area))
        if self.since is not None:
            found.append(table.first_at >= self.since)
        if self.box is not None:
            found += [self.box.clause(), self.open_spot()]
        return found

    def open_spot(self) -> ColumnElement[bool]:
        """Give the condition: its spot may be shown."""
        known = public_reports.c.x.is_not(None)
        return and_(known, public_reports.c.category.not_in(sorted(self.guarded))) if self.guarded else known


@dataclass(frozen=True, slots=True)
class Shown:
    """One report as everybody may see it."""

    number: str
    category: str
    status: str
    reason: str
    kelurahan: str
    kecamatan: str
    lat: float | None
    lon: float | None
    street: str
    title: str
    complaints: int
    first_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None
    changed_at: datetime
    key: int
    guarded: bool
    """Of a kind that shows its kelurahan only."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of a list, and where the next one starts."""

    rows: list[Shown]
    after: Position | None


def _inside(area: str) -> ColumnElement[bool]:
    """Area codes nest by their dots; two levels stand in columns of their own."""
    table, dots = public_reports.c, area.count(".")
    if dots == 3:
        return table.kelurahan == area
    if dots == 2:
        return table.kecamatan == area
    return table.kecamatan.startswith(f"{area}.", autoescape=True)


def _shown(row: Any, guarded: frozenset[str]) -> Shown:
    hides = row.category in guarded
    spot = row.x is not None and not hides
    return Shown(
        number=row.number,
        category=row.category,
        status=row.status,
        reason=row.reason,
        kelurahan=row.kelurahan,
        kecamatan=row.kecamatan,
        lat=round(row.y / GRAIN - 90, 4) if spot else None,
        lon=round(row.x / GRAIN - 180, 4) if spot else None,
        street="" if hides else row.street,
        title="" if hides else row.title,
        complaints=row.complaints,
        first_at=row.first_at,
        answered_at=row.answered_at,
        closed_at=row.closed_at,
        changed_at=row.changed_at,
        key=row.report,
        guarded=hides,
    )


def list_reports(connection: Connection, wish: Wish, after: Position | None = None, limit: int = PAGE) -> Listed:
    """Give public reports, newest first."""
    order = (public_reports.c.first_at, public_reports.c.report)
    statement = select(public_reports).where(*wish.clauses()).order_by(*(column.desc() for column in order))
    if after is not None:
        statement = statement.where(tuple_(*order) < _bound(after))
    rows = [_shown(row, wish.guarded) for row in connection.execute(statement.limit(limit + 1))]
    last = rows[limit - 1] if len(rows) > limit else None
    return Listed(rows[:limit], (last.first_at, last.key) if last is not None else None)


def _bound(position: Position) -> Any:
    return tuple_(literal(position[0], Instant), literal(position[1], Key))


def count_reports(connection: Connection, wish: Wish) -> dict[str, int]:
    """Count public reports by status."""
    rows = connection.execute(
        select(public_reports.c.status, func.count()).where(*wish.clauses()).group_by(public_reports.c.status)
    )
    return {status: count for status, count in rows}  # noqa: C416 - rows are not plain tuples


def find_public(connection: Connection, number: str, guarded: frozenset[str]) -> Shown | None:
    """Give the report with this number, where it has a public face."""
    row = public_row(connection, read_number(number))
    return _shown(row, guarded) if row is not None else None


def public_row(connection: Connection, key: int | None) -> Row[Any] | None:
    """Give the public face of a report by its key."""
    if key is None:
        return None
    return connection.execute(select(public_reports).where(public_reports.c.report == key)).one_or_none()


# ----------------------------------------------------------------------------------------------------- on the map


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is drawn on a stretch of the map."""

    cells: list[tuple[float, float, int]]
    """Latitude, longitude and how many: more than one report each."""
    spots: list[Shown]
    areas: list[tuple[str, int]]
    """Kelurahan or kecamatan, and how many reports are known no better, or show no more."""


def draw(connection: Connection, wish: Wish, cell: int) -> Drawn:
    """Sum reports up in cells of so many steps; where one stands alone, give it. Needs a box."""
    table = public_reports.c
    column, line = table.x // cell, table.y // cell
    rows = connection.execute(
        select(func.count().label("n"), func.avg(table.x).label("x"), func.avg(table.y).label("y"))
        .add_columns(func.min(table.report).label("first"))
        .where(*wish.clauses())
        .group_by(column, line)
    ).all()
    alone = [row.first for row in rows if row.n == 1]
    cells = [
        (round(float(row.y) / GRAIN - 90, 4), round(float(row.x) / GRAIN - 180, 4), row.n) for row in rows if row.n > 1
    ]
    return Drawn(cells, list(_by_keys(connection, alone, wish.guarded)), _areas(connection, wish))


def _by_keys(connection: Connection, keys: Sequence[int], guarded: frozenset[str]) -> Iterator[Shown]:
    for start in range(0, len(keys), 500):
        wanted = public_reports.c.report.in_(keys[start : start + 500])
        yield from (_shown(row, guarded) for row in connection.execute(select(public_reports).where(wanted)))


def _areas(connection: Connection, wish: Wish) -> list[tuple[str, int]]:
    """Count what has no spot to show, by the smallest area that is known."""
    table = public_reports.c
    without = [table.x.is_(None), table.category.in_(sorted(wish.guarded))]
    unboxed = Wish(wish.category, wish.status, wish.area, wish.since, None, wish.guarded)
    rows = connection.execute(
        select(table.kelurahan, table.kecamatan, func.count())
        .where(or_(*without), table.kecamatan != "", *unboxed.clauses())
        .group_by(table.kelurahan, table.kecamatan)
    )
    return [(kelurahan or kecamatan, count) for kelurahan, kecamatan, count in rows]


# ------------------------------------------------------------------------------------------------------- one area


@dataclass(frozen=True, slots=True)
class Figures:
    """What an area has to show for itself."""

    by_status: Mapping[str, int]
    by_category: list[tuple[str, int]]
    hours: float | None
    """Median from the first complaint to done; None where fewer than three were finished."""

    def group(self, name: str) -> int:
        """Count what stands in one of GROUPS."""
        return sum(self.by_status.get(status, 0) for status in GROUPS[name])

    @property
    def total(self) -> int:
        """All of them, without what ended by itself."""
        return sum(self.by_status.get(status, 0) for status in USUAL)


def figures(connection: Connection, wish: Wish) -> Figures:
    """Count an area's public reports."""
    table = public_reports.c
    kinds = connection.execute(
        select(table.category, func.count().label("n"))
        .where(*wish.clauses())
        .group_by(table.category)
        .order_by(func.count().desc(), table.category)
        .limit(6)
    )
    finished = connection.execute(
        select(table.first_at, table.closed_at)
        .where(*wish.clauses(), table.status == "selesai", table.closed_at.is_not(None))
        .order_by(table.first_at.desc())
        .limit(LOOKED_OVER)
    )
    hours = [max((row.closed_at - row.first_at).total_seconds(), 0) / 3600 for row in finished]
    by_category = [(row.category, row.n) for row in kinds]
    return Figures(count_reports(connection, wish), by_category, median(hours) if len(hours) > 2 else None)


# ------------------------------------------------------------------------------------------------------ one report


@dataclass(frozen=True, slots=True)
class Said:
    """A public complaint, or a public note of officials."""

    at: datetime
    words: str = field(default="", repr=False)
    channel: str = ""
    unit: str = ""
    status: str = ""
    reason: str = ""
    photos: tuple[str, ...] = ()


def words_of(connection: Connection, report: Shown) -> list[Said]:
    """Give what citizens said where everybody could read it, newest first."""
    if report.guarded:
        return []
    rows = connection.execute(
        select(*complaints.c["id", "channel", "created_at"], understandings.c.text)
        .join(understandings, understandings.c.id == complaints.c.understanding)
        .where(complaints.c.report == report.key, is_public())
        .order_by(complaints.c.created_at.desc(), complaints.c.id.desc())
        .limit(WORDS)
    ).all()
    pictures = _photos(connection, photos.c.complaint, [row.id for row in rows])
    return [Said(row.created_at, row.text, row.channel, photos=pictures.get(row.id, ())) for row in rows]


def deeds_of(connection: Connection, report: Shown) -> list[Said]:
    """Give what officials did and told the public, newest first; nobody's name or number in it."""
    told = or_(followups.c.note != "", and_(followups.c.status != "", followups.c.applied))
    rows = connection.execute(
        select(*followups.c["id", "at", "status", "reason", "note", "unit"])
        .where(followups.c.report == report.key, told)
        .order_by(followups.c.at.desc(), followups.c.id.desc())
        .limit(WORDS)
    ).all()
    noted = any(row.note for row in rows) and not report.guarded
    names = [name for some in people.names_of(connection, report.key).values() for name in some] if noted else []
    pictures = {} if report.guarded else _photos(connection, photos.c.followup, [row.id for row in rows])
    return [
        Said(
            row.at,
            scrub(row.note, names=names) if noted else "",
            unit=row.unit,
            status=row.status,
            reason=row.reason,
            photos=pictures.get(row.id, ()),
        )
        for row in rows
    ]


def _photos(connection: Connection, owner: Any, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Give the photos that staff have looked at and let everybody see."""
    rows = connection.execute(
        select(owner.label("owner"), photos.c.id)
        .join(blurs, blurs.c.photo == photos.c.id)
        .where(owner.in_(ids), photos.c.kind == "photo", photos.c.state == "ready")
        .where(blurs.c.state.in_(("shown", "blurred")))
        .order_by(owner, photos.c.position)
    )
    found: dict[int, list[str]] = {}
    for row in rows:
        found.setdefault(row.owner, []).append(row.id)
    return {key: tuple(names) for key, names in found.items()}


# ------------------------------------------------------------------------------------------------------- open data


def changed_since(
    connection: Connection, since: Position | None, guarded: frozenset[str], limit: int
) -> Sequence[Shown]:
    """Give public reports in the order of their changes."""
    order = (public_reports.c.changed_at, public_reports.c.report)
    statement = select(public_reports).order_by(*order).limit(limit)
    if since is not None:
        statement = statement.where(tuple_(*order) > _bound(since))
    return [_shown(row, guarded) for row in connection.execute(statement)]


def last_change(connection: Connection) -> tuple[datetime | None, int]:
    """Give when a public report last changed, and how many there are: together they tell one state from another."""
    statement = select(public_reports.c.changed_at).order_by(public_reports.c.changed_at.desc()).limit(1)
    last = connection.execute(statement).scalar_one_or_none()
    return last, int(connection.execute(select(func.count()).select_from(public_reports)).scalar_one())
