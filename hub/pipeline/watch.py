"""Looks at the whole house every half minute and wakes somebody where it must: once when lost, once when back."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from hub.alerts import Alerts
from hub.metrics import Metrics
from hub.pipeline.supervisor import RunningChannel
from hub.store import clocks
from hub.store.alerts import AlertBook
from hub.store.store import Store
from hub.store.tables import deliveries, raw_items, reports

REST = 30.0
LOST_AFTER = timedelta(minutes=5)
BACKLOG_AFTER = timedelta(minutes=10)
TRIAGE_AFTER = timedelta(hours=4)
DISK_LEFT = 500_000_000


@dataclass
class Watch:
    """What wakes somebody: a channel lost or silent, credentials, dead letters, disk, backlog, emergencies."""

    store: Store
    channels: Mapping[str, RunningChannel]
    alerts: Alerts
    book: AlertBook
    metrics: Metrics
    triage: str
    """Code of the unit that finds places."""
    disk: Path
    """A folder on the disk that must not fill up."""

    async def run(self) -> None:
        """Look for ever."""
        while True:
            await self.look()
            await asyncio.sleep(REST)

    async def look(self) -> None:
        """Look once: raise what is wrong, clear what is well again."""
        wrong = {**dict(self._channels()), **dict(self._disk()), **await self.store.read(self._stored)}
        for key, text in wrong.items():
            await self.alerts.raise_(key, text)
        for key in await self.book.open_keys():
            if key not in wrong:
                await self.alerts.clear(key, _well(key))

    def _channels(self) -> Iterator[tuple[str, str]]:
        now = self.store.now()
        for channel in self.channels.values():
            self.metrics.channel(channel.name, channel.state)
            # By how it failed last, not by its state: it is running for a moment at every try.
            lost_long = channel.lost_at is not None and now - channel.lost_at > LOST_AFTER
            if channel.lost_as == "needs-credentials":
                yield (
                    f"credentials:{channel.name}",
                    f"Channel {channel.name}: the credentials are refused. {channel.reason}",
                )
            elif channel.lost_as == "parked" or (channel.lost_as == "waiting" and lost_long):
                yield f"lost:{channel.name}", f"Channel {channel.name} is lost: {channel.reason}"
            if channel.is_silent:
                yield f"silent:{channel.name}", f"Channel {channel.name} has been silent for longer than usual."

    def _disk(self) -> Iterator[tuple[str, str]]:
        left = shutil.disk_usage(self.disk).free
        if left < DISK_LEFT:
            yield "disk", f"Only {left // 1_000_000} MB are left on the disk of the database."

    def _stored(self, connection: Connection) -> dict[str, str]:
        now = self.store.now()
        self.metrics.queue("unread", _count(connection, raw_items.c.state == "new"))
        self.metrics.queue("deliveries", _count(connection, deliveries.c.state == "due"))
        found: dict[str, str] = {}
        dead = _count(connection, deliveries.c.state == "dead")
        if dead:
            found["dead"] = f"{dead} deliveries were given up: look at `aduan dead list`."
        oldest = _oldest(connection, raw_items.c.received_at, raw_items.c.state == "new")
        if oldest is not None and now - oldest > BACKLOG_AFTER:
            found["backlog"] = f"The oldest unread item has waited since {oldest:%Y-%m-%d %H:%M} UTC."
        found |= {f"emergency:{row.number}": _shut(row) for row in clocks.unopened(connection, now)}
        found |= {f"dispute:{number}": _disputed(number) for number in clocks.undecided(connection, now)}
        triage = (reports.c.queue == self.triage, reports.c.status == "menunggu")
        oldest = _oldest(connection, reports.c.created_at, *triage, reports.c.merged_into.is_(None))
        if oldest is not None and now - oldest > TRIAGE_AFTER:
            found["triage"] = f"The oldest report in triage has waited since {oldest:%Y-%m-%d %H:%M} UTC."
        return found


def _shut(row: Any) -> str:
    return f"Emergency {row.number} has not been opened since {row.created_at:%Y-%m-%d %H:%M} UTC."


def _disputed(number: str) -> str:
    return f"A citizen disputes report {number}, and nobody has decided it in time."


def _well(key: str) -> str:
    what, _, number = key.partition(":")
    said = {"emergency": f"Emergency {number} no longer waits to be opened.", "dispute": f"Report {number} is decided."}
    return said.get(what, "All is well again.")


def _count(connection: Connection, which: ColumnElement[bool]) -> int:
    return connection.execute(select(func.count()).where(which)).scalar_one()


def _oldest(connection: Connection, column: Any, *which: Any) -> Any:
    return connection.execute(select(column).where(*which).order_by(column).limit(1)).scalar_one_or_none()
