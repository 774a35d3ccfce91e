"""Deliveries: written with the change that causes them, leased, settled; and the breaker of each channel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, exists, func, select, update

from hub.store.bulk import insert_many
from hub.store.intake import save_channel
from hub.store.tables import Instant, channels, complaints, deliveries, followups, holds

CHUNK = 500
LEASE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Leased:
    """A delivery that this process may now try."""

    id: int
    key: str
    kind: str
    report: int
    complaint: int | None
    parcel: bytes
    attempts: int
    """Before this try."""
    uncertain: bool
    reporter: str | None
    heard_at: datetime | None


def latest_of(connection: Connection, channel: str, reports: Sequence[int]) -> dict[int, list[Any]]:
    """Give the notices of these reports on a channel, newest first: the waiting one and the last that was tried."""
    found: dict[int, list[Any]] = {}
    for start in range(0, len(reports), CHUNK):
        rank = func.row_number().over(partition_by=deliveries.c.report, order_by=deliveries.c.id.desc())
        ranked = (
            select(deliveries, rank.label("rank"))
            .where(
                deliveries.c.report.in_(reports[start : start + CHUNK]),
                deliveries.c.channel == channel,
                deliveries.c.kind == "report",
                deliveries.c.state != "superseded",
            )
            .subquery()
        )
        for row in connection.execute(select(ranked).where(ranked.c.rank <= 2).order_by(ranked.c.rank)):
            found.setdefault(row.report, []).append(row)
    return found


def told_channels(connection: Connection, reports: Sequence[int]) -> set[str]:
    """Name the channels that were ever told of any of these reports."""
    found: set[str] = set()
    for start in range(0, len(reports), CHUNK):
        which = deliveries.c.report.in_(reports[start : start + CHUNK]), deliveries.c.kind == "report"
        found.update(connection.execute(select(deliveries.c.channel).where(*which).distinct()).scalars())
    return found


def spoke_at(connection: Connection, channel: str, reports: Sequence[int]) -> dict[int, datetime]:
    """Give when a channel last sent a follow-up of its own on each of these reports."""
    found: dict[int, datetime] = {}
    latest = func.max(followups.c.received_at, type_=Instant)
    for start in range(0, len(reports), CHUNK):
        chosen = (followups.c.report.in_(reports[start : start + CHUNK]), followups.c.channel == channel)
        rows = connection.execute(select(followups.c.report, latest).where(*chosen).group_by(followups.c.report))
        found.update({report: at for report, at in rows})  # noqa: C416 - rows are not plain tuples
    return found


def write_deliveries(connection: Connection, rows: Sequence[Mapping[str, Any]], superseded: Iterable[int] = ()) -> None:
    """Write new deliveries; the never-tried ones that they replace are superseded."""
    replaced = sorted(superseded)
    if replaced:
        connection.execute(
            update(deliveries)
            .where(deliveries.c.id.in_(replaced), deliveries.c.state == "due", deliveries.c.attempts == 0)
            .values(state="superseded")
        )
    insert_many(connection, deliveries, rows)


def open_replies(connection: Connection, *, reports: Sequence[int] = (), complaints_: Sequence[int] = ()) -> list[Any]:
    """List replies that have not gone out yet, of whole reports or of single complaints: id, channel, reply_context."""
    if not (reports or complaints_):
        return []
    whose = deliveries.c.report.in_(reports) | deliveries.c.complaint.in_(complaints_)
    waiting = (deliveries.c.kind == "reply", deliveries.c.state.in_(("due", "waiting")))
    chosen = select(deliveries.c.id, deliveries.c.channel, complaints.c.reply_context)
    joined = chosen.join(complaints, complaints.c.id == deliveries.c.complaint)
    return list(connection.execute(joined.where(*waiting, whose)))


def withhold(connection: Connection, ids: Sequence[int], reason: str) -> None:
    """Take back replies that have not gone out yet, for good."""
    for start in range(0, len(ids), CHUNK):
        which = deliveries.c.id.in_(ids[start : start + CHUNK]), deliveries.c.state.in_(("due", "waiting"))
        values = {"state": "undeliverable", "reason": reason, "waits_for": "", "next_at": None}
        connection.execute(update(deliveries).where(*which).values(values))


def recall(connection: Connection, ids: Sequence[int]) -> None:
    """Take back what is not under way, whether it was tried or not."""
    if ids:
        recalled = update(deliveries).where(deliveries.c.id.in_(ids), deliveries.c.state == "due")
        connection.execute(recalled.values(state="superseded"))


def lease_due(
    connection: Connection, channel: str, lease: str, now: datetime, limit: int, *, probe: bool
) -> list[Leased]:
    """Lease what is due on a channel: urgent first, in order for each report.

    A probe is one row, due or waiting for its next try: what must not go out yet is no probe.
    """
    earlier = deliveries.alias("earlier")
    blocked = exists().where(
        earlier.c.report == deliveries.c.report,
        earlier.c.channel == deliveries.c.channel,
        earlier.c.kind == deliveries.c.kind,
        func.coalesce(earlier.c.complaint, 0) == func.coalesce(deliveries.c.complaint, 0),
        earlier.c.id < deliveries.c.id,
        earlier.c.state.in_(("due", "running")),
    )
    held = set(connection.execute(select(holds.c.name).where(holds.c.name.in_(("replies", channel)))).scalars())
    if channel in held:
        return []
    due = [deliveries.c.state == "due", deliveries.c.channel == channel]
    if held:
        due.append(deliveries.c.kind != "reply")
    ripe = deliveries.c.next_at <= now
    due.append(ripe | (deliveries.c.attempts > 0) if probe else ripe)
    ids = list(
        connection.execute(
            select(deliveries.c.id)
            .where(*due, ~blocked)
            .order_by(deliveries.c.urgent.desc(), deliveries.c.next_at, deliveries.c.id)
            .limit(1 if probe else limit)
            .with_for_update(skip_locked=True)
        ).scalars()
    )
    if not ids:
        return []
    connection.execute(
        update(deliveries).where(deliveries.c.id.in_(ids)).values(state="running", lease=lease, lease_until=now + LEASE)
    )
    rows = connection.execute(
        select(deliveries, complaints.c.reporter, complaints.c.heard_at)
        .outerjoin(complaints, complaints.c.id == deliveries.c.complaint)
        .where(deliveries.c.id.in_(ids))
        .order_by(deliveries.c.urgent.desc(), deliveries.c.id)
    )
    return [
        Leased(r.id, r.key, r.kind, r.report, r.complaint, r.parcel, r.attempts, r.uncertain, r.reporter, r.heard_at)
        for r in rows
    ]


def settle(connection: Connection, delivery: int, lease: str, values: Mapping[str, Any]) -> None:
    """Record how a try ended, unless the lease has gone to another process meanwhile."""
    connection.execute(
        update(deliveries)
        .where(deliveries.c.id == delivery, deliveries.c.lease == lease, deliveries.c.state == "running")
        .values(lease=None, lease_until=None, **values)
    )


def reclaim(connection: Connection, now: datetime, *, alone: bool) -> int:
    """Make deliveries of dead processes due again, their outcome unknown; give how many.

    `alone`: no other process works on this store, so every lease is a dead one's.
    """
    dead = [deliveries.c.state == "running"]
    if not alone:
        dead.append(deliveries.c.lease_until < now)
    return connection.execute(
        update(deliveries)
        .where(*dead)
        .values(state="due", uncertain=True, attempts=deliveries.c.attempts + 1, lease=None, next_at=now)
    ).rowcount


def wake_channel(connection: Connection, channel: str, now: datetime) -> None:
    """A good try after bad ones: what waits for a retry is due now, and the breaker closes."""
    connection.execute(
        update(deliveries)
        .where(deliveries.c.channel == channel, deliveries.c.state == "due", deliveries.c.attempts > 0)
        .values(next_at=now)
    )
    save_channel(connection, channel, {"failures": 0, "open_until": None})


def postpone(connection: Connection, channel: str, now: datetime, until: datetime) -> int:
    """Let what is due on a channel wait until it takes more; give how many."""
    due = (deliveries.c.channel == channel, deliveries.c.state == "due", deliveries.c.next_at <= now)
    return connection.execute(update(deliveries).where(*due).values(next_at=until)).rowcount


def breaker_of(connection: Connection, channel: str) -> tuple[int, datetime | None]:
    """Give how many tries failed in a row, and until when nothing is tried."""
    row = connection.execute(
        select(channels.c.failures, channels.c.open_until).where(channels.c.name == channel)
    ).one_or_none()
    return (row.failures, row.open_until) if row is not None else (0, None)


def count_states(connection: Connection, kind: str) -> dict[str, int]:
    """Count deliveries of a kind (`report` or `reply`) by state."""
    rows = connection.execute(
        select(deliveries.c.state, func.count()).where(deliveries.c.kind == kind).group_by(deliveries.c.state)
    )
    return {state: count for state, count in rows}  # noqa: C416 - rows are not plain tuples


def dead_letters(connection: Connection, limit: int = 200) -> list[Any]:
    """List deliveries that were given up, newest first."""
    return list(
        connection.execute(
            select(deliveries).where(deliveries.c.state == "dead").order_by(deliveries.c.id.desc()).limit(limit)
        )
    )


def retry_dead(connection: Connection, now: datetime, *, channel: str | None = None, key: str | None = None) -> int:
    """Make dead deliveries due again with a fresh schedule; give how many."""
    which = [deliveries.c.state == "dead"]
    if channel is not None:
        which.append(deliveries.c.channel == channel)
    if key is not None:
        which.append(deliveries.c.key == key)
    return connection.execute(
        update(deliveries).where(and_(*which)).values(state="due", attempts=0, uncertain=True, next_at=now, reason="")
    ).rowcount


def mark_outcome(connection: Connection, key: str, *, delivered: bool, reason: str, now: datetime) -> bool:
    """Record what the channel learnt later of a delivery; False where the key is unknown."""
    state = "sent" if delivered else "undeliverable"
    return bool(
        connection.execute(
            update(deliveries).where(deliveries.c.key == key).values(state=state, reason=reason, settled_at=now)
        ).rowcount
    )
