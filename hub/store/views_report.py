"""Everything the page of one report shows, within what its reader may see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, func, or_, select

from hub.store.tables import (
    additions,
    assignments,
    complaints,
    deliveries,
    followups,
    history,
    merges,
    photos,
    reports,
    suggestions,
    understandings,
)
from hub.store.views_sight import Sight
from normalizer.number import read_number
from normalizer.report import CLOSED

PAGE = 60
RECURRENCE = {"recurrence": "earlier", "recurred": "later"}
"""Lines of history that name another report of the same place, and under what."""


def find_visible(connection: Connection, number: str, sight: Sight) -> Row[Any] | None:
    """Give the report with this number, as long as the reader may know that it exists."""
    key = read_number(number)
    if key is None:
        return None
    return connection.execute(select(reports).where(reports.c.id == key, sight.clause())).one_or_none()


def find_living(connection: Connection, number: str, sight: Sight) -> Row[Any] | None:
    """Give the report that this number leads to, as long as the reader may know of it.

    The sight of the report that lives on decides: a number on a receipt whose complaint was joined has no place.
    """
    key = read_number(number)
    while key is not None:
        row = connection.execute(select(reports.c.merged_into).where(reports.c.id == key)).one_or_none()
        if row is None or row.merged_into is None:
            break
        key = row.merged_into
    return connection.execute(select(reports).where(reports.c.id == key, sight.clause())).one_or_none()


def complaints_of(connection: Connection, report: int, before: int | None = None, limit: int = PAGE) -> list[Row[Any]]:
    """Give complaints, newest first, with their scrubbed text and why they stand in this report."""
    every = assignments.alias()
    latest = select(func.max(every.c.id)).where(every.c.complaint == complaints.c.id).scalar_subquery()
    statement = (
        select(
            *complaints.c[
                "id", "channel", "created_at", "received_at", "anonim", "rahasia", "state", "category_reported", "doubt"
            ],
            complaints.c.role,
            *understandings.c["text", "category", "category_words", "place", "urgency_words"],
            *assignments.c["cause", "score", "evidence", "actor"],
        )
        .join(understandings, understandings.c.id == complaints.c.understanding)
        .outerjoin(assignments, assignments.c.id == latest)
        .where(complaints.c.report == report)
        .order_by(complaints.c.id.desc())
        .limit(limit)
    )
    return list(connection.execute(statement if before is None else statement.where(complaints.c.id < before)))


def additions_of(connection: Connection, ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
    """Give later messages of the same citizens, oldest first, by complaint."""
    rows = connection.execute(
        select(*additions.c["complaint", "created_at", "scrubbed"])
        .where(additions.c.complaint.in_(ids))
        .order_by(additions.c.created_at, additions.c.id)
    )
    return _group(rows.all(), "complaint")


def photos_of(connection: Connection, ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
    """Give photos and films by complaint, with the state they are in; documents never."""
    rows = connection.execute(
        select(*photos.c["complaint", "id", "kind", "state", "width", "height"])
        .where(photos.c.complaint.in_(ids), photos.c.kind != "document")
        .order_by(photos.c.complaint, photos.c.position)
    )
    return _group(rows.all(), "complaint")


def _group(rows: Sequence[Row[Any]], name: str) -> dict[int, list[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(getattr(row, name), []).append(row)
    return found


def history_of(connection: Connection, report: int, sight: Sight, limit: int = 200) -> list[Row[Any]]:
    """Give what happened to it, newest first; nothing that would tell of a recurrence out of sight."""
    statement = select(history).where(history.c.report == report).order_by(history.c.id.desc()).limit(limit)
    rows = connection.execute(statement).all()
    return [row for row in rows if row.kind not in RECURRENCE or _named(connection, row, sight) is not None]


def recurrences_of(connection: Connection, report: int, sight: Sight, limit: int = 20) -> dict[str, list[Row[Any]]]:
    """Give the `earlier` and `later` reports of the same, newest first, that the reader may see."""
    lines = history.c.report == report, history.c.kind.in_(RECURRENCE)
    found: dict[str, dict[int, Row[Any]]] = {name: {} for name in RECURRENCE.values()}
    for line in connection.execute(select(history).where(*lines).order_by(history.c.id.desc()).limit(limit)):
        other = _named(connection, line, sight)
        if other is not None and other.id != report:
            found[RECURRENCE[line.kind]][other.id] = other
    return {name: list(known.values()) for name, known in found.items()}


def _named(connection: Connection, line: Row[Any], sight: Sight) -> Row[Any] | None:
    return find_living(connection, line.data.get(RECURRENCE[line.kind], ""), sight)


def taken_out_of(connection: Connection, report: int, number: str, sight: Sight) -> tuple[str, Row[Any] | None]:
    """Give the number of a report that was taken out of this one, and the report where the reader may see it."""
    splits = select(history.c.data).where(history.c.report == report, history.c.kind == "split")
    known = {data.get("into") for data in connection.execute(splits).scalars()} if number else set()
    return (number, find_living(connection, number, sight)) if number in known else ("", None)


def followups_of(connection: Connection, report: int, limit: int = 100) -> list[Row[Any]]:
    """Give what officials did or said, newest first."""
    statement = (
        select(followups)
        .where(followups.c.report == report)
        .order_by(followups.c.at.desc(), followups.c.id.desc())
        .limit(limit)
    )
    return list(connection.execute(statement))


def deliveries_of(connection: Connection, report: int, limit: int = 100) -> list[Row[Any]]:
    """Give what officials' systems were told of it and how that stands, newest first; without the parcels."""
    statement = (
        select(
            *deliveries.c[
                "id", "channel", "kind", "complaint", "cause", "version", "state", "attempts", "next_at", "reason"
            ],
            *deliveries.c["created_at", "settled_at"],
        )
        .where(deliveries.c.report == report, deliveries.c.kind == "report", deliveries.c.state != "superseded")
        .order_by(deliveries.c.id.desc())
        .limit(limit)
    )
    return list(connection.execute(statement))


def suggestions_of(connection: Connection, report: int, sight: Sight) -> list[Row[Any]]:
    """Give open questions whether another report is perhaps the same, with that report, best first."""
    other = or_(
        and_(suggestions.c.report == report, reports.c.id == suggestions.c.other),
        and_(suggestions.c.other == report, reports.c.id == suggestions.c.report),
    )
    statement = (
        select(
            *suggestions.c["id", "score", "evidence"],
            reports.c.id.label("other_id"),
            *reports.c["number", "title", "category", "urgency", "status", "place", "first_at", "complaint_count"],
            *reports.c["lat", "lon"],
        )
        .join(reports, other)
        .where(
            or_(suggestions.c.report == report, suggestions.c.other == report),
            suggestions.c.answer == "",
            reports.c.merged_into.is_(None),
            reports.c.id != report,
            sight.clause(),
        )
        .order_by(suggestions.c.score.desc())
    )
    return list(connection.execute(statement))


def open_around(connection: Connection, report: Row[Any], sight: Sight, limit: int = 200) -> list[Row[Any]]:
    """Give the newest open reports of this report's kelurahan, or kecamatan, that the reader may see."""
    area = (
        reports.c.kelurahan == report.kelurahan
        if report.kelurahan
        else and_(reports.c.queue == report.queue, reports.c.kecamatan == report.kecamatan)
    )
    statement = (
        select(
            *reports.c["id", "number", "title", "category", "urgency", "status", "place", "first_at", "lat", "lon"],
            reports.c.complaint_count,
        )
        .where(area, reports.c.id != report.id, reports.c.merged_into.is_(None), reports.c.status.not_in(CLOSED))
        .where(sight.clause())
        .order_by(reports.c.id.desc())
        .limit(limit)
    )
    return list(connection.execute(statement))


def latest_words(connection: Connection, report: int, limit: int = 5) -> list[str]:
    """Give the scrubbed words of the newest complaints of a report."""
    statement = (
        select(understandings.c.text)
        .join(complaints, complaints.c.understanding == understandings.c.id)
        .where(complaints.c.report == report)
        .order_by(complaints.c.id.desc())
        .limit(limit)
    )
    return list(connection.execute(statement).scalars())


def some_photos(connection: Connection, ids: Sequence[int], most: int) -> dict[int, list[str]]:
    """Give the names of a few of the newest photos of each report that can be shown."""
    rank = func.row_number().over(partition_by=complaints.c.report, order_by=complaints.c.id.desc()).label("rank")
    ranked = (
        select(complaints.c.report, photos.c.id, rank)
        .join(photos, photos.c.complaint == complaints.c.id)
        .where(complaints.c.report.in_(ids), photos.c.kind == "photo", photos.c.state == "ready")
        .subquery()
    )
    found: dict[int, list[str]] = {}
    for row in connection.execute(select(ranked).where(ranked.c.rank <= most).order_by(ranked.c.rank)):
        found.setdefault(row.report, []).append(row.id)
    return found


def times_of(connection: Connection, report: int, limit: int = 200) -> list[Row[Any]]:
    """Give when citizens complained and by which channel, newest first: no words."""
    columns = complaints.c["id", "channel", "created_at"]
    statement = select(*columns).where(complaints.c.report == report).order_by(complaints.c.id.desc()).limit(limit)
    return list(connection.execute(statement))


def times_of_additions(connection: Connection, report: int, limit: int = 200) -> list[Row[Any]]:
    """Give when citizens wrote more, newest first: no words."""
    statement = (
        select(*additions.c["complaint", "created_at"], complaints.c.channel)
        .join(complaints, complaints.c.id == additions.c.complaint)
        .where(complaints.c.report == report)
        .order_by(additions.c.created_at.desc(), additions.c.id.desc())
        .limit(limit)
    )
    return list(connection.execute(statement))


def has_complaint(connection: Connection, report: int, complaint: int) -> bool:
    """Say whether this complaint stands in this report."""
    statement = select(complaints.c.id).where(complaints.c.id == complaint, complaints.c.report == report)
    return connection.execute(statement).one_or_none() is not None


def merges_into(connection: Connection, report: int) -> list[Row[Any]]:
    """Give the reports that a person joined to this one and that can be taken out again."""
    statement = (
        select(*merges.c["id", "by", "at"], reports.c.number)
        .join(reports, reports.c.id == merges.c.source)
        .where(merges.c.target == report, merges.c.undone_at.is_(None))
        .order_by(merges.c.id.desc())
    )
    return list(connection.execute(statement))
