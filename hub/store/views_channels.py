"""How the channels are: counts and codes, nothing of what citizens wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from hub.store.tables import channels, deliveries, raw_items

REASONS = 5
"""So many reasons are shown of each channel, the most frequent first."""


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


def channel_health(connection: Connection) -> dict[str, Health]:
    """Give every channel that the store knows, by name."""
    rows = {row.name: row for row in connection.execute(select(channels))}
    quarantined = _reasons(connection, raw_items, "quarantined")
    dead = _reasons(connection, deliveries, "dead")
    due = _due(connection)
    return {
        name: Health(
            row=rows.get(name),
            quarantined=sum(count for _, count in quarantined.get(name, ())),
            quarantine_reasons=quarantined.get(name, [])[:REASONS],
            due=due.get(name, (0, None))[0],
            oldest_due=due.get(name, (0, None))[1],
            dead=sum(count for _, count in dead.get(name, ())),
            dead_reasons=dead.get(name, [])[:REASONS],
        )
        for name in {*rows, *quarantined, *dead, *due}
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
