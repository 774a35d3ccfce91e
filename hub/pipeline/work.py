"""One change to reports by a person, inside its transaction: loaded, changed, saved, told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from hub.pipeline import incident
from hub.pipeline.clockwork import go_on, set_clocks
from hub.pipeline.house import House
from hub.pipeline.nudging import answer_nudges, hand_on_nudges
from hub.pipeline.officials import status_message
from hub.pipeline.outbox import write_notices
from hub.pipeline.pictures import Picture, add_pictures
from hub.pipeline.replying import RECEIVED, Answer, good_hour, write_replies
from hub.plugin import FollowUp
from hub.replies import Message
from hub.store import complaints as complaint_store
from hub.store import replies, reports, search, talks
from hub.store.keys import take_keys
from hub.store.reports import ReportState
from hub.store.tables import complaints, followups, merges, separations, suggestions
from normalizer.complaint import URGENCIES, Place
from normalizer.number import make_number
from normalizer.report import CLOSED, REASONS, UnitShare
from normalizer.taxonomy import BY_CODE
from normalizer.understand import RULES

CHANNEL = "posko"
"""What follow-ups of staff are filed under."""


class NotAllowed(ValueError):
    """It cannot be done, for the reason given."""


@dataclass
class Work:
    """One change by a person, inside its transaction."""

    connection: Connection
    house: House
    now: datetime
    states: dict[int, ReportState] = field(default_factory=dict)
    first: int = 0

    def load(self, *keys: int) -> None:
        """Bring reports in, locked; the first one is what the change is about."""
        self.states.update(reports.load_reports(self.connection, keys, lock=True))
        self.first = self.first or keys[0]

    @property
    def report(self) -> ReportState:
        """The report that the change is about."""
        return self.states[self.first]

    def note(self, report: ReportState, kind: str, by: str, **data: Any) -> None:
        """Write a line of history: ids, codes and numbers only. Whoever does something keeps their claim."""
        if by == report.owner and report.owner_until is not None:
            report.owner_until = self.now + self.house.claim
        row = {"report": report.id, "at": self.now, "kind": kind, "actor": by, "data": data}
        reports.write_history(self.connection, [row])

    def follow_up(self, said: FollowUp, by: str, reason: str, pictures: Sequence[Picture] = ()) -> int:
        """Record what was done or said, and tell the citizens. Gives the new version."""
        report, before, why = self.report, self.report.status, self.report.reason
        incident.follow(report, said, "staff")
        if reason in REASONS:
            incident.set_status(report, "ditolak", self.now, reason)
        values = said.model_dump(exclude={"report", "about", "photos", "unit", "officer"})
        written = self.connection.execute(
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
        add_pictures(self.connection, (written.inserted_primary_key or (0,))[0], pictures)
        report.touch("status" if report.status != before else "follow-up", self.now)
        answer_nudges(self.connection, report, self.now)
        reopened = before in CLOSED and not report.is_closed
        if reopened:
            talks.decide_disputes(self.connection, report.id, "reopened", by=by, now=self.now)
        answers = []
        if report.status != before or said.note:
            report.answered_at = report.answered_at or self.now
            message = status_message(report, said.note, reopened=reopened)
            links = tuple(self.house.photo_link(one.name) for one in pictures)
            answers = [Answer(report, f"tl:{said.native_id}", message, links, by_hand=True)]
        act = answers[0].act if answers else ""
        deed = {"status": said.status, "reason": reason, "before": before, "before_reason": why, "act": act}
        self.note(report, report.causes[-1], by, **deed)
        self.save(answers)
        return report.version

    def correct(
        self, by: str, *, category: str | None, place: Place | None, urgency: str | None, lead: str | None
    ) -> int:
        """Set right what the machine guessed. Gives the new version."""
        report = self.report
        if category is not None:
            self.check(category in BY_CODE, "there is no such category")
            report.category, report.category_by = category, "person"
            report.category_confidence, report.category_sure = 1.0, True
            self._decide(report, "category", category, by)
        if place is not None:
            report.place, report.place_by = place, "person"
            self._decide(report, "place", place.model_dump(mode="json"), by)
        if urgency is not None:
            self.check(urgency in URGENCIES, "there is no such urgency")
            report.urgency, report.urgency_by = urgency, "person"  # type: ignore[assignment]  # checked above
            self._decide(report, "urgency", urgency, by)
        if lead is not None:
            self.check(any(unit.code == lead for unit in self.house.region.units), "there is no such unit")
            report.units, report.units_by, report.rule = (UnitShare(unit=lead, by="person"),), "person", ""
            self._decide(report, "lead", lead, by)
        self.save()
        return report.version

    def _decide(self, report: ReportState, what: str, value: Any, by: str) -> None:
        complaint_store.decide(self.connection, report=report.id, field=what, value=value, by=by, at=self.now)
        report.touch("units" if what == "lead" else what, self.now)
        self.note(report, "corrected", by, field=what)

    @staticmethod
    def check(good: bool, problem: str) -> None:  # noqa: FBT001 - an assertion's shape
        """Raise NotAllowed where it is not so."""
        if not good:
            raise NotAllowed(problem)

    def merge(self, other: int, by: str) -> int:
        """Join with another report; the older survives. Gives its version."""
        self.check(other != self.first, "a report cannot be joined to itself")
        self.load(other)
        source, target = sorted((self.report, self.states[other]), key=lambda state: -state.id)
        self.check(source.handling == target.handling, "a sealed report is never joined to an open one")
        moved = self.members(source)
        self.connection.execute(
            insert(merges).values(source=source.id, target=target.id, complaints=moved, by=by, at=self.now)
        )
        self.move(moved, target, "merged", by)
        source.merged_into = target.id
        hand_on_nudges(self.connection, source, target)
        complaint_store.move_doubts(self.connection, source.id, target.id, self.now)
        incident.raise_urgency(target, source.urgency)
        for state in (source, target):
            state.touch("merged", self.now)
        self.note(source, "merged", by, into=target.number)
        self.note(target, "merged", by, source=source.number)
        self._rebuild(target)
        source.complaint_count, source.channel_counts = 0, {}
        for state in (source, target):
            self._set_clocks(state, by)
        self.save()
        return target.version

    def unmerge(self, merge: int, by: str) -> None:
        """Take a joined report apart again."""
        row = self.connection.execute(select(merges).where(merges.c.id == merge)).one_or_none()
        self.check(row is not None and row.undone_at is None, "that joining is not there or already undone")
        assert row is not None  # noqa: S101 - checked above, for the type checker
        # What it was joined to may have been joined to another since: its complaints stand there now.
        (holder,) = self._survivors(row.target)
        self.load(row.source, holder)
        source, target = self.states[row.source], self.states[holder]
        still = [key for key in self.members(target) if key in set(row.complaints)]
        self.connection.execute(update(merges).where(merges.c.id == merge).values(undone_at=self.now, undone_by=by))
        source.merged_into = None
        self.move(still, source, "unmerged", by)
        self._separate(still, target, by)
        self._separate(self.members(target), source, by)
        self._part(source, target, by)

    def split(self, complaint: int, by: str) -> str:
        """Give one complaint a report of its own. Gives its number."""
        report = self.report
        members = self.members(report)
        self.check(complaint in members, "that complaint is not in this report")
        self.check(len(members) > 1, "a report keeps its last complaint")
        key = take_keys(self.connection, "report", 1)[0]
        number = make_number(key, self.house.region.letters)
        fresh = ReportState(key, number, self.now, report.first_at, report.last_at, self.now)
        fresh.handling, fresh.handling_by = report.handling, report.handling_by
        fresh.clock_from = report.clock_from
        go_on(fresh)
        reports.save_reports(self.connection, [fresh])
        fresh.new = False
        self.states[key] = fresh
        self.move([complaint], fresh, "split", by)
        self._separate([complaint], report, by)
        # The number that its citizen was told leads to another incident from now on.
        self._part(fresh, report, by, [Answer(fresh, RECEIVED, Message("received.long"), only=frozenset({complaint}))])
        return number

    def _part(self, leaving: ReportState, staying: ReportState, by: str, answers: Sequence[Answer] = ()) -> None:
        for state in (leaving, staying):
            state.touch("split", self.now)
            self._rebuild(state)
            self._set_clocks(state, by)
        self.note(leaving, "split", by, source=staying.number)
        self.note(staying, "split", by, into=leaving.number)
        self.save(answers)

    def _set_clocks(self, report: ReportState, by: str) -> None:
        """Questions and disputes have come or gone with their complaints."""
        report.asked_at, report.disputed_at = talks.clocks_of(self.connection, report.id)
        if report.disputed_at is not None and not report.is_closed:
            talks.decide_disputes(self.connection, report.id, "reopened", by=by, now=self.now)
            report.disputed_at = None

    def answer(self, suggestion: int, by: str, *, same: bool) -> None:
        """Answer whether two reports are the same."""
        row = self.connection.execute(select(suggestions).where(suggestions.c.id == suggestion)).one_or_none()
        self.check(row is not None and not row.answer, "that question is not there or already answered")
        assert row is not None  # noqa: S101 - checked above, for the type checker
        values = {"answer": "same" if same else "other"}
        self.connection.execute(update(suggestions).where(suggestions.c.id == suggestion).values(**values))
        if row.report == row.other:
            self._answer_doubt(row.complaint, by, same=same)
            return
        now_in, other = self._survivors(row.report, row.other)
        if not same and now_in != other:
            self.load(other)
            self._separate([row.complaint], self.states[other], by)
        elif same and now_in != other:
            self.load(now_in)
            self.merge(other, by)

    def _answer_doubt(self, complaint: int, by: str, *, same: bool) -> None:
        """The citizen said that it is not theirs: it stays after all, or gets a report of its own."""
        key = complaint_store.load_said(self.connection, complaint).report
        self.load(key)
        if same or len(self.members(self.states[key])) == 1:
            self.settle_doubt(complaint, by)
        else:
            self.first = key
            self.split(complaint, by)

    def settle_doubt(self, complaint: int, by: str) -> None:
        """A clerk has looked: the complaint belongs here, and what waited for that goes out."""
        complaint_store.update_complaints(self.connection, [{"complaint": complaint, "doubt": ""}])
        complaint_store.answer_doubt(self.connection, complaint)
        report = self.states[complaint_store.load_said(self.connection, complaint).report]
        replies.wake_for_clerk(self.connection, complaint, good_hour(report, self.house, self.now))
        self.note(report, "confirmed", by, complaint=complaint)

    def _survivors(self, *keys: int) -> list[int]:
        letters = self.house.region.letters
        return [reports.find_report(self.connection, make_number(key, letters)) or key for key in keys]

    def open_sealed(self, by: str) -> None:
        """Let a sealed report out."""
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
        # Joining two reports says nothing of a single complaint that somebody doubts; taking one out does.
        settled = {} if cause == "merged" else {"doubt": ""}
        self.connection.execute(
            update(complaints).where(complaints.c.id.in_(keys)).values({"report": report.id, **settled})
        )
        # What they were still to be told was about another report; the number of a merged one stays good.
        replies.recall_replies(self.connection, keys, but="" if cause == "split" else RECEIVED)
        talks.move_talk(self.connection, keys, report.id)

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

    def members(self, report: ReportState) -> list[int]:
        """List the complaints of a report."""
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
        set_clocks(self.connection, changed, self.house, self.now)
        reports.save_reports(self.connection, changed)
        search.index_reports(self.connection, [state.id for state in changed])
        write_notices(self.connection, changed, self.house, self.now, except_for={})
        write_replies(self.connection, answers, self.house, self.now)
