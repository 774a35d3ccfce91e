"""What everybody may see of a report, worked out from its public complaints whenever it is saved.

A complaint is public where its channel's readers are the public, it is not rahasia, and it was neither withdrawn nor
erased. A report is public while it has one, is open to all roles, and is not merged into another. Where private
complaints stand in it too, place, kind and first words are those of the public ones; what a person set holds, but its
spot is not shown where a rahasia complaint may have told it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, and_, case, delete, func, insert, select, update

from hub.store.tables import Instant, complaints, public_reports, reports, understandings
from normalizer.complaint import Place

if TYPE_CHECKING:
    from hub.store.reports import ReportState

CHUNK = 500
LOOKED_AT = 50
"""Public complaints, the oldest, that a mixed report's place and words are taken from."""
LEVELS = ("none", "kota", "kecamatan", "kelurahan", "street", "point")
SPOTS = frozenset({"point", "street"})
GRAIN = 10_000
"""Steps of a degree."""
TITLE = 160
Row = dict[str, Any]


def is_public(table: Any = complaints) -> ColumnElement[bool]:
    """Give the condition on `complaints`: everybody may see this one."""
    return and_(table.c.audience == "public", table.c.rahasia.is_(False), table.c.state.in_(("open", "vanished")))


@dataclass(frozen=True, slots=True)
class _Heard:
    """How the complaints of a report divide."""

    public: int
    hidden: int
    secret: bool
    first_at: datetime


def publish(connection: Connection, states: Sequence[ReportState]) -> None:
    """Show these reports to everybody as they are now, or no longer; rows that stay the same are not touched."""
    rows = _rows(connection, states)
    ids = [state.id for state in states]
    before = _stored(connection, ids)
    gone = [key for key in before if key not in rows]
    changed = {key: row for key, row in rows.items() if _differs(before.get(key), row)}
    for chunk in _chunks([*gone, *(key for key in changed if key in before)]):
        connection.execute(delete(public_reports).where(public_reports.c.report.in_(chunk)))
    if changed:
        connection.execute(insert(public_reports), list(changed.values()))
    _mark(connection, [state for state in states if state.public != (state.id in rows)], rows)


def _mark(connection: Connection, states: Sequence[ReportState], rows: Mapping[int, Row]) -> None:
    """Say in the reports themselves whether they have a public face."""
    for public in (True, False):
        turned = [state for state in states if (state.id in rows) is public]
        for state in turned:
            state.public = public
        for chunk in _chunks([state.id for state in turned]):
            connection.execute(update(reports).where(reports.c.id.in_(chunk)).values(public=public))


def _rows(connection: Connection, states: Sequence[ReportState]) -> dict[int, Row]:
    open_ones = {state.id: state for state in states if state.handling == "open" and state.merged_into is None}
    heard = _heard(connection, list(open_ones))
    mixed = [key for key, one in heard.items() if one.hidden]
    layers = _layers(connection, mixed)
    return {key: _row(open_ones[key], one, layers.get(key, ())) for key, one in heard.items()}


def _heard(connection: Connection, ids: Sequence[int]) -> dict[int, _Heard]:
    """Count the complaints of reports that have a public one; erased ones count for nothing."""
    public = is_public()
    shown = func.sum(case((public, 1), else_=0))
    secret = func.max(case((complaints.c.rahasia, 1), else_=0))
    since = func.min(case((public, complaints.c.created_at)), type_=Instant)
    found: dict[int, _Heard] = {}
    for chunk in _chunks(ids):
        rows = connection.execute(
            select(complaints.c.report, shown, func.count(), secret, since)
            .where(complaints.c.report.in_(chunk))
            .group_by(complaints.c.report)
        )
        found |= {
            key: _Heard(int(count), int(everything - count), bool(hidden), first)
            for key, count, everything, hidden, first in rows
            if count
        }
    return found


def _layers(connection: Connection, ids: Sequence[int]) -> dict[int, list[Any]]:
    """Give the oldest public complaints of each report, as they are understood."""
    rank = func.row_number().over(partition_by=complaints.c.report, order_by=complaints.c.id)
    found: dict[int, list[Any]] = {}
    for chunk in _chunks(ids):
        ranked = (
            select(complaints.c.report, complaints.c.id, complaints.c.understanding, rank.label("rank"))
            .where(complaints.c.report.in_(chunk), is_public())
            .subquery()
        )
        rows = connection.execute(
            select(ranked.c.report, *understandings.c["text", "place", "category", "category_confidence"])
            .join(understandings, understandings.c.id == ranked.c.understanding)
            .where(ranked.c.rank <= LOOKED_AT)
            .order_by(ranked.c.id)
        )
        for row in rows:
            found.setdefault(row.report, []).append(row)
    return found


def _row(state: ReportState, heard: _Heard, layers: Sequence[Any]) -> Row:
    place, category, title = state.place, state.category, state.title
    if heard.hidden:
        places = [Place.model_validate(row.place) for row in layers]
        place = place if state.place_by == "person" else max(places, key=_exactness, default=Place())
        category = category if state.category_by == "person" else max(layers, key=_sureness).category
        title = " ".join(next((row.text for row in layers if row.text), "").split())[:TITLE]
    may_spot = place.level in SPOTS and not (heard.secret and state.place_by == "person")
    spotted = may_spot and place.lat is not None and place.lon is not None
    return {
        "report": state.id,
        "number": state.number,
        "category": category,
        "status": state.status,
        "reason": state.reason,
        "kelurahan": place.kelurahan,
        "kecamatan": place.kecamatan,
        "x": round((place.lon + 180) * GRAIN) if spotted and place.lon is not None else None,
        "y": round((place.lat + 90) * GRAIN) if spotted and place.lat is not None else None,
        "street": place.street if may_spot else "",
        "title": title,
        "complaints": heard.public,
        "first_at": heard.first_at,
        "answered_at": state.answered_at,
        "closed_at": state.closed_at,
        "changed_at": state.updated_at,
    }


def _exactness(place: Place) -> tuple[bool, int, float]:
    return place.result == "found", LEVELS.index(place.level), place.confidence


def _sureness(row: Any) -> float:
    return float(row.category_confidence)


def _stored(connection: Connection, ids: Sequence[int]) -> dict[int, Row]:
    found: dict[int, Row] = {}
    for chunk in _chunks(ids):
        rows = connection.execute(select(public_reports).where(public_reports.c.report.in_(chunk))).mappings()
        found |= {row["report"]: dict(row) for row in rows}
    return found


def _differs(before: Row | None, row: Row) -> bool:
    return before is None or any(before[name] != row[name] for name in row if name != "changed_at")


def _chunks(ids: Iterable[int]) -> Iterable[list[int]]:
    ordered = sorted(ids)
    return (ordered[start : start + CHUNK] for start in range(0, len(ordered), CHUNK))
