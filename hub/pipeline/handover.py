"""A report passes from unit to unit: offered, then accepted or returned. It always has exactly one that is responsible.

Until an offer is accepted the giver stays responsible: the report stands in its work list, its clock runs on. Who
accepts leads from then on, in its own list and by its own clock. What comes back twice goes to the common superior.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from hub.pipeline import incident
from hub.pipeline.clockwork import start_clock
from hub.pipeline.officials import status_message
from hub.pipeline.replying import Answer
from hub.pipeline.work import Work
from hub.store import handovers
from hub.store.reports import ReportState
from normalizer.region import Region
from normalizer.report import UnitShare

RECEIVERS = ("kelurahan", "kecamatan", "kota", "agency", "private", "police")
"""Kinds of units that a report is offered to."""
RETURNS = 2
"""So many returns, and the units no longer settle it among themselves."""
MOVES_ON = ("menunggu", "koordinasi")
"""Whose report is taken over has been assigned by then; what is under way stays so."""


def list_of(region: Region, unit: str) -> str:
    """Name the unit in whose work list a unit's reports stand: a kelurahan's are a share of its kecamatan's."""
    return next((area.kecamatan for area in region.areas if area.code == unit), unit)


def holder_of(report: ReportState, region: Region) -> str:
    """Name the one unit that is responsible: the lead where the report stands in its list, else whose list it is."""
    return report.lead if list_of(region, report.lead) == report.queue else report.queue


def superior_of(region: Region, one: str, other: str) -> str:
    """Name the lowest unit above both, which may be one of them; the triage desk where nobody is."""
    above = set(_upwards(region, one))
    return next((unit for unit in _upwards(region, other) if unit in above), region.triage_unit)


def _upwards(region: Region, unit: str) -> Iterator[str]:
    parents = {known.code: known.parent for known in region.units}
    while unit:
        yield unit
        unit = parents.get(unit, "")


def covers(area: str, unit: str) -> bool:
    """Say whether who works for an area speaks for a unit: its own, those below it; no area speaks for all."""
    return not area or unit == area or unit.startswith(f"{area}.")


def may_give(area: str, report: Any, region: Region) -> bool:
    """Say whether who works for an area may offer a report: the unit responsible, its office, the one of its list."""
    leads = list_of(region, report.lead) == report.queue and covers(area, report.lead)
    shares = report.kelurahan == area and list_of(region, area) == report.queue
    return covers(area, report.queue) or leads or shares


def offer(work: Work, by: str, to: str, reason: str) -> int:
    """Offer a report to another unit. Gives the new version."""
    report, region = work.report, work.house.region
    giver = holder_of(report, region)
    work.check(report.handling == "open", "a sealed report is handed over by nobody: the integrity unit opens it first")
    work.check(not report.is_closed, "a closed report is not handed over")
    known = any(unit.code == to and unit.kind in RECEIVERS for unit in region.units)
    work.check(known, "there is no such unit")
    work.check(to != giver, "this unit has the report already")
    work.check(handovers.open_offer(work.connection, report.id) is None, "the report is offered to a unit already")
    row = {"report": report.id, "from_unit": giver, "to_unit": to, "by": by, "at": work.now, "reason": reason}
    handovers.offer(work.connection, **row)
    return _saved(work, "offered", by, giver, to)


def accept(work: Work, by: str) -> int:
    """Take over what was offered; citizens hear that it was assigned. Gives the new version."""
    report, offered = work.report, _open(work)
    work.check(report.handling == "open" and not report.is_closed, "a closed report is not handed over")
    handovers.settle(work.connection, offered.id, "accepted", by=by, now=work.now)
    _give(work, offered.to_unit)
    answers = _assigned(work, offered.id) if report.status in MOVES_ON else []
    return _saved(work, "accepted", by, offered.from_unit, offered.to_unit, answers=answers)


def give_back(work: Work, by: str, reason: str) -> int:
    """Return what was offered, with a reason; the second time it goes to the common superior. Gives the version."""
    report, offered = work.report, _open(work)
    work.check(bool(reason.strip()), "who returns a report says why")
    handovers.settle(work.connection, offered.id, "returned", by=by, now=work.now, reason=reason)
    version = _saved(work, "returned", by, offered.to_unit, offered.from_unit)
    if handovers.returns_of(work.connection, report.id) < RETURNS:
        return version
    superior = superior_of(work.house.region, offered.from_unit, offered.to_unit)
    row = {"report": report.id, "from_unit": offered.from_unit, "to_unit": superior, "reason": ""}
    handovers.place(work.connection, by="machine", at=work.now, **row)
    _give(work, superior)
    return _saved(work, "passed-up", "machine", offered.from_unit, superior)


def withdraw(work: Work, by: str) -> int:
    """Take an offer back. Gives the new version."""
    offered = _open(work)
    handovers.settle(work.connection, offered.id, "withdrawn", by=by, now=work.now)
    return _saved(work, "withdrawn-offer", by, offered.to_unit, offered.from_unit)


def _open(work: Work) -> Any:
    offered = handovers.open_offer(work.connection, work.report.id)
    work.check(offered is not None, "nobody offers this report any more")
    return offered


def _give(work: Work, unit: str) -> None:
    """From now on this unit is responsible: in its list, by its clock, with nobody of the former unit at work."""
    report = work.report
    helpers = (share for share in report.units if share.role == "supporting" and share.unit != unit)
    report.units, report.units_by = (UnitShare(unit=unit, by="person"), *helpers), "person"
    report.queue, report.rule = list_of(work.house.region, unit), incident.HANDED_OVER
    report.owner, report.owner_at, report.owner_until = "", None, None
    start_clock(report, work.now, work.house)


def _assigned(work: Work, key: int) -> list[Answer]:
    report = work.report
    incident.set_status(report, "disposisi", work.now)
    report.answered_at = report.answered_at or work.now
    report.followed_up_by = "staff"
    return [Answer(report, f"serah:{key}", status_message(report, ""), by_hand=True)]


def _saved(work: Work, kind: str, by: str, before: str, after: str, *, answers: Sequence[Answer] = ()) -> int:
    report = work.report
    moved = kind in ("accepted", "passed-up")
    report.touch("units" if moved else kind, work.now)
    deed = {"status": report.status, "act": answers[0].act} if answers else {}
    work.note(report, kind, by, before=before, after=after, **deed)
    work.save(answers)
    return report.version
