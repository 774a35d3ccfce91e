"""Understanding a complaint once more: after its photo told something, or with newer rules.

Writes the second layer only: never a person's decision, never a closed report, and a delivery only where a sink
would learn something. The complaint stays in its report; what a photo tells is put to a person.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, select

from hub.pipeline import incident, perhaps
from hub.pipeline.clockwork import set_clocks
from hub.pipeline.house import House
from hub.pipeline.outbox import write_notices
from hub.store import complaints as complaint_store
from hub.store import incidents, people, photos, reports, search
from hub.store.keys import take_keys
from hub.store.reports import ReportState
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
        row, reporter, before, seen = await self.store.read(lambda connection: _load(connection, key))
        if row is None:
            return False
        added = await self.store.read(lambda connection: complaint_store.additions_to(connection, key))
        complaint = said(row, reporter, added)
        made = await asyncio.to_thread(
            self.normalizer.understand, complaint, photo=photo or seen.spot, pictures=seen.pictures
        )
        fresh = self.refine(complaint, made)
        changed = before is None or _differs(before, fresh)
        pictured = before is not None and before.facts.get("ph") != fresh.facts.get("ph")
        if not dry and (changed or pictured):
            once_more = Anew(key, complaint, fresh, cause, changed=changed, asks=pictured or cause == "photo")
            await self.store.write(lambda connection: apply(connection, self.house, once_more, self.store.now()))
        return changed

    async def catch_up(self) -> int:
        """Understand again what citizens have added to, or edited after their photo spoke; give how many complaints."""
        stale = await self.store.read(lambda connection: complaint_store.stale_complaints(connection, CATCH_UP))
        for key in stale:
            last = await self.store.read(partial(complaint_store.last_said, complaint=key))
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


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a complaint's photos tell."""

    spot: tuple[float, float] | None
    pictures: tuple[int, ...]


def _load(connection: Connection, key: int) -> tuple[Any, Reporter | None, Any, _Seen]:
    row = complaint_store.load_said(connection, key)
    if row is None or row.state == "erased":
        return None, None, None, _Seen(None, ())
    reporter = people.reporter(connection, row.reporter) if row.reporter else None
    before = connection.execute(select(understandings).where(understandings.c.id == row.understanding)).one_or_none()
    return row, reporter, before, _Seen(photos.spot_of(connection, key), photos.likenesses_of(connection, key))


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
    """Say whether a report, or a sink, may learn something; what a picture looks like is for the search alone."""
    row = complaint_store.understood_row(fresh)
    telling = ("text", "category", "urgency", "handling", "quoted")
    same = all(getattr(before, name) == row[name] for name in telling)
    same = same and _unseen(before.facts) == _unseen(fresh.facts)
    return not same or Place.model_validate(before.place) != fresh.place


def _unseen(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name != "ph"}


@dataclass(frozen=True, slots=True)
class Anew:
    """A complaint as it is understood now."""

    key: int
    complaint: Complaint
    fresh: Understanding
    cause: str
    changed: bool
    """There is something for the report to learn."""
    asks: bool
    """A photo spoke: it may show that another report is the same."""


def apply(connection: Connection, house: House, anew: Anew, now: datetime) -> None:
    """Write a new understanding, and let an open report learn from it."""
    key, fresh, at = anew.key, anew.fresh, anew.complaint.created_at
    incidents.lock_keys(connection, {*fresh.keys, *fresh.probes})
    row = complaint_store.load_said(connection, key)
    if row is None or row.state == "erased":
        return
    run = take_keys(connection, "understanding", 1)[0]
    made = complaint_store.understood_row(fresh, id=run, complaint=key, cause=anew.cause, made_at=now)
    complaint_store.insert_rows(connection, {"understandings": [made]})
    complaint_store.update_complaints(connection, [{"complaint": key, "understanding": run}])
    incidents.save_blocks(connection, [{"key": block, "at": at, "complaint": key} for block in fresh.keys], [key])
    state = reports.load_reports(connection, [row.report], lock=True)[row.report]
    if anew.changed and not state.is_closed:
        _teach(connection, house, state, anew, now)
    if anew.asks and not state.is_closed:
        perhaps.ask(connection, state, perhaps.Filed(key, at, fresh), now)
    search.index_reports(connection, [state.id])


def _teach(connection: Connection, house: House, state: ReportState, anew: Anew, now: datetime) -> None:
    """Let a report learn, and tell the sinks."""
    if state.complaint_count == 1:
        incident.start_over(state)
    incident.learn(state, anew.fresh)
    state.touch("understood", now)
    line = {"report": state.id, "at": now, "actor": "machine"}
    log = [{**line, "kind": "understood", "data": {"complaint": anew.key, "cause": anew.cause}}]
    if incident.direct(state, house):
        log.append({**line, "kind": "routed", "data": {"rule": state.rule, "queue": state.queue}})
    set_clocks(connection, [state], house, now)
    reports.save_reports(connection, [state])
    reports.write_history(connection, log)
    write_notices(connection, [state], house, now, except_for={})
