"""The rows of `aduan export`, read in slices so that memory stays flat."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Connection, select

from hub.store.complaints import photos_of
from hub.store.tables import complaints, deliveries, followups, reports, understandings

SLICE = 500
OPEN = ("due", "running", "waiting")
"""States of deliveries that are shown as `due`: under way, or waiting until `next_at` for somebody (see the reason)."""
Rows = Iterator[dict[str, Any]]


def complaint_rows(connection: Connection, after: int, *, full: bool) -> list[dict[str, Any]]:
    """Give a slice of complaints behind a key; `full` adds what was said, and sealed ones."""
    statement = (
        select(complaints, understandings, reports.c.number, reports.c.handling.label("report_handling"))
        .join(understandings, understandings.c.id == complaints.c.understanding)
        .join(reports, reports.c.id == complaints.c.report)
        .where(complaints.c.id > after)
        .order_by(complaints.c.id)
        .limit(SLICE)
    )
    rows = list(connection.execute(statement).mappings())
    pictures = photos_of(connection, [row[complaints.c.id] for row in rows])
    return [_complaint(row, pictures.get(row[complaints.c.id], []), full=full) for row in rows]


def _complaint(row: Any, photos: list[str], *, full: bool) -> dict[str, Any]:
    place = row[understandings.c.place]
    sealed = row["report_handling"] == "sealed" and not full
    found = {
        "_key": row[complaints.c.id],
        "_hidden": sealed,
        "id": row[complaints.c.native_id],
        "channel": row[complaints.c.channel],
        "revision": row[complaints.c.revision],
        "text": row[understandings.c.text],
        "created_at": row[complaints.c.created_at].isoformat(),
        "received_at": row[complaints.c.received_at].isoformat(),
        "category": row[understandings.c.category],
        "category_confidence": round(row[understandings.c.category_confidence], 4),
        "category_sure": row[understandings.c.category_sure],
        "category_reported": row[complaints.c.category_reported],
        "urgency": row[understandings.c.urgency],
        "place": _place(place),
        "anonim": row[complaints.c.anonim],
        "rahasia": row[complaints.c.rahasia],
        "photos": photos,
        "report": row["number"],
    }
    if full:
        found["said"] = {
            "title": row[complaints.c.title],
            "text": row[complaints.c.text],
            "address": row[complaints.c.address],
        }
    return found


def _place(place: dict[str, Any]) -> dict[str, Any]:
    names = "result level lat lon kelurahan kecamatan confidence metres_to_border".split()
    return {name: place.get(name) for name in names}


def report_rows(connection: Connection, after: int, *, full: bool) -> list[dict[str, Any]]:
    """Give a slice of reports behind a key."""
    survivors = reports.alias()
    statement = select(reports, survivors.c.number.label("survivor")).outerjoin(
        survivors, survivors.c.id == reports.c.merged_into
    )
    slice_ = statement.where(reports.c.id > after).order_by(reports.c.id).limit(SLICE)
    rows = list(connection.execute(slice_).mappings())
    members: dict[int, list[dict[str, str]]] = {}
    members_of = select(complaints.c.report, complaints.c.channel, complaints.c.native_id).order_by(complaints.c.id)
    for report, channel, native_id in connection.execute(
        members_of.where(complaints.c.report.in_([row["id"] for row in rows]))
    ):
        members.setdefault(report, []).append({"channel": channel, "id": native_id})
    return [
        {
            "_key": row["id"],
            "_hidden": row["handling"] == "sealed" and not full,
            "number": row["number"],
            "version": row["version"],
            "status": row["status"],
            "reason": row["reason"],
            "category": row["category"],
            "urgency": row["urgency"],
            "place": _place(row["place"]),
            "units": row["units"],
            "queue": row["queue"],
            "created_at": row["created_at"].isoformat(),
            "updated_at": row["updated_at"].isoformat(),
            "merged_into": row["survivor"] or "",
            "complaints": members.get(row["id"], []),
        }
        for row in rows
    ]


def delivery_rows(connection: Connection, after: int, *, full: bool) -> list[dict[str, Any]]:
    """Give a slice of deliveries behind a key: no words in them."""
    statement = (
        select(deliveries, reports.c.number, reports.c.handling, complaints.c.native_id)
        .join(reports, reports.c.id == deliveries.c.report)
        .outerjoin(complaints, complaints.c.id == deliveries.c.complaint)
        .where(deliveries.c.id > after)
        .order_by(deliveries.c.id)
        .limit(SLICE)
    )
    return [
        {
            "_key": row.id,
            "_hidden": row.handling == "sealed" and not full,
            "key": row.key,
            "channel": row.channel,
            "kind": row.kind,
            "report": row.number,
            "complaint": row.native_id,
            "state": "due" if row.state in OPEN else row.state,
            "attempts": row.attempts,
            "next_at": row.next_at.isoformat() if row.next_at and row.state in OPEN else None,
            "reason": row.reason,
        }
        for row in connection.execute(statement)
    ]


def followup_rows(connection: Connection, after: int, *, full: bool) -> list[dict[str, Any]]:
    """Give a slice of follow-ups behind a key."""
    statement = (
        select(followups, reports.c.number, reports.c.handling)
        .join(reports, reports.c.id == followups.c.report)
        .where(followups.c.id > after)
        .order_by(followups.c.id)
        .limit(SLICE)
    )
    return [
        {
            "_key": row.id,
            "_hidden": row.handling == "sealed" and not full,
            "id": row.native_id,
            "report": row.number,
            "channel": row.channel,
            "status": row.status,
            "note": row.note,
            "photos": row.photos,
            "unit": row.unit,
            "at": row.at.isoformat(),
        }
        for row in connection.execute(statement)
    ]


SLICES: dict[str, Callable[..., list[dict[str, Any]]]] = {
    "complaints": complaint_rows,
    "reports": report_rows,
    "deliveries": delivery_rows,
    "followups": followup_rows,
}
