"""Later messages of the same citizen: more words, an answer, "not mine", "not done", and what follows from each."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from hub.pipeline import incident
from hub.pipeline.citizens import Citizens
from hub.pipeline.ledger import Ledger, Taker, Unplaced
from hub.pipeline.replying import IN_DOUBT, Answer, asking
from hub.pipeline.workspace import Stored
from hub.plugin import Addition
from hub.replies import Message
from hub.store import complaints as complaint_store
from hub.store import replies, talks
from hub.store.intake import RawItem
from hub.store.keys import derive_key
from hub.store.reports import ReportState
from normalizer.complaint import Understanding
from normalizer.intent import Intent, read_intent

DECIDE = 1
"""Working days that a clerk has to decide a dispute."""


def _photos(addition: Addition) -> int:
    return sum(file.kind == "photo" for file in addition.complaint.attachments)


class Additions(Taker):
    """Takes what citizens say later."""

    def __init__(self, ledger: Ledger, citizens: Citizens) -> None:
        super().__init__(ledger)
        self.citizens = citizens

    def take_addition(self, item: RawItem, addition: Addition, understanding: Understanding) -> str:
        """Give `addition`, or what a message comes to that continues nothing known."""
        alone = (item.channel, addition.complaint.native_id) in self.space.stored
        stored = None if alone else self._thread(item.channel, addition, understanding)
        if stored is None:
            return self.citizens.take_complaint(item, addition.complaint, understanding)
        report = self.space.survivor(stored.report)
        if report is None:
            raise Unplaced("a message to a report that is not known")
        stored.report = report.id
        edited = complaint_store.has_addition(self.connection, item.channel, addition.native_id)
        self._keep(item, addition, understanding, stored)
        incident.raise_urgency(report, understanding.urgency)
        # At once: the whole complaint is understood anew only later, and until then nobody else may read this.
        incident.seal(report, understanding)
        self.ledger.change(report, "added", complaint=stored.id)
        if not edited:
            self._hear(report, stored, addition)
        return "addition"

    def _keep(self, item: RawItem, addition: Addition, understanding: Understanding, stored: Stored) -> None:
        self.space.additions[item.channel, addition.native_id] = {
            "complaint": stored.id,
            "raw_item": item.id,
            "channel": item.channel,
            "native_id": addition.native_id,
            "created_at": addition.complaint.created_at,
            "text": addition.complaint.words,
            "scrubbed": understanding.text,
        }
        self.space.add("origins", raw_item=item.id, complaint=stored.id)
        self.citizens.keep_files(item, addition.complaint, stored.id)
        self.space.heard[stored.id] = max(
            addition.complaint.created_at, self.space.heard.get(stored.id, addition.complaint.created_at)
        )
        self.space.stale.add(stored.id)
        self.ledger.hear(stored)

    # ------------------------------------------------------------------------------------------- what they mean by it

    def _hear(self, report: ReportState, stored: Stored, addition: Addition) -> None:
        intent = read_intent(addition.complaint.words)
        answered = self._answer_questions(report, stored)
        if intent == "beda":
            self._doubt(report, stored)
        elif report.is_closed and report.reason == "tidak-cukup-keterangan":
            self._reopen(report, stored, "late-answer")
        elif report.is_closed and (intent == "not-done" or (intent == "words" and not answered)):
            self._dispute(report, stored, addition, intent)

    def _answer_questions(self, report: ReportState, stored: Stored) -> bool:
        """Any word of a citizen who was asked is an answer, and the clock goes on. True where there was a question."""
        asked = [row.id for row in talks.open_questions(self.connection, complaint=stored.id) if self._reached(row)]
        talks.settle_questions(self.connection, asked, "answered", self.now)
        if asked:
            self.ledger.change(report, "answered", complaint=stored.id)
        report.asked_at, _ = talks.clocks_of(self.connection, report.id)
        return bool(asked)

    def _reached(self, question: Any) -> bool:
        """A question that still waits to go out has no answer yet."""
        return replies.state_of(self.connection, question.complaint, asking(question.id)) not in ("due", "waiting")

    def _doubt(self, report: ReportState, stored: Stored) -> None:
        """The citizen says that it is not theirs: a clerk looks, and until then they are told nothing."""
        self.space.doubts[stored.id] = "citizen"
        until = self.now + self.house.replies.patience
        replies.hold_for_clerk(self.connection, stored.id, until, IN_DOUBT)
        complaint_store.suggest_doubt(self.connection, stored.id, report.id, self.now)
        self.ledger.change(report, "doubted", complaint=stored.id)

    def _dispute(self, report: ReportState, stored: Stored, addition: Addition, intent: Intent) -> None:
        """It reopens by itself on a second reporter who plainly says so, or a new photo; else a clerk decides."""
        photos = _photos(addition)
        before = talks.open_disputes(self.connection, report.id) if intent == "not-done" else []
        others = [row for row in before if row.reporter != stored.reporter]
        talks.dispute(
            self.connection,
            report=report.id,
            complaint=stored.id,
            at=self.now,
            due_at=self._decide_by(),
            photos=photos,
            decision="",
            by="",
        )
        report.disputed_at = report.disputed_at or self.now
        self.ledger.change(report, "disputed", complaint=stored.id, photos=photos)
        if photos or others:
            talks.decide_disputes(self.connection, report.id, "reopened", by="machine", now=self.now)
            self._reopen(report, stored, "second-reporter" if others else "new-photo")

    def _decide_by(self) -> datetime:
        zone = ZoneInfo(self.house.region.zone)
        day = self.house.keeper.calendar.working_day_after(self.now.astimezone(zone).date(), DECIDE)
        return datetime.combine(day, time(23, 59), zone).astimezone(UTC)

    def _reopen(self, report: ReportState, stored: Stored, why: str) -> None:
        deed = {"before": report.status, "before_reason": report.reason, "why": why}
        report.validated = ""
        incident.set_status(report, "menunggu", self.now)
        cause = f"buka:{report.version + 1}"
        self.ledger.change(
            report, "status", status="menunggu", act=derive_key(report.number, cause), **deed, complaint=stored.id
        )
        message, only = Message("status.reopened"), self.ledger.members(report)
        self.ledger.answers.append(Answer(replace(report), cause, message, only=only))

    # ----------------------------------------------------------------------------------------- what they continue

    def _thread(self, channel: str, addition: Addition, understanding: Understanding) -> Stored | None:
        """Find what a message continues. Threads and numbers can be guessed: it must be the same person."""
        speaker = self.space.reporter_of(channel, addition.complaint.reporter)
        if speaker is None:
            return None
        names = addition.thread.split() or [addition.thread]
        row = complaint_store.find_thread(self.connection, channel, names, speaker)
        if row is None:
            here = self.space.thread_here(channel, names, speaker)
            if here is not None:
                return here
            numbers = [q.removeprefix("hub:") for q in (*understanding.quoted, *names)]
            row = complaint_store.find_by_number(self.connection, channel, numbers, speaker)
            if row is None:
                return self.space.number_here(channel, numbers, speaker)
        return Stored(row.id, row.report, row.state, row.reporter, row.raw_item)
