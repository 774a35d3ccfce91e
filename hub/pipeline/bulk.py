"""One deed on many reports: tried out first, then done to each as it was shown, and undone while nobody went on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, select

from hub.pipeline import dialogue, preview, taking
from hub.pipeline.filling import filled
from hub.pipeline.house import House
from hub.pipeline.work import NotAllowed, Work
from hub.plugin import FollowUp
from hub.store import bulk_deeds, replies, reports
from hub.store.keys import derive_key, random_key
from hub.store.reports import ReportState
from hub.store.store import Store
from hub.store.tables import reports as report_table
from hub.store.views_sight import Sight
from normalizer.report import REASONS
from normalizer.taxonomy import BY_CODE

KINDS = ("assign", "status", "category", "reply", "forward")
MOST = 500
"""Reports in one deed."""
UNDO = timedelta(minutes=15)
"""For so long a deed can be undone."""
TOGETHER = 20
"""Reports that are written at a time: they share a commit."""
UNKNOWN = "there is no such report in your area"
CHANGED = "somebody else changed it meanwhile"
Chosen = Sequence[tuple[str, int]]
"""Numbers and the versions they were shown with."""


DONE_ONE_BY_ONE = "done is said report by report: with an answer, and a photo or the reason for none"


@dataclass(frozen=True, slots=True)
class BulkDeed:
    """What is to be done to each report."""

    kind: str
    owner: str = ""
    status: str = ""
    reason: str = ""
    category: str = ""
    text: str = field(default="", repr=False)
    """To the citizens, with placeholders."""

    def problem(self) -> str:
        """Say what is missing, whatever the reports are."""
        refused = self.kind == "status" and (self.status == "ditolak") != (self.reason in REASONS)
        wrong = {
            "assign": not self.owner,
            "status": not reports.is_status(self.status),
            "category": self.category not in BY_CODE,
            "reply": not self.text.strip(),
        }
        if self.kind not in KINDS or wrong.get(self.kind):
            return "choose what is to be done"
        if self.kind == "status" and self.status == "selesai":
            return DONE_ONE_BY_ONE
        return "a refusal needs one of the reasons, and only a refusal has one" if refused else ""

    def obstacle(self, report: ReportState) -> str:
        """Say why it cannot be done to this report."""
        same = {
            "assign": (report.owner, report.owner_until) == (self.owner, None),
            "status": report.status == self.status,
            "category": (report.category, report.category_by) == (self.category, "person"),
        }
        if same.get(self.kind):
            return "it is so already"
        return taking.FINISHED if self.kind == "assign" and report.is_closed else ""

    @property
    def codes(self) -> dict[str, str]:
        """What is noted of it: no words."""
        members = {"owner": self.owner, "status": self.status, "reason": self.reason, "category": self.category}
        return {name: value for name, value in members.items() if value}


@dataclass(frozen=True, slots=True)
class Plan:
    """What a deed would do."""

    good: tuple[tuple[str, int], ...] = ()
    problems: Mapping[str, str] = field(default_factory=dict)
    """By number."""
    channels: tuple[str, ...] = ()
    """The channel of each citizen who would be answered."""
    unreached: int = 0
    """Citizens who cannot be told."""


@dataclass(frozen=True, slots=True)
class Hand:
    """Who does it, and what they may see."""

    by: str
    sight: Sight


def _visible(connection: Connection, numbers: Sequence[str], sight: Sight) -> dict[str, ReportState]:
    """Load what the person may see; sealed reports of others and those of other areas are as if they were not."""
    which = report_table.c.number.in_(numbers), report_table.c.merged_into.is_(None), sight.clause()
    ids = connection.execute(select(report_table.c.id).where(*which)).scalars().all()
    return {state.number: state for state in reports.load_reports(connection, ids).values()}


@dataclass(frozen=True)
class Bulk:
    """Does deeds to many reports, each in a transaction of its own: what fails, fails alone."""

    store: Store
    house: House
    after: Callable[[], None] = field(default=lambda: None)

    async def plan(self, deed: BulkDeed, chosen: Chosen, sight: Sight) -> Plan:
        """Say what a deed would do; nothing is written."""
        return await self.store.read(lambda connection: self._plan(connection, deed, chosen[:MOST], sight))

    def _plan(self, connection: Connection, deed: BulkDeed, chosen: Chosen, sight: Sight) -> Plan:
        states, now = _visible(connection, [number for number, _ in chosen], sight), self.store.now()
        problems, good, ways = {}, [], []
        for number, version in chosen:
            state = states.get(number)
            problem = UNKNOWN if state is None else CHANGED if state.version != version else deed.obstacle(state)
            if state is None or problem:
                problems[number] = problem
                continue
            good.append((number, version))
            if deed.kind in ("status", "reply"):
                said = {"status": deed.status, "reason": deed.reason, "note": filled(deed.text, state, self.house)}
                ways += preview.ways(connection, preview.follow_up(state, now, **said), self.house, now)
        reached = tuple(way.channel for way in ways if not way.problem)
        return Plan(tuple(good), problems, reached, len(ways) - len(reached))

    async def do(self, name: str, unit: str, hand: Hand, deed: BulkDeed, chosen: Chosen) -> None:
        """Do it, once however often it is sent under this name; goes on where a dead process stopped."""
        row = {"id": name, "unit": unit, "kind": deed.kind, "by": hand.by, "at": self.store.now()}
        noted = await self.store.write(lambda connection: bulk_deeds.open_bulk(connection, **row, data=deed.codes))
        if noted.by != hand.by or noted.kind != deed.kind or deed.problem():
            raise NotAllowed("choose what is to be done")
        for start in range(0, len(chosen[:MOST]), TOGETHER):
            some = chosen[:MOST][start : start + TOGETHER]
            await asyncio.gather(*(self._do_one(name, hand, deed, one) for one in some))
        self.after()

    async def _do_one(self, name: str, hand: Hand, deed: BulkDeed, one: tuple[str, int]) -> None:
        try:
            await self.store.write(partial(self._perform, name, hand, deed, one))
        except NotAllowed as error:
            problem = str(error)
            await self.store.write(lambda connection: self._note_problem(connection, name, one[0], problem))

    def _note_problem(self, connection: Connection, name: str, number: str, problem: str) -> None:
        key = reports.find_report(connection, number)
        if key is not None:
            bulk_deeds.add_item(connection, name, key, problem=problem[:80])

    def _perform(self, name: str, hand: Hand, deed: BulkDeed, one: tuple[str, int], c: Connection) -> None:
        number, version = one
        seen = _visible(c, [number], hand.sight).get(number)
        if seen is None:
            raise NotAllowed(UNKNOWN)
        work = Work(c, self.house, self.store.now())
        work.load(seen.id)
        if bulk_deeds.has_item(c, name, seen.id):
            return
        report = work.report
        problem = CHANGED if report.version != version else deed.obstacle(report)
        if problem:
            raise NotAllowed(problem)
        before = _before(report) | {"at": work.now.isoformat()}
        act = _act(work, hand.by, deed)
        bulk_deeds.add_item(c, name, report.id, before=before, version=report.version, act=act)

    async def undo(self, name: str, hand: Hand) -> None:
        """Undo a deed wherever nobody has gone on since; notes what stood against it elsewhere. Raises NotAllowed."""
        now = self.store.now()
        bulk = await self.store.read(lambda connection: bulk_deeds.find_bulk(connection, name))
        if bulk is None or bulk.at + UNDO <= now:
            raise NotAllowed("it is too late to undo this")
        if bulk.kind == "forward":
            raise NotAllowed("what was sent on cannot be taken back")
        items = await self.store.read(lambda connection: bulk_deeds.items_of(connection, name, hand.sight))
        await self.store.write(lambda connection: bulk_deeds.mark_undone(connection, name, hand.by, now))
        for item in items:
            if not item.problem and item.undone != "yes":
                await self._undo_one(bulk, item, hand.by)
        self.after()

    async def _undo_one(self, bulk: Any, item: Any, by: str) -> None:
        try:
            await self.store.write(partial(self._take_back, bulk, item, by))
            undone = "yes"
        except NotAllowed as error:
            undone = str(error)
        await self.store.write(lambda connection: bulk_deeds.mark_item(connection, item.bulk, item.report, undone))

    def _take_back(self, bulk: Any, item: Any, by: str, connection: Connection) -> None:
        work = Work(connection, self.house, self.store.now())
        work.load(item.report)
        report = work.report
        if report.merged_into is not None or report.version != item.version:
            raise NotAllowed(CHANGED)
        if bulk.kind in ("status", "reply"):
            dialogue.call_back(work, by, item.act, told_or_not=True)
            return
        if bulk.kind == "category":
            decided = datetime.fromisoformat(item.before["at"])
            bulk_deeds.undo_decision(connection, report.id, "category", decided, work.now)
        for name in _KEPT[bulk.kind]:
            value = item.before[name]
            setattr(report, name, datetime.fromisoformat(value) if value and name in _TIMES else value)
        report.touch("undone", work.now)
        work.note(report, "undone", by, deed=bulk.kind)
        work.save()


_KEPT = {
    "assign": ("owner", "owner_at", "owner_until"),
    "category": ("category", "category_by", "category_confidence", "category_sure"),
}
_TIMES = ("owner_at", "owner_until")


def _before(report: ReportState) -> dict[str, Any]:
    names = ("status", "reason", *_KEPT["assign"], *_KEPT["category"])
    values = {name: getattr(report, name) for name in names}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}


def _act(work: Work, by: str, deed: BulkDeed) -> str:
    """Do it to one report; give what its replies have in common."""
    report, now = work.report, work.now
    match deed.kind:
        case "assign":
            taking.assign(work, by, deed.owner)
        case "category":
            work.correct(by, category=deed.category, place=None, urgency=None, lead=None)
        case "forward":
            report.touch("forwarded", now)
            work.note(report, "forwarded", by)
            work.save()
        case _:
            said = FollowUp(
                native_id=random_key(),
                report=report.number,
                at=now,
                status=deed.status if deed.kind == "status" else "",
                note=filled(deed.text, report, work.house),
            )
            work.follow_up(said, by, deed.reason)
            act = derive_key(report.number, f"tl:{said.native_id}")
            # Whoever writes to so many at once can call it back, like a deed with many citizens.
            replies.put_off(work.connection, act, now + work.house.replies.undo)
            return act
    return ""
