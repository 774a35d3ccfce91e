"""Shows older reports to everybody, after an upgrade: newest first, a few at a time, once for each store."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select

from hub.store.publishing import publish
from hub.store.reports import load_reports
from hub.store.store import Store
from hub.store.tables import facts, reports

FACT = "published-from"
"""All reports from this key on have been published; 0: all there are."""
CHUNK = 200
REST = 3600.0


@dataclass(frozen=True)
class Publisher:
    """Catches up with reports that were saved before there was a public face."""

    store: Store

    async def run(self) -> None:
        """Catch up, then rest."""
        while True:
            if not await self.run_once():
                await asyncio.sleep(REST)

    async def run_once(self) -> int:
        """Publish the next few; give how many."""
        start = await self.store.read(_start)
        return await self.store.write(lambda connection: _next(connection, start)) if start else 0


def _start(connection: Connection) -> int:
    found = connection.execute(select(facts.c.value).where(facts.c.name == FACT)).scalar_one_or_none()
    if found is not None:
        return int(found)
    return int(connection.execute(select(func.max(reports.c.id))).scalar() or 0) + 1


def _next(connection: Connection, start: int) -> int:
    below = select(reports.c.id).where(reports.c.id < start).order_by(reports.c.id.desc()).limit(CHUNK)
    ids = list(connection.execute(below).scalars())
    publish(connection, list(load_reports(connection, ids, lock=True).values()))
    connection.execute(delete(facts).where(facts.c.name == FACT))
    connection.execute(insert(facts).values(name=FACT, value=str(ids[-1] if ids else 0)))
    return len(ids)
