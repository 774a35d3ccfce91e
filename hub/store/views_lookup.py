"""What a desk looks up: open reports by key or place, the report behind any number, how far it has come."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from hub.store.tables import complaints, deliveries, followups, receipts, reports
from hub.store.views_sight import Sight
from normalizer.report import CLOSED

CHUNK = 500
_SEEN = reports.c[
    "id",
    "number",
    "version",
    "status",
    "reason",
    "category",
    "urgency",
    "place",
    "kelurahan",
    "lead",
    "title",
    "complaint_count",
    "anchor",
    "first_at",
    "last_at",
    "created_at",
    "closed_at",
    "last_follow_up_at",
    "nudged_at",
]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a report has come, as a citizen may hear it."""

    note: str = field(default="", repr=False)
    """The last public words of officials."""
    note_at: datetime | None = None
    unit: str = ""
    """Who said them."""
    replies: dict[str, int] = field(default_factory=dict)
    """Replies to its citizens, counted by the state of their delivery."""


def visible_reports(connection: Connection, keys: Iterable[int], sight: Sight) -> list[Row[Any]]:
    """Give those of these reports that live and that the reader may know of."""
    wanted, found = sorted(set(keys)), list[Row[Any]]()
    for start in range(0, len(wanted), CHUNK):
        here = reports.c.id.in_(wanted[start : start + CHUNK])
        found += connection.execute(select(*_SEEN).where(here, reports.c.merged_into.is_(None), sight.clause()))
    return found


def open_nearby(
    connection: Connection, kelurahan: str, categories: Collection[str], since: datetime, sight: Sight, *, limit: int
) -> list[Row[Any]]:
    """Give open reports of these categories in one kelurahan, newest first."""
    statement = (
        select(*_SEEN)
        .where(
            reports.c.kelurahan == kelurahan,
            reports.c.category.in_(sorted(categories)),
            reports.c.status.not_in(sorted(CLOSED)),
            reports.c.merged_into.is_(None),
            reports.c.last_at >= since,
            sight.clause(),
        )
        .order_by(reports.c.id.desc())
        .limit(limit)
    )
    return list(connection.execute(statement))


def reports_of_native(
    connection: Connection, channels: Sequence[str], native_ids: Sequence[str]
) -> list[tuple[str, int]]:
    """Give channel and report of the complaints with these ids at their sources."""
    rows = connection.execute(
        select(complaints.c.channel, complaints.c.report).where(
            complaints.c.channel.in_(channels), complaints.c.native_id.in_(native_ids), complaints.c.state != "erased"
        )
    )
    return [(row.channel, row.report) for row in rows]


def living_key(connection: Connection, key: int) -> int:
    """Follow merges to the report that lives on; gives the key itself where there is none."""
    while True:
        into = connection.execute(select(reports.c.merged_into).where(reports.c.id == key)).scalar_one_or_none()
        if into is None:
            return key
        key = into


def receipt_of(connection: Connection, key: int) -> Row[Any] | None:
    """Give `channel`, `holder`, `at`, `complaint` of a number that was set aside for a receipt."""
    return connection.execute(select(receipts).where(receipts.c.report == key)).one_or_none()


def progress_of(connection: Connection, report: int) -> Progress:
    """Read how far a report has come."""
    said = connection.execute(
        select(followups.c.note, followups.c.at, followups.c.unit)
        .where(followups.c.report == report, followups.c.note != "", followups.c.applied)
        .order_by(followups.c.at.desc(), followups.c.id.desc())
        .limit(1)
    ).one_or_none()
    counted = connection.execute(
        select(deliveries.c.state, func.count().label("many"))
        .where(deliveries.c.report == report, deliveries.c.kind == "reply", deliveries.c.state != "superseded")
        .group_by(deliveries.c.state)
    )
    replies = {row.state: row.many for row in counted}
    return Progress(replies=replies) if said is None else Progress(said.note, said.at, said.unit, replies)
