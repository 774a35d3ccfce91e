"""Erases citizens: their words, photos and identity go everywhere; reports go on without them, sinks are told."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from hub.pipeline import incident
from hub.pipeline.clockwork import set_clocks
from hub.pipeline.house import House
from hub.pipeline.outbox import write_notices
from hub.store import complaints as complaint_store
from hub.store import erasure, people, reports, search
from hub.store.store import Store
from hub.store.tables import complaints, reporters


@dataclass(frozen=True, slots=True)
class Erased:
    """What was, or would be, erased: numbers only."""

    complaints: int
    reports: tuple[str, ...]
    received_by: tuple[tuple[str, int], ...]
    """Channels that had been told of these reports, and how often."""


def find_complaint(connection: Connection, channel: str, native_id: str) -> list[int]:
    """Give the complaint of this name, as a list of one or none."""
    which = complaints.c.channel == channel, complaints.c.native_id == native_id, complaints.c.state != "erased"
    return list(connection.execute(select(complaints.c.id).where(*which)).scalars())


def find_reporter(connection: Connection, channel: str, handle: str) -> list[int]:
    """Give the complaints of whoever has this handle on a channel."""
    hashed = people.hash_handle(bytes.fromhex(people.salt(connection)), channel, handle)
    which = reporters.c.channel == channel, reporters.c.handle_hash == hashed
    key = connection.execute(select(reporters.c.key).where(*which)).scalar_one_or_none()
    return erasure.complaints_by(connection, key) if key is not None else []


def look(connection: Connection, ids: Sequence[int]) -> Erased:
    """Say what erasing these complaints would touch."""
    keys = sorted(set(connection.execute(select(complaints.c.report).where(complaints.c.id.in_(ids))).scalars()))
    states = reports.load_reports(connection, keys)
    receivers = erasure.receivers_of(connection, keys)
    return Erased(len(ids), tuple(state.number for state in states.values()), tuple(receivers))


def erase(connection: Connection, house: House, ids: Sequence[int], by: str, now: datetime) -> Erased:
    """Erase complaints in this transaction, let their reports forget them, and tell the sinks."""
    found = look(connection, ids)
    keys = sorted(set(connection.execute(select(complaints.c.report).where(complaints.c.id.in_(ids))).scalars()))
    erasure.erase_words(connection, ids, now)
    states = list(reports.load_reports(connection, keys, lock=True).values())
    history = []
    for state in states:
        layers = complaint_store.layers_of(connection, state.id)
        incident.rebuild(state, [row for row in layers if row.state != "erased"])
        state.complaint_count = len(layers)
        state.touch("erased", now)
        history.append({"report": state.id, "at": now, "kind": "erased", "actor": by, "data": {"complaints": len(ids)}})
    set_clocks(connection, states, house, now)
    reports.save_reports(connection, states)
    search.index_reports(connection, keys)
    reports.write_history(connection, history)
    write_notices(connection, states, house, now, except_for={})
    return found


@dataclass(frozen=True)
class Sweeper:
    """Removes the files that erased complaints have left behind."""

    store: Store

    async def run_once(self) -> int:
        """Remove what nothing needs any more; give how many files."""
        gone, needed = await self.store.read(erasure.orphaned)
        for content in gone:
            await asyncio.to_thread(self.store.blobs.erase, content)
        if gone or needed:
            await self.store.write(lambda connection: erasure.settle_orphans(connection, {*gone, *needed}))
        return len(gone)
