"""Writes notices: what each sink of reports is to be told of a changed one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection

from hub.pipeline.house import House
from hub.pipeline.incident import as_report
from hub.pipeline.replying import keep_private
from hub.plugin import Notice, Parcel, Reply, Sink
from hub.store import complaints as complaint_store
from hub.store import deliveries as delivery_store
from hub.store.keys import derive_key
from hub.store.reports import ReportState
from normalizer.complaint import Place
from normalizer.number import make_number
from normalizer.report import Member, Report

PARCEL: TypeAdapter[Notice | Reply] = TypeAdapter(Parcel)
_WITHDRAWN = b'{"kind":"notice","event":"report.withdrawn"'
ASKED = frozenset({"nudge", "forwarded"})
"""Causes that go out although nothing else has changed."""
BIG = frozenset({"opened", "status", "urgency", "place", "units", "merged", "split", "withdrawn", "erased", *ASKED})


def snapshot(connection: Connection, states: Sequence[ReportState], house: House) -> dict[int, Report]:
    """Build what third parties may see of each report, with its newest complaints."""
    members = complaint_store.members_of(connection, [state.id for state in states])
    photos = complaint_store.photos_of(connection, [row.id for rows in members.values() for row in rows])
    return {state.id: _report(state, members.get(state.id, ()), photos, house) for state in states}


def _report(state: ReportState, rows: Sequence[Any], photos: Mapping[int, list[str]], house: House) -> Report:
    members = tuple(
        Member(
            channel=row.channel,
            id=row.native_id,
            text=row.text,
            created_at=row.created_at,
            anonim=row.anonim,
            rahasia=row.rahasia,
            photos=tuple(house.photo_link(name) for name in photos.get(row.id, ())),
        )
        for row in rows
    )
    merged_into = make_number(state.merged_into, house.region.letters) if state.merged_into else ""
    return as_report(state).model_copy(update={"complaints": members, "merged_into": merged_into})


@dataclass(frozen=True, slots=True)
class _Told:
    """What a sink was told of a report before, and what still waits."""

    tried: Any = None
    """The row of the last delivery that was tried."""
    waiting: Any = None
    """The row of one that never was."""
    spoke: bool = False
    """The sink itself has moved the report since: what it was told last no longer holds."""

    @classmethod
    def read(cls, rows: Sequence[Any], spoke_at: datetime | None) -> _Told:
        waiting = next((row for row in rows if row.state == "due" and row.attempts == 0), None)
        tried = next((row for row in rows if row is not waiting), None)
        newest = waiting or tried
        return cls(tried, waiting, newest is not None and spoke_at is not None and spoke_at >= newest.created_at)

    @property
    def digest(self) -> str:
        newest = self.waiting or self.tried
        return str(newest.digest) if newest is not None else ""

    @property
    def knows(self) -> bool:
        """Whether the sink has the report, as far as we can tell."""
        return self.tried is not None and not self.tried.parcel.startswith(_WITHDRAWN)

    @property
    def asks(self) -> bool:
        """Whether what waits asks the officials for news: it goes out whatever comes after."""
        return self.waiting is not None and self.waiting.cause in ASKED

    @property
    def before(self) -> Notice | None:
        parcel = PARCEL.validate_json(self.tried.parcel) if self.tried is not None else None
        return parcel if isinstance(parcel, Notice) else None

    @property
    def unsent(self) -> list[int]:
        """What must not go out any more once the report is not for this sink: tried or not, it tells too much."""
        open_rows = (row for row in (self.waiting, self.tried) if row is not None and row.state == "due")
        return [row.id for row in open_rows if not row.parcel.startswith(_WITHDRAWN)]

    @property
    def last(self) -> datetime | None:
        return self.tried.created_at if self.tried is not None else None


@dataclass
class _Shot:
    """A changed report as it is told: one notice and one spelling for each event, however many sinks there are."""

    state: ReportState
    report: Report
    now: datetime
    cause: str = ""
    """The most telling of the changes."""
    told: dict[str, tuple[Notice, bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.cause = next((cause for cause in self.state.causes if cause in BIG), self.state.causes[-1])

    def notice(self, event: Any) -> Notice:
        return self._spelled(event)[0]

    def body(self, event: Any) -> bytes:
        return self._spelled(event)[1]

    def _spelled(self, event: Any) -> tuple[Notice, bytes]:
        if event not in self.told:
            report = _bare(self.report) if event == "report.withdrawn" else self.report
            notice = Notice(event=event, cause=self.cause, at=self.now, report=report)
            self.told[event] = notice, notice.model_dump_json().encode()
        return self.told[event]


def write_notices(
    connection: Connection, states: Sequence[ReportState], house: House, now: datetime, *, except_for: Mapping[int, str]
) -> int:
    """Write a delivery for each changed report and each sink that would learn something. Gives how many.

    `except_for` names, by report, the channel that a change came from: it is not told its own words.
    """
    if not states or not house.sinks:
        return 0
    keep_private(connection, house, reports=[s.id for s in states if s.handling == "sealed" and not s.new])
    reports = snapshot(connection, states, house)
    shots = [_Shot(state, reports[state.id], now) for state in states]
    rows: list[dict[str, Any]] = []
    superseded: list[int] = []
    recalled: list[int] = []
    for channel, sink in _concerned(connection, shots, house):
        known = delivery_store.latest_of(connection, channel, [state.id for state in states if not state.new])
        spoke = delivery_store.spoke_at(connection, channel, [s.id for s in states if s.last_follow_up_at is not None])
        for shot in shots:
            key = shot.state.id
            told = _Told.read(known.get(key, ()), spoke.get(key))
            echo = except_for.get(key) == channel and set(shot.state.causes) <= {"status", "follow-up", "units"}
            notice = shot.notice(_event(shot, told))
            if not sink.wants(notice):
                recalled.extend(told.unsent)
                if not told.knows:
                    continue
                notice = shot.notice("report.withdrawn")
            row = _notice_row(shot, notice, channel, sink, told, echo=echo)
            if row is not None:
                rows.append(row)
                superseded.extend([told.waiting.id] if told.waiting is not None and not told.asks else [])
    delivery_store.recall(connection, recalled)
    delivery_store.write_deliveries(connection, rows, superseded)
    return len(rows)


def _concerned(connection: Connection, shots: Sequence[_Shot], house: House) -> list[tuple[str, Sink]]:
    """Leave out the many sinks that answer citizens only: nothing is looked up for them."""
    told = delivery_store.told_channels(connection, [shot.state.id for shot in shots if not shot.state.new])
    return [
        (channel, sink)
        for channel, sink in house.sinks.items()
        if channel in told or any(sink.wants(shot.notice("report.created")) for shot in shots)
    ]


def _notice_row(
    shot: _Shot, notice: Notice, channel: str, sink: Sink, told: _Told, *, echo: bool
) -> dict[str, Any] | None:
    state, now = shot.state, shot.now
    digest = hashlib.sha256(sink.tells(notice).encode()).hexdigest()
    asked = not ASKED.isdisjoint(state.causes) and told.knows and notice.event == "report.updated"
    if (digest == told.digest and not told.spoke and not asked) or (echo and told.waiting is None):
        return None
    due = sink.due(notice, told.before, told.last) or now
    if told.waiting is not None:
        due = min(due, told.waiting.next_at)
    return {
        "key": derive_key(channel, state.number, str(state.version), notice.event),
        "channel": channel,
        "kind": "report",
        "report": state.id,
        "complaint": None,
        "version": state.version,
        "cause": shot.cause,
        "digest": digest,
        "parcel": shot.body(notice.event),
        "urgent": state.urgency == "darurat",
        "state": "due",
        "next_at": max(due, now),
        "created_at": now,
        "reason": "",
    }


def _event(shot: _Shot, told: _Told) -> Any:
    if not told.knows:
        return "report.created"
    if shot.report.merged_into:
        return "report.merged"
    if shot.cause == "erased":
        return "complaint.erased"
    return "report.split" if shot.cause == "split" else "report.updated"


def _bare(report: Report) -> Report:
    """What a sink is told of a report that is no longer for it: its number, and that it is gone."""
    return Report(
        number=report.number,
        version=report.version,
        status="ditolak",
        category="lainnya",
        urgency="biasa",
        place=Place(),
        created_at=report.created_at,
        updated_at=report.updated_at,
        merged_into=report.merged_into,
    )
