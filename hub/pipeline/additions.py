"""Later messages of the same citizen: more words, an answer, "not mine", "not done", and what follows from each."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from hub.pipeline import incident
from hub.pipeline.citizens import Citizens
from hub.pipeline.ledger import Ledger, Taker
from hub.pipeline.replying import IN_DOUBT, Answer
from hub.pipeline.workspace import Stored
from hub.plugin import Addition
from hub.replies import Message
from hub.store import complaints as complaint_store
from hub.store import replies, talks
from hub.store.intake import RawItem
from hub.store.reports import ReportState
from hub.working_days import working_day_after
from normalizer.complaint import Understanding
from normalizer.intent import Intent, read_intent

DECIDE = 1
"""Working days that a clerk has to decide a dispute."""


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
        self.space.add_reports([stored.report])
        report = self.space.reports[stored.report]
        edited = complaint_store.has_addition(self.connection, item.channel, addition.native_id)
        self._keep(item, addition, understanding, stored)
        incident.raise_urgency(report, understanding.urgency)
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
        replies.wake_for_citizen(self.connection, [stored.id], self.now)

    # ------------------------------------------------------------------------------------------- what they mean by it

    def _hear(self, report: ReportState, stored: Stored, addition: Addition) -> None:
        intent = read_intent(addition.complaint.words)
        self._answer_questions(report, stored)
        if intent == "beda":
            self._doubt(report, stored)
        elif report.is_closed:
            self._hear_of_closed(report, stored, addition, intent)

    def _answer_questions(self, report: ReportState, stored: Stored) -> None:
        """Any word of the citizen is an answer: the clock goes on, and the place is understood anew."""
        asked = talks.open_questions(self.connection, complaint=stored.id)
        talks.settle_questions(self.connection, [row.id for row in asked], "answered", self.now)
        self.space.stale.add(stored.id)
        if asked:
            self.ledger.change(report, "answered", complaint=stored.id)
        if not talks.open_questions(self.connection, report=report.id):
            report.asked_at = None

    def _doubt(self, report: ReportState, stored: Stored) -> None:
        """The citizen says that it is not theirs: a clerk looks, and until then they are told nothing."""
        self.space.doubts[stored.id] = "citizen"
        until = self.now + self.house.replies.patience
        replies.hold_for_clerk(self.connection, stored.id, until, IN_DOUBT)
        complaint_store.suggest_doubt(self.connection, stored.id, report.id, self.now)
        self.ledger.change(report, "doubted", complaint=stored.id)

    def _hear_of_closed(self, report: ReportState, stored: Stored, addition: Addition, intent: Intent) -> None:
        if report.reason == "tidak-cukup-keterangan":
            self._reopen(report, stored, "late-answer")
        elif intent != "thanks":
            self._dispute(report, stored, addition)

    def _dispute(self, report: ReportState, stored: Stored, addition: Addition) -> None:
        """It reopens by itself on a second reporter or a new photo; else a clerk decides."""
        photos = sum(file.kind == "photo" for file in addition.complaint.attachments)
        others = [row for row in talks.open_disputes(self.connection, report.id) if row.reporter != stored.reporter]
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
        day = working_day_after(self.now.astimezone(zone).date(), DECIDE)
        return datetime.combine(day, time(23, 59), zone).astimezone(UTC)

    def _reopen(self, report: ReportState, stored: Stored, why: str) -> None:
        incident.set_status(report, "menunggu", self.now)
        self.ledger.change(report, "status", status="menunggu", why=why, complaint=stored.id)
        cause = f"buka:{report.version}"
        self.ledger.answers.append(Answer(replace(report), cause, Message("status.reopened")))

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
