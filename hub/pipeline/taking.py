"""Who works on a report: taken, given back, assigned, and let go when its owner has done nothing for too long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection

from hub.pipeline.house import House
from hub.pipeline.work import NotAllowed, Work
from hub.store import claims, handovers
from hub.store.reports import ReportState
from hub.store.store import Store

REST = 30.0
FINISHED = "a closed report needs nobody who works on it"


class Taken(NotAllowed):
    """A colleague works on it already."""

    def __init__(self, owner: str) -> None:
        super().__init__("a colleague works on this report already")
        self.owner = owner


def owner_of(report: ReportState, work: Work) -> str:
    """Name who works on it now; empty where nobody does or the claim has expired."""
    over = report.owner_until is not None and report.owner_until <= work.now
    return "" if over else report.owner


def take(work: Work, by: str) -> int:
    """Take a report that nobody works on; the claim expires unless its owner does something. Raises Taken."""
    report = work.report
    owner = owner_of(report, work)
    if owner == by:
        return report.version
    if owner:
        raise Taken(owner)
    work.check(not report.is_closed, FINISHED)
    _own(work, by)
    report.owner_until = work.now + work.house.claim
    return _saved(work, "taken", by)


def give_back(work: Work, by: str, *, leads: bool) -> int:
    """Let a report go; `leads`: the person may take work from others too."""
    report = work.report
    work.check(bool(report.owner), "nobody works on this report")
    if report.owner != by and not leads:
        raise Taken(report.owner)
    before = report.owner
    _own(work, "")
    return _saved(work, "given-back", by, owner=before)


def assign(work: Work, by: str, to: str) -> int:
    """Give a report to a colleague: this does not expire."""
    report = work.report
    work.check(not report.is_closed, FINISHED)
    if (report.owner, report.owner_until) == (to, None):
        return report.version
    _own(work, to)
    return _saved(work, "assigned", by, owner=to)


def _own(work: Work, owner: str) -> None:
    report = work.report
    report.owner, report.owner_at, report.owner_until = owner, work.now if owner else None, None


def _saved(work: Work, kind: str, by: str, **data: str) -> int:
    work.report.touch(kind, work.now)
    work.note(work.report, kind, by, **data)
    work.save()
    return work.report.version


@dataclass(frozen=True)
class Claims:
    """Lets go what its owners have left lying, ends offers that mean nothing, forgets who has left a page."""

    store: Store
    house: House
    after: Callable[[], None] = lambda: None

    async def run(self) -> None:
        """Look for ever."""
        while True:
            if await self.run_once():
                self.after()
            await asyncio.sleep(REST)

    async def run_once(self) -> int:
        """Look once; give how many claims expired."""
        now = self.store.now()
        late = await self.store.read(lambda connection: claims.expired_claims(connection, now))
        for key in late:
            await self.store.write(partial(self._expire, key))
        await self.store.write(lambda connection: claims.forget_looks(connection, now))
        await self.store.write(lambda connection: handovers.end_idle(connection, now))
        return len(late)

    def _expire(self, key: int, connection: Connection) -> None:
        """Read behind the lock: the owner may have come back this moment."""
        work = Work(connection, self.house, self.store.now())
        work.load(key)
        report = work.report
        if report.owner and not owner_of(report, work) and not report.is_closed:
            before = report.owner
            _own(work, "")
            _saved(work, "claim-expired", "machine", owner=before)
