"""Looks at the clocks: warns before a deadline, tells the camat after it, and follows a calendar that has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection

from hub.clocks.due import warning_at
from hub.pipeline.clockwork import set_clocks
from hub.pipeline.house import House
from hub.store import clocks, reports
from hub.store.clocks import Mark
from hub.store.store import Store

REST = 30.0
CHUNK = 200
KINDS: dict[Mark, str] = {"warned_at": "warned", "escalated_at": "escalated"}
"""What the line of history is called."""


@dataclass
class Overdue:
    """Keeps an eye on deadlines. What it did stands in the store: no other process, and no restart, does it again."""

    store: Store
    house: House
    version: str = ""
    """The calendar by which everything stored was worked out, as far as this process knows."""

    async def run(self) -> None:
        """Look for ever."""
        while True:
            await self.run_once()
            await asyncio.sleep(REST)

    async def run_once(self) -> int:
        """Look once; give how many reports were warned of or escalated."""
        await self.follow_calendar()
        now = self.store.now()
        found = await self.store.read(lambda connection: clocks.running_out(connection, now))
        late = [row.id for row in found if _is_late(row, now)]
        near = [row.id for row in found if _is_near(row, now)]
        return await self._mark(late, "escalated_at", _is_late) + await self._mark(near, "warned_at", _is_near)

    async def _mark(self, ids: Sequence[int], mark: Mark, holds: Callable[[Any, datetime], bool]) -> int:
        done = 0
        for start in range(0, len(ids), CHUNK):
            some = ids[start : start + CHUNK]
            done += await self.store.write(partial(self._note, some, mark, holds))
        return done

    def _note(
        self, ids: Sequence[int], mark: Mark, holds: Callable[[Any, datetime], bool], connection: Connection
    ) -> int:
        """Mark and write down those that it still holds for: a clerk may have been quicker."""
        now = self.store.now()
        rows = [row for row in clocks.claim(connection, ids, mark, now) if holds(row, now)]
        clocks.set_mark(connection, [row.id for row in rows], mark, now)
        reports.write_history(connection, [_line(row, KINDS[mark], now) for row in rows])
        return len(rows)

    async def follow_calendar(self) -> None:
        """Work out open reports anew where rules, hours or holidays have changed since; begun again after a kill."""
        current = self.house.keeper.version
        if current == self.version:
            return
        if await self.store.read(clocks.version_in_use) != current:
            last = 0
            while found := await self.store.read(partial(clocks.open_reports, after=last, limit=CHUNK)):
                await self.store.write(partial(self._work_out, found))
                last = found[-1]
            await self.store.write(partial(clocks.keep_version, version=current))
        self.version = current

    def _work_out(self, ids: Sequence[int], connection: Connection) -> None:
        states = list(reports.load_reports(connection, ids, lock=True).values())
        set_clocks(connection, states, self.house, self.store.now())
        reports.save_reports(connection, states)


def _is_late(row: Any, now: datetime) -> bool:
    return bool(row.due_at is not None and row.due_at <= now and row.escalated_at is None)


def _is_near(row: Any, now: datetime) -> bool:
    if row.due_at is None or row.due_at <= now or row.warned_at is not None:
        return False
    return warning_at(row.clock_from, row.due_at) <= now


def _line(row: Any, kind: str, now: datetime) -> dict[str, Any]:
    """Write down what is due, and whom it goes up to: the kecamatan; of a sealed one nobody but its own unit."""
    up = row.kecamatan if row.handling == "open" and row.kecamatan else row.queue
    data = {"due": row.due_kind, "at": row.due_at.isoformat()} | ({"after": up} if kind == "escalated" else {})
    return {"report": row.id, "at": now, "kind": kind, "actor": "machine", "data": data}
