"""Understanding a complaint once more: after its photo told a place, or with newer rules.

Writes the second layer only: never a person's decision, never a closed report, and a delivery only where a sink
would learn something.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, select

from hub.pipeline import incident
from hub.pipeline.house import House
from hub.pipeline.outbox import write_notices
from hub.store import complaints as complaint_store
from hub.store import incidents, people, photos, reports
from hub.store.keys import take_keys
from hub.store.store import Store
from hub.store.tables import understandings
from normalizer.complaint import Complaint, Place, Reporter, Understanding
from normalizer.understand import Normalizer

CATCH_UP = 50
REST = 1.0
Refine = Callable[[Complaint, Understanding], Understanding]


@dataclass(frozen=True, slots=True)
class Again:
    """Understands stored complaints again."""

    store: Store
    normalizer: Normalizer
    house: House
    refine: Refine

    async def understand(
        self, key: int, cause: str, *, photo: tuple[float, float] | None = None, dry: bool = False
    ) -> bool:
        """Run the rules over one complaint; True where they now say something else."""
        row, reporter, before, spot = await self.store.read(lambda connection: _load(connection, key))
        if row is None:
            return False
        added = await self.store.read(lambda connection: complaint_store.additions_to(connection, key))
        complaint, photo = said(row, reporter, added), photo or spot
        made = await asyncio.to_thread(self.normalizer.understand, complaint, photo=photo)
        fresh = self.refine(complaint, made)
        changed = before is None or _differs(before, fresh)
        if changed and not dry:
            now = self.store.now()
            await self.store.write(lambda c: apply(c, self.house, key, complaint, fresh, cause=cause, now=now))
        return changed

    async def catch_up(self) -> int:
        """Understand again what citizens have added to; give how many complaints."""
        stale = await self.store.read(lambda connection: complaint_store.stale_complaints(connection, CATCH_UP))
        for key in stale:
            last = await self.store.read(partial(complaint_store.last_addition, complaint=key))
            await self.understand(key, "added")
            await self.store.write(partial(complaint_store.mark_fresh, complaint=key, last=last))
        return len(stale)

    async def run(self) -> None:
        """Catch up for ever."""
        while True:
            if not await self.catch_up():
                await asyncio.sleep(REST)

    async def tell(self, key: int, cause: str) -> None:
        """Let the sinks know of something new at a complaint that changes nothing of what is understood."""
        now = self.store.now()
        await self.store.write(lambda connection: _tell(connection, self.house, key, cause, now))


def _tell(connection: Connection, house: House, key: int, cause: str, now: datetime) -> None:
    row = complaint_store.load_said(connection, key)
    state = reports.load_reports(connection, [row.report], lock=True)[row.report] if row is not None else None
    if state is None or state.is_closed:
        return
    state.touch(cause, now)
    reports.save_reports(connection, [state])
    log = {"report": state.id, "at": now, "kind": cause, "actor": "machine", "data": {"complaint": key}}
    reports.write_history(connection, [log])
    write_notices(connection, [state], house, now, except_for={})


def _load(connection: Connection, key: int) -> tuple[Any, Reporter | None, Any, tuple[float, float] | None]:
    row = complaint_store.load_said(connection, key)
    if row is None or row.state == "erased":
        return None, None, None, None
    reporter = people.reporter(connection, row.reporter) if row.reporter else None
    before = connection.execute(select(understandings).where(understandings.c.id == row.understanding)).one_or_none()
    return row, reporter, before, photos.spot_of(connection, key)


def said(row: Any, reporter: Reporter | None, added: Sequence[str] = ()) -> Complaint:
    """Read the first layer back, with what the citizen added."""
    return Complaint(
        native_id=row.native_id,
        created_at=row.created_at,
        created_text=row.created_text,
        title=row.title,
        text="\n".join((row.text, *added)),
        lat=row.lat,
        lon=row.lon,
        accuracy=row.accuracy,
        address=row.address,
        category_reported=row.category_reported,
        category_hint=row.category_hint,
        kelurahan_reported=row.kelurahan_reported,
        tags=tuple(row.tags),
        reporter=reporter,
        thread=row.thread,
        anonim=row.anonim,
        rahasia=row.rahasia,
    )


def _differs(before: Any, fresh: Understanding) -> bool:
    row = complaint_store.understood_row(fresh)
    telling = ("text", "category", "urgency", "handling", "quoted", "facts")
    same = all(getattr(before, name) == row[name] for name in telling)
    return not same or Place.model_validate(before.place) != fresh.place


def apply(
    connection: Connection,
    house: House,
    key: int,
    complaint: Complaint,
    fresh: Understanding,
    *,
    cause: str,
    now: datetime,
) -> None:
    """Write a new understanding, and let an open report learn from it."""
    row = complaint_store.load_said(connection, key)
    if row is None or row.state == "erased":
        return
    run = take_keys(connection, "understanding", 1)[0]
    made = complaint_store.understood_row(fresh, id=run, complaint=key, cause=cause, made_at=now)
    complaint_store.insert_rows(connection, {"understandings": [made]})
    complaint_store.update_complaints(connection, [{"complaint": key, "understanding": run}])
    blocks = [{"key": block, "at": complaint.created_at, "complaint": key} for block in fresh.keys]
    incidents.save_blocks(connection, blocks, [key])
    state = reports.load_reports(connection, [row.report], lock=True)[row.report]
    if state.is_closed:
        return
    if state.complaint_count == 1:
        incident.start_over(state)
    incident.learn(state, fresh)
    state.touch("understood", now)
    log = [
        {
            "report": state.id,
            "at": now,
            "kind": "understood",
            "actor": "machine",
            "data": {"complaint": key, "cause": cause},
        }
    ]
    if incident.direct(state, house):
        log.append({**log[0], "kind": "routed", "data": {"rule": state.rule, "queue": state.queue}})
    reports.save_reports(connection, [state])
    reports.write_history(connection, log)
    write_notices(connection, [state], house, now, except_for={})
