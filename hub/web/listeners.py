"""Everybody who listens to a work list in this process, and the one watcher that tells them all.

A second watcher, or a query for each listener, would cost what the pages need. What is told are numbers, versions and
counts, read under each list's own condition (`WorkList.clause`), so a listener hears what their page would show.
"""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import Connection

from hub.store.engine import StoreError
from hub.store.sessions import find_session
from hub.store.views_queue import WorkList, lane_counts
from hub.store.views_stream import Change, changes_since, placed_since, rows_of

if TYPE_CHECKING:
    from hub.host import Hub

log = structlog.get_logger()
SETTLED = timedelta(seconds=10)
"""A transaction may end behind the watcher: what is younger is looked at again."""
KNOWN = 20_000
"""Reports whose version and list are remembered."""
ROOM = 20
"""Messages that wait for one listener. Who is slower is told to load anew."""
PER_SESSION = 4
"""Streams of one signed-in browser: one, or one a window where browsers cannot agree on one."""
COUNT_EVERY = 30.0
"""Seconds after which counts are looked at without a cause: lanes of time change by themselves."""
COUNT_SHARE = 20.0
"""Counting a list takes at most one part in so many of the time."""
CHECK_PARTS = 5
"""Sessions are looked at in turn: each once in so many rounds."""
OVER = "event: akhir\ndata: {}\n\n"
FULL = "event: penuh\ndata: {}\n\n"
ANEW = "event: ulang\ndata: {}\n\n"
PERSONAL = ("punya-saya",)
"""Lanes that differ from reader to reader of the same list."""


@dataclass(eq=False)
class Listener:
    """One open stream."""

    token: str = field(repr=False)
    inbox: asyncio.Queue[str] = field(default_factory=lambda: asyncio.Queue(ROOM))

    def tell(self, message: str) -> None:
        """Put a message down; too many waiting ones become one that says to load anew."""
        if self.inbox.full():
            self.clear(ANEW)
        else:
            self.inbox.put_nowait(message)

    def clear(self, last: str) -> None:
        """Forget what waits, and leave one message."""
        while not self.inbox.empty():
            self.inbox.get_nowait()
        self.inbox.put_nowait(last)


@dataclass(eq=False)
class Group:
    """All who look at the same list with the same eyes."""

    unit: str
    work: WorkList
    listeners: set[Listener] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=dict)
    due: bool = False
    """Something changed since they were counted."""
    not_before: float = 0.0
    not_after: float = field(default_factory=lambda: monotonic() + COUNT_EVERY)

    def wants_counts(self, at: float) -> bool:
        """Say whether to count now."""
        return at >= self.not_after or (self.due and at >= self.not_before)


class Listeners:
    """Opens and ends streams, and looks once a second for what is new; `every` None: only when it is told to."""

    def __init__(self, hub: Hub, every: float | None = 1.0) -> None:
        self._hub = hub
        self._every = every
        self._groups: dict[tuple[str, Any], Group] = {}
        self._streams: OrderedDict[Listener, None] = OrderedDict()
        self._known: OrderedDict[int, tuple[int, str, bool]] = OrderedDict()
        self._waiting: dict[int, Change] = {}
        self._since = hub.clock()
        self._round = 0
        self._task: asyncio.Task[None] | None = None

    async def join(self, token: str, lists: Sequence[tuple[str, WorkList]], since: datetime | None) -> Listener:
        """Open a stream for some lists; what changed since a moment is told at once."""
        listener = Listener(token)
        older = [one for one in self._streams if one.token == token]
        for old in older[: max(0, len(older) + 1 - PER_SESSION)]:
            self.end(old, FULL)
        self._streams[listener] = None
        for unit, work in lists:
            group = self._group(unit, work)
            group.listeners.add(listener)
            group.due = group.due or since is not None
        if since is not None:
            await self._catch_up(listener, lists, since)
        if self._every is not None and (self._task is None or self._task.done()):
            self._since = self._hub.store.now()
            self._task = asyncio.create_task(self._watch(self._every), name="listeners")
        return listener

    def _group(self, unit: str, work: WorkList) -> Group:
        key = unit, work.sight
        if key not in self._groups:
            self._groups[key] = Group(unit, replace(work, reader=""))
        return self._groups[key]

    def end(self, listener: Listener, message: str = OVER) -> None:
        """End a stream: its page hears why, then nothing more."""
        self.leave(listener)
        listener.clear(message)

    def leave(self, listener: Listener) -> None:
        """Forget who has gone; a list that nobody looks at is no longer watched."""
        self._streams.pop(listener, None)
        for key, group in list(self._groups.items()):
            group.listeners.discard(listener)
            if not group.listeners:
                del self._groups[key]

    def __len__(self) -> int:
        return len(self._streams)

    async def _catch_up(self, listener: Listener, lists: Sequence[tuple[str, WorkList]], since: datetime) -> None:
        def read(connection: Connection) -> list[tuple[str, Sequence[Any]]]:
            ids = [change.report for change in changes_since(connection, since)]
            return [(unit, rows_of(connection, work, ids)) for unit, work in lists] if ids else []

        now = self._hub.store.now()
        for unit, rows in await self._hub.store.read(read):
            if rows:
                listener.tell(_message(unit, now, rows, {}))

    # ------------------------------------------------------------------------------------------------- the watcher

    async def _watch(self, every: float) -> None:
        while self._streams:
            try:
                await self.look()
            except StoreError as error:
                log.warning("work lists cannot be watched just now", reason=str(error))
            except Exception:  # a fault of ours must not leave pages without news for good
                log.exception("the watcher of the work lists stumbled")
            await asyncio.sleep(every)

    async def look(self) -> None:
        """Look once: tell every list what is new in it, end streams whose session has ended."""
        now, self._round = self._hub.store.now(), self._round + 1
        part = [one for place, one in enumerate(self._streams) if place % CHECK_PARTS == self._round % CHECK_PARTS]

        def read(connection: Connection) -> tuple[list[tuple[Group, str]], list[Listener]]:
            ended = [one for one in part if find_session(connection, one.token, now) is None]
            return self._news(connection, now), ended

        news, ended = await self._hub.store.read(read)
        for group, message in news:
            for listener in group.listeners:
                listener.tell(message)
        for listener in ended:
            self.end(listener)

    def _news(self, connection: Connection, now: datetime) -> list[tuple[Group, str]]:
        """Find what to tell to which group."""
        fresh, touched = self._changes(connection)
        self._since = max(self._since, now - SETTLED)
        found = []
        for group in list(self._groups.values()):
            rows: Sequence[Any] = ()
            if group.work.queue in touched:
                group.due = True
                ids = [change.report for change in fresh if change.queue == group.work.queue]
                rows = rows_of(connection, group.work, ids) if ids else ()
            counts = self._count(connection, group, now)
            if rows or counts:
                found.append((group, _message(group.unit, now, rows, counts)))
        return found

    def _changes(self, connection: Connection) -> tuple[list[Change], set[str]]:
        """Give reports at versions not seen yet, and the lists that they stand in or have left."""
        fresh, touched = [], set()
        placed = placed_since(connection, self._waiting) if self._waiting else set()
        for change in [*changes_since(connection, self._since), *(self._waiting[key] for key in placed)]:
            self._waiting.pop(change.report, None)
            here = change.placed or change.report in placed
            before = self._known.get(change.report)
            if before == (change.version, change.queue, here):
                continue
            if not here:
                self._wait(change)
            self._remember(change, placed=here)
            fresh.append(change)
            touched |= {change.queue} | ({before[1]} if before else set())
        return fresh, touched

    def _wait(self, change: Change) -> None:
        if len(self._waiting) < KNOWN:
            self._waiting[change.report] = change

    def _remember(self, change: Change, *, placed: bool) -> None:
        self._known[change.report] = (change.version, change.queue, placed)
        self._known.move_to_end(change.report)
        while len(self._known) > KNOWN:
            self._known.popitem(last=False)

    def _count(self, connection: Connection, group: Group, now: datetime) -> dict[str, int]:
        """Count a list where it is time to; give what differs from before."""
        begun = monotonic()
        if not group.wants_counts(begun):
            return {}
        counted = lane_counts(connection, replace(group.work, now=now))
        done = monotonic()
        group.not_before, group.not_after = done + (done - begun) * COUNT_SHARE, done + COUNT_EVERY
        group.due, before = False, group.counts
        group.counts = {lane: count for lane, count in counted.items() if lane not in PERSONAL}
        return group.counts if group.counts != before else {}


def _message(unit: str, now: datetime, rows: Sequence[Any], counts: dict[str, int]) -> str:
    """Spell what is new: numbers, versions, urgencies and counts, no words."""
    told = [[row.number, row.version, row.urgency, row.status == "menunggu" and not row.opened_at] for row in rows]
    body = json.dumps({"unit": unit, "rows": told, "counts": counts}, separators=(",", ":"))
    return f"id: {spell_moment(now)}\nevent: antrean\ndata: {body}\n\n"


def spell_moment(at: datetime) -> str:
    """Spell a moment for `Last-Event-ID`."""
    return f"{at:%Y%m%dT%H%M%S.%f}"


def read_moment(text: str) -> datetime | None:
    """Read such a moment back; None for anything else."""
    try:
        return datetime.strptime(f"{text[:40]}+0000", "%Y%m%dT%H%M%S.%f%z")
    except ValueError:
        return None
