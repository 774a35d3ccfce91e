"""What everybody writes to while a batch is worked through, and how it goes back to the store."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from hub.pipeline import erasing, incident
from hub.pipeline.clockwork import set_clocks
from hub.pipeline.house import House
from hub.pipeline.outbox import write_notices
from hub.pipeline.replying import Answer, keep_private, write_replies
from hub.pipeline.workspace import Stored, Workspace
from hub.store import complaints as complaint_store
from hub.store import erasure, incidents, intake, receipts, replies, reports, search
from hub.store.publishing import publish
from hub.store.reports import ReportState


class Unplaced(Exception):
    """A follow-up or an end speaks of something that is not here."""


class Ledger:
    """One transaction's workspace, with the answers that are to go out."""

    def __init__(self, connection: Connection, house: House, now: datetime) -> None:
        self.connection = connection
        self.house = house
        self.space = Workspace(connection, house, now)
        self.now = now
        self.answers: list[Answer] = []
        self.speakers: set[str] = set()
        """Who spoke: what waited for that goes out."""
        self.told_by: dict[int, str] = {}
        """The channel that a report's changes came from; empty where it was more than one."""

    def change(self, report: ReportState, cause: str, actor: str = "machine", **data: object) -> None:
        """Count a change, let the region's rules name units again, and write the history."""
        report.touch(cause, self.now)
        if incident.direct(report, self.house):
            data = {**data, "rule": report.rule, "queue": report.queue, "units": [share.unit for share in report.units]}
        self.space.note(report, cause, actor, **data)

    def hear(self, stored: Stored) -> None:
        """Note that a complaint's citizen has spoken."""
        if stored.reporter is not None:
            self.speakers.add(stored.reporter)

    def members(self, report: ReportState) -> frozenset[int]:
        """Give the complaints whose citizens are told of a report now: those that join later have their own answers."""
        members = {row.id for row in complaint_store.to_answer(self.connection, report.id)}
        here = [stored for stored in self.space.stored.values() if stored.report == report.id]
        silent = {one.id for one in here if one.state not in complaint_store.ANSWERED}
        return frozenset((members | {one.id for one in here}) - silent)

    def write(self) -> None:
        """Write everything back."""
        space = self.space
        changed = [report for report in space.reports.values() if report.causes]
        set_clocks(self.connection, changed, self.house, self.now)
        # What everybody may see of them depends on complaints that are written only now.
        reports.save_reports(self.connection, [*changed, *space.stand_ins], shown=False)
        for receipt, complaint in space.used_receipts.items():
            receipts.use_receipt(self.connection, receipt, complaint)
        complaint_store.insert_rows(self.connection, space.rows)
        complaint_store.save_additions(self.connection, list(space.additions.values()))
        complaint_store.update_complaints(self.connection, space.updates)
        complaint_store.update_complaints(self.connection, space.ends)
        publish(self.connection, changed)
        self._note_talk()
        incidents.save_blocks(self.connection, space.blocks, space.unblocked)
        reports.write_history(self.connection, space.history)
        write_notices(self.connection, changed, self.house, self.now, except_for=self.told_by)
        keep_private(self.connection, self.house, complaints=space.secret)
        replies.wake_for_citizens(self.connection, self.speakers, self.now)
        write_replies(self.connection, self.answers, self.house, self.now)
        intake.settle_items(self.connection, space.results)
        gone = [row["complaint"] for row in space.ends if row["state"] == "erased"]
        if gone:
            erasing.erase(self.connection, self.house, gone, "machine", self.now)
        if space.unwanted:
            erasure.wipe_items(self.connection, space.unwanted, self.now)
        search.index_reports(self.connection, [report.id for report in changed])

    def _note_talk(self) -> None:
        space = self.space
        update = complaint_store.update_complaints
        update(self.connection, [{"complaint": key, "heard_at": at} for key, at in space.heard.items()])
        update(self.connection, [{"complaint": key, "doubt": who} for key, who in space.doubts.items()])
        update(self.connection, [{"complaint": key, "stale": True} for key in sorted(space.stale)])


class Taker:
    """Whoever works through one kind of reading."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.connection = ledger.connection
        self.house = ledger.house
        self.space = ledger.space
        self.now = ledger.now
