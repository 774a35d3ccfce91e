"""From a notice to the event's JSON: the same bytes for the same notice, and small enough for a webhook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hub.plugin import Notice
from normalizer.complaint import Place
from normalizer.report import Member, Report
from plugins.crop.messages import CropEvent, EventComplaint, EventPlace, EventUnit, Snapshot
from plugins.crop.options import CropOptions

MAX_BODY = 20_000
"""Bytes; Standard Webhooks advises to stay below 20 kB."""
NEWEST = 20
CUT_MARK = " […]"
_LENGTHS = (2000, 1000, 500, 250)
"""Characters that long texts are cut to, one after the other, before complaints are left out."""


def snapshot(notice: Notice, options: CropOptions) -> Snapshot:
    """Tell a report in CROP's words."""
    report = _bare(notice.report) if notice.event == "report.withdrawn" else notice.report
    return Snapshot(
        report=report.number,
        version=report.version,
        cause=notice.cause,
        status=options.status_map.get(report.status, report.status),
        reason=report.reason,
        category=report.category,
        urgency=report.urgency,
        place=_place(report.place),
        units=tuple(
            EventUnit(unit=options.unit_map.get(share.unit, share.unit), role=share.role, by=share.by)
            for share in report.units
        ),
        merged_into=report.merged_into,
        complaint_count=report.complaint_count,
        complaints=_newest(report.complaints),
    )


def event_json(notice: Notice, key: str, source: str, options: CropOptions) -> str:
    """Write the event below 20 kB: long texts are cut first, then the oldest complaints left out."""
    event = CropEvent(type=notice.event, timestamp=notice.at, source=source, id=key, data=snapshot(notice, options))
    text = ""
    for shorter in _ever_shorter(event):
        text = shorter.model_dump_json()
        if len(text.encode()) < MAX_BODY:
            break
    return text


def _ever_shorter(event: CropEvent) -> Iterator[CropEvent]:
    yield event
    complaints = event.data.complaints
    for length in _LENGTHS:
        complaints = tuple(_cut(complaint, length) for complaint in event.data.complaints)
        yield _with(event, complaints)
    while complaints:
        complaints = complaints[:-1]
        yield _with(event, complaints)


def _with(event: CropEvent, complaints: tuple[EventComplaint, ...]) -> CropEvent:
    return event.model_copy(update={"data": event.data.model_copy(update={"complaints": complaints})})


def _cut(complaint: EventComplaint, length: int) -> EventComplaint:
    if len(complaint.text) <= length:
        return complaint
    return complaint.model_copy(update={"text": complaint.text[:length].rstrip() + CUT_MARK})


def _newest(members: Sequence[Member]) -> tuple[EventComplaint, ...]:
    ordered = sorted(members, key=lambda member: (member.created_at, member.channel, member.id), reverse=True)
    return tuple(EventComplaint(**member.model_dump()) for member in ordered[:NEWEST])


def _bare(report: Report) -> Report:
    """Tell nothing of a report that is not for CROP any more, least of all that it was sealed."""
    return Report(
        number=report.number,
        version=report.version,
        status=report.status,
        category="",
        urgency="biasa",
        place=Place(),
        created_at=report.created_at,
        updated_at=report.updated_at,
        merged_into=report.merged_into,
    )


def _place(place: Place) -> EventPlace:
    return EventPlace(**place.model_dump(include=set(EventPlace.model_fields)))
