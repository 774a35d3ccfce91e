"""What a batch works on: loaded at once, changed in memory, written back at once. One transaction long."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from typing import Any
from zlib import crc32

from sqlalchemy import Connection, func, select

from hub.pipeline.house import House
from hub.pipeline.prepare import Prepared
from hub.plugin import Addition, Complaint, Ended, FollowUp, Reporter
from hub.store import complaints as complaint_store
from hub.store import incidents, people, receipts, reports
from hub.store.incidents import Known, Probe
from hub.store.keys import take_keys
from hub.store.reports import ReportState
from hub.store.tables import complaints, followups
from normalizer.complaint import Understanding
from normalizer.duplicates import window
from normalizer.number import make_number, read_number


@dataclass(slots=True)
class Stored:
    """A complaint as far as a batch must know it."""

    id: int
    report: int
    state: str
    reporter: str | None
    raw_item: int
    """The item that last spoke of it."""


@dataclass
class Workspace:
    """Loaded state, indexes over it, and the rows to write."""

    connection: Connection
    house: House
    now: datetime
    stored: dict[tuple[str, str], Stored] = field(default_factory=dict)
    threads: dict[tuple[str, str, str], Stored] = field(default_factory=dict)
    """Complaints of this batch by channel, thread or native id, and reporter: not yet in the store."""
    additions: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    """Later messages to write, by channel and native id."""
    reports: dict[int, ReportState] = field(default_factory=dict)
    known: dict[int, list[Known]] = field(default_factory=dict)
    people: dict[tuple[str, str], str] = field(default_factory=dict)
    follow_ups: set[tuple[str, str]] = field(default_factory=set)
    open_counts: dict[int, int] | None = None
    """Complaints not yet gone, by report: only where the batch holds an end."""
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    updates: list[dict[str, Any]] = field(default_factory=list)
    secret: list[int] = field(default_factory=list)
    """Complaints that an edit made `rahasia`."""
    ends: list[dict[str, Any]] = field(default_factory=list)
    unwanted: list[int] = field(default_factory=list)
    """Raw items about complaints that were erased before."""
    heard: dict[int, datetime] = field(default_factory=dict)
    """When the citizens of these complaints spoke last."""
    doubts: dict[int, str] = field(default_factory=dict)
    """Who doubts that these complaints belong to their reports."""
    stale: set[int] = field(default_factory=set)
    """Complaints to be understood again, with what was added."""
    history: list[dict[str, Any]] = field(default_factory=list)
    blocks: list[dict[str, Any]] = field(default_factory=list)
    unblocked: list[int] = field(default_factory=list)
    results: dict[tuple[str, str, str], list[int]] = field(default_factory=dict)
    """Ids of items by state, outcome and reason."""
    receipts: dict[int, str] = field(default_factory=dict)
    """Report keys on receipts of this batch that are still free, and their channel."""
    used_receipts: dict[int, int] = field(default_factory=dict)
    """Complaints of this batch by the report key on their receipt."""
    stand_ins: list[ReportState] = field(default_factory=list)
    """Reports that only lead from a receipt's number to the report which took the complaint in."""
    _complaint_keys: Iterator[int] = field(default_factory=lambda: iter(()))
    _understanding_keys: Iterator[int] = field(default_factory=lambda: iter(()))
    _report_keys: Iterator[int] = field(default_factory=lambda: iter(()))

    def load(self, batch: Sequence[Prepared]) -> None:
        """Read everything that the batch may touch."""
        arrivals = list(_arrivals(batch))
        incidents.lock_keys(self.connection, _locks(batch, arrivals))
        self.stored = {
            key: Stored(row.id, row.report, row.state, row.reporter, row.raw_item)
            for key, row in complaint_store.find_complaints(self.connection, _native_ids(batch)).items()
        }
        self._take_keys(arrivals)
        self._load_people(arrivals)
        self._load_incidents(arrivals)
        self._load_follow_ups(batch)
        held = {read_number(complaint.number) for _, complaint, _ in arrivals if complaint.number}
        self.receipts = receipts.free_receipts(self.connection, {key for key in held if key is not None})
        if any(isinstance(reading, Ended) for one in batch for reading in one.readings):
            self.open_counts = self._count_open()

    def _take_keys(self, arrivals: Sequence[tuple[str, Complaint, Understanding]]) -> None:
        fresh = len({(channel, c.native_id) for channel, c, _ in arrivals} - set(self.stored))
        self._complaint_keys = iter(take_keys(self.connection, "complaint", fresh))
        self._report_keys = iter(take_keys(self.connection, "report", fresh))
        self._understanding_keys = iter(take_keys(self.connection, "understanding", len(arrivals)))

    def _load_people(self, arrivals: Sequence[tuple[str, Complaint, Understanding]]) -> None:
        wanted = [
            (channel, c.reporter)
            for channel, c, _ in arrivals
            if c.reporter is not None and not self._is_erased(channel, c.native_id)
        ]
        self.people = people.reporter_keys(self.connection, wanted, self.now) if wanted else {}

    def _is_erased(self, channel: str, native_id: str) -> bool:
        stored = self.stored.get((channel, native_id))
        return stored is not None and stored.state == "erased"

    def _load_incidents(self, arrivals: Sequence[tuple[str, Complaint, Understanding]]) -> None:
        self.known = incidents.find_known(self.connection, _all_probes(arrivals))
        wanted = {known.report for found in self.known.values() for known in found}
        wanted |= {stored.report for stored in self.stored.values()}
        wanted |= {key for *_, u in arrivals for key in _quoted_keys(u)}
        chosen = {read_number(complaint.belongs_to) for _, complaint, _ in arrivals if complaint.belongs_to}
        wanted |= {key for key in chosen if key is not None}
        self.reports = reports.load_reports(self.connection, wanted, lock=True)
        self._follow_merges()

    def _follow_merges(self) -> None:
        """While a report's row was waited for it may have been merged: its complaints stand in the survivor now."""
        merged = {key for key, report in self.reports.items() if report.merged_into is not None}
        if not merged:
            return
        held: Iterable[Stored | Known] = chain(self.stored.values(), *self.known.values())
        for one in held:
            report = self.survivor(one.report) if one.report in merged else None
            one.report = report.id if report is not None else one.report

    def _load_follow_ups(self, batch: Sequence[Prepared]) -> None:
        found = [(one.item.channel, r) for one in batch for r in one.readings if isinstance(r, FollowUp)]
        if not found:
            return
        rows = self.connection.execute(
            select(followups.c.channel, followups.c.native_id).where(
                followups.c.native_id.in_([reading.native_id for _, reading in found])
            )
        )
        self.follow_ups = {(row.channel, row.native_id) for row in rows}
        keys = {reports.find_report(self.connection, reading.report) for _, reading in found if reading.report}
        self.add_reports(key for key in keys if key is not None)

    def add_reports(self, keys: Iterable[int]) -> None:
        """Load more reports, where they are not here yet."""
        missing = set(keys) - set(self.reports)
        if missing:
            self.reports.update(reports.load_reports(self.connection, missing, lock=True))

    def survivor(self, key: int | None) -> ReportState | None:
        """Give the report with this key, or the one that it was merged into."""
        while key is not None:
            self.add_reports([key])
            report = self.reports.get(key)
            if report is None or report.merged_into is None:
                return report
            key = report.merged_into
        return None

    def follow_threads(self, channel: str, complaint: Complaint, stored: Stored) -> None:
        """Let later messages of the batch find this complaint."""
        for name in filter(None, (complaint.thread, complaint.native_id)):
            if stored.reporter is not None:
                self.threads.setdefault((channel, name, stored.reporter), stored)

    def thread_here(self, channel: str, names: Sequence[str], reporter: str) -> Stored | None:
        """Give this person's oldest complaint of the batch that one of these threads or native ids leads to."""
        found = [stored for name in names if (stored := self.threads.get((channel, name, reporter))) is not None]
        return min(found, key=lambda stored: stored.id, default=None)

    def number_here(self, channel: str, numbers: Sequence[str], reporter: str) -> Stored | None:
        """Give this person's oldest complaint of the batch in one of the reports with these numbers."""
        wanted = {key for number in numbers if (key := read_number(number)) is not None}
        found = [
            stored
            for (here, _), stored in self.stored.items()
            if here == channel and stored.reporter == reporter and stored.report in wanted
        ]
        return min(found, key=lambda stored: stored.id, default=None)

    def urls_of(self, complaint: int) -> set[str]:
        """Give where the photos of a complaint come from that are known already."""
        here = {row["url"] for row in self.rows.get("photos", ()) if row["complaint"] == complaint}
        return here | complaint_store.photo_urls(self.connection, complaint)

    def _count_open(self) -> dict[int, int]:
        rows = self.connection.execute(
            select(complaints.c.report, func.count())
            .where(complaints.c.report.in_(sorted(self.reports)), complaints.c.state == "open")
            .group_by(complaints.c.report)
        )
        return {report: count for report, count in rows}  # noqa: C416 - rows are not plain tuples

    def candidates(self, complaint: Complaint, understanding: Understanding) -> list[Known]:
        """List stored and new complaints that may mean the same incident."""
        since, until = _times(complaint, understanding)
        found = {
            known.complaint: known
            for key in understanding.probes
            for known in self.known.get(key, ())
            if since <= known.at <= until
        }
        return list(found.values())

    def take_receipt(self, channel: str, complaint: Complaint) -> int | None:
        """Give the report key that the citizen holds on a receipt of this channel, once."""
        key = read_number(complaint.number) if complaint.number else None
        if key is None or self.receipts.get(key) != channel:
            return None
        del self.receipts[key]
        return key

    def open_report(self, complaint: Complaint, key: int | None = None) -> ReportState:
        """Make a new report for a complaint, under the key of its receipt where it has one."""
        key = key if key is not None else next(self._report_keys)
        number = make_number(key, self.house.region.letters)
        at = complaint.created_at
        report = ReportState(key, number, created_at=self.now, first_at=at, last_at=at, updated_at=self.now)
        self.reports[key] = report
        return report

    def next_complaint(self) -> int:
        """Take the key of a new complaint."""
        return next(self._complaint_keys)

    def next_understanding(self) -> int:
        """Take the key of a new understanding."""
        return next(self._understanding_keys)

    def add(self, table: str, **row: Any) -> None:
        """Put down a row to insert."""
        self.rows.setdefault(table, []).append(row)

    def note(self, report: ReportState, kind: str, actor: str = "machine", **data: Any) -> None:
        """Put down a line of history: ids, codes and numbers only."""
        self.history.append({"report": report.id, "at": self.now, "kind": kind, "actor": actor, "data": data})

    def index(self, complaint: Complaint, understanding: Understanding, known: Known) -> None:
        """Let later complaints of the batch find this one."""
        for key in understanding.keys:
            self.known.setdefault(key, []).append(known)
            self.blocks.append({"key": key, "at": complaint.created_at, "complaint": known.complaint})

    def forget(self, complaint: int) -> None:
        """Let nobody find a complaint under its old keys."""
        self.unblocked.append(complaint)
        self.blocks = [row for row in self.blocks if row["complaint"] != complaint]
        for found in self.known.values():
            found[:] = [known for known in found if known.complaint != complaint]

    def reporter_of(self, channel: str, reporter: Reporter | None) -> str | None:
        """Give the random key of whoever spoke."""
        return self.people.get((channel, reporter.handle)) if reporter is not None else None


def _times(complaint: Complaint, understanding: Understanding) -> tuple[datetime, datetime]:
    """Say from when to when another complaint may mean the same incident."""
    span = window(understanding.category)
    return complaint.created_at - span, complaint.created_at + span


def _all_probes(arrivals: Sequence[tuple[str, Complaint, Understanding]]) -> list[Probe]:
    """Say where a batch looks: one probe for each span of time, wide enough for all that have it."""
    together: dict[timedelta, tuple[set[int], set[datetime]]] = {}
    for _, complaint, understanding in arrivals:
        keys, times = together.setdefault(window(understanding.category), (set(), set()))
        keys.update(understanding.probes)
        times.add(complaint.created_at)
    return [Probe(frozenset(keys), min(times) - span, max(times) + span) for span, (keys, times) in together.items()]


def _locks(batch: Sequence[Prepared], arrivals: Sequence[tuple[str, Complaint, Understanding]]) -> Iterator[int]:
    """Name what no other process may work on meanwhile: places, words, messages and people."""
    for _, complaint, understanding in arrivals:
        if complaint.number:
            yield crc32(complaint.number.encode())
        yield from understanding.probes
        yield from understanding.keys
    for channel, complaint, _ in arrivals:
        if complaint.reporter is not None:
            yield crc32(f"{channel}\0{complaint.reporter.handle.strip().casefold()}".encode())
    for channel, native_id in _native_ids(batch):
        yield crc32(f"{channel}\0{native_id}".encode())


def _arrivals(batch: Sequence[Prepared]) -> Iterator[tuple[str, Complaint, Understanding]]:
    for one in batch:
        for reading, understanding in zip(one.readings, one.understood, strict=True):
            if understanding is None:
                continue
            if isinstance(reading, Complaint):
                yield one.item.channel, reading, understanding
            elif isinstance(reading, Addition):
                yield one.item.channel, reading.complaint, understanding


def _native_ids(batch: Sequence[Prepared]) -> Iterator[tuple[str, str]]:
    for one in batch:
        for reading in one.readings:
            if isinstance(reading, Complaint | Ended):
                yield one.item.channel, reading.native_id
            elif isinstance(reading, Addition):
                yield one.item.channel, reading.complaint.native_id
            elif isinstance(reading, FollowUp) and reading.about:
                yield one.item.channel, reading.about


def _quoted_keys(understanding: Understanding) -> Iterator[int]:
    for quoted in understanding.quoted:
        system, _, number = quoted.partition(":")
        key = read_number(number) if system == "hub" else None
        if key is not None:
            yield key
