"""Photos and documents of complaints: which are still to be fetched, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select, update

from hub.store.erasure import orphan
from hub.store.tables import complaints, followups, photos

LEASE = timedelta(minutes=10)
COMMON = 20
"""So many photos that look the same are a logo, or a card that says "no photo": nothing to know an incident by."""


def lease_photos(connection: Connection, now: datetime, limit: int) -> list[Any]:
    """Lease what is due, longest first; a lease that ran out is a dead process's."""
    ids = list(
        connection.execute(
            select(photos.c.id)
            .where(photos.c.state.in_(("due", "running")), photos.c.next_at <= now)
            .order_by(photos.c.next_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).scalars()
    )
    if ids:
        connection.execute(update(photos).where(photos.c.id.in_(ids)).values(state="running", next_at=now + LEASE))
    channel = func.coalesce(complaints.c.channel, followups.c.channel).label("channel")
    statement = (
        select(photos, channel)
        .outerjoin(complaints, complaints.c.id == photos.c.complaint)
        .outerjoin(followups, followups.c.id == photos.c.followup)
    )
    return list(connection.execute(statement.where(photos.c.id.in_(ids)))) if ids else []


def spot_of(connection: Connection, complaint: int) -> tuple[float, float] | None:
    """Give where a complaint's photos were taken, where one of them says so."""
    placed = (photos.c.complaint == complaint, photos.c.lat.is_not(None), photos.c.lon.is_not(None))
    row = connection.execute(
        select(photos.c.lat, photos.c.lon).where(*placed, photos.c.state != "erased").order_by(photos.c.id).limit(1)
    ).one_or_none()
    return (row.lat, row.lon) if row is not None else None


def likenesses_of(connection: Connection, complaint: int) -> tuple[int, ...]:
    """Give what a complaint's photos look like, in their order, each once; what everybody sends is left out."""
    theirs = (photos.c.complaint == complaint, photos.c.likeness.is_not(None), photos.c.state != "erased")
    rows = connection.execute(select(photos.c.likeness).where(*theirs).order_by(photos.c.raw_item, photos.c.position))
    return tuple(one for one in dict.fromkeys(rows.scalars()) if not _is_common(connection, one))


def _is_common(connection: Connection, likeness: int) -> bool:
    others = select(photos.c.id).where(photos.c.likeness == likeness).limit(COMMON)
    return len(connection.execute(others).all()) == COMMON


def tell_something(connection: Connection, complaint: int) -> bool:
    """Say whether a complaint's photos tell where they were taken or what they look like."""
    telling = photos.c.lat.is_not(None) | photos.c.likeness.is_not(None)
    theirs = (photos.c.complaint == complaint, photos.c.state != "erased", telling)
    return connection.execute(select(photos.c.id).where(*theirs).limit(1)).one_or_none() is not None


def settle_photo(connection: Connection, name: str, values: Mapping[str, Any], now: datetime) -> bool:
    """Record how a fetch ended. False where the photo was erased meanwhile: its file is put down for removal."""
    running = (photos.c.id == name, photos.c.state == "running")
    settled = connection.execute(update(photos).where(*running).values(**values)).rowcount > 0
    if not settled:
        orphan(connection, [values.get("content", "")], now)
    return settled


def reclaim_photos(connection: Connection, now: datetime) -> int:
    """Make the fetches of a dead process due again."""
    return connection.execute(
        update(photos).where(photos.c.state == "running").values(state="due", next_at=now)
    ).rowcount
