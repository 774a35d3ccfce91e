"""How the channels are: counts and codes, nothing of what citizens wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic_core import from_json
from sqlalchemy import Connection, Row, func, literal_column, select

from hub.store import replies
from hub.store.tables import channels, deliveries, raw_items, reports
from hub.tracking import mask

REASONS = 5
"""So many reasons are shown of each channel, the most frequent first."""
LATEST = 10_000
"""So many undeliverable replies are looked at: they only grow."""
SAMPLES = 5


@dataclass(frozen=True, slots=True)
class Health:
    """What the store knows of a channel."""

    row: Row[Any] | None = None
    quarantined: int = 0
    quarantine_reasons: Sequence[tuple[str, int]] = ()
    due: int = 0
    oldest_due: datetime | None = None
    dead: int = 0
    dead_reasons: Sequence[tuple[str, int]] = ()
    waiting: Mapping[str, int] = field(default_factory=dict)
    """Replies that wait, by whom they wait for: `citizen`, `clerk`."""
    barred: Sequence[tuple[str, int]] = ()
    """Of the latest replies that could not be delivered, how many for which reason."""


def channel_health(connection: Connection) -> dict[str, Health]:
    """Give every channel that the store knows, by name."""
    rows = {row.name: row for row in connection.execute(select(channels))}
    quarantined = _reasons(connection, raw_items, "quarantined")
    dead = _reasons(connection, deliveries, "dead")
    due = _due(connection)
    waiting, barred = _waiting(connection), _barred(connection)
    return {
        name: Health(
            row=rows.get(name),
            quarantined=sum(count for _, count in quarantined.get(name, ())),
            quarantine_reasons=quarantined.get(name, [])[:REASONS],
            due=due.get(name, (0, None))[0],
            oldest_due=due.get(name, (0, None))[1],
            dead=sum(count for _, count in dead.get(name, ())),
            dead_reasons=dead.get(name, [])[:REASONS],
            waiting=waiting.get(name, {}),
            barred=barred.get(name, [])[:REASONS],
        )
        for name in {*rows, *quarantined, *dead, *due, *waiting, *barred}
    }


def _reasons(connection: Connection, table: Any, state: str) -> dict[str, list[tuple[str, int]]]:
    count = func.count().label("count")
    rows = connection.execute(
        select(table.c.channel, table.c.reason, count)
        .where(table.c.state == state)
        .group_by(table.c.channel, table.c.reason)
        .order_by(count.desc())
    )
    found: dict[str, list[tuple[str, int]]] = {}
    for channel, reason, number in rows:
        found.setdefault(channel, []).append((reason, number))
    return found


def _due(connection: Connection) -> dict[str, tuple[int, datetime | None]]:
    rows = connection.execute(
        select(
            deliveries.c.channel, func.count(), func.min(deliveries.c.created_at, type_=deliveries.c.created_at.type)
        )
        .where(deliveries.c.state.in_(("due", "running")))
        .group_by(deliveries.c.channel)
    )
    return {channel: (count, oldest) for channel, count, oldest in rows}


def _waiting(connection: Connection) -> dict[str, dict[str, int]]:
    waits = deliveries.c.waits_for
    rows = connection.execute(
        select(deliveries.c.channel, waits, func.count())
        .where(waits != literal_column("''"), deliveries.c.state == "waiting")
        .group_by(deliveries.c.channel, waits)
    )
    found: dict[str, dict[str, int]] = {}
    for channel, whom, count in rows:
        found.setdefault(channel, {})[whom] = count
    return found


def _barred(connection: Connection) -> dict[str, list[tuple[str, int]]]:
    latest = (
        select(deliveries.c.channel, deliveries.c.reason)
        .where(deliveries.c.state == "undeliverable", deliveries.c.kind == "reply")
        .order_by(deliveries.c.id.desc())
        .limit(LATEST)
        .subquery()
    )
    count = func.count().label("count")
    found: dict[str, list[tuple[str, int]]] = {}
    for channel, reason, number in connection.execute(
        select(latest, count).group_by(latest.c.channel, latest.c.reason).order_by(count.desc())
    ):
        found.setdefault(channel, []).append((reason, number))
    return found


# -------------------------------------------------------------------------------------------------------- the brake


@dataclass(frozen=True, slots=True)
class Behind:
    """What a hold keeps back, or would."""

    counts: Sequence[tuple[str, str, int]]
    """Channel, kind of delivery (`reply`, `report`), how many; by channel."""
    samples: Sequence[tuple[str, str]]
    """Channel and text of the first few replies, as citizens would read them: without names, handles and secrets."""

    @property
    def total(self) -> int:
        """How many in all."""
        return sum(count for _, _, count in self.counts)


def behind(connection: Connection, name: str) -> Behind:
    """Give what waits behind a hold on `replies` or on a channel. Of sealed reports no word, only their count."""
    counts = [(row.channel, row.kind, row.count) for row in replies.waiting_behind(connection, name)]
    rows = replies.samples_behind(connection, name, limit=20 * SAMPLES)
    known = select(reports.c.id).where(reports.c.id.in_({row.report for row in rows}), reports.c.handling == "open")
    shown = set(connection.execute(known).scalars())
    samples: dict[tuple[str, str], None] = {}
    for row in rows:
        if row.report in shown:
            samples[row.channel, _text(row.parcel)] = None
    return Behind(counts, list(samples)[:SAMPLES])


def _text(parcel: bytes) -> str:
    said = from_json(parcel)
    return mask(str(said["text"]), str(said.get("link", "")))
