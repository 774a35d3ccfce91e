"""What citizens say: a new complaint finds its report or opens one, an edited one stays, more words are added."""

from __future__ import annotations

from collections.abc import Container
from collections.abc import Set as AbstractSet
from dataclasses import replace

from hub.pipeline import incident
from hub.pipeline.ledger import Taker
from hub.pipeline.officials import status_message
from hub.pipeline.replying import RECEIVED, Answer
from hub.pipeline.workspace import Stored
from hub.plugin import Complaint
from hub.replies import Message
from hub.store import complaints as complaint_store
from hub.store import photos
from hub.store.incidents import Known
from hub.store.intake import RawItem
from hub.store.keys import random_key
from hub.store.reports import ReportState
from hub.store.suggestions import settled_with
from normalizer.complaint import Understanding
from normalizer.duplicates import Arrival, Candidate, Decision, decide
from normalizer.language import guess_language
from normalizer.number import read_number
from normalizer.understand import RULES

SURE = 0.8
"""A score below this joins, but nobody is told "done" for it before a clerk has looked."""


class Citizens(Taker):
    """Takes complaints."""

    def take_complaint(self, item: RawItem, complaint: Complaint, understanding: Understanding) -> str:
        """Give `complaint` for a new one, `revision` for one that is known."""
        stored = self.space.stored.get((item.channel, complaint.native_id))
        if stored is not None and stored.state == "erased":
            self.space.unwanted.append(item.id)
            return "revision"
        if stored is not None:
            # What was set aside and read again later must not undo what came after it.
            if item.id >= stored.raw_item:
                self._revise(item, complaint, understanding, stored)
            return "revision"
        key = self.space.next_complaint()
        receipt = self.space.take_receipt(item.channel, complaint)
        decision = self._chosen(complaint, understanding) or self._decide(complaint, understanding)
        joined = decision.outcome == "join" and decision.report is not None
        report = (
            self.space.reports[decision.report]
            if joined and decision.report
            else self.space.open_report(complaint, receipt)
        )
        # Late mail counts from when it reached the hub, not from when it was read.
        report.clock_from = report.clock_from or item.received_at
        incident.absorb(report, complaint, understanding, item.channel)
        doubt = "machine" if joined and decision.score < SURE else ""
        self._file(item, complaint, understanding, Stored(key, report.id, "open", None, item.id), doubt)
        self._assign(key, report, decision, joined=joined)
        if receipt is not None:
            self.space.used_receipts[receipt] = key
            if joined:
                self._stand_in(receipt, report, complaint, key)
        self._suggest(key, report, decision)
        self.ledger.change(report, "joined" if joined else "opened", complaint=key, score=round(decision.score, 3))
        self._acknowledge(report, key)
        if report.is_closed:
            self._catch_up(report, key)
        return "complaint"

    def _chosen(self, complaint: Complaint, understanding: Understanding) -> Decision | None:
        """Follow the clerk who saw the citizen and the report; what must be sealed would seal it for all the others."""
        report = self.space.survivor(read_number(complaint.belongs_to)) if complaint.belongs_to else None
        if report is None or "sealed" in (report.handling, understanding.handling):
            return None
        return Decision("join", report.id, 1.0, ("petugas",))

    def _stand_in(self, receipt: int, report: ReportState, complaint: Complaint, key: int) -> None:
        """Let the number on a receipt lead to the report that the complaint was joined to, as after any merging."""
        alias = self.space.open_report(complaint, receipt)
        alias.merged_into, alias.handling, alias.version = report.id, report.handling, 1
        self.space.stand_ins.append(alias)
        merge = {"source": alias.id, "target": report.id, "complaints": [key], "by": "machine", "at": self.now}
        self.space.add("merges", **merge)
        self.space.note(alias, "merged", into=report.number)

    def _decide(self, complaint: Complaint, understanding: Understanding) -> Decision:
        found = [self._candidate(known) for known in self.space.candidates(complaint, understanding)]
        if understanding.handling == "open":
            found = [one for one in found if self.space.reports[one.report].handling == "open"]
        numbers = {}
        for quoted in understanding.quoted:
            key = read_number(quoted.removeprefix("hub:")) if quoted.startswith("hub:") else None
            report = self.space.survivor(key)
            if report is not None and not report.is_closed and report.handling == "open":
                numbers[quoted] = report.id
        return decide(Arrival(complaint.created_at, understanding.facts), found, numbers=numbers)

    def _candidate(self, known: Known) -> Candidate:
        report = self.space.reports[known.report]
        return Candidate(known.complaint, known.report, known.at, known.facts, report.closed_at, report.anchor)

    def _file(
        self, item: RawItem, complaint: Complaint, understanding: Understanding, stored: Stored, doubt: str
    ) -> None:
        space, run = self.space, self.space.next_understanding()
        stored.reporter = space.reporter_of(item.channel, complaint.reporter)
        self.ledger.hear(stored)
        space.stored[item.channel, complaint.native_id] = stored
        space.follow_threads(item.channel, complaint, stored)
        said = complaint_store.said_row(
            complaint,
            id=stored.id,
            channel=item.channel,
            native_id=complaint.native_id,
            raw_item=item.id,
            revision=item.revision,
            received_at=item.received_at,
            reporter=stored.reporter,
            audience="private" if complaint.private else self.house.audience(item.channel),
            state="open",
            track=self.house.track(item.channel, complaint.native_id),
            language=guess_language(complaint.words),
            role=complaint.reporter.role if complaint.reporter is not None else "",
            doubt=doubt,
            heard_at=complaint.created_at,
            report=stored.report,
            understanding=run,
        )
        space.add("complaints", **said)
        space.add("origins", raw_item=item.id, complaint=stored.id)
        self._understand(stored, run, complaint, understanding, "first")
        self._keep_files(item, complaint, stored.id, ())
        if space.open_counts is not None:
            space.open_counts[stored.report] = space.open_counts.get(stored.report, 0) + 1

    def _understand(
        self, stored: Stored, run: int, complaint: Complaint, understanding: Understanding, cause: str
    ) -> None:
        row = complaint_store.understood_row(understanding, id=run, complaint=stored.id, cause=cause, made_at=self.now)
        self.space.add("understandings", **row)
        known = Known(stored.id, stored.report, complaint.created_at, understanding.facts)
        self.space.index(complaint, understanding, known)

    def keep_files(self, item: RawItem, complaint: Complaint, key: int) -> None:
        """Have the files of a message fetched that belongs to a known complaint."""
        self._keep_files(item, complaint, key, self.space.urls_of(key) if complaint.attachments else ())

    def _keep_files(self, item: RawItem, complaint: Complaint, key: int, known: Container[str]) -> None:
        """Have its files fetched; those behind `known` addresses are here already."""
        for position, file in enumerate(complaint.attachments):
            if file.url and file.url in known:
                continue
            self.space.add(
                "photos",
                id=random_key(),
                complaint=key,
                followup=None,
                raw_item=item.id,
                position=position,
                kind=file.kind,
                url=file.url,
                name=file.name[:200],
                state="due",
                next_at=self.now,
            )

    def _assign(self, key: int, report: ReportState, decision: Decision, *, joined: bool) -> None:
        self.space.add(
            "assignments",
            complaint=key,
            report=report.id,
            at=self.now,
            cause="joined" if joined else "opened",
            score=decision.score,
            evidence=list(decision.evidence),
            rules=RULES,
            actor="machine",
        )

    def _suggest(self, key: int, report: ReportState, decision: Decision) -> None:
        settled = self._settled(report, {other for other, *_ in decision.perhaps})
        for other, score, evidence in decision.perhaps:
            if other != report.id and other not in settled:
                self.space.add(
                    "suggestions",
                    complaint=key,
                    report=report.id,
                    other=other,
                    score=score,
                    evidence=list(evidence),
                    at=self.now,
                )
        if decision.recurrence is not None:
            earlier = self.space.reports[decision.recurrence]
            self.space.note(report, "recurrence", earlier=earlier.number)
            self.space.note(earlier, "recurred", later=report.number)

    def _settled(self, report: ReportState, others: AbstractSet[int]) -> AbstractSet[int]:
        """List the reports that somebody parted from this one, or is asked about already: here or in the store."""
        known = settled_with(self.connection, report.id, others) if others and not report.new else frozenset()
        here = {frozenset((row["report"], row["other"])) for row in self.space.rows.get("suggestions", ())}
        return {other for other in others if other in known or frozenset((report.id, other)) in here}

    def _acknowledge(self, report: ReportState, key: int) -> None:
        """Tell a citizen the number."""
        message = Message("received.long")
        self.ledger.answers.append(Answer(replace(report), RECEIVED, message, only=frozenset({key})))

    def _catch_up(self, report: ReportState, key: int) -> None:
        """Tell who is late what the others were told: it is over. They may object as those did."""
        message = status_message(report, "")
        self.ledger.answers.append(Answer(replace(report), f"susul:{report.status}", message, only=frozenset({key})))

    def _revise(self, item: RawItem, complaint: Complaint, understanding: Understanding, stored: Stored) -> None:
        """An edited message: same complaint, same report, understood again."""
        space, run = self.space, self.space.next_understanding()
        space.add_reports([stored.report])
        report = space.reports[stored.report]
        space.forget(stored.id)
        self._understand(stored, run, complaint, understanding, "revision")
        said = complaint_store.said_row(
            complaint, raw_item=item.id, revision=item.revision, state="open", understanding=run
        )
        space.updates.append({"complaint": stored.id, **said})
        space.add("origins", raw_item=item.id, complaint=stored.id)
        if complaint.rahasia:
            space.secret.append(stored.id)
        stored.raw_item = item.id
        space.follow_threads(item.channel, complaint, stored)
        self.keep_files(item, complaint, stored.id)
        if photos.tell_something(self.connection, stored.id):
            space.stale.add(stored.id)
        if report.complaint_count == 1:
            incident.start_over(report)
        incident.learn(report, understanding)
        self._return(stored, report)
        self.ledger.change(report, "revised", complaint=stored.id)

    def _return(self, stored: Stored, report: ReportState) -> None:
        """What had vanished is there again."""
        if stored.state == "open":
            return
        stored.state = "open"
        self.space.ends = [row for row in self.space.ends if row["complaint"] != stored.id]
        if self.space.open_counts is not None:
            self.space.open_counts[report.id] = self.space.open_counts.get(report.id, 0) + 1
        if report.status == "berakhir":
            incident.set_status(report, "menunggu", self.now)
