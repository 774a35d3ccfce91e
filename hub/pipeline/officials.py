"""What officials and sources say: follow-ups move a report, ends may finish it."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import insert

from hub.pipeline import incident
from hub.pipeline.ledger import Taker, Unplaced
from hub.pipeline.nudging import answer_nudges
from hub.pipeline.replying import Answer
from hub.plugin import Ended, FollowUp
from hub.replies import Message
from hub.store import complaints as complaint_store
from hub.store import erasure, talks
from hub.store.intake import RawItem
from hub.store.keys import derive_key, random_key
from hub.store.reports import ReportState
from hub.store.tables import followups
from normalizer.number import read_number
from normalizer.report import UnitShare


def status_message(report: ReportState, note: str, *, reopened: bool = False) -> Message:
    """Say where a report stands."""
    main = "status.reopened" if reopened else f"status.{report.status}"
    return Message(main, report.reason, note, tail=("part.dispute",) if report.status == "selesai" else ())


def _cause(channel: str, follow_up: FollowUp) -> str:
    return f"tl:{channel}:{follow_up.native_id}"


class Officials(Taker):
    """Takes follow-ups and ends."""

    def take_follow_up(self, item: RawItem, follow_up: FollowUp) -> str:
        """Keep it, let it move its report where it has a say, and answer. Raises Unplaced."""
        if (item.channel, follow_up.native_id) in self.space.follow_ups:
            return "followup"
        report, complaint = self._about(item.channel, follow_up)
        self.space.follow_ups.add((item.channel, follow_up.native_id))
        by = "source" if complaint is not None else "crop"
        before, why, was_closed = report.status, report.reason, report.is_closed
        decides = item.channel in self.house.decides
        # A clock that runs ahead must not silence everybody until its time has come.
        heard = follow_up.model_copy(update={"at": min(follow_up.at, self.now)})
        applied = incident.follow(report, heard, by, decides=decides)
        if applied and by == "crop":
            self._hand_over(report, follow_up.unit, item.channel)
        photos = self._keep_follow_up(item, report, follow_up, complaint, applied=applied)
        self.ledger.told_by[report.id] = (
            item.channel if self.ledger.told_by.get(report.id, item.channel) == item.channel else ""
        )
        cause = "status" if report.status != before else "follow-up"
        act = derive_key(report.number, _cause(item.channel, follow_up))
        deed = {"before": before, "before_reason": why, "act": act}
        self.ledger.change(report, cause, item.channel, status=follow_up.status[:40], applied=applied, **deed)
        if by == "crop":
            answer_nudges(self.connection, report, self.now)
        reopened = was_closed and not report.is_closed
        if reopened:
            talks.decide_disputes(self.connection, report.id, "reopened", by=item.channel, now=self.now)
        if applied and (report.status != before or follow_up.note):
            self._answer(item.channel, report, follow_up, complaint, photos, reopened=reopened)
        return "followup"

    def _hand_over(self, report: ReportState, unit: str, channel: str) -> None:
        """Officials who go on with it in another unit have handed it over: that one leads now, by a person's word.

        A unit that only tells of the end takes nothing over.
        """
        before = report.lead
        if report.is_closed or unit == before or not self.house.unit_name(unit):
            return
        report.units, report.units_by, report.rule = (UnitShare(unit=unit, by="person"),), "person", ""
        self.ledger.change(report, "units", channel, before=before, after=unit)

    def _about(self, channel: str, follow_up: FollowUp) -> tuple[ReportState, int | None]:
        if follow_up.report:
            report = self.space.survivor(read_number(follow_up.report))
            if report is None:
                raise Unplaced("a follow-up for a report that is not known")
            return report, None
        stored = self.space.stored.get((channel, follow_up.about))
        if stored is None:
            raise Unplaced("a follow-up for a complaint that is not known")
        self.space.add_reports([stored.report])
        return self.space.reports[stored.report], stored.id

    def _keep_follow_up(
        self, item: RawItem, report: ReportState, follow_up: FollowUp, complaint: int | None, *, applied: bool
    ) -> tuple[str, ...]:
        """Write it down and have its photos fetched; give the addresses under which we show them."""
        written = self.connection.execute(
            insert(followups).values(
                report=report.id,
                complaint=complaint,
                channel=item.channel,
                native_id=follow_up.native_id,
                at=follow_up.at,
                received_at=self.now,
                status=follow_up.status[:40],
                note=follow_up.note,
                note_internal=follow_up.note_internal,
                photos=list(follow_up.photos),
                unit=follow_up.unit[:80],
                officer=follow_up.officer,
                applied=applied,
            )
        )
        key = written.inserted_primary_key[0] if written.inserted_primary_key else None
        names = [random_key() for _ in follow_up.photos]
        for position, (name, url) in enumerate(zip(names, follow_up.photos, strict=True)):
            self.space.add(
                "photos",
                id=name,
                complaint=None,
                followup=key,
                raw_item=item.id,
                position=position,
                kind="photo",
                url=url,
                name="",
                state="due",
                next_at=self.now,
            )
        return tuple(self.house.photo_link(name) for name in names)

    def _answer(
        self,
        channel: str,
        report: ReportState,
        follow_up: FollowUp,
        complaint: int | None,
        photos: tuple[str, ...],
        *,
        reopened: bool,
    ) -> None:
        """Tell every citizen; the one at whose own source it was said knows already."""
        report.answered_at = report.answered_at or self.now
        only = self.ledger.members(report) - ({complaint} if complaint is not None else set())
        # As the report stands now: later items of the batch have their own answers.
        message = status_message(report, follow_up.note, reopened=reopened)
        self.ledger.answers.append(Answer(replace(report), _cause(channel, follow_up), message, photos, only))

    def take_end(self, item: RawItem, end: Ended) -> str:
        """Mark a complaint as gone; a report whose last one went may be over. Raises Unplaced."""
        stored = self.space.stored.get((item.channel, end.native_id))
        if stored is None:
            return self._end_addition(item, end)
        self.space.add_reports([stored.report])
        report = self.space.reports[stored.report]
        if item.id < stored.raw_item:
            return "ended"
        was_open = stored.state == "open"
        stored.state = end.why
        self.space.ends.append({"complaint": stored.id, "state": end.why})
        left = self._left(report) - (1 if was_open else 0)
        if self.space.open_counts is not None:
            self.space.open_counts[report.id] = left
        self.ledger.change(report, end.why, complaint=stored.id)
        if left <= 0:
            self._finish(report, end)
        return "ended"

    def _end_addition(self, item: RawItem, end: Ended) -> str:
        """A later message was taken back. Raises Unplaced."""
        addition = complaint_store.find_addition(self.connection, item.channel, end.native_id)
        if addition is None:
            raise Unplaced("the end of a complaint that is not known")
        if end.why == "erased":
            erasure.erase_addition(self.connection, addition, self.now)
            self.space.stale.add(addition.complaint)
        return "ended"

    def _left(self, report: ReportState) -> int:
        return (self.space.open_counts or {}).get(report.id, 0)

    def _finish(self, report: ReportState, end: Ended) -> None:
        if end.why == "vanished" and incident.may_end(report):
            incident.set_status(report, "berakhir", self.now)
            self.ledger.change(report, "status", status="berakhir")
        elif end.why != "vanished" and not report.is_closed:
            incident.set_status(report, "ditolak", self.now, "dicabut")
            self.ledger.change(report, "status", status="ditolak")
