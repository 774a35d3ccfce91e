"""What a complaint, a follow-up or an end does to a report. Pure: works on the copy, reads no store and no clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from hub.pipeline.house import House
from hub.pipeline.routing import route
from hub.plugin import FollowUp, Route
from hub.store.reports import ReportState, is_status
from normalizer.complaint import URGENCIES, Complaint, Place, Understanding
from normalizer.report import Report
from normalizer.taxonomy import category

LEVELS = ("none", "kota", "kecamatan", "kelurahan", "street", "point")
RANKS = {"": 0, "source": 1, "crop": 2, "staff": 2}
"""Who outranks whom in moving a report: a complaint's own source has no say once CROP or staff have spoken."""
TITLE_CHARS = 160
HANDED_OVER = "handed-over"
"""Instead of a rule: a unit has taken the report over, or was given it."""
MARGIN = 0.2
"""How much surer a later complaint must be to change what a report is about."""


def better_place(old: Place, new: Place) -> bool:
    """Say whether the new place tells more than the old one."""
    ranks = [(place.result == "found", LEVELS.index(place.level), round(place.confidence, 3)) for place in (old, new)]
    return (old.result == "unplaced" and new.result == "outside") or ranks[1] > ranks[0]


def absorb(report: ReportState, complaint: Complaint, understanding: Understanding, channel: str) -> None:
    """Let one more complaint count in its report. What a person set stays as it is."""
    by_duty = complaint.reporter is not None and complaint.reporter.role != ""
    report.duty = by_duty and (report.duty or report.complaint_count == 0)
    report.complaint_count += 1
    report.channel_counts[channel] = report.channel_counts.get(channel, 0) + 1
    report.first_at = min(report.first_at, complaint.created_at)
    report.last_at = max(report.last_at, complaint.created_at)
    learn(report, understanding)


def learn(report: ReportState, understanding: Understanding) -> None:
    """Let a report know what one of its complaints is understood to say."""
    place = understanding.place
    if report.place_by == "machine" and better_place(report.place, place):
        report.place = place
    if report.anchor is None and place.level == "point" and place.lat is not None and place.lon is not None:
        report.anchor = (place.lat, place.lon)
    if report.category_by == "machine" and _surer(report, understanding):
        report.category = understanding.category
        report.category_confidence = understanding.category_confidence
        report.category_sure = understanding.category_sure
    raise_urgency(report, understanding.urgency)
    seal(report, understanding)
    if not report.title:
        report.title = shorten(understanding.text)


def seal(report: ReportState, understanding: Understanding) -> None:
    """Close a report to everybody but the integrity unit where words ask for it; one that was opened stays open."""
    if understanding.handling == "sealed" and report.handling_by == "machine":
        report.handling = "sealed"


def _surer(report: ReportState, understanding: Understanding) -> bool:
    if report.category_confidence == 0:
        return True
    return understanding.category_sure and understanding.category_confidence > report.category_confidence + MARGIN


def raise_urgency(report: ReportState, urgency: str) -> None:
    """The machine raises urgency, it never lowers it; what a person set stays."""
    if report.urgency_by == "machine" and URGENCIES.index(urgency) < URGENCIES.index(report.urgency):
        report.urgency = urgency  # type: ignore[assignment]  # checked by index()


def shorten(text: str) -> str:
    """Give the first words, as a title."""
    line = " ".join(text.split())
    return line if len(line) <= TITLE_CHARS else line[: TITLE_CHARS - 1].rsplit(" ", 1)[0] + "…"


def start_over(report: ReportState) -> None:
    """Forget what the machine made of it; what a person set, and the urgency reached, stay."""
    report.title, report.anchor = "", None
    if report.place_by == "machine":
        report.place = Place()
    if report.category_by == "machine":
        report.category, report.category_confidence, report.category_sure = "lainnya", 0.0, False


def rebuild(report: ReportState, layers: Sequence[Any]) -> None:
    """Work out a report again from the complaints that it has now: after a split, a merge or its undoing."""
    report.complaint_count = len(layers)
    report.channel_counts = {}
    report.duty = bool(layers) and all(row.role for row in layers)
    start_over(report)
    if layers:
        report.first_at = min(row.created_at for row in layers)
        report.last_at = max(row.created_at for row in layers)
    for row in layers:
        report.channel_counts[row.channel] = report.channel_counts.get(row.channel, 0) + 1
        learn(report, understood(row))


def understood(row: Any) -> Understanding:
    """Read a stored second layer, as far as a report learns from it."""
    return Understanding(
        text=row.text,
        place=Place.model_validate(row.place),
        category=row.category,
        category_confidence=row.category_confidence,
        category_sure=row.category_sure,
        urgency=row.urgency,
        handling=row.handling,
    )


def direct(report: ReportState, house: House) -> bool:
    """Name units and queue, by a plugin or by the region's rules; True where something changed.

    A person's units stay; what was handed over stands where its unit put it. A sealed report goes to the integrity
    unit, whatever a plugin says.
    """
    if report.rule == HANDED_OVER and report.handling == "open":
        return False
    found = house.route(as_report(report)) if house.route is not None and report.handling == "open" else None
    if found is None:
        found = _by_rule(report, house)
    units = report.units if report.units_by == "person" else found.units
    changed = (units, found.queue) != (report.units, report.queue)
    report.units, report.queue, report.rule = units, found.queue, found.rule
    return changed


def _by_rule(report: ReportState, house: House) -> Route:
    place = report.place
    looked_at = (report.category, report.handling, place.result, place.level, place.kelurahan, place.kecamatan)
    found = house.routes.get(looked_at)
    if found is None:
        found = route(house.region, category=report.category, place=place, handling=report.handling)
        house.routes[looked_at] = found
    return found


def as_report(state: ReportState) -> Report:
    """Give a working copy as the model knows it, without its complaints."""
    return Report(
        number=state.number,
        version=state.version,
        status=state.status,
        reason=state.reason,
        category=state.category,
        urgency=state.urgency,
        handling=state.handling,
        place=state.place,
        units=state.units,
        queue=state.queue,
        created_at=state.created_at,
        updated_at=state.updated_at,
        complaint_count=state.complaint_count,
    )


def follow(report: ReportState, follow_up: FollowUp, by: str, *, decides: bool = False) -> bool:
    """Apply a follow-up; False where it changes nothing: late, without a say, or without a known status.

    `by` is `source`, `crop` or `staff`. Follow-ups apply in the order of their own time.
    """
    if report.last_follow_up_at is not None and follow_up.at < report.last_follow_up_at:
        return False
    if by == "source" and RANKS[report.followed_up_by] > RANKS["source"] and not decides:
        return False
    report.followed_up_by = by if RANKS[by] >= RANKS[report.followed_up_by] else report.followed_up_by
    report.last_follow_up_at = follow_up.at
    if not is_status(follow_up.status) or follow_up.status == report.status:
        return True
    set_status(report, follow_up.status, follow_up.at)
    return True


def set_status(report: ReportState, status: str, at: datetime, reason: str = "") -> None:
    """Move to a status; any may follow any. `at` is when it happened, by whoever did it."""
    report.status = status  # type: ignore[assignment]  # callers checked is_status
    report.reason = reason  # type: ignore[assignment]  # callers checked REASONS
    report.closed_at = at if report.is_closed else None
    if not report.is_closed:
        report.disputed_at = None
        report.validated = "" if report.validated == "dicoret" else report.validated


def may_end(report: ReportState) -> bool:
    """Say whether a report is over once all its complaints have vanished at their sources."""
    untouched = report.followed_up_by in ("", "source")
    return category(report.category).ends_when_gone and not report.is_closed and untouched
