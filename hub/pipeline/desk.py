"""What staff do to reports: follow up, correct, join, take apart. Every write checks the version it was based on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, insert, select, update

from hub.pipeline import incident
from hub.pipeline.house import House
from hub.pipeline.outbox import Answer, write_notices, write_replies
from hub.pipeline.replies import compose
from hub.plugin import FollowUp
from hub.store import complaints as complaint_store
from hub.store import reports
from hub.store.keys import random_key, take_keys
from hub.store.reports import ReportState
from hub.store.store import Store
from hub.store.tables import complaints, followups, merges, separations, suggestions
from hub.store.tables import reports as report_table
from normalizer.complaint import URGENCIES, Complaint, Place
from normalizer.number import make_number
from normalizer.places import Placer
from normalizer.report import REASONS, UnitShare
from normalizer.taxonomy import BY_CODE
from normalizer.understand import RULES

T = TypeVar("T")
CHANNEL = "posko"
"""What follow-ups of staff are filed under."""


class UnknownReport(LookupError):
    """There is no report with this number."""


class NotAllowed(ValueError):
    """It cannot be done, for the reason given."""


class Conflict(Exception):
    """Somebody else changed the report meanwhile."""

    def __init__(self, version: int) -> None:
        super().__init__(f"the report is at version {version} by now")
        self.version = version


@dataclass(frozen=True)
class Desk:
    """The hands of the staff."""

    store: Store
    house: House
    placer: Placer
    after: Callable[[], None] = field(default=lambda: None)
    """Called after each change: there may be something to deliver."""

    async def follow_up(
        self,
        number: str,
        version: int,
        by: str,
        *,
        status: str = "",
        reason: str = "",
        note: str = "",
        note_internal: str = "",
    ) -> int:
        """Record what was done or said; the public part goes to every citizen of the report. Gives the new version."""
        if status and not reports.is_status(status):
            raise NotAllowed("that is not a status")
        if (status == "ditolak") != bool(reason) or (reason and reason not in REASONS):
            raise NotAllowed("a refusal needs one of the reasons, and only a refusal has one")
        said = FollowUp(
            native_id=random_key(),
            report=number,
            at=self.store.now(),
            status=status,
            note=note,
            note_internal=note_internal,
        )
        return await self._change(number, version, lambda work: work.follow_up(said, by, reason))

    async def correct(
        self,
        number: str,
        version: int,
        by: str,
        *,
        category: str | None = None,
        place: tuple[float, float] | None = None,
        kelurahan: str | None = None,
        urgency: str | None = None,
        lead: str | None = None,
    ) -> int:
        """Set right what the machine guessed: from now on it stays as set."""
        where = await self._place(place, kelurahan)
        return await self._change(
            number, version, lambda work: work.correct(by, category=category, place=where, urgency=urgency, lead=lead)
        )

    async def merge(self, number: str, into: str, version: int, by: str) -> int:
        """Join two reports about one incident: the older survives. Gives its new version."""
        return await self._change(number, version, lambda work: work.merge(self._key(work.connection, into), by))

    async def unmerge(self, merge: int, by: str) -> None:
        """Take a joined report apart again: exactly its own complaints go back."""
        await self._run(lambda connection: _Work(connection, self.house, self.store.now()).unmerge(merge, by))

    async def split(self, number: str, complaint: int, version: int, by: str) -> str:
        """Give one complaint a report of its own. The new report's number."""
        return await self._change(number, version, lambda work: work.split(complaint, by))

    async def answer(self, suggestion: int, by: str, *, same: bool) -> None:
        """Answer whether two reports are the same."""
        await self._run(
            lambda connection: _Work(connection, self.house, self.store.now()).answer(suggestion, by, same=same)
        )

    async def open_sealed(self, number: str, by: str) -> None:
        """The integrity unit lets a report out: it goes where it belongs."""
        await self._run(lambda connection: self._start(connection, number, None).open_sealed(by))

    async def seen(self, number: str) -> None:
        """Note that staff have opened the report."""
        now = self.store.now()
        await self.store.write(lambda connection: _mark_opened(connection, number, now))

    # ------------------------------------------------------------------------------------------------ inner works

    async def _place(self, place: tuple[float, float] | None, kelurahan: str | None) -> Place | None:
        if place is not None:
            lat, lon = place
            pin = Complaint(native_id="pin", created_at=self.store.now(), lat=lat, lon=lon)
            return await asyncio.to_thread(self.placer.place, pin)
        if kelurahan is None:
            return None
        area = next((area for area in self.house.region.areas if area.code == kelurahan), None)
        if area is None:
            raise NotAllowed("there is no such kelurahan here")
        return Place(result="found", level="kelurahan", kelurahan=area.code, kecamatan=area.kecamatan, confidence=1.0)

    async def _change(self, number: str, version: int, act: Callable[[_Work], T]) -> T:
        return await self._run(lambda connection: act(self._start(connection, number, version)))

    async def _run(self, work: Callable[[Connection], T]) -> T:
        result = await self.store.write(work)
        self.after()
        return result

    def _start(self, connection: Connection, number: str, version: int | None) -> _Work:
        key = self._key(connection, number)
        work = _Work(connection, self.house, self.store.now())
        work.load(key)
        if version is not None and work.report.version != version:
            raise Conflict(work.report.version)
        return work

    def _key(self, connection: Connection, number: str) -> int:
        key = reports.find_report(connection, number)
        if key is None:
            raise UnknownReport(number)
        return key


@dataclass
class _Work:
    """One change by a person, inside its transaction."""

    connection: Connection
    house: House
    now: datetime
    states: dict[int, ReportState] = field(default_factory=dict)
    first: int = 0

    def load(self, *keys: int) -> None:
        self.states.update(reports.load_reports(self.connection, keys, lock=True))
        self.first = self.first or keys[0]

    @property
    def report(self) -> ReportState:
        return self.states[self.first]

    def note(self, report: ReportState, kind: str, by: str, **data: Any) -> None:
        row = {"report": report.id, "at": self.now, "kind": kind, "actor": by, "data": data}
        reports.write_history(self.connection, [row])

    def follow_up(self, said: FollowUp, by: str, reason: str) -> int:
        report, before = self.report, self.report.status
        incident.follow(report, said, "staff")
        if reason:
            incident.set_status(report, "ditolak", self.now, reason)
        values = said.model_dump(exclude={"report", "about", "photos", "unit", "officer"})
        self.connection.execute(
            insert(followups).values(
                **values,
                report=report.id,
                channel=CHANNEL,
                received_at=self.now,
                reason=reason,
                photos=[],
                unit=report.lead,
                officer=by,
                applied=True,
            )
        )
        report.touch("status" if report.status != before else "follow-up", self.now)
        self.note(report, report.causes[-1], by, status=said.status, reason=reason)
        answers = []
        if report.status != before or said.note:
            text = compose(report.number, report.status, said.note, reason)
            answers = [Answer(report, f"tl:{said.native_id}", text)]
        self.save(answers)
        return report.version

    def correct(
        self, by: str, *, category: str | None, place: Place | None, urgency: str | None, lead: str | None
    ) -> int:
        report = self.report
        if category is not None:
            self._check(category in BY_CODE, "there is no such category")
            report.category, report.category_by, report.category_confidence = category, "person", 1.0
            self._decide(report, "category", category, by)
        if place is not None:
            report.place, report.place_by = place, "person"
            self._decide(report, "place", place.model_dump(mode="json"), by)
        if urgency is not None:
            self._check(urgency in URGENCIES, "there is no such urgency")
            report.urgency, report.urgency_by = urgency, "person"  # type: ignore[assignment]  # checked above
            self._decide(report, "urgency", urgency, by)
        if lead is not None:
            self._check(any(unit.code == lead for unit in self.house.region.units), "there is no such unit")
            report.units, report.units_by = (UnitShare(unit=lead, by="person"),), "person"
            self._decide(report, "lead", lead, by)
        self.save()
        return report.version

    def _decide(self, report: ReportState, what: str, value: Any, by: str) -> None:
        complaint_store.decide(self.connection, report=report.id, field=what, value=value, by=by, at=self.now)
        report.touch("units" if what == "lead" else what, self.now)
        self.note(report, "corrected", by, field=what)

    @staticmethod
    def _check(good: bool, problem: str) -> None:  # noqa: FBT001 - an assertion's shape
        if not good:
            raise NotAllowed(problem)

    def merge(self, other: int, by: str) -> int:
        self._check(other != self.first, "a report cannot be joined to itself")
        self.load(other)
        source, target = sorted((self.report, self.states[other]), key=lambda state: -state.id)
        self._check(source.handling == target.handling, "a sealed report is never joined to an open one")
        moved = self._complaints(source)
        self.connection.execute(
            insert(merges).values(source=source.id, target=target.id, complaints=moved, by=by, at=self.now)
        )
        self.move(moved, target, "merged", by)
        source.merged_into = target.id
        incident.raise_urgency(target, source.urgency)
        for state in (source, target):
            state.touch("merged", self.now)
        self.note(source, "merged", by, into=target.number)
        self.note(target, "merged", by, source=source.number)
        self._rebuild(target)
        source.complaint_count, source.channel_counts = 0, {}
        self.save()
        return target.version

    def unmerge(self, merge: int, by: str) -> None:
        row = self.connection.execute(select(merges).where(merges.c.id == merge)).one_or_none()
        self._check(row is not None and row.undone_at is None, "that joining is not there or already undone")
        assert row is not None  # noqa: S101 - checked above, for the type checker
        # What it was joined to may have been joined to another since: its complaints stand there now.
        (holder,) = self._survivors(row.target)
        self.load(row.source, holder)
        source, target = self.states[row.source], self.states[holder]
        still = [key for key in self._complaints(target) if key in set(row.complaints)]
        self.connection.execute(update(merges).where(merges.c.id == merge).values(undone_at=self.now, undone_by=by))
        source.merged_into = None
        self.move(still, source, "unmerged", by)
        self._separate(still, target, by)
        self._separate(self._complaints(target), source, by)
        self._part(source, target, by)

    def split(self, complaint: int, by: str) -> str:
        report = self.report
        members = self._complaints(report)
        self._check(complaint in members, "that complaint is not in this report")
        self._check(len(members) > 1, "a report keeps its last complaint")
        key = take_keys(self.connection, "report", 1)[0]
        number = make_number(key, self.house.region.letters)
        fresh = ReportState(key, number, self.now, report.first_at, report.last_at, self.now)
        fresh.handling, fresh.handling_by = report.handling, report.handling_by
        reports.save_reports(self.connection, [fresh])
        fresh.new = False
        self.states[key] = fresh
        self.move([complaint], fresh, "split", by)
        self._separate([complaint], report, by)
        self._part(fresh, report, by)
        return number

    def _part(self, leaving: ReportState, staying: ReportState, by: str) -> None:
        for state in (leaving, staying):
            state.touch("split", self.now)
            self._rebuild(state)
        self.note(leaving, "split", by, source=staying.number)
        self.note(staying, "split", by, into=leaving.number)
        self.save()

    def answer(self, suggestion: int, by: str, *, same: bool) -> None:
        row = self.connection.execute(select(suggestions).where(suggestions.c.id == suggestion)).one_or_none()
        self._check(row is not None and not row.answer, "that question is not there or already answered")
        assert row is not None  # noqa: S101 - checked above, for the type checker
        values = {"answer": "same" if same else "other"}
        self.connection.execute(update(suggestions).where(suggestions.c.id == suggestion).values(**values))
        now_in, other = self._survivors(row.report, row.other)
        if not same and now_in != other:
            self.load(other)
            self._separate([row.complaint], self.states[other], by)
        elif same and now_in != other:
            self.load(now_in)
            self.merge(other, by)

    def _survivors(self, *keys: int) -> list[int]:
        letters = self.house.region.letters
        return [reports.find_report(self.connection, make_number(key, letters)) or key for key in keys]

    def open_sealed(self, by: str) -> None:
        report = self.report
        report.handling, report.handling_by = "open", "person"
        self._decide(report, "handling", "open", by)
        self.save()

    def move(self, keys: Sequence[int], report: ReportState, cause: str, by: str) -> None:
        """Assign complaints to a report: a new row each, the old ones stay."""
        rows = [
            {
                "complaint": key,
                "report": report.id,
                "at": self.now,
                "cause": cause,
                "score": 1.0,
                "evidence": [],
                "rules": RULES,
                "actor": by,
            }
            for key in keys
        ]
        complaint_store.insert_rows(self.connection, {"assignments": rows})
        self.connection.execute(update(complaints).where(complaints.c.id.in_(keys)).values(report=report.id))

    def _separate(self, keys: Sequence[int], report: ReportState, by: str) -> None:
        known = set(
            self.connection.execute(
                select(separations.c.complaint).where(
                    separations.c.report == report.id, separations.c.complaint.in_(keys)
                )
            ).scalars()
        )
        rows = [{"complaint": key, "report": report.id, "by": by, "at": self.now} for key in keys if key not in known]
        if rows:
            self.connection.execute(insert(separations), rows)

    def _complaints(self, report: ReportState) -> list[int]:
        return list(
            self.connection.execute(
                select(complaints.c.id).where(complaints.c.report == report.id).order_by(complaints.c.id)
            ).scalars()
        )

    def _rebuild(self, report: ReportState) -> None:
        incident.rebuild(report, complaint_store.layers_of(self.connection, report.id))

    def save(self, answers: Sequence[Answer] = ()) -> None:
        """Route again, write back, and tell whoever must know."""
        changed = [state for state in self.states.values() if state.causes]
        for state in changed:
            if state.merged_into is None and incident.direct(state, self.house):
                self.note(state, "routed", "machine", rule=state.rule, queue=state.queue)
        reports.save_reports(self.connection, changed)
        write_notices(self.connection, changed, self.house, self.now, except_for={})
        write_replies(self.connection, answers, self.house, self.now)


def _mark_opened(connection: Connection, number: str, now: datetime) -> None:
    statement = update(report_table).where(report_table.c.number == number, report_table.c.opened_at.is_(None))
    connection.execute(statement.values(opened_at=now))
