"""What citizens see: by a report's number only what everybody may know, by the secret of a complaint its own story."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from pydantic_core import from_json
from sqlalchemy import Connection, Row, and_, exists, or_, select

from hub.store.tables import (
    additions,
    assignments,
    complaints,
    deliveries,
    followups,
    merges,
    photos,
    public_reports,
    questions,
    receipts,
    reports,
)
from normalizer.number import read_number

LONGEST_CHAIN = 50
"""Reports that were joined one into the next; more is a ring, which nobody can make."""
NOTES = 100


@dataclass(frozen=True, slots=True)
class PublicReport:
    """What everybody may know of a report."""

    number: str
    category: str
    status: str
    reason: str
    kelurahan: str
    kecamatan: str
    since: datetime | None
    """When the first public complaint was made; None where all of them were private."""


def public_report(connection: Connection, number: str) -> PublicReport | None:
    """Find the report that a number leads to. None for an unknown one, a sealed one, and one that is rahasia.

    What the public map shows is shown here. Of a report whose complaints are all private, kind, kelurahan and status
    are known by its number, unless one of them is rahasia. Nobody can tell apart why nothing is found.
    """
    report = living_report(connection, number)
    if report is None:
        return None
    face = connection.execute(select(public_reports).where(public_reports.c.report == report.id)).one_or_none()
    if face is None and _is_secret(connection, report.id):
        return None
    seen = face if face is not None else report
    place = {"kelurahan": seen.kelurahan, "kecamatan": seen.kecamatan}
    since = face.first_at if face is not None else None
    return PublicReport(report.number, seen.category, report.status, report.reason, since=since, **place)


def living_report(connection: Connection, number: str) -> Row[Any] | None:
    """Give the open report that a number leads to.

    A number that was joined to another leads nowhere while a rahasia complaint stands there: it might be on its paper.
    """
    key = read_number(number)
    report = survivor_of(connection, key)
    if report is None or (report.id != key and _is_secret(connection, report.id)):
        return None
    return report


def survivor_of(connection: Connection, key: int | None) -> Row[Any] | None:
    """Follow joined reports to the one that lives; None where it, or one on the way, is sealed or not there."""
    for _ in range(LONGEST_CHAIN):
        report = connection.execute(select(reports).where(reports.c.id == key)).one_or_none() if key else None
        if report is None or report.handling != "open":
            return None
        if report.merged_into is None:
            return report
        key = report.merged_into
    return None


def _is_secret(connection: Connection, report: int) -> bool:
    secret = select(complaints.c.id).where(complaints.c.report == report, complaints.c.rahasia)
    return bool(connection.execute(select(exists(secret))).scalar_one())


def tracked_complaint(connection: Connection, code: str) -> Row[Any] | None:
    """Find the complaint that a secret opens."""
    return connection.execute(select(complaints).where(complaints.c.track == code)).one_or_none()


def report_of(connection: Connection, complaint: Row[Any]) -> Row[Any]:
    """Give the report that a complaint stands in."""
    return connection.execute(select(reports).where(reports.c.id == complaint.report)).one()


def receipt_number(connection: Connection, complaint: int) -> str:
    """Give the number on the citizen's receipt; empty where none was given out."""
    stood = select(assignments.c.report).where(assignments.c.complaint == complaint)
    stand_ins = select(merges.c.source).where(merges.c.target.in_(stood))
    row = connection.execute(
        select(reports.c.number)
        .join(receipts, receipts.c.report == reports.c.id)
        .where(receipts.c.report.in_(stood.union(stand_ins)), receipts.c.complaint == complaint)
        .limit(1)
    ).one_or_none()
    return row.number if row is not None else ""


def notes_of(connection: Connection, complaint: Row[Any]) -> list[Row[Any]]:
    """Give what officials did or said while this complaint stood in their report, newest first; public parts only."""
    spans = _spans(connection, complaint)
    columns = followups.c["id", "report", "at", "status", "reason", "note", "unit"]
    told = or_(followups.c.note != "", and_(followups.c.status != "", followups.c.applied))
    statement = (
        select(*columns).where(or_(*spans), told).order_by(followups.c.at.desc(), followups.c.id.desc()).limit(NOTES)
    )
    return list(connection.execute(statement))


def _spans(connection: Connection, complaint: Row[Any]) -> list[Any]:
    """Of the present report everything; of earlier ones what was said before the complaint left them."""
    rows = connection.execute(
        select(assignments.c.report, assignments.c.at)
        .where(assignments.c.complaint == complaint.id)
        .order_by(assignments.c.id)
    ).all()
    left = [
        and_(followups.c.report == here.report, followups.c.received_at <= after.at)
        for here, after in pairwise(rows)
        if here.report != complaint.report
    ]
    return [followups.c.report == complaint.report, *left]


def photos_of_notes(connection: Connection, ids: Sequence[int]) -> dict[int, list[str]]:
    """Give the names of the photos that officials added, by follow-up."""
    rows = connection.execute(
        select(photos.c.followup, photos.c.id)
        .where(photos.c.followup.in_(ids), photos.c.kind == "photo", photos.c.state == "ready")
        .order_by(photos.c.followup, photos.c.position)
    )
    found: dict[int, list[str]] = {}
    for row in rows:
        found.setdefault(row.followup, []).append(row.id)
    return found


def own_photos(connection: Connection, complaint: int) -> list[str]:
    """Give the names of the photos that the citizen sent, oldest first."""
    statement = (
        select(photos.c.id)
        .where(photos.c.complaint == complaint, photos.c.kind == "photo", photos.c.state == "ready")
        .order_by(photos.c.raw_item, photos.c.position)
    )
    return list(connection.execute(statement).scalars())


def own_words(connection: Connection, complaint: int) -> list[Row[Any]]:
    """Give what the citizen added later: `at`, `text`."""
    statement = select(additions.c.created_at.label("at"), additions.c.text)
    return list(connection.execute(statement.where(additions.c.complaint == complaint).limit(NOTES)))


def questions_to(connection: Connection, complaint: int) -> list[Row[Any]]:
    """Give what staff ask this citizen and is not answered yet."""
    columns = questions.c["kind", "text", "at", "due_at"]
    asked = questions.c.complaint == complaint, questions.c.state == "open"
    return list(connection.execute(select(*columns).where(*asked).order_by(questions.c.at)))


def letters_to(connection: Connection, complaint: int) -> list[tuple[datetime, str]]:
    """Give what staff wrote to this citizen alone: when it was sent, and their words."""
    rows = connection.execute(
        select(deliveries.c.settled_at, deliveries.c.parcel)
        .where(deliveries.c.complaint == complaint, deliveries.c.kind == "reply", deliveries.c.state == "sent")
        .order_by(deliveries.c.id.desc())
        .limit(NOTES)
    )
    letters = ((row.settled_at, from_json(row.parcel)) for row in rows)
    return [(at, str(one.get("note", ""))) for at, one in letters if one.get("by_hand") and one.get("note")]
